import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Failure } from '../../schemas/define-tool.ts';
import { ToolError } from '../../shared/errors.ts';
import { actionsOf, faultsOf, joinCells, joinFailures, toFailure } from '../../shared/failures.ts';
import { logFault } from '../../shared/logger.ts';

vi.mock('../../shared/logger.ts', { spy: true });

const ACCOUNTS = Array.from({ length: 12 }, (_, index) => String(111111111111 + index));
const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-east-1', 'sa-east-1'];
const CODES = ['access_denied', 'throttled', 'timeout', 'region_not_enabled'];

const cell = fc.record({ account_id: fc.constantFrom(...ACCOUNTS), region: fc.constantFrom(...REGIONS) });
const fault = fc.record({
  code: fc.constantFrom(...CODES),
  message: fc.constantFrom('One reason.', 'Another, with a comma.'),
});

/** Failures of different cells: at random, or as they are in life, a fault for a whole account or a whole Region. */
const scattered = fc.uniqueArray(
  fc.tuple(cell, fault).map(([where, what]) => ({ ...where, ...what })),
  {
    selector: ({ account_id, region }) => `${account_id} ${region}`,
    maxLength: ACCOUNTS.length * REGIONS.length,
    size: 'max',
  },
);
const systematic = fc
  .record({
    byAccount: fc.array(fc.option(fault), { minLength: ACCOUNTS.length, maxLength: ACCOUNTS.length }),
    byRegion: fc.array(fc.option(fault), { minLength: REGIONS.length, maxLength: REGIONS.length }),
  })
  .map(({ byAccount, byRegion }) =>
    ACCOUNTS.flatMap((account_id, a) =>
      REGIONS.flatMap((region, r): Failure[] => {
        const what = byAccount[a] ?? byRegion[r];
        return what ? [{ account_id, region, ...what }] : [];
      }),
    ),
  );
const failures = fc.oneof(scattered, systematic);

/** Every cell that a row stands for. */
function spread<Row extends { account_id: string; region: string }>(rows: readonly Row[]): string[] {
  return rows
    .flatMap((row) =>
      row.account_id
        .split(',')
        .flatMap((account_id) => row.region.split(',').map((region) => JSON.stringify({ ...row, account_id, region }))),
    )
    .sort();
}

describe('joinFailures', () => {
  it('loses no cell and invents none, whatever has failed', () => {
    fc.assert(
      fc.property(failures, (all) => {
        expect(spread(joinFailures(all))).toEqual(spread(all));
      }),
    );
  });

  it('leaves up to 8 failures as they are', () => {
    fc.assert(
      fc.property(failures, (all) => {
        const few = all.slice(0, 8);
        expect(joinFailures(few)).toEqual(few);
      }),
    );
  });

  it('never gives more rows than there are failures, and joins what is the same', () => {
    fc.assert(
      fc.property(failures, (all) => {
        expect(joinFailures(all).length).toBeLessThanOrEqual(all.length);
      }),
    );
    const code = 'role_not_assumable';
    const everywhere = ACCOUNTS.flatMap((account_id) =>
      REGIONS.map((region) => ({ account_id, region, code, message: 'The same.' })),
    );
    expect(joinFailures(everywhere.slice(0, 5 * REGIONS.length))).toHaveLength(1);
    const more = Array.from({ length: 30 }, (_, index) => String(200000000000 + index)).flatMap((account_id) =>
      REGIONS.map((region) => ({ account_id, region, code, message: 'The same.' })),
    );
    expect(joinFailures(more)).toHaveLength(1);
  });

  it('does not change what it is given', () => {
    const all = ACCOUNTS.flatMap((account_id) =>
      REGIONS.map((region) => Object.freeze({ account_id, region, code: 'timeout', message: 'Late.' })),
    );
    expect(() => joinFailures(Object.freeze(all))).not.toThrow();
  });
});

describe('joinCells', () => {
  it('names an account once for its Regions, and once all accounts that have the same', () => {
    const cells = ['1', '2', '3'].flatMap((account) =>
      ['a', 'b'].filter((region) => account !== '3' || region === 'a').map((region) => ({ account, region })),
    );
    expect(joinCells(cells)).toEqual([
      { account_id: '1,2', region: 'a,b' },
      { account_id: '3', region: 'a' },
    ]);
  });

  it('names each cell exactly once', () => {
    fc.assert(
      fc.property(fc.uniqueArray(cell, { selector: (each) => JSON.stringify(each) }), (cells) => {
        const joined = joinCells(cells.map(({ account_id, region }) => ({ account: account_id, region })));
        expect(spread(joined)).toEqual(spread(cells));
      }),
    );
  });
});

describe('the faults of a cell', () => {
  const tool = { iam: ['ec2:DescribeInstances'], ownIam: ['organizations:ListAccounts'] };
  const faults = () => faultsOf({ tool: tool as never, signal: AbortSignal.abort() });

  it('are translated with every action that the tool may use', () => {
    const message = 'User: x is not authorized to perform: organizations:ListAccounts';
    const denied = Object.assign(new Error(message), { name: 'AccessDeniedException' });
    expect(faults().toFailure(denied).details).toEqual({ action: 'organizations:ListAccounts' });
    expect(actionsOf({ iam: ['a:B'] })).toEqual(['a:B']);
  });

  it('are logged only where the tool itself is at fault', () => {
    expect(faults().toFailure(Object.assign(new Error('slow'), { name: 'Throttling' })).code).toBe('throttled');
    expect(logFault).not.toHaveBeenCalled();
    const fault = new TypeError('x is not a function');
    expect(faults().toFailure(fault).code).toBe('internal');
    expect(logFault).toHaveBeenCalledExactlyOnceWith(fault);
  });

  it('are a timeout at the deadline', () => {
    expect(faults().signal.aborted).toBe(true);
    expect(faults().atDeadline()).toMatchObject({
      code: 'timeout',
      retryable: true,
      message: 'No answer from AWS before the deadline.',
    });
  });

  it('carry account, Region, code and message, and no details', () => {
    const error = new ToolError('access_denied', 'Denied.', { action: 'ec2:DescribeInstances' });
    expect(toFailure({ account: '111111111111', region: 'us-east-1' }, error)).toEqual({
      account_id: '111111111111',
      region: 'us-east-1',
      code: 'access_denied',
      message: 'Denied.',
    });
  });
});
