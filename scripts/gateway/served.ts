import { setTimeout as sleep } from 'node:timers/promises';
import { errorText, GatewayError } from './problem.ts';

export interface ServedOptions {
  /** Names that tools/list gives. */
  readonly list: () => Promise<readonly string[]>;
  /** How long a new gateway may take: milliseconds. */
  readonly graceMs?: number;
  readonly intervalMs?: number;
  readonly report?: (line: string) => void;
}

/** A gateway that is READY may need a minute until its name is known everywhere (AWS's quickstart: 30 to 60 s). */
const GRACE_MS = 90_000;
const INTERVAL_MS = 3_000;

/** Asks the gateway until it serves every tool of `expected`. Throws GatewayError with what is missing after the grace. */
export async function checkServed(expected: readonly string[], options: ServedOptions): Promise<void> {
  const { list, graceMs = GRACE_MS, intervalMs = INTERVAL_MS, report = () => {} } = options;
  const ends = performance.now() + graceMs;
  for (;;) {
    const [missing, fault] = await attempt(expected, list);
    if (fault === undefined && missing.length === 0) return;
    if (performance.now() + intervalMs > ends) {
      const what = fault ?? `tools/list does not give ${missing.join(', ')}`;
      const fix = 'Run npm run gateway -- doctor: it finds the reason.';
      throw new GatewayError('The gateway is ready, but does not serve every tool.', [
        { where: 'tools/list', what, fix },
      ]);
    }
    report(fault === undefined ? `waiting for ${missing.length} tools` : `waiting: ${fault}`);
    await sleep(intervalMs);
  }
}

async function attempt(
  expected: readonly string[],
  list: () => Promise<readonly string[]>,
): Promise<[missing: string[], fault: string | undefined]> {
  try {
    const served = new Set(await list());
    return [expected.filter((name) => !served.has(name)), undefined];
  } catch (error) {
    return [[], errorText(error)];
  }
}
