import type { Failure, Tool } from '../schemas/define-tool.ts';
import { operationOf } from './aws-clients.ts';
import type { Call, Cell } from './call.ts';
import { ToolError, toToolError } from './errors.ts';
import { logFault } from './logger.ts';

/** More failures than this are given together where they are the same: at 50 tokens each, 100 would fill an answer. */
const MAX_SINGLE = 8;

/** How the cells of a call fail, for fanOut. */
export function faultsOf({ tool, signal }: Pick<Call, 'tool' | 'signal'>) {
  return {
    signal,
    toFailure: (error: unknown) => {
      const failure = toToolError(error, { operation: operationOf(error), actions: actionsOf(tool) });
      if (failure.code === 'internal') logFault(error);
      return failure;
    },
    atDeadline: () => new ToolError('timeout', 'No answer from AWS before the deadline.'),
  };
}

/** Every action that a tool may use, in the member accounts and with its own role. */
export function actionsOf({ iam, ownIam = [] }: Pick<Tool, 'iam' | 'ownIam'>): readonly string[] {
  return [...iam, ...ownIam];
}

export function toFailure({ account, region }: Cell, { code, message }: ToolError): Failure {
  return { account_id: account, region, code, message };
}

/**
 * Failures as they are given. Many are joined without losing one: first the Regions of an account with the same fault,
 * then the accounts with the same fault in the same Regions.
 */
export function joinFailures(failures: readonly Failure[]): Failure[] {
  return failures.length <= MAX_SINGLE ? [...failures] : join(join(failures, 'region'), 'account_id');
}

/** Cells in as few rows as name each of them exactly. */
export function joinCells(cells: readonly Cell[]): { account_id: string; region: string }[] {
  return join(
    join(
      cells.map(({ account, region }) => ({ account_id: account, region })),
      'region',
    ),
    'account_id',
  );
}

function join<Row extends { account_id: string; region: string }>(
  rows: readonly Row[],
  field: 'account_id' | 'region',
): Row[] {
  const groups = new Map<string, Row>();
  for (const row of rows) {
    const { [field]: own, ...rest } = row;
    const key = JSON.stringify(rest);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...row });
    else group[field] = `${group[field]},${own}` as Row[typeof field];
  }
  return [...groups.values()];
}
