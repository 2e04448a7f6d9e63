import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from './problem.ts';

/** How often AWS is asked, and for how long: milliseconds. */
export interface Pace {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** AWS has no waiters for gateways. Usual is a matter of seconds; five minutes is what AWS's own poller allows. */
export const DEFAULT_PACE: Pace = { intervalMs: 2_000, timeoutMs: 300_000 };

interface Resource {
  readonly status?: string | undefined;
  readonly statusReasons?: string[] | undefined;
}

/** There is no ACTIVE, whatever some guides say. */
const MOVING = ['CREATING', 'UPDATING', 'DELETING', 'SYNCHRONIZING'];
const PENDING_AUTH = /_PENDING_AUTH$/;

/** Reads until the resource rests. Throws GatewayError with AWS's reasons when it rests anywhere but in READY. */
export async function untilReady<T extends Resource>(name: string, read: () => Promise<T>, pace: Pace): Promise<T> {
  const resource = await untilSettled(name, read, pace);
  const { status = 'without status', statusReasons = [] } = resource;
  if (status === 'READY') return resource;
  const what = [status, ...statusReasons].join(': ');
  const fix = PENDING_AUTH.test(status)
    ? 'Somebody must consent: open the authorization URL that `status` shows, then apply again.'
    : 'Mend what AWS names here, then apply again: it takes up where it stopped.';
  throw new GatewayError(`${name} is not ready.`, [{ where: name, what, fix }]);
}

/** Reads until the resource no longer moves. Throws GatewayError when it does not rest in time. */
export async function untilSettled<T extends Resource>(name: string, read: () => Promise<T>, pace: Pace): Promise<T> {
  const ends = performance.now() + pace.timeoutMs;
  for (;;) {
    const resource = await read();
    if (!MOVING.includes(resource.status ?? '')) return resource;
    if (performance.now() >= ends) throw late(name, `is still ${resource.status}`, pace);
    await sleep(pace.intervalMs);
  }
}

/** Asks until nothing is there any more. */
export async function untilGone(name: string, isThere: () => Promise<boolean>, pace: Pace): Promise<void> {
  const ends = performance.now() + pace.timeoutMs;
  while (await isThere()) {
    if (performance.now() >= ends) throw late(name, 'is still there', pace);
    await sleep(pace.intervalMs);
  }
}

function late(name: string, what: string, { timeoutMs }: Pace): GatewayError {
  const after = `${what} after ${Math.round(timeoutMs / 1_000)} s`;
  return new GatewayError(`${name} takes too long.`, [
    { where: name, what: after, fix: 'Run the command again later: it takes up where it stopped.' },
  ]);
}
