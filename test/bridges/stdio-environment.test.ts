import { join } from 'node:path';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it, vi } from 'vitest';
import { mcpBridge } from '../../schemas/mcp-bridge.ts';
import { callBridge, STDIO_SERVERS, withBridges } from '../support/bridges.ts';
import { answerAssumeRole, stsMock, useMockedAws } from '../support/mock-aws.ts';

const server = {
  kind: 'stdio' as const,
  command: 'node',
  args: [join(STDIO_SERVERS, 'misbehaving.mjs')],
  env: {},
  tools: { environment: { repeatable: true }, echo: { repeatable: true }, pid: { repeatable: true } },
};
const iam = ['ec2:DescribeInstances', 'ecs:List*'];
const call = (tool: string, event: object = {}) => callBridge(mcpBridge, `it___${tool}`, event);
const environment = async (event: object = {}) => (await call('environment', event)).result as Record<string, string>;

useMockedAws();

describe("a server's environment", () => {
  it('holds nothing of the function but what every program needs', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAFUNCTION');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'the-secret-of-the-function');
    vi.stubEnv('SOME_TOKEN', 'some-token');
    withBridges({ it: server });
    const given = await environment();
    expect(
      Object.keys(given).filter((name) => !['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER'].includes(name)),
    ).toEqual([]);
    expect(JSON.stringify(given)).not.toMatch(/AKIAFUNCTION|the-secret-of-the-function|some-token|CENTRAL_OPS/);
    expect(stsMock.commandCalls(AssumeRoleCommand)).toHaveLength(0);
  });

  it('holds what the entry names: written out, or the function’s own', async () => {
    vi.stubEnv('SOME_TOKEN', 'some-token');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the form in which an entry names a variable.
    withBridges({ it: { ...server, env: { LEVEL: 'error', TOKEN: '${SOME_TOKEN}', TEXT: 'a ${SOME_TOKEN}' } } });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: only a whole value is a name.
    expect(await environment()).toMatchObject({ LEVEL: 'error', TOKEN: 'some-token', TEXT: 'a ${SOME_TOKEN}' });
  });

  it('holds the credentials of the account that the call names, narrowed to the actions of the entry', async () => {
    withBridges({ it: { ...server, iam } });
    const given = await environment({ account_id: '222222222222' });
    expect(given).toMatchObject({ AWS_SESSION_TOKEN: 'session of 222222222222', AWS_REGION: 'us-east-1' });
    const [assumed] = stsMock.commandCalls(AssumeRoleCommand).map(({ args: [{ input }] }) => input);
    expect(assumed?.RoleArn).toBe('arn:aws:iam::222222222222:role/CentralOpsTargetRole');
    expect(JSON.parse(assumed?.Policy ?? '').Statement).toEqual([{ Effect: 'Allow', Action: iam, Resource: '*' }]);
  });
});

describe('account_id', () => {
  it('chooses a process of its own for each account, and never reaches the server', async () => {
    withBridges({ it: { ...server, iam } });
    const accounts = ['111111111111', '222222222222', '111111111111', '222222222222'];
    const answers = [];
    for (const account_id of accounts) answers.push(await call('pid', { account_id }));
    expect(answers.map(({ account_id }) => account_id)).toEqual(accounts);
    const pids = answers.map(({ result }) => result);
    expect([pids[2], pids[3], pids[0] === pids[1]]).toEqual([pids[0], pids[1], false]);
    expect((await call('echo', { account_id: '111111111111', a: 1 })).result).toEqual({ a: 1 });
  });

  it('belongs to the server where the entry asks for no credentials', async () => {
    withBridges({ it: server });
    expect((await call('echo', { account_id: 'theirs' })).result).toEqual({ account_id: 'theirs' });
  });

  it.each([
    ['several accounts', '111111111111,222222222222', 'invalid_input'],
    ['all', 'all', 'invalid_input'],
    ['what is no account', '11111111111', 'invalid_input'],
    ['an account that is not configured', '333333333333', 'account_not_allowed'],
    ['what is no text', 111_111_111_111, 'invalid_input'],
  ])('that is %s is refused, and no role is assumed', async (_, account_id, code) => {
    withBridges({ it: { ...server, iam } });
    expect((await call('pid', { account_id })).error?.code).toBe(code);
    expect(stsMock.commandCalls(AssumeRoleCommand)).toHaveLength(0);
  });

  it('whose session is renewed gets a new process with the new credentials', async () => {
    withBridges({ it: { ...server, iam } });
    let sessions = 0;
    stsMock.on(AssumeRoleCommand).callsFake(async (input) => {
      // Below the time from which a session is renewed.
      const answer = answerAssumeRole(input, 5 * 60_000);
      return { ...answer, Credentials: { ...answer.Credentials, SessionToken: `session ${++sessions}` } };
    });
    const first = await environment({ account_id: '111111111111' });
    const second = await environment({ account_id: '111111111111' });
    expect(first.AWS_SESSION_TOKEN).toMatch(/^session \d$/);
    expect(second.AWS_SESSION_TOKEN).toMatch(/^session \d$/);
    expect(second.AWS_SESSION_TOKEN).not.toBe(first.AWS_SESSION_TOKEN);
  });
});
