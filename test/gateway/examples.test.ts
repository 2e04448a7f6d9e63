import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAgent } from '../../examples/strands-agent.ts';
import { catalog } from '../../schemas/catalog.ts';
import type { Tool } from '../../schemas/define-tool.ts';
import type { Invoke } from '../../scripts/local/functions.ts';
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
const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = aws;

/** Each tool's documented answer, for arguments that the tool takes: unknown ones are refused, as the handlers do. */
function documented(calls: { tool: string; event: unknown }[]): Invoke {
  return async (tool, event) => {
    calls.push({ tool: tool.name, event });
    const { success } = tool.input.safeParse(event);
    return { payload: success ? tool.example.output : { error: { code: 'invalid_input' } } };
  };
}

async function signedGateway(): Promise<{ gateway: Gateway; calls: { tool: string; event: unknown }[] }> {
  const calls: { tool: string; event: unknown }[] = [];
  const authorizer = awsIam({ regions: [aws.AWS_REGION], keys: [{ accessKeyId, secretAccessKey, sessionToken }] });
  return { gateway: await gatewayFor({ tools, invoke: documented(calls), authorizer }), calls };
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
    const { gateway, calls } = await signedGateway();
    const { code, stdout, stderr } = await example('mcp-client.ts', ['--url', gateway.url, '--sign']);
    expect([code, stderr]).toEqual([0, '']);
    const [list = '', answer = ''] = stdout.split('\n\n');
    expect(list).toMatch(new RegExp(`^${tools.length} tools: ${LIST_ACCOUNTS}, .*list-kind-9___list_kind_9$`));
    expect(JSON.parse(answer)).toEqual(catalog.find(({ name }) => name === 'list_accounts')?.example.output);
    expect(calls).toEqual([{ tool: 'list_accounts', event: {} }]);
  });

  it('asks another tool with arguments', async () => {
    const { gateway, calls } = await signedGateway();
    const event = { account_id: '111111111111' };
    const question = ['--tool', 'describe_ec2_instances', '--args', JSON.stringify(event)];
    const { stdout } = await example('mcp-client.ts', ['--url', gateway.url, '--sign', ...question]);
    expect(stdout).toContain('"InstanceId": "i-0123456789abcdef0"');
    expect(calls).toEqual([{ tool: 'describe_ec2_instances', event }]);
  });

  it('does not sign for this machine unless told to, and says what a refusal means', async () => {
    const { gateway } = await signedGateway();
    const { code, stdout, stderr } = await example('mcp-client.ts', ['--url', gateway.url]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/HTTP 403[^]*bedrock-agentcore:InvokeGateway/);
  });

  it('says that nothing answers', async () => {
    const { gateway } = await signedGateway();
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

  it.each([true, false])('asks the tools over several turns and answers; signed: %s', async (sign) => {
    const calls: { tool: string; event: unknown }[] = [];
    const { url } = sign
      ? await signedGateway().then(({ gateway, calls: made }) => ({ url: gateway.url, made })).then(({ url, made }) => {
          Object.defineProperty(calls, 'made', { value: made });
          return { url };
        })
      : await gatewayFor({ tools, invoke: documented(calls) });
    void url;
  });
});
