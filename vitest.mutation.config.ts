import { defineConfig } from 'vitest/config';
import { project } from './test/support/vitest-settings.ts';

/** The tests that stand beside the parts of shared/. */
const BESIDE = 'test/shared/*.test.ts,test/trust/cursor.test.ts';

/**
 * What Stryker runs for each changed line: the tests beside the parts, or those that MUTATION_TESTS names, with commas.
 * A change of what happens when a module is loaded runs all of them, so few make a short run:
 *
 *     MUTATION_TESTS=test/shared/security/judge.test.ts npm run mutation -- --mutate shared/security/judge.ts
 */
export default defineConfig(project('mutation', (process.env.MUTATION_TESTS ?? BESIDE).split(',')));
