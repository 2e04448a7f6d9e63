import { defineConfig } from 'vitest/config';
import { common, workers } from './test/support/vitest-settings.ts';

/** The claims of docs/trust.md in full size: minutes, not seconds. */
export default defineConfig({
  test: {
    ...common,
    ...workers,
    env: { ...common.env, CENTRAL_OPS_PROOF: 'full' },
    testTimeout: 20 * 60_000,
    include: ['test/trust/**/*.test.ts'],
    globalSetup: ['test/support/estate-setup.ts'],
  },
});
