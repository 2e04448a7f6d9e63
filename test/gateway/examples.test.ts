import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { type ContextManager, context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { LOCAL_GATEWAY } from '../../examples/gateway-fetch.ts';
import { createAgent } from '../../examples/strands-agent.ts';
import { catalog } from '../../schemas/catalog.ts';
import { kebabCase, type Tool } from '../../schemas/define-tool.ts';
import { regionOfGateway } from '../../scripts/gateway/client/gateway-host.ts';
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

/** This machine's environment without its AWS credentials. */
const own = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value = '']) => (name.startsWith('AWS_') ? [] : [[name, value]])),
) as Record<string, string>;
/** A caller's. */
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

/** Runs an example as a person does. */
async function example(file: string, args: string[], variables: NodeJS.ProcessEnv = aws) {
  const env = { ...own, NO_COLOR: '1', ...variables };
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
    expect(stderr).toMatch(/HTTP 403[\s\S]*bedrock-agentcore:InvokeGateway/);
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
      ([, instances, , refusal]) => JSON.stringify({ instances, refusal }),
    ]);
    const { agent, close } = createAgent({ url: gateway.url, model, sign });
    onTestFinished(close);
    const result = await agent.invoke('Which instances run?');
    expect(model.offered).toEqual(Array(4).fill(tools.map(({ name }) => `${kebabCase(name)}___${name}`)));
    expect(calls).toEqual([
      { tool: 'list_accounts', event: {} },
      { tool: 'describe_ec2_instances', event: { account_id: '111111111111' } },
      { tool: 'describe_ec2_instances', event: { account_id: '222222222222' } },
    ]);
    expect(result.stopReason).toBe('endTurn');
    expect(JSON.parse(result.toString())).toEqual({
      instances: catalog.find(({ name }) => name === 'describe_ec2_instances')?.example.output,
      refusal: expect.stringContaining("Missing required field(s): 'account_id'"),
    });
  });

  it('asks only what the model asked where calls are traced', async () => {
    const ids = {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: TraceFlags.SAMPLED,
    };
    const traced = trace.setSpanContext(ROOT_CONTEXT, ids);
    const manager: ContextManager = {
      active: () => traced,
      with: (_, work, self, ...args) => work.apply(self, args),
      bind: (_, target) => target,
      enable: () => manager,
      disable: () => manager,
    };
    context.setGlobalContextManager(manager);
    onTestFinished(() => context.disable());
    const { gateway, calls } = await serve();
    const model = new ScriptedModel([() => [{ name: LIST_ACCOUNTS, input: {} }], () => 'Done.']);
    const { agent, close } = createAgent({ url: gateway.url, model, sign: true });
    onTestFinished(close);
    await agent.invoke('Which accounts are there?');
    expect(calls).toEqual([{ tool: 'list_accounts', event: {} }]);
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
    const { command, args } = configured('claude-desktop.json');
    const uv = await fetchedProxy(args[0] ?? '');
    if ('missing' in uv) return skip(uv.missing);
    const { gateway, calls } = await serve();
    const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_EC2_METADATA_DISABLED, AWS_REGION, ...secrets } = aws;
    const lines = Object.entries(secrets).map(([name, value]) => `${name.toLowerCase()} = ${value}`);
    writeFileSync(AWS_CONFIG_FILE, `[profile ops]\nregion = ${AWS_REGION}\n`);
    writeFileSync(AWS_SHARED_CREDENTIALS_FILE, ['[ops]', ...lines, ''].join('\n'));
    const profile = { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_EC2_METADATA_DISABLED, AWS_PROFILE: 'ops' };
    const client = new Client({ name: 'desktop', version: '1.0.0' });
    await client.connect(
      new StdioClientTransport({
        command: join(uv.bin, command),
        args: args.map((each) => (each.startsWith('https:') ? gateway.url : each.replace('<region>', AWS_REGION))),
        env: { ...own, ...profile, ...uv.environment, UV_OFFLINE: '1' },
      }),
    );
    onTestFinished(() => client.close());
    expect((await client.listTools()).tools).toHaveLength(tools.length);
    const answer = await client.callTool({ name: INSTANCES, arguments: { account_id: '111111111111' } });
    expect(JSON.parse(textOf(answer))).toMatchObject({ instance_count: 1 });
    expect(calls).toEqual([{ tool: 'describe_ec2_instances', event: { account_id: '111111111111' } }]);
  });
});

/** A uv of its own that holds the proxy, or why there is none: PyPI must give both within a minute. */
async function fetchedProxy(
  requirement: string,
): Promise<{ bin: string; environment: Record<string, string> } | { missing: string }> {
  const bin = join(folder, 'venv', 'bin');
  const environment = { UV_CACHE_DIR: join(folder, 'uv') };
  const options = { signal: AbortSignal.timeout(60_000), env: { ...process.env, ...environment } };
  try {
    await run('python3', ['-m', 'venv', join(folder, 'venv')], options);
    await run(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', 'uv'], options);
    await run(join(bin, 'uvx'), [requirement, '--help'], options);
    return { bin, environment };
  } catch (error) {
    const why = options.signal.aborted ? 'PyPI took more than a minute' : String(error).slice(0, 400);
    const missing = `NOT tested: ${requirement}, ${why}.`;
    process.stderr.write(`${missing}\n`);
    return { missing };
  }
}
