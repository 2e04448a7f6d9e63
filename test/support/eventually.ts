import { vi } from 'vitest';

/** Waits until the check no longer throws. What hangs is ended all the same; no test waits for less, however slow the machine. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 60_000 });
}
