import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Two cores: the simulated tier starts a Python process per file.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Handlers write audit lines to stdout; tests that look at them say so.
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' },
  },
});
