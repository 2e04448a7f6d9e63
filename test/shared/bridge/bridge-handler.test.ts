import { AssumeRoleCommand, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { BridgeKind } from '../../../schemas/bridge-specification.ts';
import { mcpBridge } from '../../../schemas/mcp-bridge.ts';
import type { BridgeOptions, Identity } from '../../../shared/bridge/bridge-handler.ts';
import { type BridgeResult, withBridges } from '../../support/bridges.ts';
import { HOME_ACCOUNT, testContext } from '../../support/configuration.ts';
import { eventually } from '../../support/eventually.ts';
import { type Asked, type InProcessServer, inProcessServer, tells } from '../../support/in-process-server.ts';
import { logLines } from '../../support/log-lines.ts';
import { answerAssumeRole, stsMock, useMockedAws } from '../../support/mock-aws.ts';

const tools = { reads: { repeatable: true }, writes: { repeatable: false } };
const iam = ['ec2:Describe*'];
const stdio = { kind: 'stdio' as const, command: 'node', args: [], env: {}, tools };
const aws = { kind: 'aws-mcp' as const, endpoint: 'https://aws-mcp.us-east-1.api.aws/mcp', iam, tools };
const one = { account_id: '111111111111' };

useMockedAws({ accounts: ['111111111111', '222222222222', HOME_ACCOUNT] });
beforeEach(() => void withBridges({ plain: stdio, narrowed: { ...stdio, iam }, aws }));

type Says = NonNullable<Parameters<typeof inProcessServer>[0]>;

/** A bridge whose servers are in this process and speak as `says`; `meta` is what it adds to each call. */
async function bridge(
  says: Says = ({ params }) => tells(JSON.stringify(params)),
  more: Partial<BridgeOptions<BridgeKind>> = {},
) {
  const { bridgeHandler } = await import('../../../shared/bridge/bridge-handler.ts');
  const servers: InProcessServer[] = [];
  const identities: (Identity | undefined)[] = [];
  const handler = bridgeHandler(mcpBridge, {
    kind: 'stdio',
    open: (_, identity) => {
      const server = inProcessServer(says);
      servers.push(server);
      identities.push(identity);
      return server.opening;
    },
    ...more,
  });
  const call = async (visibleName: string, event: object = {}, milliseconds?: number): Promise<BridgeResult> => {
    const clientContext = { custom: { bedrockAgentCoreToolName: visibleName } };
    const context = { ...testContext(milliseconds), clientContext } as unknown as Parameters<typeof handler>[1];
    return (await handler(event, context)) as BridgeResult;
  };
  /** The calls that reached a server. */
  const calls = () => servers.flatMap(({ asked }) => asked).filter(({ method }) => method === 'tools/call');
  return { call, calls, servers, identities };
}

/** The first `times` calls fail by what `fail` throws or does, the others are answered. */
function failing(fail: (server: InProcessServer) => void, times = 1): Says {
  let calls = 0;
  return async (_, server) => {
    calls += 1;
    if (calls > times) return tells('answered');
    fail(server);
    return undefined;
  };
}
const forgotten = () => {
  throw new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, 'Session not found', { status: 404 });
};
const reset = () => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
};

describe('what a server is called with', () => {
  it('is the call whole, where it gets no credentials', async () => {
    const { call, calls, identities } = await bridge();
    const answer = await call('plain___reads', { account_id: 'theirs', a: 1 });
    expect(calls().map(({ params }) => params)).toEqual([{ name: 'reads', arguments: { account_id: 'theirs', a: 1 } }]);
    expect(answer).toEqual({ server: 'plain', tool: 'reads', result: calls()[0]?.params });
    expect(identities).toEqual([undefined]);
    expect(stsMock.commandCalls(AssumeRoleCommand)).toEqual([]);
  });

  it('is the call without our account_id, where it reads as the account of that', async () => {
    const { call, calls, identities } = await bridge();
    const answer = await call('narrowed___reads', { ...one, a: 1 });
    expect(calls().map(({ params }) => params)).toEqual([{ name: 'reads', arguments: { a: 1 } }]);
    expect(answer).toMatchObject({ server: 'narrowed', tool: 'reads', ...one });
    expect(await identities[0]?.credentials()).toMatchObject({ sessionToken: 'session of 111111111111' });
    expect(identities[0]?.accessKeyId).toBe((await identities[0]?.credentials())?.accessKeyId);
  });

  it('is what the bridge adds to each call, and nothing more', async () => {
    const { call, calls } = await bridge(undefined, { meta: ({ self }) => ({ region: self.region }) });
    await call('plain___reads');
    expect(calls()[0]?.params).toEqual({ name: 'reads', arguments: {}, _meta: { region: 'us-east-1' } });
  });

  it('stands in the audit line: which server and which of its tools', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    const lines = await logLines('INFO');
    await (await bridge()).call('plain___writes');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ server: 'plain', server_tool: 'writes' }]);
  });
});

