import type { Failure } from '../schemas/define-tool.ts';
import type { Cell } from './call.ts';
import type { ToolError } from './errors.ts';

/** More failures than this are given together where they are the same: at 45 tokens each, 100 would fill an answer. */
const MAX_SINGLE = 20;

export function toFailure({ account, region }: Cell, { code, message }: ToolError): Failure {
  return { account_id: account, region, code, message };
}

/**
 * Failures as they are given. Many are joined without losing one: first the Regions of an account with the same fault,
 * then the accounts with the same fault in the same Regions.
 */
export function joinFailures(failures: readonly Failure[]): Failure[] {
  if (failures.length <= MAX_SINGLE) return [...failures];
  const byAccount = join(failures, 'region');
  return byAccount.length <= MAX_SINGLE ? byAccount : join(byAccount, 'account_id');
}

function join(failures: readonly Failure[], field: 'account_id' | 'region'): Failure[] {
  const groups = new Map<string, Failure>();
  for (const failure of failures) {
    const key = JSON.stringify({ ...failure, [field]: '' });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...failure });
    else group[field] += `,${failure[field]}`;
  }
  return [...groups.values()];
}
