import { expect } from 'vitest';
import type { CallRecord } from '../../scripts/local/simulator/call-log.ts';

/**
 * These calls use the actions that the tool declares, all of them and no others, in sessions that allow just those.
 * `withoutCall`: declared, but checked by AWS within the call of another action.
 */
export function expectDeclaredActions(
  calls: readonly CallRecord[],
  { iam }: { readonly iam: readonly string[] },
  withoutCall: readonly string[] = [],
): void {
  const used = new Set([...calls.map(({ iamAction }) => iamAction), ...withoutCall]);
  expect([...used].sort()).toEqual([...iam].sort());
  for (const { sessionPolicyActions } of calls) expect(sessionPolicyActions).toEqual(iam);
}
