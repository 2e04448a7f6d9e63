import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { bridgesFile } from '../../../schemas/bridge-specification.ts';
import { bridgeFunctions } from '../../../scripts/bridges/bridge-functions.ts';
import { type ConfiguredBridge, configuredBridges } from '../../../scripts/bridges/configured-bridges.ts';
import { withDigest, writeDiscovered } from '../../../scripts/bridges/discovered-file.ts';
import { packageBridge } from '../../../scripts/bridges/package-bridge.ts';
import { cfnLint } from '../../../scripts/package/cfn-lint.ts';
import { violations } from '../../../scripts/package/rules.ts';
import { resourcesOf } from '../../../scripts/package/statements.ts';
import { zipFiles } from '../../../scripts/package/zip.ts';
import { packaged } from '../../support/packaged.ts';
import { configuredFolder, discover, EVERYTHING, stdioBridge } from '../bridges/configured.ts';

const HANDLER = new TextEncoder().encode('export const handler = () => ({});\n');
const DIGEST = 'a'.repeat(64);
const IMAGE = `111122223333.dkr.ecr.us-east-1.amazonaws.com/docs@sha256:${DIGEST}`;
const PYTHON = { command: 'uvx', args: ['awslabs.aws-documentation-mcp-server@1.1.9'], tools: ['read'] };

/** As discovery would find it, for servers that are not started here. */
async function found(bridge: ConfiguredBridge) {
  const tools = bridge.allow.map((name) => ({
    name,
    description: name,
    inputSchema: { type: 'object' as const, properties: {} },
  }));
  const server = { name: bridge.name, version: '1.0.0' };
  const discovered = withDigest({
    server,
    protocol: '2025-11-25',
    tools,
    repeatable: ['echo'],
    refused: {},
    others: [],
  });
  await writeDiscovered(bridge, discovered);
  return discovered;
}

async function filesOf(entry: object) {
  const bridge = stdioBridge(entry);
  return packageBridge(bridge, await found(bridge), HANDLER);
}

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const specificationIn = (files: ReadonlyMap<string, Uint8Array>) =>
  bridgesFile.parse(JSON.parse(text(files.get('bridges.json')))).bridges.server;

describe('a Node server', () => {
  it('is in the zip with all that it loads, and speaks MCP from there', async () => {
    const { files, form } = await filesOf(EVERYTHING);
    expect(form).toBe('zip');
    const { folder } = configuredFolder({});
    await zipFiles(files, join(folder, 'one.zip'));
    await zipFiles(new Map([...files].reverse()), join(folder, 'two.zip'));
    const zip = readFileSync(join(folder, 'one.zip'));
    expect(readFileSync(join(folder, 'two.zip')).equals(zip)).toBe(true);
    for (const [path, bytes] of Object.entries(unzipSync(zip))) {
      mkdirSync(dirname(join(folder, 'unzipped', path)), { recursive: true });
      writeFileSync(join(folder, 'unzipped', path), bytes);
    }
    const specification = specificationIn(files);
    expect(specification).toMatchObject({ kind: 'stdio', command: 'node', tools: { echo: { repeatable: true } } });
    const args = specification?.kind === 'stdio' ? specification.args : [];
    expect(args).toEqual(['server/node_modules/@modelcontextprotocol/server-everything/dist/index.js', 'stdio']);
    const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: 'legacy' } });
    const cwd = join(folder, 'unzipped');
    await client.connect(new StdioClientTransport({ command: process.execPath, args, cwd, stderr: 'ignore' }));
    const answer = await client.callTool({ name: 'echo', arguments: { message: 'from the zip' } });
    await client.close();
    expect(answer.content).toEqual([{ type: 'text', text: 'Echo: from the zip' }]);
  });

  it('of one’s own is bundled into one file, with what it imports', async () => {
    const { folder, configuration } = configuredFolder({
      server: { command: 'node', args: ['--no-warnings', './own/server.mjs', 'an argument'], tools: ['x'] },
    });
    mkdirSync(join(folder, 'own'));
    writeFileSync(join(folder, 'own', 'part.mjs'), 'export const part = "the part";');
    writeFileSync(join(folder, 'own', 'server.mjs'), 'import { part } from "./part.mjs"; globalThis.said = part;');
    const [bridge] = configuredBridges(configuration, folder) as [ConfiguredBridge];
    const { files } = await packageBridge(bridge, await found(bridge), HANDLER);
    expect([...files.keys()].sort()).toEqual(['bridges.json', 'index.mjs', 'server/index.mjs']);
    expect(specificationIn(files)).toMatchObject({ args: ['--no-warnings', 'server/index.mjs', 'an argument'] });
    writeFileSync(join(folder, 'bundled.mjs'), files.get('server/index.mjs') ?? '');
    await import(pathToFileURL(join(folder, 'bundled.mjs')).href);
    expect(globalThis).toMatchObject({ said: 'the part' });
  });

  it.each<[string, object, string]>([
    ['not installed', { command: 'npx', args: ['-y', 'nowhere-to-be-found'] }, 'Run npm install nowhere-to-be-found.'],
    ['not there', { command: 'node', args: ['./nowhere.mjs'] }, './nowhere.mjs is not there'],
    ['of no file', { command: 'node', args: [] }, 'node is given no file'],
    ['of another kind', { command: 'ruby', args: ['x.rb'] }, 'the program ruby is not one that can be packaged'],
    [
      'of too many actions',
      { ...EVERYTHING, iam: Array.from({ length: 90 }, (_, index) => `ec2:DescribeSomething${index}`) },
      'STS takes 2048',
    ],
    ['with a secret written out', { ...EVERYTHING, env: { API_KEY: 'sk-1' } }, 'a secret would stand in the zip'],
  ])('is refused when it is %s', async (_, entry, message) => {
    await expect(filesOf({ tools: ['echo'], ...entry })).rejects.toThrow(message);
  });

  it('takes variables of the function by name', async () => {
    const { files } = await filesOf({ ...EVERYTHING, env: { API_KEY: `\${KEY}` } });
    expect(specificationIn(files)).toMatchObject({ env: { API_KEY: `\${KEY}` } });
  });
});

