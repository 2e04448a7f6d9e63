import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  ListUserPoolsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { beforeEach, expect, test } from 'vitest';
import { catalog } from '../../schemas/catalog.ts';
import { kebabCase } from '../../schemas/define-tool.ts';
import { functionName } from '../../scripts/local/functions.ts';
import { eventually } from '../support/eventually.ts';
import { hubRole } from '../support/simulated-callers.ts';
import { describeSimulated, useSimulator } from '../support/simulator.ts';

const CLI = join(import.meta.dirname, '../../scripts/gateway/gateway.ts');

describeSimulated('npm run gateway against the simulated control plane', () => {
  const aws = useSimulator();
  let folder = '';

  beforeEach(async () => {
    await aws().reset();
    folder = mkdtempSync(join(tmpdir(), 'central-ops-cli-'));
    configure({});
    const lambda = new LambdaClient(aws().asAccount(aws().hubAccount));
    for (const tool of catalog) {
      await lambda.send(
        new CreateFunctionCommand({
          FunctionName: functionName(tool),
          Runtime: 'nodejs24.x',
          Role: hubRole,
          Handler: 'index.handler',
          Code: { ZipFile: Buffer.from('zip') },
        }),
      );
    }
    return () => rmSync(folder, { recursive: true, force: true });
  });

  function configure(gateway: object): void {
    const configuration = { regions: ['us-east-1'], accounts: ['222233334444'], gateway };
    writeFileSync(join(folder, 'central-ops.json'), JSON.stringify(configuration));
  }

  /** Exit code and output of a command, as a person on this machine gets it. */
  function run(command: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const files = ['--config-file', join(folder, 'central-ops.json'), '--state-file', join(folder, 'agent-state.json')];
    const env = { ...process.env, ...aws().environment(), NO_COLOR: '1' };
    return new Promise((resolve) => {
      execFile(process.execPath, [CLI, command, ...files, ...args], { env }, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
      });
    });
  }

  test('plan, apply, apply again, status and destroy', async () => {
    const plan = await run('plan');
    expect(plan.out).toContain(`Plan: ${catalog.length + 1} to create, 0 to update, 0 to delete, 0 unchanged.`);
    const dry = await run('apply', '--dry-run');
    expect(dry.out).toBe(plan.out);
    expect(aws().calls.filter(({ operation }) => /^(Create|Update|Delete)/.test(operation))).toEqual([]);
    // moto's gateways have an address that nobody serves.
    const applied = await run('apply', '--no-check');
    expect([applied.code, applied.err]).toEqual([0, '']);
    expect(applied.out).toContain('Done: https://');
    const again = await run('apply', '--no-check');
    expect(again.out).toContain('Nothing to change');
    const narrowed = await run('apply', '--no-check', '--toolsets', 'accounts');
    expect([narrowed.code, narrowed.err]).toEqual([1, expect.stringContaining('pass --yes')]);
    expect((await run('apply', '--no-check', '--toolsets', 'accounts', '--yes')).code).toBe(0);
    const { targets } = JSON.parse((await run('status', '--json')).out) as { targets: unknown[] };
    expect(targets).toHaveLength(catalog.filter(({ toolset }) => toolset === 'accounts').length);
    expect((await run('destroy')).err).toContain('it was not confirmed');
    expect((await run('destroy', '--yes')).code).toBe(0);
    expect((await run('status')).err).toContain('Run npm run gateway -- apply');
  });

  test('an apply that is killed in the middle is finished by the next one, and makes nothing twice', async () => {
    aws().rules.add({ match: { operation: 'CreateGatewayTarget' }, latencyMs: 300 });
    const created = (operation: string) => aws().calls.filter((call) => call.operation === operation);
    const files = ['--config-file', join(folder, 'central-ops.json'), '--state-file', join(folder, 'agent-state.json')];
    const child = spawn(process.execPath, [CLI, 'apply', '--no-check', ...files], {
      env: { ...process.env, ...aws().environment() },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await eventually(() => expect(created('CreateGatewayTarget').length).toBeGreaterThan(7));
    child.kill('SIGKILL');
    await ended;
    aws().rules.clear();
    expect((await run('apply', '--no-check')).code).toBe(0);
    expect(created('CreateGateway')).toHaveLength(1);
    const { targets } = JSON.parse((await run('status', '--json')).out) as { targets: { name: string }[] };
    expect(targets.map(({ name }) => name).sort()).toEqual(catalog.map(({ name }) => kebabCase(name)).sort());
  });

  test('CUSTOM_JWT makes the user pool that client credentials need, once, and keeps its secret out of every file', async () => {
    configure({ authorizer: 'CUSTOM_JWT' });
    expect((await run('plan')).code).toBe(0);
    expect((await run('apply', '--no-check')).code).toBe(0);
    const state = readFileSync(join(folder, 'agent-state.json'), 'utf8');
    const { cognito, gateway } = JSON.parse(state) as Record<string, Record<string, string>>;
    expect(gateway?.authorizerType).toBe('CUSTOM_JWT');
    expect(cognito).toMatchObject({
      scope: 'central-ops/invoke',
      tokenEndpoint: 'https://central-ops-111122223333.auth.us-east-1.amazoncognito.com/oauth2/token',
    });
    const client = new CognitoIdentityProviderClient(aws().asAccount(aws().hubAccount));
    const { UserPoolClient } = await client.send(
      new DescribeUserPoolClientCommand({ UserPoolId: cognito?.userPoolId, ClientId: cognito?.clientId }),
    );
    expect(UserPoolClient?.AllowedOAuthFlows).toEqual(['client_credentials']);
    expect(UserPoolClient?.AllowedOAuthScopes).toEqual(['central-ops/invoke']);
    expect(UserPoolClient?.ClientSecret).toBeTruthy();
    expect(state).not.toContain(UserPoolClient?.ClientSecret);
    expect((await run('apply', '--no-check')).out).toContain('Nothing to change');
    expect((await client.send(new ListUserPoolsCommand({ MaxResults: 10 }))).UserPools).toHaveLength(1);
    expect((await run('destroy', '--yes')).code).toBe(0);
    expect((await client.send(new ListUserPoolsCommand({ MaxResults: 10 }))).UserPools).toEqual([]);
  });

  test('values that AWS would refuse end the command before any call that writes', async () => {
    configure({
      name: 'two--hyphens',
      targets: [{ type: 'smithy-model', name: 'm', schema: { s3Uri: 's3://b/k' }, auth: { type: 'none' } }],
    });
    const { code, err } = await run('apply');
    expect(code).toBe(1);
    expect(err).toContain('"two--hyphens" (12 characters) is no gateway name');
    expect(err).toContain('cannot use outbound authentication none');
    expect(aws().calls.filter(({ operation }) => operation.startsWith('Create'))).toEqual([]);
  });

  test('doctor names drift, and exits 1', async () => {
    await run('apply', '--no-check', '--toolsets', 'accounts');
    const { code, out } = await run('doctor', '--json', '--url', 'http://127.0.0.1:9/mcp');
    expect(code).toBe(1);
    const found = JSON.parse(out) as { id: string; state: string }[];
    const states = Object.fromEntries(found.map(({ id, state }) => [id, state]));
    expect(states).toMatchObject({ 'gateway-ready': 'pass', 'gateway-answers': 'fail', 'schema-drift': 'fail' });
  });
});
