import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallRecord } from '../../local/simulator/call-log.ts';

const SAMPLE_EVERY_MS = 100;

/** The most calls that were open at once. A millisecond of overlap is the log's own rounding, and does not count. */
export function peakInFlight(calls: readonly Pick<CallRecord, 'at' | 'durationMs'>[]): number {
  const changes = calls.flatMap(({ at, durationMs }) => {
    const start = Date.parse(at);
    return [
      { when: start, change: 1 },
      { when: start + Math.max(durationMs - 1, 0.1), change: -1 },
    ];
  });
  changes.sort((a, b) => a.when - b.when || a.change - b.change);
  let open = 0;
  let peak = 0;
  for (const { change } of changes) {
    open += change;
    peak = Math.max(peak, open);
  }
  return peak;
}

/**
 * Runs `work` and gives, in MiB, the largest sum of resident memory that the processes in `roots` and their descendants
 * had meanwhile. Absent where there is no /proc.
 */
export async function watchMemory<T>(
  roots: Set<number>,
  work: () => Promise<T>,
): Promise<{ result: T; peakMemoryMb?: number }> {
  let peak = 0;
  const ended = new AbortController();
  const watching = (async () => {
    while (!ended.signal.aborted) {
      peak = Math.max(peak, await memoryOf([...roots]));
      await sleep(SAMPLE_EVERY_MS, undefined, { signal: ended.signal }).catch(() => {});
    }
    peak = Math.max(peak, await memoryOf([...roots]));
  })();
  try {
    const result = await work();
    ended.abort();
    await watching;
    return { result, ...(peak > 0 ? { peakMemoryMb: peak } : {}) };
  } finally {
    ended.abort();
  }
}

async function memoryOf(pids: readonly number[]): Promise<number> {
  const all = await familyOf(pids);
  const sizes = await Promise.all(
    all.map(async (pid) => Number(/VmRSS:\s+(\d+) kB/.exec(await read(`/proc/${pid}/status`))?.[1] ?? 0) / 1_024),
  );
  return sizes.reduce((sum, each) => sum + each, 0);
}

/** Ends these processes and all that they have started. */
export async function endFamily(pids: Iterable<number>): Promise<void> {
  for (const pid of await familyOf([...pids])) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
}

async function familyOf(pids: readonly number[]): Promise<number[]> {
  const families = await Promise.all(
    pids.map(async (pid) => {
      const children = await read(`/proc/${pid}/task/${pid}/children`);
      return [pid, ...(await familyOf(children.split(' ').map(Number).filter(Boolean)))];
    }),
  );
  return families.flat();
}

/** Empty for a process that is gone. */
function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
