import { FatalError, type ToolError } from './errors.ts';

/**
 * More than sockets: while an account's role is being assumed its cells wait for that one request. Measured over 400
 * cells with 64 sockets: 17 % faster than 64 at once, and nothing is gained beyond 96.
 */
export const MAX_CONCURRENCY = 96;
/** How many cells are asked before the first answer shows whether more are needed. */
const FIRST_WAVE = 8;

/** From the deadline until the answer is put together from what is there. */
const GRACE_MS = 150;

export interface FanOut<Cell, Result> {
  readonly cells: readonly Cell[];
  /** Asks one cell. It fills `result` as it goes, so that what arrived before a fault or the deadline is kept. */
  readonly ask: (cell: Cell, result: Result) => Promise<void>;
  readonly emptyResult: () => Result;
  /** Says from what has arrived so far that no further cell need be asked. */
  readonly isEnough?: (results: readonly Result[], failed: number) => boolean;
  readonly toFailure: (error: unknown) => ToolError;
  /** Ends the waiting; cells without an answer by then fail with `atDeadline`. */
  readonly signal: AbortSignal;
  readonly atDeadline: () => ToolError;
  readonly concurrency?: number;
}

export interface Outcome<Cell, Result> {
  readonly cell: Cell;
  readonly result: Result;
  readonly failure?: ToolError;
}

/**
 * Asks the cells side by side, in order, until all are asked, enough has arrived or the deadline is reached. Gives one
 * outcome per cell, in order; where enough may arrive, those of the asked ones alone: a prefix of the cells. A cell's fault
 * is an outcome; only a FatalError is thrown.
 */
export async function fanOut<Cell, Result>(work: FanOut<Cell, Result>): Promise<Outcome<Cell, Result>[]> {
  const { cells, signal, concurrency = MAX_CONCURRENCY } = work;
  const results: Result[] = [];
  const failures = new Map<number, ToolError>();
  const settled = new Set<number>();

  await new Promise<void>((resolve, reject) => {
    const next = () => {
      // Slow start: where enough can be reached, many are asked at once only when the first ones did not reach it.
      const most = work.isEnough === undefined ? concurrency : Math.min(concurrency, FIRST_WAVE + 2 * settled.size);
      while (!signal.aborted && results.length < cells.length && results.length - settled.size < most) {
        if (work.isEnough?.(results, failures.size) === true) break;
        start(results.length);
      }
      if (settled.size === results.length) resolve();
    };
    const start = (index: number) => {
      const result = work.emptyResult();
      results.push(result);
      work
        .ask(cells[index] as Cell, result)
        .catch((error: unknown) => {
          if (error instanceof FatalError) reject(error);
          else failures.set(index, signal.aborted ? work.atDeadline() : work.toFailure(error));
        })
        .finally(() => {
          settled.add(index);
          next();
        });
    };
    // The requests end with the signal; what they leave behind, such as the parts that did arrive, comes a moment later.
    signal.addEventListener('abort', () => setTimeout(resolve, GRACE_MS));
    next();
  });

  // The deadline alone left them unasked: they are as late as those that did not answer.
  if (work.isEnough === undefined) while (results.length < cells.length) results.push(work.emptyResult());
  return results.map((result, index) => {
    const failure = failures.get(index) ?? (settled.has(index) ? undefined : work.atDeadline());
    return { cell: cells[index] as Cell, result, ...(failure === undefined ? {} : { failure }) };
  });
}
