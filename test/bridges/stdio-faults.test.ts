import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { mcpBridge } from '../../schemas/mcp-bridge.ts';
import { callBridge, STDIO_SERVERS, withBridges } from '../support/bridges.ts';
import { useMockedAws } from '../support/mock-aws.ts';

const names = ['echo', 'pid', 'failing', 'blocks', 'structured', 'large', 'long', 'silent', 'garbage', 'die', 'refuse'];
const tools = {
  ...Object.fromEntries(names.map((name) => [name, { repeatable: false }])),
  die_once: { repeatable: true },
};

useMockedAws();

/** A bridge to the misbehaving server in a mode; the file says which processes were started and which calls reached them. */
function misbehaving(mode = 'polite', changes: object = {}) {
  const folder = withBridges({
    it: {
      kind: 'stdio',
      command: 'node',
      args: [join(STDIO_SERVERS, 'misbehaving.mjs'), mode],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the form in which an entry names a variable.
      env: { CALLS_LOG: '${TEST_CALLS_LOG}' },
      tools,
      ...changes,
    },
  });
  vi.stubEnv('TEST_CALLS_LOG', join(folder, 'calls'));
  const log = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
  return {
    call: (tool: string, event = {}, milliseconds?: number) =>
      callBridge(mcpBridge, `it___${tool}`, event, milliseconds),
    started: () =>
      log()
        .flatMap((line) => /^start (\d+)$/.exec(line)?.[1] ?? [])
        .map(Number),
    calls: () => log().filter((line) => !line.startsWith('start')),
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function ended(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100 && isRunning(pid); tries++) await sleep(50);
  return !isRunning(pid);
}

describe('a stdio server', () => {
  it('stays warm between calls', async () => {
    const it = misbehaving();
    const first = await it.call('pid');
    expect((await it.call('pid')).result).toEqual(first.result);
    expect(it.started()).toHaveLength(1);
  });

  it('is started once for many calls at once', async () => {
    const it = misbehaving();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => it.call('echo', { index })));
    expect(answers.map(({ result }) => result)).toEqual(Array.from({ length: 20 }, (_, index) => ({ index })));
    expect(it.started()).toHaveLength(1);
  });

  it.each([
    ['answers a ping after a rest is used again', 'polite', 1],
    ['answers no ping after a rest is started again', 'deaf', 2],
  ])('that %s', async (_, mode, processes) => {
    const it = misbehaving(mode);
    await it.call('pid');
    const rested = performance.now() + 6_000;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => rested);
    onTestFinished(() => clock.mockRestore());
    expect((await it.call('echo', { again: true })).result).toEqual({ again: true });
    expect(it.started()).toHaveLength(processes);
  });

  it('that was killed while it rested is started again', async () => {
    const it = misbehaving();
    await it.call('pid');
    const [pid = 0] = it.started();
    process.kill(pid, 'SIGKILL');
    expect(await ended(pid)).toBe(true);
    expect((await it.call('echo', { again: true })).result).toEqual({ again: true });
    expect(it.started()).toHaveLength(2);
  });

  it('that dies in the middle of a call ends in a named error, and the next call works', async () => {
    const it = misbehaving();
    const { error } = await it.call('die');
    expect(error).toMatchObject({ code: 'unavailable', reason: 'server_exited', retryable: true });
    expect(error?.server_said).toContain('misbehaving server in mode polite');
    expect((await it.call('echo', { next: 1 })).result).toEqual({ next: 1 });
  });

  it('is asked a second time only when the tool says that it only reads', async () => {
    const it = misbehaving();
    expect((await it.call('die_once')).error?.reason).toBe('server_exited');
    expect(it.calls()).toEqual(['die_once', 'die_once']);
    const cautious = misbehaving('polite', { tools: { die_once: { repeatable: false } } });
    expect((await cautious.call('die_once')).error?.reason).toBe('server_exited');
    expect(cautious.calls()).toEqual(['die_once']);
  });

  it('that never answers initialize ends in a named error by the deadline, and leaves no process', async () => {
    const it = misbehaving('never initializes');
    const { error } = await it.call('echo', {}, 2_500);
    expect(error).toMatchObject({ code: 'timeout', reason: 'no_initialize' });
    expect(error?.server_said).toContain('misbehaving server');
    expect(await ended(it.started()[0] ?? 0)).toBe(true);
  });

  it('that does not answer a call ends in a named error by the deadline, and can be used again', async () => {
    const it = misbehaving();
    expect((await it.call('silent', {}, 2_500)).error).toMatchObject({ code: 'timeout', reason: 'no_answer' });
    expect((await it.call('echo', { next: 1 })).result).toEqual({ next: 1 });
    expect(it.started()).toHaveLength(1);
  });

  it('that writes 5 MB ends in a named error, the next call works and no process is left', async () => {
    const it = misbehaving('clings');
    expect((await it.call('large')).error).toMatchObject({ code: 'answer_too_large', retryable: false });
    expect((await it.call('echo', { next: 1 })).result).toEqual({ next: 1 });
    expect(await ended(it.started()[0] ?? 0)).toBe(true);
  });

  it('that writes what is not JSON ends in a named error by the deadline, and can be used again', async () => {
    const it = misbehaving();
    expect((await it.call('garbage', {}, 2_500)).error).toMatchObject({ code: 'timeout', reason: 'no_answer' });
    expect((await it.call('echo', { next: 1 })).result).toEqual({ next: 1 });
  });

  it('may write log lines on its standard output, as many do', async () => {
    expect((await misbehaving('chatty').call('echo', { a: 1 })).result).toEqual({ a: 1 });
  });

  it('that crashes at its start says why, at the end of all that it says', async () => {
    const { error } = await misbehaving('crash at start').call('echo');
    expect(error).toMatchObject({ code: 'unavailable', reason: 'server_exited' });
    expect(error?.server_said).toMatch(/^….*at start.*Error: no license file$/s);
    expect(error?.server_said?.length).toBe(1_001);
  });

  it.each([
    ['that speaks no version of MCP that we know is not configured', 'from the future', 'not_configured'],
    ['that refuses to begin is not the fault of what the caller asked', 'refuses to begin', 'unavailable'],
  ])('%s, and leaves no process', async (_, mode, code) => {
    const it = misbehaving(mode);
    const { error } = await it.call('echo');
    expect(error).toMatchObject({ code, reason: mode === 'from the future' ? 'protocol_version' : 'no_session' });
    expect(error?.message).not.toContain('IGNORE');
    expect(await ended(it.started()[0] ?? 0)).toBe(true);
  });

  it('whose program is missing is not configured', async () => {
    const { error } = await misbehaving('polite', { command: 'no-such-program', env: {} }).call('echo');
    expect(error).toMatchObject({ code: 'not_configured', reason: 'no_program' });
  });

  it('whose variable is missing is not configured, and not started', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the form in which an entry names a variable.
    const { error } = await misbehaving('polite', { env: { KEY: '${NO_SUCH_VARIABLE}' } }).call('echo');
    expect(error).toMatchObject({ code: 'not_configured', variables: ['NO_SUCH_VARIABLE'] });
  });
});

describe('an answer', () => {
  it('that is an error of the tool is data and says so', async () => {
    expect(await misbehaving().call('failing')).toMatchObject({ is_error: true, result: 'Disk not found' });
  });

  it('of several blocks gives text made plain and says what is not passed on', async () => {
    expect((await misbehaving().call('blocks')).result).toEqual([
      'one\n\\u{200b}line\\u{202e}',
      { not_passed_on: 'image: image/png, 4 characters of base64' },
      { uri: 'file:///a', name: 'a' },
    ]);
  });

  it('with a structured form is that, once', async () => {
    expect((await misbehaving().call('structured')).result).toEqual({ a: 1 });
  });

  it('beyond 64 KB is cut and says how much is missing', async () => {
    const result = (await misbehaving().call('long')).result as string;
    expect(result.length).toBeLessThan(66_000);
    expect(result).toMatch(/… \(134464 more characters\)$/);
  });

  it("that refuses the call keeps the server's words out of our message", async () => {
    const { error } = await misbehaving().call('refuse');
    expect(error?.code).toBe('invalid_input');
    expect(error?.message).not.toContain('IGNORE');
    expect(error?.server_said).toContain('IGNORE');
  });
});
