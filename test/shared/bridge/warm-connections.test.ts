import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Connection } from '../../../shared/bridge/connection.ts';
import { PROCESSES, SESSIONS, WarmConnections, type Warmth } from '../../../shared/bridge/warm-connections.ts';

/** Rested so long, a connection is asked whether it lives. */
const RESTED_MS = 5_000;

let now = 0;
beforeEach(() => {
  now = 1_000_000;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  onTestFinished(() => clock.mockRestore());
});

/** A connection that lives, as far as a ping tells, until the test says otherwise. */
function fake() {
  const client: { ping: ReturnType<typeof vi.fn>; onclose?: () => void } = { ping: vi.fn(async () => ({})) };
  const close = vi.fn(async () => {});
  return { connection: { client, close } as unknown as Connection, client, close };
}

/** Kept connections, whose opened ones are listed by their key; each comes at once, or when the test says. */
function kept(warmth: Partial<Warmth> = {}) {
  const warm = new WarmConnections({ most: 4, pinged: true, ...warmth });
  const opened: { readonly key: string; readonly connection: Connection }[] = [];
  const get = (key: string, made = fake(), until: Promise<unknown> = Promise.resolve()) =>
    warm.get(key, async () => {
      opened.push({ key, connection: made.connection });
      await until;
      return made.connection;
    });
  /** A call that gets the connection and has ended. */
  const use = async (key: string, made = fake()) => {
    const lease = await get(key, made);
    lease.release();
    return lease.connection;
  };
  return { warm, get, use, opened: () => opened.map(({ key }) => key) };
}

