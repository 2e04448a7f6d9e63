import type { Meaningful } from './meaning.ts';
import type { Revision } from './suite.ts';

/** What passes, as `meaningful` counts; docs/conformance.md states the same. */
export const PASSES: Readonly<Record<Revision, Meaningful>> = {
  '2025-11-25': {
    scenarios: [
      'dns-rebinding-protection',
      'ping',
      'server-initialize',
      'tools-call-error',
      'tools-call-simple-text',
      'tools-list',
    ],
    checks: 8,
  },
  '2026-07-28': {
    scenarios: [
      'dns-rebinding-protection',
      'http-header-validation',
      'server-sse-multiple-streams',
      'tools-call-error',
      'tools-call-simple-text',
      'tools-list',
    ],
    checks: 46,
  },
};
