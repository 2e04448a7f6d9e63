import { describe, expect, it } from 'vitest';
import { FatalError, ToolError } from '../../shared/errors.ts';
import { fanOut } from '../../shared/fan-out.ts';

const cells = (count: number) => Array.from({ length: count }, (_, index) => index);
const atDeadline = () => new ToolError('timeout', 'late');
const toFailure = (error: unknown) => error as ToolError;
const soon = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function collect(count: number, ask: (cell: number) => Promise<void>, more: object = {}) {
  return fanOut<number, { items: number[] }>({
    cells: cells(count),
    emptyResult: () => ({ items: [] }),
    ask: async (cell, result) => {
      await ask(cell);
      result.items.push(cell);
    },
    toFailure,
    atDeadline,
    signal: new AbortController().signal,
    ...more,
  });
}

describe('fanOut', () => {
  it('gives an outcome for each cell, in order, whatever order they answer in', async () => {
    const outcomes = await collect(30, (cell) => soon((30 - cell) % 7).then(() => {}));
    expect(outcomes.map(({ cell, result }) => [cell, result.items])).toEqual(cells(30).map((cell) => [cell, [cell]]));
  });

  it('never asks more at once than allowed, and does use what is allowed', async () => {
    let inFlight = 0;
    let peak = 0;
    await collect(
      200,
      async () => {
        peak = Math.max(peak, ++inFlight);
        await soon(2);
        inFlight--;
      },
      { concurrency: 20 },
    );
    expect(peak).toBe(20);
  });

  it('starts with few, and asks no more when they were enough', async () => {
    const asked: number[] = [];
    const outcomes = await collect(100, async (cell) => void asked.push(cell), {
      isEnough: (results: readonly { items: number[] }[]) => results.flatMap(({ items }) => items).length >= 3,
    });
    expect(asked.length).toBeLessThanOrEqual(10);
    expect(outcomes).toHaveLength(asked.length);
  });

  it('keeps a fault to its cell', async () => {
    const outcomes = await collect(10, async (cell) => {
      if (cell === 4) throw new ToolError('access_denied', 'no');
    });
    expect(outcomes.filter(({ failure }) => failure).map(({ cell, failure }) => [cell, failure?.code])).toEqual([
      [4, 'access_denied'],
    ]);
    expect(outcomes.filter(({ result }) => result.items.length === 1)).toHaveLength(9);
  });

  it('stops everything for a FatalError', async () => {
    const failing = collect(10, async (cell) => {
      if (cell === 2) throw new FatalError('internal', 'wrong account');
    });
    await expect(failing).rejects.toThrow('wrong account');
  });

  it('answers at the deadline with what has arrived, a timeout for what has not, and starts nothing new', async () => {
    const deadline = new AbortController();
    setTimeout(() => deadline.abort(), 30);
    const asked: number[] = [];
    const outcomes = await collect(
      50,
      async (cell) => {
        asked.push(cell);
        if (cell === 0) await new Promise(() => {});
        await soon(1);
        if (cell > 10) await new Promise(() => {});
      },
      { signal: deadline.signal, concurrency: 20 },
    );
    expect(asked.length).toBeLessThan(50);
    expect(outcomes.map(({ cell }) => cell)).toEqual(cells(50));
    expect(outcomes[0]?.failure?.code).toBe('timeout');
    expect(outcomes[5]).toEqual({ cell: 5, result: { items: [5] } });
    // Never asked, and late all the same.
    expect(outcomes[49]).toMatchObject({ result: { items: [] }, failure: { code: 'timeout' } });
  });

  it('leaves out at the deadline what was not asked where enough could have arrived: that is asked for later', async () => {
    const asked: number[] = [];
    const outcomes = await collect(
      50,
      async (cell) => {
        asked.push(cell);
        await new Promise(() => {});
      },
      { signal: AbortSignal.timeout(10), isEnough: () => false },
    );
    expect(outcomes.map(({ cell, failure }) => [cell, failure?.code])).toEqual(asked.map((cell) => [cell, 'timeout']));
    expect(asked.length).toBeLessThan(50);
  });

  it('keeps what a cell had read before its fault', async () => {
    const [outcome] = await fanOut<number, number[]>({
      cells: [1],
      emptyResult: () => [],
      ask: async (_, result) => {
        result.push(1, 2);
        throw new ToolError('throttled', 'slow down');
      },
      toFailure,
      atDeadline,
      signal: new AbortController().signal,
    });
    expect(outcome).toMatchObject({ result: [1, 2], failure: { code: 'throttled' } });
  });

  it('asks as many at once as allowed from the start where no answer can be enough', async () => {
    let inFlight = 0;
    let first = 0;
    await collect(
      40,
      async () => {
        inFlight++;
        await soon(5);
        first = Math.max(first, inFlight);
        inFlight--;
      },
      { concurrency: 30 },
    );
    expect(first).toBe(30);
  });

  it('asks two more for each that answered while it is not enough: 8, then 10, never past what is allowed', async () => {
    const answered: (() => void)[] = [];
    const work = collect(40, () => new Promise<void>((resolve) => void answered.push(resolve)), {
      isEnough: () => false,
      concurrency: 12,
    });
    const asked = [answered.length];
    for (let index = 0; index < 4; index++) {
      answered[index]?.();
      await soon(1);
      asked.push(answered.length - index - 1);
    }
    expect(asked).toEqual([8, 10, 12, 12, 12]);
    for (let index = 4; index < 40; index++) {
      answered[index]?.();
      await soon(1);
    }
    expect(await work).toHaveLength(40);
  });

  it('asks nothing when the deadline has passed before it begins', async () => {
    const asked: number[] = [];
    const outcomes = await collect(3, async (cell) => void asked.push(cell), { signal: AbortSignal.abort() });
    expect(asked).toEqual([]);
    expect(outcomes.map(({ failure }) => failure?.code)).toEqual(['timeout', 'timeout', 'timeout']);
  });

  it('gives an outcome no failure where there is none', async () => {
    const [outcome] = await collect(1, async () => {});
    expect(Object.keys(outcome ?? {})).toEqual(['cell', 'result']);
  });
});
