import { defineConfig } from 'vitest/config';
import { project, workers } from './test/support/vitest-settings.ts';

export default defineConfig({
  test: {
    ...workers,
    // Only for `npm run coverage`: what runs in Lambda. Goals of docs/trust.md, 5.5.
    coverage: {
      include: ['functions/**/*.ts', 'shared/**/*.ts', 'schemas/**/*.ts'],
      reporter: ['text', 'json-summary'],
      reportOnFailure: true,
      thresholds: { lines: 95, branches: 90 },
    },
    projects: [
      // No Python needed.
      project('unit', ['test/*.test.ts', 'test/{schemas,shared,functions,scripts,bridges}/**/*.test.ts']),
      // What docs/trust.md claims, in sizes that a commit can wait for; `npm run proof` runs it in full, and trust/long too.
      project('trust', ['test/trust/*.test.ts']),
      project('gateway', ['test/gateway/**/*.test.ts']),
      // The official MCP conformance suite against the local gateway.
      project('conformance', ['test/conformance/**/*.test.ts']),
      // One moto with the demo organization for all files, and the SDK loaded once for many: none of them replaces it.
      project('simulated', ['test/simulated/**/*.test.ts'], {
        isolate: false,
        globalSetup: ['test/support/estate-setup.ts'],
      }),
    ],
  },
});
