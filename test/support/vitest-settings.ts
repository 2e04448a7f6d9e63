/** Handlers write audit lines to stdout; tests that look at them say so. */
const env = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };

/** What every tier of the tests has. The time-outs end what hangs; on a busy machine a function may take its whole minute. */
export const common = { env, testTimeout: 120_000, hookTimeout: 120_000 };

/** Two cores, and the simulated tier has Python processes beside it. */
export const workers = { maxWorkers: 2 };

/** A tier without a set-up of its own. */
export function project(name: string, include: string[], more: object = {}) {
  return { test: { ...common, name, include, ...more } };
}
