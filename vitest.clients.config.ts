import { defineConfig } from 'vitest/config';
import { common, workers } from './test/support/vitest-settings.ts';

/** MCP clients that others wrote, each installed into test/clients/ from its own lockfile. */
export default defineConfig({
  test: {
    ...common,
    ...workers,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    include: ['test/clients/*.test.ts'],
    globalSetup: ['test/clients/clients-setup.ts'],
  },
});
