import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awsMcp } from '../../schemas/aws-mcp.ts';
import { type AwsMcpServer, startAwsMcpServer } from '../support/aws-mcp-server.ts';
import { callBridge, withBridges } from '../support/bridges.ts';
import { stsMock, useMockedAws } from '../support/mock-aws.ts';

const iam = ['ec2:Describe*', 'ecs:ListServices'];
const search = 'aws___search_documentation';
const tools = {
  [search]: { repeatable: true },
  aws___run_script: { repeatable: false },
  failing: { repeatable: false },
  removed: { repeatable: false },
};

useMockedAws();

let server: AwsMcpServer;
let stranger: AwsMcpServer;
beforeEach(async () => {
  stranger = await startAwsMcpServer('secret');
  server = await startAwsMcpServer('secret', stranger.url);
  withBridges({ 'aws-mcp': { kind: 'aws-mcp', endpoint: server.url, iam, tools } });
});
afterEach(async () => {
  await server.close();
  await stranger.close();
});

const call = (tool: string, event: object = {}, milliseconds?: number) =>
  callBridge(awsMcp, `aws-mcp___${tool}`, event, milliseconds);
const posts = () => server.methods.filter((method) => method !== 'GET');

describe('aws_mcp', () => {
  it('answers the documented example, signed as the role of the account', async () => {
    const { account_id, ...given } = awsMcp.example.input;
    const answer = await call(search, awsMcp.example.input);
    expect(answer).toEqual({ server: 'aws-mcp', tool: search, account_id, result: given });
    expect(server.calls).toEqual([
      { name: search, token: `session of ${account_id}`, arguments: given, meta: { AWS_REGION: 'us-east-1' } },
    ]);
    expect(server.refusals).toEqual([]);
    const [assumed] = stsMock.commandCalls(AssumeRoleCommand).map(({ args: [{ input }] }) => input);
    expect(JSON.parse(assumed?.Policy ?? '').Statement).toEqual([{ Effect: 'Allow', Action: iam, Resource: '*' }]);
  });

  it('keeps the connection warm: the second call is one request', async () => {
    await call(search, { account_id: '111111111111' });
    const before = posts().length;
    await call(search, { account_id: '111111111111' });
    expect(posts().slice(before)).toEqual(['tools/call']);
  });

  it('never crosses the identities of two accounts, asked at once', async () => {
    const accounts = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? '111111111111' : '222222222222'));
    await Promise.all(accounts.map((account_id, index) => call(search, { account_id, index })));
    for (const { token, arguments: given } of server.calls) {
      const { index } = given as { index: number };
      expect(token).toBe(`session of ${accounts[index]}`);
    }
    expect(server.calls).toHaveLength(20);
    expect(stsMock.commandCalls(AssumeRoleCommand)).toHaveLength(2);
  });

  it.each([
    ['several accounts', { account_id: '111111111111,222222222222' }, 'invalid_input'],
    ['all', { account_id: 'all' }, 'invalid_input'],
    ['what is no account', { account_id: '1' }, 'invalid_input'],
    ['an account that is not configured', { account_id: '333333333333' }, 'account_not_allowed'],
    ['no text', { account_id: 1 }, 'invalid_input'],
  ])('refuses an account_id that is %s, and sends nothing', async (_, event, code) => {
    expect((await call(search, event)).error?.code).toBe(code);
    expect([server.methods, stsMock.commandCalls(AssumeRoleCommand)]).toEqual([[], []]);
  });

  it('refuses a tool that is not on the allow-list, and sends nothing', async () => {
    expect((await call('aws___get_presigned_url', { account_id: '111111111111' })).error?.code).toBe('invalid_input');
    expect(server.methods).toEqual([]);
  });

  it('reads an answer that comes as an event stream', async () => {
    server.misbehave('event stream');
    expect((await call(search, { account_id: '111111111111', a: 1 })).result).toEqual({ a: 1 });
  });

  it("gives a tool's own failure as data", async () => {
    const answer = await call('failing', { account_id: '111111111111' });
    expect(answer).toMatchObject({ is_error: true, result: 'No such topic\\u{200b}' });
  });
});

describe('a server that misbehaves', () => {
  const account = { account_id: '111111111111' };

  it('forgets the session: connected once again, and answered', async () => {
    await call('aws___run_script', account);
    server.misbehave('forget session');
    expect((await call('aws___run_script', { ...account, a: 1 })).result).toEqual({ a: 1 });
    expect(server.calls).toHaveLength(2);
  });

  it('forgets each session: a named error after one more attempt, and the next call works', async () => {
    server.misbehave('forget session', 2);
    expect((await call('aws___run_script', account)).error).toMatchObject({ code: 'unavailable', reason: 'http_404' });
    expect(server.calls).toHaveLength(0);
    expect((await call('aws___run_script', account)).error).toBeUndefined();
  });

  it.each([
    ['throttles', 'throttle', 'throttled', true],
    ['refuses the role', 'refuse', 'access_denied', false],
    ['fails', 'fail', 'unavailable', true],
    ['answers with HTML', 'html', 'unavailable', true],
    ['answers with what is no JSON', 'not json', 'unavailable', true],
    ['redirects', 'redirect', 'unavailable', true],
    ['cuts the connection after it got the call', 'reset after', 'unavailable', true],
  ] as const)(
    '%s: a named error without its words, nothing sent twice, and the next call works',
    async (_, how, code, retryable) => {
      await call('aws___run_script', account);
      server.misbehave(how);
      const { error } = await call('aws___run_script', account);
      expect(error).toMatchObject({ code, retryable });
      expect(JSON.stringify({ ...error, server_said: undefined })).not.toContain('IGNORE');
      expect(server.calls).toHaveLength(2);
      expect((await call('aws___run_script', { ...account, a: 1 })).result).toEqual({ a: 1 });
      expect([stranger.methods, stranger.refusals]).toEqual([[], []]);
    },
  );

  it('hangs: a named error by the deadline, and the next call works', async () => {
    server.misbehave('hang');
    expect((await call(search, account, 2_500)).error).toMatchObject({ code: 'timeout', reason: 'no_answer' });
    expect((await call(search, { ...account, a: 1 })).result).toEqual({ a: 1 });
  });

  it('removed the tool: its words stand in server_said alone', async () => {
    const { error } = await call('removed', account);
    expect(error).toMatchObject({ code: 'invalid_input', server_said: expect.stringContaining('has been removed') });
    expect(error?.message).not.toContain('removed');
  });

  it('answers 1 MB: cut at 64 KB, and says how much is missing', async () => {
    server.misbehave('large');
    const { result, error } = await call(search, account);
    expect(error).toBeUndefined();
    expect(result).toMatch(/^x{65536}… \(983040 more characters\)$/);
  });

  it.each(['too large', 'endless'] as const)(
    'answers more than 2 MB (%s): given up while it comes, by name, not asked again, and the next call works',
    async (how) => {
      await call(search, account);
      server.misbehave(how);
      const { error } = await call(search, account);
      expect(error).toMatchObject({ code: 'answer_too_large', reason: 'too_large' });
      expect(server.calls).toHaveLength(2);
      expect((await call(search, { ...account, a: 1 })).result).toEqual({ a: 1 });
    },
  );

  it('is not there: a named error', async () => {
    await server.close();
    expect((await call(search, account)).error).toMatchObject({ code: 'unavailable', retryable: true });
  });

  it('lets no secret of the session into an answer', async () => {
    server.misbehave('refuse');
    const answers = [await call(search, account), await call(search, account), await call('removed', account)];
    expect(JSON.stringify(answers)).not.toMatch(/ASIA0|session of|"secret"/);
  });
});
