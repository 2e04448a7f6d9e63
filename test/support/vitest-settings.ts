import { join } from 'node:path';

// Each file of tests, and each command that one starts, is a process of its own that compiles the SDK anew: kept, it is a
// tenth of the CPU less. Functions from a cache are counted less exactly.
if (!process.argv.includes('--coverage'))
  process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../node_modules/.cache/compiled');

/** Handlers write audit lines to stdout; tests that look at them say so. */
const env = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };

/** What every tier of the tests has. The time-outs end what hangs; on a busy machine a function may take its whole minute. */
export const common = { env, testTimeout: 120_000, hookTimeout: 120_000 };

/** For two cores: one test more than cores, because most wait for a process or a deadline at times. */
export const workers = { maxWorkers: 3 };

/** A tier without a set-up of its own. */
export function project(name: string, include: string[], more: object = {}) {
  return { test: { ...common, name, include, ...more } };
}
