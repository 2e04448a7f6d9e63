import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ToolError } from '../../shared/errors.ts';
import { faultsOfShards, ShardProgress, toShards } from '../../shared/shards.ts';
import { toCells } from '../../shared/targets.ts';

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const fault = { code: 'throttled', message: 'slow down' } as const;
const shard = { accounts: ['1', '2'], regions: ['a', 'b'] };
const cell = (account: string, region: string) => ({ account, region });

describe('toShards', () => {
  it('holds each cell once, in at most ten shards of nearly one size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (accounts, regions) => {
        const targets = { accounts: names('1', accounts), regions: names('r', regions) };
        const shards = toShards(targets);
        expect(shards.length).toBeLessThanOrEqual(10);
        const text = ({ account, region }: { account: string; region: string }) => `${account} ${region}`;
        expect(shards.flatMap(toCells).map(text).sort()).toEqual(toCells(targets).map(text).sort());
        expect(shards.every(({ accounts: some, regions: others }) => some.length * others.length > 0)).toBe(true);
      }),
    );
  });

  it('splits by accounts, and by Regions only where there are more of those', () => {
    expect(toShards(shard)).toEqual([
      { accounts: ['1'], regions: ['a', 'b'] },
      { accounts: ['2'], regions: ['a', 'b'] },
    ]);
    expect(toShards({ accounts: ['1'], regions: ['a', 'b'] })).toEqual([
      { accounts: ['1'], regions: ['a'] },
      { accounts: ['1'], regions: ['b'] },
    ]);
    expect(toShards({ accounts: names('1', 20), regions: ['a'] })).toHaveLength(10);
  });
});

describe('ShardProgress', () => {
  it('has all cells missing before anything is counted, and none once it is done', () => {
    const progress = new ShardProgress();
    expect(progress.done).toBe(false);
    expect(progress.missing(shard)).toEqual(toCells(shard));
    progress.done = true;
    expect(progress.missing(shard)).toEqual([]);
  });

  it('is missing what comes from the last counted cell on', () => {
    const progress = new ShardProgress();
    progress.counted(cell('1', 'b'));
    expect(progress.missing(shard)).toEqual([cell('1', 'b'), cell('2', 'a'), cell('2', 'b')]);
    progress.counted(cell('2', 'a'));
    expect(progress.missing(shard)).toEqual([cell('2', 'a'), cell('2', 'b')]);
  });

  it('is missing everything where an item is of no cell: the one answer for all Regions of a list by account', () => {
    const progress = new ShardProgress();
    progress.counted(cell('2', 'all'));
    expect(progress.missing(shard)).toEqual(toCells(shard));
  });

  it('tells the failures of joined rows cell by cell, and does not miss those cells', () => {
    const progress = new ShardProgress();
    progress.failed([{ account_id: '1,2', region: 'a,b', ...fault }]);
    expect(progress.failures).toEqual(
      toCells(shard).map(({ account, region }) => ({ account_id: account, region, ...fault })),
    );
    expect(progress.missing(shard)).toEqual([]);
  });

  it('forgets the failure of a cell whose item came after it', () => {
    const progress = new ShardProgress();
    progress.failed([{ account_id: '1', region: 'a,b', ...fault }]);
    progress.counted(cell('1', 'a'));
    expect(progress.failures).toEqual([{ account_id: '1', region: 'b', ...fault }]);
  });
});

describe('faultsOfShards', () => {
  const outcome = (failure?: ToolError) => {
    const result = new ShardProgress();
    result.failed([{ account_id: '1', region: 'a', ...fault }]);
    result.counted(cell('2', 'b'));
    return { cell: shard, result, ...(failure === undefined ? {} : { failure }) };
  };
  const own = { account_id: '1', region: 'a', ...fault };

  it('are those of the cells, where the shard itself did not fail', () => {
    expect(faultsOfShards([outcome()])).toEqual({ failures: [own], missing: [] });
  });

  it('leave the cells that time did not reach', () => {
    expect(faultsOfShards([outcome(new ToolError('timeout', 'late'))])).toEqual({
      failures: [own],
      missing: [cell('2', 'b')],
    });
  });

  it('give the fault of the shard to each cell that it did not count', () => {
    expect(faultsOfShards([outcome(new ToolError('access_denied', 'no'))])).toEqual({
      failures: [own, { account_id: '2', region: 'b', code: 'access_denied', message: 'no' }],
      missing: [],
    });
  });
});
