import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { LOCAL_GATEWAY } from '../../examples/gateway-fetch.ts';
import { createAgent } from '../../examples/strands-agent.ts';
import { catalog } from '../../schemas/catalog.ts';
import { kebabCase, type Tool } from '../../schemas/define-tool.ts';
import { regionOfGateway } from '../../scripts/gateway/client/signing-fetch.ts';
import type { Invoke } from '../../scripts/local/functions.ts';
import { type Authorizer, none } from '../../scripts/local/gateway/authorizer.ts';
import { awsIam } from '../../scripts/local/gateway/aws-iam.ts';
import type { Gateway } from '../../scripts/local/gateway/gateway.ts';
import { gatewayFor, textOf } from '../support/gateway-fixture.ts';
import { fakeTool } from '../support/gateway-tools.ts';
import { ScriptedModel } from '../support/scripted-model.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'central-ops-examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LIST_ACCOUNTS = 'list-accounts___list_accounts';
const INSTANCES = 'describe-ec2-instances___describe_ec2_instances';
/** More than the 30 of one page of tools/list. */
const tools: Tool[] = [...catalog, ...Array.from({ length: 10 }, (_, index) => fakeTool(`list_kind_${index}`))];

/** What a caller's environment holds, and nothing of this machine's. */
const aws = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLES',
  AWS_SECRET_ACCESS_KEY: 'examples-secret',
  AWS_SESSION_TOKEN: 'examples-token',
  AWS_REGION: 'eu-west-1',
  AWS_CONFIG_FILE: join(folder, 'config'),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  AWS_EC2_METADATA_DISABLED: 'true',
};
const signed = awsIam({
  regions: [aws.AWS_REGION],
  keys: [
    {
      accessKeyId: aws.AWS_ACCESS_KEY_ID,
      secretAccessKey: aws.AWS_SECRET_ACCESS_KEY,
      sessionToken: aws.AWS_SESSION_TOKEN,
    },
  ],
});

interface Served {
  readonly gateway: Gateway;
  /** What the tools were asked. */
  readonly calls: { tool: string; event: unknown }[];
}

/** A gateway whose tools give their documented answers, and refuse arguments that they do not know, as the handlers do. */
async function serve(authorizer: Authorizer = signed): Promise<Served> {
  const calls: Served['calls'] = [];
  const invoke: Invoke = async ({ name, input, example }, event) => {
    calls.push({ tool: name, event });
    return { payload: input.safeParse(event).success ? example.output : { error: { code: 'invalid_input' } } };
  };
  return { gateway: await gatewayFor({ tools, invoke, authorizer }), calls };
}

/** Runs an example as a person does; `AWS_*` variables are the given ones alone. */
async function example(file: string, args: string[], variables: NodeJS.ProcessEnv = aws) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const env = { ...Object.fromEntries(own), NO_COLOR: '1', ...variables };
  const command = [join('examples', file), ...args];
  return run(process.execPath, command, { cwd: ROOT, env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }) as { code: number; stdout: string; stderr: string },
  );
}

