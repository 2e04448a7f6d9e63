import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { awsMcp } from '../../schemas/aws-mcp.ts';
import type { Misbehaviour } from '../support/aws-mcp-misbehaviour.ts';
import { type AwsMcpServer, startAwsMcpServer } from '../support/aws-mcp-server.ts';
import { callBridge, withBridges } from '../support/bridges.ts';
import { useMockedAws } from '../support/mock-aws.ts';

const tools = { reads: { repeatable: true }, writes: { repeatable: false } };
const account = { account_id: '111111111111' };

useMockedAws();

let server: AwsMcpServer;
beforeEach(async () => {
  server = await startAwsMcpServer('secret');
  withBridges({ 'aws-mcp': { kind: 'aws-mcp', endpoint: server.url, iam: ['ec2:Describe*'], tools } });
});
afterEach(() => server.close());

const call = (tool: keyof typeof tools, event: object = account, milliseconds?: number) =>
  callBridge(awsMcp, `aws-mcp___${tool}`, event, milliseconds);
const count = (method: string) => server.methods.filter((each) => each === method).length;

/** What our own part of an error says: its message and the details that are not the server's words. */
const ours = (error: object | undefined) => JSON.stringify({ ...error, server_said: undefined });

describe('a call that may have run', () => {
  it.each(['reset before', 'reset after'] as const)('is sent once when the tool may write: %s', async (how) => {
    await call('writes');
    const before = count('tools/call');
    server.misbehave(how);
    expect((await call('writes')).error).toMatchObject({ code: 'unavailable', reason: 'connection_broken' });
    expect(count('tools/call') - before).toBe(1);
    expect((await call('writes', { ...account, next: 1 })).result).toEqual({ next: 1 });
  });

  it.each(['reset before', 'reset after'] as const)('is sent again, once, when it only reads: %s', async (how) => {
    await call('reads');
    const before = count('tools/call');
    server.misbehave(how);
    expect((await call('reads', { ...account, a: 1 })).result).toEqual({ a: 1 });
    expect(count('tools/call') - before).toBe(2);
    server.misbehave(how, 2);
    expect((await call('reads')).error).toMatchObject({ code: 'unavailable', retryable: true });
    expect(count('tools/call') - before).toBe(4);
    expect((await call('reads', { ...account, next: 1 })).result).toEqual({ next: 1 });
  });

  it.each([
    ['throttle', 'throttled'],
    ['fail', 'unavailable'],
    ['refuse', 'access_denied'],
    ['not json', 'unavailable'],
    ['internal error', 'unavailable'],
  ] as const)('is not sent again after an answer, even when it only reads: %s', async (how, code) => {
    await call('reads');
    const before = server.methods.length;
    server.misbehave(how);
    expect((await call('reads')).error?.code).toBe(code);
    expect(server.methods.slice(before)).toEqual(['tools/call']);
  });
});

describe('an answer to a call', () => {
  it.each([
    ['unauthorized', 'access_denied'],
    ['insufficient scope', 'access_denied'],
    ['internal error', 'unavailable'],
    ['no result', 'unavailable'],
  ] as const)('that is bad is a named error without its words: %s', async (how, code) => {
    await call('writes');
    server.misbehave(how);
    const { error } = await call('writes');
    expect(error?.code).toBe(code);
    expect(ours(error)).not.toContain('IGNORE');
    expect(JSON.stringify(error)).not.toMatch(/[\u200b\u{e0041}]/u);
    expect((await call('writes', { ...account, next: 1 })).result).toEqual({ next: 1 });
  });

  it('that is nested without end is cut where it is too deep, and no fault of ours', async () => {
    server.misbehave('deep');
    const { result, error } = await call('writes');
    expect(error).toBeUndefined();
    expect(JSON.stringify(result)).toMatch(/^\[{100}\{"not_passed_on":"nested deeper than 100 levels"\}\]{100}$/);
  });

  it('that comes after notifications and questions on its stream is read', async () => {
    server.misbehave('talkative stream');
    expect((await call('writes', { ...account, a: 1 })).result).toEqual({ a: 1 });
    expect((await call('writes', { ...account, next: 1 })).result).toEqual({ next: 1 });
  });

  it.each(['stall', 'cut stream', 'hang'] as const)(
    'that never ends is a timeout by the deadline, and the next call works: %s',
    async (how) => {
      await call('writes');
      server.misbehave(how);
      const started = performance.now();
      const { error } = await call('writes', account, 2_500);
      // The deadline is 1.5 s from the start; a busy machine is late, but never by the client's own 15 minutes.
      expect(performance.now() - started).toBeLessThan(10_000);
      expect(error).toMatchObject({ code: 'timeout', reason: 'no_answer', retryable: true });
      expect((await call('writes', { ...account, next: 1 })).result).toEqual({ next: 1 });
    },
  );

  it.each(['stall', 'hang'] as const)(
    'is not waited for after the deadline: the request is given up: %s',
    async (how) => {
      await call('writes');
      server.misbehave(how);
      await call('writes', account, 1_500);
      for (let tries = 0; tries < 100 && server.abandoned() === 0; tries++) await sleep(20);
      expect(server.abandoned()).toBe(1);
    },
  );
});

describe('a server that cannot be connected', () => {
  const starts: [Misbehaviour, string][] = [
    ['throttle', 'throttled'],
    ['refuse', 'access_denied'],
    ['unauthorized', 'access_denied'],
    ['fail', 'unavailable'],
    ['internal error', 'unavailable'],
    ['html', 'unavailable'],
    ['not json', 'unavailable'],
    ['no result', 'unavailable'],
    ['redirect', 'unavailable'],
    ['forget session', 'unavailable'],
    ['reset after', 'unavailable'],
  ];
  it.each(starts)('answers initialize with %s: %s, one attempt, and the next call works', async (how, code) => {
    server.misbehave(how, 1, 'initialize');
    const { error } = await call('reads');
    expect(error?.code).toBe(code);
    expect(ours(error)).not.toContain('IGNORE');
    expect([count('initialize'), count('tools/call')]).toEqual([1, 0]);
    expect((await call('reads', { ...account, next: 1 })).result).toEqual({ next: 1 });
  });

  it('never answers initialize: a timeout by the deadline, and the next call works', async () => {
    server.misbehave('hang', 1, 'initialize');
    expect((await call('reads', account, 2_500)).error).toMatchObject({ code: 'timeout', reason: 'no_initialize' });
    expect((await call('reads', { ...account, next: 1 })).result).toEqual({ next: 1 });
  });
});

describe('a session that the server forgot', () => {
  it('is opened once again for ten calls at once, and each is answered', async () => {
    await call('writes');
    const before = server.calls.length;
    server.misbehave('forget session');
    const asked = Array.from({ length: 10 }, (_, index) => ({ index }));
    const answers = await Promise.all(asked.map((event) => call('writes', { ...account, ...event })));
    expect(answers.map(({ result }) => result)).toEqual(asked);
    expect([count('initialize'), server.calls.length - before]).toEqual([2, 10]);
  });
});

describe('a connection that rested', () => {
  it('is used as it is: a ping would be one of three requests a second', async () => {
    await call('writes');
    const before = server.methods.length;
    const rested = performance.now() + 600_000;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => rested);
    onTestFinished(() => clock.mockRestore());
    expect((await call('writes', { ...account, a: 1 })).result).toEqual({ a: 1 });
    expect(server.methods.slice(before)).toEqual(['tools/call']);
  });
});
