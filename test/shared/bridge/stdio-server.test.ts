import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Identity } from '../../../shared/bridge/bridge-handler.ts';
import { type Connection, connect } from '../../../shared/bridge/connection.ts';
import { IDENTITY, STDIO_SERVERS } from '../../support/bridges.ts';
import { testCall } from '../../support/call.ts';
import { eventually } from '../../support/eventually.ts';
import { useMockedAws } from '../../support/mock-aws.ts';

const MISBEHAVING = join(STDIO_SERVERS, 'misbehaving.mjs');

useMockedAws();

interface Entry {
  readonly command?: string;
  readonly args?: string[];
  readonly env?: Record<string, string>;
}

/** The server of an entry, started; a test that ends, ends it. */
async function started(
  { command = 'node', args = [MISBEHAVING], env = {} }: Entry = {},
  as?: Identity,
  folder = tmpdir(),
) {
  const { openServer } = await import('../../../shared/bridge/stdio-server.ts');
  const specification = { kind: 'stdio' as const, command, args, env, tools: {} };
  const asked = { name: 'it', tool: 'it', repeatable: false, specification, folder };
  const opening = await openServer(asked, as, testCall());
  const connection = await connect(opening, new AbortController().signal);
  onTestFinished(() => connection.close());
  return connection;
}

/** The text that a tool of the server answers. */
async function ask({ client }: Connection, name: string): Promise<string> {
  const { content } = await client.callTool({ name, arguments: {} });
  return (content as { text: string }[])[0]?.text ?? '';
}

const pidOf = async (connection: Connection) => Number(await ask(connection, 'pid'));
const environmentOf = async (connection: Connection) => JSON.parse(await ask(connection, 'environment'));

async function ended(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 500; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await sleep(20);
  }
  return false;
}

/** The processes that are killed from now on, each once. */
function killings(): () => unknown[] {
  const kill = vi.spyOn(process, 'kill');
  onTestFinished(() => kill.mockRestore());
  return () => [...new Set(kill.mock.calls.filter(([, signal]) => signal === 'SIGKILL').map(([pid]) => pid))];
}

describe('how a server is started', () => {
  it('node is the Node that runs the function, wherever that is; a path is relative to the file of bridges', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'central-ops-stdio-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    copyFileSync(MISBEHAVING, join(folder, 'server.mjs'));
    vi.stubEnv('PATH', '/nowhere');
    expect(await pidOf(await started({ args: ['server.mjs'] }, undefined, folder))).toBeGreaterThan(0);
  });

  it('any other command is that program', async () => {
    const server = await started({ command: 'env', args: ['MARK=by-env', process.execPath, MISBEHAVING] });
    expect(await environmentOf(server)).toMatchObject({ MARK: 'by-env' });
  });

  it('with the credentials of the call in the variables that every AWS SDK reads, and no other AWS than ours', async () => {
    const given = {
      AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'session',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
    };
    const awsOf = async (server: Connection) =>
      Object.fromEntries(Object.entries(await environmentOf(server)).filter(([name]) => name.startsWith('AWS_')));
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    expect(await awsOf(await started({}, IDENTITY))).toEqual(given);
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
    expect(await awsOf(await started({}, IDENTITY))).toEqual({ ...given, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
    expect(await awsOf(await started())).toEqual({});
  });

  it('not at all when a variable is missing, which the error names', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the form in which an entry names a variable.
    await expect(started({ env: { KEY: '${NO_SUCH_VARIABLE}' } })).rejects.toMatchObject({
      code: 'not_configured',
      message: 'The function has no variable NO_SUCH_VARIABLE, which the server needs.',
      details: { variables: ['NO_SUCH_VARIABLE'] },
    });
  });
});

describe('how a server ends', () => {
  it('with its connection, even when it does not heed the end of its input', async () => {
    const server = await started({ args: [MISBEHAVING, 'clings'] });
    const pid = await pidOf(server);
    const killed = killings();
    await server.close();
    // By us, at once: the library would ask it to end first, and wait.
    expect(killed()).toEqual([pid]);
    expect(await ended(pid)).toBe(true);
  });

  it("with the function's process, unless it has ended before", async () => {
    const listeners = new Set(process.listeners('exit'));
    const [server, other] = [await started({ args: [MISBEHAVING, 'clings'] }), await started()];
    const pids = [await pidOf(server), await pidOf(other)];
    await other.close();
    const killed = killings();
    for (const listener of process.listeners('exit')) if (!listeners.has(listener)) listener(0);
    expect(killed()).toEqual([pids[0]]);
    expect(await Promise.all(pids.map(ended))).toEqual([true, true]);
  });

  it('without a fault when it was killed, though a program that it started still holds its output', async () => {
    const server = await started({ args: [MISBEHAVING, 'leaves a child'] });
    const pid = await pidOf(server);
    process.kill(pid, 'SIGKILL');
    expect(await ended(pid)).toBe(true);
    await expect(server.close()).resolves.toBeUndefined();
  });

  it('at once when an answer has more than 2 MB, and says so; for nothing less', async () => {
    const server = await started({ args: [MISBEHAVING, 'clings'] });
    const pid = await pidOf(server);
    await expect(server.client.ping()).resolves.toEqual({});
    await server.client.callTool({ name: 'garbage', arguments: {} }, { timeout: 300 }).catch(() => {});
    expect([server.ended(), await pidOf(server)]).toEqual([undefined, pid]);
    const killed = killings();
    await expect(ask(server, 'large')).rejects.toThrow();
    expect([server.ended(), killed()]).toEqual(['too_large', [pid]]);
    expect(await ended(pid)).toBe(true);
  });
});

describe('what a server says of itself', () => {
  it('is the end of its standard error, 2,000 characters of it', async () => {
    const server = await started({ args: [MISBEHAVING, 'loud'] });
    await eventually(() => expect(server.complaints()).toMatch(/the end\n$/));
    expect(server.complaints()).toMatch(/^x+ the end\n$/);
    expect(server.complaints()).toHaveLength(2_000);
    const quiet = await started();
    await eventually(() => expect(quiet.complaints()).toBe('misbehaving server in mode polite\n'));
  });
});