describe('mcp-client.ts', () => {
  it('signs, lists the tools of all pages and asks one', async () => {
    const { gateway, calls } = await serve();
    const { code, stdout, stderr } = await example('mcp-client.ts', ['--url', gateway.url, '--sign']);
    expect([code, stderr]).toEqual([0, '']);
    const [list = '', answer = ''] = stdout.split('\n\n');
    expect(list).toMatch(new RegExp(`^${tools.length} tools: ${LIST_ACCOUNTS}, .*list-kind-9___list_kind_9$`));
    expect(JSON.parse(answer)).toEqual(catalog.find(({ name }) => name === 'list_accounts')?.example.output);
    expect(calls).toEqual([{ tool: 'list_accounts', event: {} }]);
  });

  it('asks another tool with arguments', async () => {
    const { gateway, calls } = await serve();
    const event = { account_id: '111111111111' };
    const question = ['--tool', 'describe_ec2_instances', '--args', JSON.stringify(event)];
    const { stdout } = await example('mcp-client.ts', ['--url', gateway.url, '--sign', ...question]);
    expect(stdout).toContain('"InstanceId": "i-0123456789abcdef0"');
    expect(calls).toEqual([{ tool: 'describe_ec2_instances', event }]);
  });

  it('does not sign for this machine unless told to, and says what a refusal means', async () => {
    const { gateway } = await serve();
    const { code, stdout, stderr } = await example('mcp-client.ts', ['--url', gateway.url]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/HTTP 403[^]*bedrock-agentcore:InvokeGateway/);
  });

  it('says that nothing answers', async () => {
    const { gateway } = await serve();
    await gateway.stop();
    const { code, stderr } = await example('mcp-client.ts', ['--url', gateway.url]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('Start the local gateway: npm start.')]);
  });
});

describe('strands-agent.ts', () => {
  beforeEach(() => {
    for (const [name, value] of Object.entries({ ...aws, AWS_PROFILE: undefined })) vi.stubEnv(name, value);
    // The agent prints the tools and the answer.
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    return () => {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
    };
  });

  it.each([
    { sign: true, authorizer: signed },
    { sign: undefined, authorizer: none },
  ])('asks the tools over several turns and answers; sign: $sign', async ({ sign, authorizer }) => {
    const { gateway, calls } = await serve(authorizer);
    const model = new ScriptedModel([
      () => [{ name: LIST_ACCOUNTS, input: {} }],
      ([accounts]) => {
        const [first, second] = (accounts as { accounts: { Id: string }[] }).accounts;
        return [
          { name: INSTANCES, input: { account_id: first?.Id } },
          { name: INSTANCES, input: { account_id: second?.Id } },
        ];
      },
      () => [{ name: INSTANCES, input: { account: 'all' } }],
      (answers) => JSON.stringify(answers.at(-2)),
    ]);
    const { agent, close } = createAgent({ url: gateway.url, model, sign });
    onTestFinished(close);
    const result = await agent.invoke('Which instances run?');
    expect(model.offered).toEqual(Array(4).fill(tools.map(({ name }) => `${kebabCase(name)}___${name}`)));
    expect(calls).toEqual([
      { tool: 'list_accounts', event: {} },
      { tool: 'describe_ec2_instances', event: { account_id: '111111111111' } },
      { tool: 'describe_ec2_instances', event: { account_id: '222222222222' } },
      { tool: 'describe_ec2_instances', event: { account: 'all' } },
    ]);
    expect(result.stopReason).toBe('endTurn');
    expect(JSON.parse(result.toString())).toMatchObject({ instances: [{ InstanceId: 'i-0123456789abcdef0' }] });
  });

  it('does not ask the model when the gateway refuses', async () => {
    const { gateway } = await serve();
    const model = new ScriptedModel([() => 'never']);
    const { agent, close } = createAgent({ url: gateway.url, model });
    onTestFinished(close);
    await expect(agent.invoke('Anything?')).rejects.toThrow(/MissingAuthenticationToken|Missing Authentication Token/);
    expect(model.offered).toEqual([]);
  });

  it('runs from the command line up to Bedrock, and names the credentials that it lacks', async () => {
    const { gateway } = await serve(none);
    const { AWS_REGION, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_EC2_METADATA_DISABLED } = aws;
    const stranger = { AWS_REGION, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_EC2_METADATA_DISABLED };
    const { code, stderr } = await example('strands-agent.ts', ['Anything?', '--url', gateway.url], stranger);
    expect([code, stderr]).toEqual([1, expect.stringContaining('Sign in to AWS')]);
  });
});

interface DesktopServer {
  readonly command: string;
  readonly args: string[];
  readonly env?: Record<string, string>;
}

