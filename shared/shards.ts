import type { Failure } from '../schemas/define-tool.ts';
import type { Cell } from './call.ts';
import { toFailure } from './failures.ts';
import type { Outcome } from './fan-out.ts';
import { type Targets, toCells } from './targets.ts';

/** Invocations side by side: each is a Lambda of its own, which again asks many cells at once. */
export const MAX_SHARDS = 10;

export interface Shard {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
}

/** Splits the cells by accounts, or by Regions where there are more of those, into at most ten rectangles. */
export function toShards({ accounts, regions }: Pick<Targets, 'accounts' | 'regions'>): Shard[] {
  if (accounts.length >= regions.length) return chunks(accounts).map((some) => ({ accounts: some, regions }));
  return chunks(regions).map((some) => ({ accounts, regions: some }));
}

function chunks<T>(values: readonly T[]): T[][] {
  const size = Math.ceil(values.length / MAX_SHARDS);
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}

/** How far a shard has been counted. */
export class ShardProgress {
  readonly #failures = new Map<string, Failure>();
  #last: string | undefined;
  done = false;

  /** An item of this cell was counted; a fault told of the cell before is mended. */
  counted(cell: Cell): void {
    this.#failures.delete(keyOf(cell));
    this.#last = keyOf(cell);
  }

  /** Failures as an answer tells them, many cells in a row. */
  failed(rows: readonly Failure[]): void {
    for (const { account_id, region, ...fault } of rows) {
      for (const account of account_id.split(',')) {
        for (const each of region.split(',')) {
          this.#failures.set(keyOf({ account, region: each }), { account_id: account, region: each, ...fault });
        }
      }
    }
  }

  get failures(): Failure[] {
    return [...this.#failures.values()];
  }

  /** The cells that were not counted to their end: from the one whose item came last. */
  missing(shard: Shard): Cell[] {
    if (this.done) return [];
    const cells = toCells(shard);
    const from = cells.findIndex((cell) => keyOf(cell) === this.#last);
    return cells.slice(Math.max(0, from)).filter((cell) => !this.#failures.has(keyOf(cell)));
  }
}

function keyOf({ account, region }: Cell): string {
  return `${account} ${region}`;
}

/** What the shards could not count: cells that failed, and cells that time did not reach. */
export function faultsOfShards(outcomes: readonly Outcome<Shard, ShardProgress>[]): {
  failures: Failure[];
  missing: Cell[];
} {
  const failures: Failure[] = [];
  const missing: Cell[] = [];
  for (const { cell: shard, result, failure } of outcomes) {
    failures.push(...result.failures);
    const left = result.missing(shard);
    if (failure?.code === 'timeout') missing.push(...left);
    else if (failure !== undefined) failures.push(...left.map((cell) => toFailure(cell, failure)));
  }
  return { failures, missing };
}