describe('an answer', () => {
  it('says that the tool failed only when it did', async () => {
    const says = (isError?: boolean) => () => ({ result: { content: [{ type: 'text', text: 'x' }], isError } });
    expect(await (await bridge(says(true))).call('plain___reads')).toMatchObject({ is_error: true, result: 'x' });
    for (const isError of [false, undefined])
      expect(await (await bridge(says(isError))).call('plain___reads')).not.toHaveProperty('is_error');
  });

  it('may take as long as the function has', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { promise, resolve } = Promise.withResolvers<ReturnType<typeof tells>>();
    const { call, calls } = await bridge(() => promise);
    const answering = call('plain___reads', {}, 600_000);
    await eventually(() => expect(calls()).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(500_000);
    resolve(tells('at last'));
    expect(await answering).toMatchObject({ result: 'at last' });
  });
});

describe('a connection', () => {
  it('belongs to one bridge and one account', async () => {
    const { call, servers } = await bridge();
    const asked = ['plain', 'narrowed', 'narrowed', 'plain', 'narrowed'];
    const accounts = ['', '111111111111', '222222222222', '', '111111111111'];
    for (const [index, name] of asked.entries()) {
      const account_id = accounts[index];
      await call(`${name}___reads`, name === 'plain' ? {} : { account_id });
    }
    expect(servers).toHaveLength(3);
  });

  it.each([
    ['whose server got its credentials at the start is another one after they were renewed', 'stdio', 'narrowed', 2],
    ['that signs each request stays when the credentials are renewed', 'aws-mcp', 'aws', 1],
  ] as const)('%s', async (_, kind, name, connections) => {
    let sessions = 0;
    stsMock.on(AssumeRoleCommand).callsFake(async (input: AssumeRoleCommandInput) => {
      // Below the time from which a session is renewed.
      const answer = answerAssumeRole(input, 60_000);
      return { ...answer, Credentials: { ...answer.Credentials, AccessKeyId: `ASIA${++sessions}` } };
    });
    const { call, servers } = await bridge(undefined, { kind });
    await call(`${name}___reads`, one);
    await call(`${name}___reads`, one);
    expect(servers).toHaveLength(connections);
  });

  it('rests after a call that the server refused, and ends after one in which it died', async () => {
    const refuses = (asked: Asked, server: InProcessServer) => {
      const { arguments: given } = asked.params as { arguments: { die?: boolean } };
      if (given.die !== true) return { error: { code: -32602, message: 'no' } };
      server.die();
      return undefined;
    };
    const { call, servers } = await bridge(refuses);
    await call('plain___writes');
    await call('plain___writes');
    expect(servers).toHaveLength(1);
    await call('plain___writes', { die: true });
    await eventually(() => expect(servers[0]?.events).toContain('end'));
    await call('plain___writes');
    expect(servers).toHaveLength(2);
  });
});

