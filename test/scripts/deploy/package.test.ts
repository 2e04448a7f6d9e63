import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { catalog } from '../../../schemas/catalog.ts';
import { kebabCase } from '../../../schemas/define-tool.ts';
import { prepareDeployment } from '../../../scripts/package/package-service.ts';
import { resourcesOf } from '../../../scripts/package/statements.ts';
import { zipFile } from '../../../scripts/package/zip.ts';
import { readConfiguration } from '../../../shared/config.ts';
import { deployable, packaged } from '../../support/packaged.ts';

const functionsOf = (template: Parameters<typeof resourcesOf>[0]) =>
  resourcesOf(template, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);

describe('npm run package', () => {
  it('makes one function per tool, with what its declaration says', async () => {
    const functions = functionsOf((await packaged()).template);
    expect(functions.map(({ FunctionName }) => FunctionName).sort()).toEqual(
      catalog.map(({ name }) => `central-ops-${kebabCase(name)}`).sort(),
    );
    for (const { name, description, memoryMb = 512, timeoutSeconds = 60 } of catalog) {
      expect(functions.find(({ FunctionName }) => FunctionName === `central-ops-${kebabCase(name)}`)).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        Description: description,
        MemorySize: memoryMb,
        Timeout: timeoutSeconds,
      });
    }
  });

  it('gives the functions the configuration as the tools read it', async () => {
    const { environment } = await prepareDeployment(deployable);
    const secret = 'what Secrets Manager puts in its place';
    const read = readConfiguration({ ...environment, CENTRAL_OPS_CURSOR_SECRET: secret } as Record<string, string>);
    const { gateway: _gateway, bridges: _bridges, ...runtime } = deployable;
    expect(read).toEqual({ ...runtime, cursorSecret: secret });
  });

  it('tells registration the ARN of every function and of the roles', async () => {
    const { Outputs = {} } = (await packaged()).template;
    const arns = JSON.stringify(Object.values(Outputs));
    for (const { name } of catalog) expect(arns).toContain(`:function:central-ops-${kebabCase(name)}"`);
    expect(Object.keys(Outputs)).toEqual(
      expect.arrayContaining(['ToolRoleArns', 'GatewayRoleArn', 'ContextBucketName', 'FunctionListAccounts']),
    );
  });

  it('reserves concurrency, of which 0 stops all tools, and keeps logs as long as asked', async () => {
    const { template } = await packaged(deployable, { reservedConcurrency: 0, logRetentionDays: 30 });
    expect(functionsOf(template).map((each) => each.ReservedConcurrentExecutions)).toEqual(catalog.map(() => 0));
    const groups = resourcesOf(template, 'AWS::Logs::LogGroup');
    expect(groups.map(([, { Properties }]) => Properties.RetentionInDays)).toEqual(catalog.map(() => 30));
    expect(JSON.stringify((await packaged()).template)).not.toContain('ReservedConcurrentExecutions');
  });

  it('stops every function by name when asked', async () => {
    const { environment } = await prepareDeployment(deployable, { stopped: true });
    expect(() => readConfiguration(environment as Record<string, string>)).toThrow(/stopped by their owner/);
  });

  it('deploys the configured toolsets only, with the roles that they need', async () => {
    const { template } = await packaged({ ...deployable, toolsets: ['compute'] });
    const chosen = catalog.filter(({ toolset }) => toolset === 'compute');
    expect(functionsOf(template)).toHaveLength(chosen.length);
    expect(resourcesOf(template, 'AWS::IAM::Role').map(([id]) => id)).toEqual(['ToolsRole', 'GatewayRole']);
  });

  it('makes the context bucket only where a context store is configured', async () => {
    const { contextStore: _none, ...without } = deployable;
    const { template } = await packaged(without);
    expect(resourcesOf(template, 'AWS::S3::Bucket').map(([id]) => id)).toEqual(['ServerlessDeploymentBucket']);
    expect(JSON.stringify(template)).not.toContain('s3:PutObject');
  });
});

describe('what cannot be deployed is refused by the name of its field', () => {
  it.each([
    ['externalId', { externalId: undefined }],
    ['organizationId', { organizationId: undefined }],
    ['accounts', { accounts: Array.from({ length: 400 }, (_, index) => String(100_000_000_000 + index)) }],
  ])('%s', async (field, changes) => {
    const configuration = { ...deployable, ...changes } as typeof deployable;
    await expect(prepareDeployment(configuration)).rejects.toThrow(new RegExp(`cannot be deployed:\\n {2}${field}: `));
  });
});

describe('a zip', () => {
  const folder = mkdtempSync(join(tmpdir(), 'central-ops-zip-'));
  afterEach(() => vi.unstubAllEnvs());

  it('is the same bytes in any time zone and at any time, readable by Lambda', async () => {
    const file = join(folder, 'index.mjs');
    writeFileSync(file, 'export const handler = () => ({});\n');
    const made = [];
    for (const zone of ['UTC', 'Asia/Tokyo', 'America/Los_Angeles']) {
      vi.stubEnv('TZ', zone);
      await zipFile(file, join(folder, `${zone.replace('/', '-')}.zip`));
      made.push(readFileSync(join(folder, `${zone.replace('/', '-')}.zip`)));
    }
    expect(made[1]).toEqual(made[0]);
    expect(made[2]).toEqual(made[0]);
    expect(Object.keys(unzipSync(made[0] as Uint8Array))).toEqual(['index.mjs']);
    // External attributes of the only entry of the central directory: the Unix mode in the upper half.
    const directory = (made[0] as Buffer).indexOf('PK\x01\x02', 0, 'latin1');
    expect((made[0] as Buffer).readUInt32LE(directory + 38) >>> 16).toBe(0o100644);
    rmSync(folder, { recursive: true });
  });
});
