import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { SharedWork } from '../../shared/shared-work.ts';

/** Work that is done by `finish`, and fails when its requests are ended. */
function work() {
  const { promise, resolve } = Promise.withResolvers<string>();
  const shared = new SharedWork(
    (signal) =>
      new Promise<string>((done, fail) => {
        signal.addEventListener('abort', () => fail(signal.reason));
        promise.then(done);
      }),
  );
  return { shared, finish: () => resolve('done') };
}

describe('SharedWork', () => {
  it('goes on for the others when the first who asked reaches its deadline', async () => {
    const { shared, finish } = work();
    const first = new AbortController();
    const early = shared.wait(first.signal);
    const other = shared.wait(new AbortController().signal);
    first.abort(new Error('deadline'));
    await expect(early).rejects.toThrow('deadline');
    expect(shared.isAbandoned).toBe(false);
    finish();
    await expect(other).resolves.toBe('done');
  });

  it('ends its requests with the last who waits', async () => {
    const { shared } = work();
    const calls = [new AbortController(), new AbortController()];
    const waiting = calls.map(({ signal }) => shared.wait(signal));
    for (const call of calls) call.abort(new Error('deadline'));
    await expect(Promise.allSettled(waiting)).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect(shared.isAbandoned).toBe(true);
    await expect(shared.outcome).rejects.toThrow('deadline');
  });

  it('gives what is there to a call whose deadline has passed, and stays usable', async () => {
    const { shared, finish } = work();
    finish();
    await shared.outcome;
    await expect(shared.wait(AbortSignal.abort(new Error('late')))).resolves.toBe('done');
    expect(shared.isAbandoned).toBe(false);
  });

  it('leaves nothing at the signal of a call that got what it waited for', async () => {
    const { shared, finish } = work();
    const { signal } = new AbortController();
    const waiting = shared.wait(signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    finish();
    await waiting;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('does not begin to wait after the deadline', async () => {
    const { shared } = work();
    await expect(shared.wait(AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  });

  it('tells every call of a failure', async () => {
    const shared = new SharedWork(async () => {
      throw new Error('refused');
    });
    const waiting = [1, 2].map(() => shared.wait(new AbortController().signal));
    for (const each of waiting) await expect(each).rejects.toThrow('refused');
  });
});
