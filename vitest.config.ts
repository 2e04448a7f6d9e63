import { defineConfig } from 'vitest/config';

// Handlers write audit lines to stdout; tests that look at them say so.
const env = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };
const common = { env, testTimeout: 30_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    // Two cores, and the simulated tier has Python processes beside it.
    maxWorkers: 2,
    projects: [
      {
        // No Python needed.
        test: {
          ...common,
          name: 'unit',
          include: ['test/*.test.ts', 'test/{schemas,shared,functions,scripts}/**/*.test.ts'],
        },
      },
      { test: { ...common, name: 'gateway', include: ['test/gateway/**/*.test.ts'] } },
      {
        // One moto with the demo organization for all files.
        test: {
          ...common,
          name: 'simulated',
          include: ['test/simulated/**/*.test.ts'],
          globalSetup: ['test/support/estate-setup.ts'],
        },
      },
    ],
  },
});