describe('a call that failed', () => {
  it.each([
    ['of which nothing was sent', forgotten, 'writes', 2],
    ['in which the server died, of a tool that only reads', (server: InProcessServer) => server.die(), 'reads', 2],
    ['in which the server died, of a tool that may write', (server: InProcessServer) => server.die(), 'writes', 1],
    ['whose connection broke, of a tool that only reads', reset, 'reads', 2],
    ['whose connection broke, of a tool that may write', reset, 'writes', 1],
  ])('%s is sent again, once, where that can do no harm', async (_, fail, tool, times) => {
    const { call, calls } = await bridge(failing(fail));
    const answer = await call(`plain___${tool}`);
    expect(calls()).toHaveLength(times);
    if (times === 2) expect(answer.result).toBe('answered');
    else expect(answer.error?.code).toBe('unavailable');
    const stubborn = await bridge(failing(fail, 3));
    expect((await stubborn.call(`plain___${tool}`)).error?.code).toBe('unavailable');
    expect(stubborn.calls()).toHaveLength(times);
  });

  it('by an answer of the server is not sent again, even of a tool that only reads', async () => {
    const { call, calls } = await bridge(() => ({ error: { code: -32603, message: 'out of order' } }));
    expect((await call('plain___reads')).error).toMatchObject({ code: 'unavailable', reason: 'internal_error' });
    expect(calls()).toHaveLength(1);
  });

  it('before there was anything to open says why', async () => {
    const { ToolError } = await import('../../../shared/errors.ts');
    const open = () => {
      throw new ToolError('not_configured', 'No such variable.');
    };
    const { call } = await bridge(undefined, { open });
    expect((await call('plain___reads')).error).toMatchObject({ code: 'not_configured', message: 'No such variable.' });
  });

  it('by a fault of our own is in the log, without the words of what was thrown', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    const lines = await logLines('INFO');
    const open = () => {
      throw new Error('words of a stranger');
    };
    const { call } = await bridge(undefined, { open });
    expect((await call('plain___reads')).error).toMatchObject({ code: 'internal' });
    const faults = lines.map((line) => JSON.parse(line)).filter(({ message }) => message === 'fault');
    expect(faults).toMatchObject([{ name: 'Error', stack: expect.anything() }]);
    expect(lines.join()).not.toContain('words of a stranger');
  });

  it('at the opening is not tried again, with what the server said before it was connected', async () => {
    const open = vi.fn(() => {
      const { opening } = inProcessServer(undefined, { version: '1999-01-01', complaints: () => 'an old one' });
      return opening;
    });
    const { call } = await bridge(undefined, { open });
    expect((await call('plain___reads')).error).toMatchObject({
      reason: 'protocol_version',
      server_said: 'an old one',
    });
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('by the deadline is not sent again, even of a tool that only reads', async () => {
    let calls = 0;
    const { call, servers } = await bridge(() => (++calls === 1 ? tells('answered') : undefined));
    await call('plain___reads');
    expect((await call('plain___reads', {}, 3_000)).error).toMatchObject({ code: 'timeout', reason: 'no_answer' });
    expect([calls, servers.length]).toEqual([2, 1]);
  });

  it('because the answer was too large is not sent again, and its connection is not used again', async () => {
    let ended: 'too_large' | undefined;
    const says = failing((server) => {
      ended = 'too_large';
      server.die();
    });
    const open = vi.fn(() => inProcessServer(says, { ended: () => ended }).opening);
    const { call } = await bridge(undefined, { open });
    expect((await call('plain___reads')).error).toMatchObject({ code: 'answer_too_large' });
    expect(open).toHaveBeenCalledTimes(1);
    ended = undefined;
    expect((await call('plain___reads')).result).toBe('answered');
    expect(open).toHaveBeenCalledTimes(2);
  });
});

describe('an account_id', () => {
  it.each([
    [['111111111111'], 'account_id: must be a text.'],
    ['all', 'account_id: name one. The server behind this tool knows one at a time.'],
    ['111111111111,222222222222', 'account_id: name one. The server behind this tool knows one at a time.'],
  ])('%j is refused, and the message says what to give', async (account_id, message) => {
    const { call, servers } = await bridge();
    expect((await call('narrowed___reads', { account_id })).error).toMatchObject({
      code: 'invalid_input',
      field: 'account_id',
      message,
    });
    expect([servers, stsMock.commandCalls(AssumeRoleCommand)]).toEqual([[], []]);
  });

  it('that is not given is the account that the tools run in', async () => {
    const { call } = await bridge();
    expect(await call('narrowed___reads')).toMatchObject({ account_id: HOME_ACCOUNT });
  });
});