/** Until what was not waited for is done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a warm connection', () => {
  it('is opened once for calls at once and after each other, and for each key apart', async () => {
    const { get, use, opened } = kept();
    const [a, b] = [fake(), fake()];
    const leases = await Promise.all([get('a', a), get('a'), get('b', b), get('a')]);
    expect(leases.map(({ connection }) => connection)).toEqual([a, a, b, a].map(({ connection }) => connection));
    for (const lease of leases) lease.release();
    expect(await use('a')).toBe(a.connection);
    expect(opened()).toEqual(['a', 'b']);
    await settled();
    expect(a.close).not.toHaveBeenCalled();
  });

  it('that cannot be opened fails every call that waits for it, and is opened anew for the next', async () => {
    const { warm, use } = kept();
    const refuse = () => Promise.reject(new Error('no server'));
    const waiting = await Promise.allSettled([warm.get('a', refuse), warm.get('a', refuse)]);
    expect(waiting).toMatchObject([{ reason: { message: 'no server' } }, { reason: { message: 'no server' } }]);
    const next = fake();
    expect(await use('a', next)).toBe(next.connection);
  });

  it('that cannot be opened takes the place of none', async () => {
    const { warm, use, opened } = kept({ most: 1 });
    await Promise.allSettled([warm.get('a', () => Promise.reject(new Error('no server')))]);
    await use('b');
    await use('b');
    expect(opened()).toEqual(['b']);
  });
});

describe('after a rest', () => {
  it('it is asked whether it lives, for a second at most, and used when it does', async () => {
    const { use, opened } = kept();
    const a = fake();
    await use('a', a);
    now += RESTED_MS;
    expect(await use('a')).toBe(a.connection);
    expect(a.client.ping.mock.calls).toEqual([[{ timeout: 1_000 }]]);
    expect(opened()).toEqual(['a']);
  });

  it('that is shorter it is not asked; a rest begins at the end of a call, not at its start', async () => {
    const { get, use } = kept();
    const a = fake();
    const lease = await get('a', a);
    now += 60_000;
    lease.release();
    now += RESTED_MS - 1;
    await use('a');
    now += RESTED_MS - 1;
    await use('a');
    expect(a.client.ping).not.toHaveBeenCalled();
  });

  it('of any length it is not asked where a ping would cost what a call costs', async () => {
    const { use } = kept({ pinged: false });
    const a = fake();
    await use('a', a);
    now += 3_600_000;
    expect(await use('a')).toBe(a.connection);
    expect(a.client.ping).not.toHaveBeenCalled();
    expect([PROCESSES.pinged, SESSIONS.pinged]).toEqual([true, false]);
  });

  it('it is opened anew when it does not answer, once for all calls, and the dead one is closed once', async () => {
    const { get, opened } = kept();
    const [dead, next] = [fake(), fake()];
    (await get('a', dead)).release();
    now += RESTED_MS;
    dead.client.ping.mockRejectedValue(new Error('no answer'));
    const leases = await Promise.all([get('a', next), get('a'), get('a')]);
    for (const { connection } of leases) expect(connection).toBe(next.connection);
    expect(opened()).toEqual(['a', 'a']);
    await settled();
    expect(dead.close).toHaveBeenCalled();
    expect(next.close).not.toHaveBeenCalled();
  });

  it('a call that still waits on it is not cut off by one that finds it dead', async () => {
    const { get } = kept();
    const a = fake();
    const long = await get('a', a);
    now += RESTED_MS;
    a.client.ping.mockRejectedValue(new Error('no answer'));
    const other = await get('a');
    expect(other.connection).not.toBe(a.connection);
    await settled();
    expect(a.close).not.toHaveBeenCalled();
    long.release();
    await settled();
    expect(a.close).toHaveBeenCalledTimes(1);
  });

  it('one that ended by itself is not asked: another is opened, and what is left of it is closed', async () => {
    const { use } = kept({ pinged: false });
    const [a, next] = [fake(), fake()];
    await use('a', a);
    a.client.onclose?.();
    expect(await use('a', next)).toBe(next.connection);
    await settled();
    expect(a.close).toHaveBeenCalledTimes(1);
  });

  it('one that is still being opened is waited for, however long that takes', async () => {
    const { get, opened } = kept();
    const a = fake();
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = get('a', a, promise);
    now += RESTED_MS;
    const second = get('a');
    resolve();
    expect((await first).connection).toBe(a.connection);
    expect((await second).connection).toBe(a.connection);
    expect(opened()).toEqual(['a']);
  });
});

describe('a connection that failed', () => {
  it('is not given again, and ends with the last call on it', async () => {
    const { warm, get, use } = kept();
    const [a, next] = [fake(), fake()];
    const leases = [await get('a', a), await get('a')];
    warm.drop('a', a.connection);
    expect(await use('a', next)).toBe(next.connection);
    leases[0]?.release();
    await settled();
    expect(a.close).not.toHaveBeenCalled();
    leases[1]?.release();
    await settled();
    expect(a.close).toHaveBeenCalledTimes(1);
  });

  it('takes no other with it: neither the one opened since, nor that of another key', async () => {
    const { warm, use, opened } = kept();
    const [old, next] = [fake(), fake()];
    await use('a', old);
    warm.drop('b', old.connection);
    expect(await use('a')).toBe(old.connection);
    warm.drop('a', old.connection);
    await use('a', next);
    warm.drop('a', old.connection);
    expect(await use('a')).toBe(next.connection);
    expect(opened()).toEqual(['a', 'a']);
  });

  it('and cannot be closed either is nobody’s error', async () => {
    const { warm, use } = kept();
    const a = fake();
    a.close.mockRejectedValue(new Error('cannot close'));
    await use('a', a);
    warm.drop('a', a.connection);
    await settled();
    expect(a.close).toHaveBeenCalledTimes(1);
  });
});

describe('when there are too many', () => {
  it('the one that rested longest is closed, whichever was opened first', async () => {
    const { use, opened } = kept({ most: 2 });
    const [a, b] = [fake(), fake()];
    await use('a', a);
    now += 1;
    await use('b', b);
    now += 1;
    await use('a');
    now += 1;
    await use('c');
    await settled();
    expect([a.close.mock.calls.length, b.close.mock.calls.length]).toEqual([0, 1]);
    await use('a');
    expect(opened()).toEqual(['a', 'b', 'c']);
  });

  it('none that a call uses is closed; one more is open until a call ends', async () => {
    const { get } = kept({ most: 1 });
    const [a, b] = [fake(), fake()];
    const first = await get('a', a);
    now += 1;
    const second = await get('b', b);
    await settled();
    expect([a.close.mock.calls.length, b.close.mock.calls.length]).toEqual([0, 0]);
    second.release();
    await settled();
    expect([a.close.mock.calls.length, b.close.mock.calls.length]).toEqual([0, 1]);
    first.release();
    await settled();
    expect(a.close).not.toHaveBeenCalled();
  });

  it('none is closed that is just asked whether it lives, nor one that is being opened', async () => {
    const { get, use } = kept({ most: 1 });
    const [a, b] = [fake(), fake()];
    await use('a', a);
    now += RESTED_MS;
    const pong = Promise.withResolvers<object>();
    a.client.ping.mockReturnValue(pong.promise);
    const again = get('a');
    const slow = Promise.withResolvers<void>();
    const opening = get('b', b, slow.promise);
    await settled();
    expect(a.close).not.toHaveBeenCalled();
    pong.resolve({});
    expect((await again).connection).toBe(a.connection);
    slow.resolve();
    expect((await opening).connection).toBe(b.connection);
    await settled();
    expect([a.close.mock.calls.length, b.close.mock.calls.length]).toEqual([0, 0]);
  });

  it('as many processes as memory holds rest, and sessions for every account of a large organization', async () => {
    for (const { most, pinged } of [PROCESSES, SESSIONS]) {
      const { use } = kept({ most, pinged });
      const made = Array.from({ length: most + 1 }, fake);
      for (const [index, each] of made.entries()) await use(String(index), each);
      await settled();
      expect(made.filter(({ close }) => close.mock.calls.length > 0)).toHaveLength(1);
    }
    expect([PROCESSES.most, SESSIONS.most]).toEqual([4, 64]);
  });
});