describe('a Python server', () => {
  it('becomes a folder that an image is built from, with the exact package and no uvx', async () => {
    const { files, form } = await filesOf({ ...PYTHON, args: [...PYTHON.args, '--quiet'] });
    expect(form).toBe('image');
    expect([...files.keys()].sort()).toEqual(['Dockerfile', 'bridges.json', 'index.mjs', 'requirements.txt']);
    expect(text(files.get('requirements.txt'))).toBe('awslabs.aws-documentation-mcp-server==1.1.9\n');
    expect(text(files.get('Dockerfile'))).toMatch(/^FROM public\.ecr\.aws\/lambda\/nodejs:24$/m);
    expect(text(files.get('Dockerfile'))).not.toContain('uvx');
    expect(specificationIn(files)).toMatchObject({
      command: '/var/task/venv/bin/awslabs.aws-documentation-mcp-server',
      args: ['--quiet'],
    });
  });

  it.each<[string, object, string]>([
    ['no version', { command: 'uvx', args: ['some-server'] }, 'some-server has no exact version'],
    ['the latest', { command: 'uvx', args: ['some-server@latest'] }, 'some-server@latest has no exact version'],
    [
      'a module only',
      { command: 'python', args: ['-m', 'server'] },
      'Fix: Write it as uvx --from <package>==<version> python -m server',
    ],
  ])('is refused with %s', async (_, entry, message) => {
    await expect(filesOf({ tools: ['x'], ...entry })).rejects.toThrow(message);
  });
});

describe('the stack with bridges', () => {
  const servers = { everything: EVERYTHING, docs: { ...PYTHON, imageUri: IMAGE } };

  async function entriesOf(configured: object) {
    const { configuration, folder } = configuredFolder(configured, { tools: ['search'] });
    for (const bridge of configuredBridges(configuration, folder)) await found(bridge);
    const functions = await bridgeFunctions(configuration, folder);
    return { configuration, functions };
  }

  it('has a function for each, which the project’s rules and cfn-lint accept, and the gateway may run', async () => {
    const { configuration, functions } = await entriesOf(servers);
    const bridges = Object.fromEntries(
      functions.flatMap(({ key, entry }) => (entry === undefined ? [] : [[key, entry]])),
    );
    const { template, path } = await packaged({ ...configuration, toolsets: ['monitoring'] }, { bridges });
    const made = resourcesOf(template, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);
    const by = (name: string) => made.find(({ FunctionName }) => FunctionName === name);
    expect(by('central-ops-aws-mcp')).toMatchObject({ MemorySize: 512, Timeout: 60, Handler: 'index.handler' });
    expect(by('central-ops-mcp-everything')).toMatchObject({ MemorySize: 1_024, Runtime: 'nodejs24.x' });
    expect(by('central-ops-mcp-docs')).toMatchObject({ PackageType: 'Image', Code: { ImageUri: IMAGE } });
    expect(violations(template)).toEqual([]);
    expect(cfnLint([path]).complaints).toBe('');
    const gateway = JSON.stringify(template.Resources.GatewayRole);
    for (const { bridge } of functions) expect(gateway).toContain(`function:${bridge.functionName}"`);
    expect(Object.keys(template.Outputs ?? {})).toContain('FunctionMcpEverything');
  });

  it('has the role that bridges run as, also where no other tool does', async () => {
    const { configuration, functions } = await entriesOf({ everything: EVERYTHING });
    const bridges = Object.fromEntries(
      functions.flatMap(({ key, entry }) => (entry === undefined ? [] : [[key, entry]])),
    );
    const { template } = await packaged({ ...configuration, toolsets: ['bridge'] }, { bridges });
    expect(resourcesOf(template, 'AWS::IAM::Role').map(([id]) => id)).toEqual(['ToolsRole', 'GatewayRole']);
    expect(violations(template)).toEqual([]);
  });

  it('leaves a Python server out until its image is named, by its digest', async () => {
    const { functions } = await entriesOf({ docs: PYTHON });
    expect(functions.find(({ key }) => key === 'mcp-docs')).toMatchObject({ entry: undefined });
    await expect(entriesOf({ docs: { ...PYTHON, imageUri: 'docs:latest' } })).rejects.toThrow(
      'docs.imageUri: it does not name one image for good',
    );
  });
});

it('what was discovered of server-everything is what its package serves', async () => {
  const bridge = stdioBridge(EVERYTHING);
  const { files } = await packageBridge(bridge, await discover(bridge), HANDLER);
  expect(specificationIn(files)?.tools).toEqual({ echo: { repeatable: true }, 'get-sum': { repeatable: true } });
});
