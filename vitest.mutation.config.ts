import { defineConfig } from 'vitest/config';
import { project } from './test/support/vitest-settings.ts';

/** What Stryker runs for each changed line: the tests that stand beside the parts of shared/. */
export default defineConfig(project('mutation', ['test/shared/*.test.ts', 'test/trust/cursor.test.ts']));