function configured<T = DesktopServer>(file: string): T {
  const { mcpServers } = JSON.parse(readFileSync(join(ROOT, 'examples', file), 'utf8'));
  expect(Object.keys(mcpServers)).toEqual(['central-ops']);
  return mcpServers['central-ops'];
}

describe('desktop clients', () => {
  it('start the tools of this checkout over stdio', () => {
    const { command, args } = configured('claude-desktop-local.json');
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect([command, ...args]).toEqual([
      ...['npm', '--prefix', '<folder of the clone>', 'run', '-s', 'start', '--', '--stdio'],
    ]);
    expect(scripts.start).toBe('node scripts/start.ts');
  });

  it('find npm start where it serves', () => {
    expect(configured<object>('mcp-local.json')).toEqual({ type: 'http', url: LOCAL_GATEWAY });
  });

  it('reach AWS through a proxy that signs', () => {
    const { command, args, env } = configured('claude-desktop.json');
    const [version, url = '', ...options] = args;
    expect([command, version]).toEqual(['uvx', expect.stringMatching(/^mcp-proxy-for-aws-cli@\d+\.\d+\.\d+$/)]);
    const address = new URL(url.replace('<gateway-id>', 'central-ops-abcdefghij').replace('<region>', aws.AWS_REGION));
    expect([regionOfGateway(address), address.pathname]).toEqual([aws.AWS_REGION, '/mcp']);
    expect(options).toEqual(['--service', 'bedrock-agentcore', '--region', '<region>']);
    expect(env).toEqual({ AWS_PROFILE: '<profile>' });
  });

  it('reach a signed gateway through the real proxy', async ({ skip }) => {
    const { args } = configured('claude-desktop.json');
    const [version = '', , ...options] = args;
    const proxy = await installed(version.replace('@', '=='));
    if (typeof proxy !== 'string') return skip(`mcp-proxy-for-aws was NOT tried: ${proxy.missing}`);
    const { gateway, calls } = await serve();
    writeFileSync(aws.AWS_CONFIG_FILE, '[profile ops]\nregion = eu-west-1\n');
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION: _region, ...files } = aws;
    const secrets = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN };
    const lines = Object.entries(secrets).map(([name, value]) => `${name.toLowerCase()} = ${value}`);
    writeFileSync(aws.AWS_SHARED_CREDENTIALS_FILE, ['[ops]', ...lines, ''].join('\n'));
    const client = new Client({ name: 'desktop', version: '1.0.0' });
    await client.connect(
      new StdioClientTransport({
        command: proxy,
        args: [gateway.url, ...options.map((each) => each.replace('<region>', aws.AWS_REGION))],
        env: { PATH: process.env.PATH ?? '', HOME: folder, ...files, AWS_PROFILE: 'ops' },
      }),
    );
    onTestFinished(() => client.close());
    expect((await client.listTools()).tools).toHaveLength(tools.length);
    const answer = await client.callTool({ name: INSTANCES, arguments: { account_id: '111111111111' } });
    expect(JSON.parse(textOf(answer))).toMatchObject({ instance_count: 1 });
    expect(calls).toEqual([{ tool: 'describe_ec2_instances', event: { account_id: '111111111111' } }]);
  }, 120_000);
});

/** The proxy's command in a virtual environment of its own, or why there is none. It comes from PyPI within a minute. */
async function installed(requirement: string): Promise<string | { missing: string }> {
  const venv = join(folder, 'venv');
  const signal = AbortSignal.timeout(60_000);
  try {
    await run('python3', ['-m', 'venv', venv], { signal });
    await run(join(venv, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', requirement], { signal });
    return join(venv, 'bin', requirement.replace(/==.*/, ''));
  } catch (error) {
    const missing = signal.aborted ? 'PyPI took more than a minute.' : String(error).slice(0, 400);
    process.stderr.write(`mcp-proxy-for-aws was NOT tried: ${missing}\n`);
    return { missing };
  }
}
