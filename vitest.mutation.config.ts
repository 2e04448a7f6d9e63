import { defineConfig } from 'vitest/config';
import { project } from './test/support/vitest-settings.ts';

/** The tests that stand beside the parts of shared/. */
const BESIDE = 'test/shared/*.test.ts,test/trust/cursor.test.ts';

/** What Stryker runs for each changed line: the few tests that MUTATION_TESTS names, or those beside the parts. */
export default defineConfig(project('mutation', (process.env.MUTATION_TESTS ?? BESIDE).split(',')));
