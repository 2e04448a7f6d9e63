import { AssumeRoleCommand, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { awsMcp } from '../../schemas/aws-mcp.ts';
import { type AwsMcpServer, startAwsMcpServer } from '../support/aws-mcp-server.ts';
import { callBridge, withBridges } from '../support/bridges.ts';
import { eventually } from '../support/eventually.ts';
import { answerAssumeRole, stsMock, useMockedAws } from '../support/mock-aws.ts';

const accounts = Array.from({ length: 9 }, (_, index) => String(index + 1).repeat(12));
const account = { account_id: accounts[0] };
const tools = { reads: { repeatable: true }, writes: { repeatable: false }, removed: { repeatable: false } };

useMockedAws({ accounts });

let server: AwsMcpServer;
beforeEach(async () => {
  server = await startAwsMcpServer('secret');
  withBridges({ 'aws-mcp': { kind: 'aws-mcp', endpoint: server.url, iam: ['ec2:Describe*'], tools } });
});
afterEach(() => server.close());

const call = (tool: string, event: object = account, milliseconds?: number) =>
  callBridge(awsMcp, `aws-mcp___${tool}`, event, milliseconds);

describe('whose credentials sign', () => {
  it('those of the account asked for, of nine asked at once and in turns', async () => {
    const asked = [...accounts, ...accounts, ...accounts].map((account_id, index) => ({ account_id, index }));
    const answers = await Promise.all(asked.map((event) => call('writes', event)));
    expect(answers.map(({ account_id, result }) => ({ account_id, ...(result as object) }))).toEqual(asked);
    for (const { token, arguments: given } of server.calls) {
      expect(token).toBe(`session of ${asked[(given as { index: number }).index]?.account_id}`);
    }
    expect(server.calls).toHaveLength(asked.length);
    for (const tokens of server.tokensOf.values()) expect(tokens.size).toBe(1);
    expect(server.tokensOf.size).toBe(accounts.length);
    for (const account_id of accounts) await call('writes', { account_id });
    expect(server.tokensOf.size, 'each account keeps its connection').toBe(accounts.length);
  });

  it('says goodbye for the one that rested longest when there are too many', async () => {
    const many = Array.from({ length: 65 }, (_, index) => String(200_000_000_000 + index));
    vi.stubEnv('CENTRAL_OPS_ACCOUNTS', many.join());
    for (const account_id of many) expect((await call('reads', { account_id })).error).toBeUndefined();
    await eventually(() => expect(server.methods).toContain('DELETE'));
    expect(server.methods.filter((method) => method === 'DELETE')).toHaveLength(1);
  });

  it('the account that the tools run in, when none is named', async () => {
    const { account_id } = await call('reads', {});
    expect(account_id).toBe('999999999999');
    expect(server.calls).toMatchObject([{ token: 'session of 999999999999', arguments: {} }]);
  });

  it('new ones when the session nears its end, on the same connection', async () => {
    let lifetimeMs = 60_000;
    stsMock
      .on(AssumeRoleCommand)
      .callsFake(async (input: AssumeRoleCommandInput) => answerAssumeRole(input, lifetimeMs));
    await call('writes');
    lifetimeMs = 3_600_000;
    const before = server.keys.length;
    await call('writes');
    await call('writes');
    const [first, ...others] = server.keys.slice(before);
    expect(first).not.toBe(server.keys[before - 1]);
    expect(others).toEqual([first]);
    expect(server.methods.filter((method) => method === 'initialize')).toHaveLength(1);
    expect(server.refusals).toEqual([]);
  });

  it('nobody, when the role cannot be assumed: named, and nothing is sent', async () => {
    stsMock.on(AssumeRoleCommand).rejects(Object.assign(new Error('secret words of STS'), { name: 'AccessDenied' }));
    const answer = await call('reads');
    expect(answer.error?.code).toBe('role_not_assumable');
    expect(JSON.stringify(answer)).not.toContain('secret words');
    expect(server.methods).toEqual([]);
  });

  it.each([
    [''],
    [' '],
    ['all,111111111111'],
    ['111111111111,111111111112'],
    ['1111111111110'],
    ['arn:aws:iam::111111111111:root'],
    ['１１１１１１１１１１１１'],
    [null],
    [['111111111111']],
    [{ toString: '111111111111' }],
    [111111111111],
  ])('nobody, for an account_id that is %j: named, and nothing is sent', async (account_id) => {
    const { error } = await call('reads', { account_id });
    expect(['invalid_input', 'account_not_allowed']).toContain(error?.code);
    expect([server.methods, stsMock.commandCalls(AssumeRoleCommand)]).toEqual([[], []]);
  });
});

describe('which tool is called', () => {
  it('the allowed one behind a prefix of the gateway', async () => {
    expect((await callBridge(awsMcp, 'central-aws-mcp___reads', { ...account, a: 1 })).result).toEqual({ a: 1 });
    expect(server.calls).toMatchObject([{ name: 'reads' }]);
  });

  it.each([
    'aws-mcp___call_aws',
    'aws-mcp___READS',
    'aws-mcp___constructor',
    'aws-mcp___reads___writes',
    'aws-mcp___',
    'aws-mcp',
    'reads',
    'other___reads',
    'xaws-mcp___reads',
    '',
  ])('none for %j: named, no session, nothing is sent', async (name) => {
    expect((await callBridge(awsMcp, name, account)).error?.code).toBe('invalid_input');
    expect([server.methods, stsMock.commandCalls(AssumeRoleCommand)]).toEqual([[], []]);
  });

  it('none without the file of bridges', async () => {
    vi.stubEnv('CENTRAL_OPS_BRIDGES', '/nowhere/bridges.json');
    expect((await call('reads')).error?.code).toBe('not_configured');
    expect(server.methods).toEqual([]);
  });
});

describe('secrets', () => {
  it('stand in no answer, error, log line or argument passed on', async () => {
    const lines: string[] = [];
    for (const stream of [process.stdout, process.stderr]) {
      const write = vi.spyOn(stream, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0);
      onTestFinished(() => write.mockRestore());
    }
    for (const level of ['debug', 'info', 'warn', 'error', 'log'] as const) {
      const say = vi.spyOn(console, level).mockImplementation((...said) => void lines.push(said.map(String).join(' ')));
      onTestFinished(() => say.mockRestore());
    }
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
    vi.stubEnv('POWERTOOLS_DEV', 'false');
    const answers = [await call('reads'), await call('removed')];
    for (const how of ['refuse', 'unauthorized', 'fail', 'not json', 'reset after', 'redirect', 'no result'] as const) {
      server.misbehave(how);
      answers.push(await call('writes', { ...account, password: 'an argument' }));
    }
    server.misbehave('hang');
    answers.push(await call('writes', account, 1_500));
    const passed = JSON.stringify(server.calls.map(({ arguments: given, meta }) => [given, meta]));
    const written = [JSON.stringify(answers), lines.join('\n')].join('\n');
    expect(lines.join('\n')).toContain('"outcome":"access_denied"');
    for (const secret of [/ASIA0/, /session of/, /"secret"/, /AWS4-HMAC/, /mcp-session-id/i]) {
      expect(written).not.toMatch(secret);
      expect(passed).not.toMatch(secret);
    }
    expect(lines.join('\n')).not.toContain('an argument');
  });
});
