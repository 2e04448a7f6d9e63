import { describe, expect, it } from 'vitest';
import { MAX_BYTES } from '../../shared/answer-budget.ts';
import type { Position } from '../../shared/cursor.ts';
import { areFull, noPages, type PageRequest, readPages } from '../../shared/read-pages.ts';

const items = (count: number, text = '') => Array.from({ length: count }, (_, index) => ({ index, text }));

/** Reads from an AWS that answers these pages one after the other, and keeps what it was asked. */
async function read(
  pages: { items: Record<string, unknown>[]; next?: string | undefined }[],
  { start, wanted = 10, limit = 100 }: { start?: Position; wanted?: number; limit?: number } = {},
) {
  const asked: PageRequest[] = [];
  const result = noPages();
  const error = await readPages(result, start, wanted, limit, async (page) => {
    asked.push(page);
    const { items: given = [], next } = pages[asked.length - 1] ?? {};
    return { items: given, next };
  }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { asked, result, error };
}

const at = (more: Partial<Position>): Position => ({
  account: '1',
  region: 'a',
  size: 7,
  offset: 0,
  incomplete: false,
  token: 't',
  ...more,
});

describe('readPages', () => {
  it('asks for what is still wanted, and ends with the list', async () => {
    const { asked, result } = await read([{ items: items(4), next: '2' }, { items: items(3) }]);
    expect(asked).toEqual([
      { token: undefined, size: 10 },
      { token: '2', size: 6 },
    ]);
    expect(result).toMatchObject({ next: undefined, count: 7 });
    expect(result.pages.map(({ token, size, items: given }) => [token, size, given.length])).toEqual([
      [undefined, 10, 4],
      ['2', 6, 3],
    ]);
  });

  it('takes an empty token for the end', async () => {
    const { asked, result } = await read([{ items: items(1), next: '' }]);
    expect(asked).toHaveLength(1);
    expect(result.next).toBeUndefined();
  });

  it('stops when it has as many as wanted, and knows the next page', async () => {
    const { asked, result } = await read([
      { items: items(9), next: '2' },
      { items: items(1), next: '3' },
    ]);
    expect(asked).toHaveLength(2);
    expect(result).toMatchObject({ next: '3', count: 10 });
  });

  it('asks for no page larger than the limit', async () => {
    const { asked } = await read([{ items: items(3), next: '2' }, { items: [] }], { limit: 3 });
    expect(asked.map(({ size }) => size)).toEqual([3, 3]);
  });

  it('asks again for a page that was given in part as it was, and counts only what is fresh', async () => {
    const { asked, result } = await read([{ items: items(7), next: 'u' }, { items: items(2) }], {
      start: at({ offset: 5 }),
    });
    expect(asked).toEqual([
      { token: 't', size: 7 },
      { token: 'u', size: 8 },
    ]);
    expect(result.count).toBe(4);
    const fresh = [items(7).slice(5), items(2)];
    expect(result.characters).toBe(fresh.reduce((sum, each) => sum + JSON.stringify(each).length, 0));
  });

  it('asks for a page of which nothing was given by what is wanted now', async () => {
    const { asked } = await read([{ items: [] }], { start: at({ offset: 0 }) });
    expect(asked).toEqual([{ token: 't', size: 10 }]);
  });

  it('stops when an answer could hold no more characters', async () => {
    const { asked } = await read([
      { items: items(2, 'x'.repeat(20_000)), next: '2' },
      { items: items(2), next: '3' },
    ]);
    expect(asked).toHaveLength(1);
  });

  it('refuses a token that was given before, and keeps what was read', async () => {
    const { asked, result, error } = await read(
      [
        { items: items(1), next: 'u' },
        { items: items(1), next: 't' },
      ],
      { start: at({}) },
    );
    expect(asked).toHaveLength(2);
    expect(error).toMatchObject({
      code: 'unavailable',
      message: 'AWS gave the same page again: the rest of this list cannot be read now.',
    });
    expect(result.pages).toHaveLength(2);
  });

  it('refuses the token of a page between, too', async () => {
    const pages = ['2', '3', '2', '4'].map((next) => ({ items: items(1), next }));
    const { asked, error } = await read(pages);
    expect(asked).toHaveLength(3);
    expect(error).toMatchObject({ code: 'unavailable' });
  });

  it('keeps the token of the page that failed', async () => {
    const result = noPages();
    let calls = 0;
    const reading = readPages(result, undefined, 10, 100, async () => {
      if (calls++ > 0) throw new Error('no');
      return { items: items(1), next: '2' };
    });
    await expect(reading).rejects.toThrow('no');
    expect(result).toMatchObject({ next: '2', count: 1 });
  });
});

describe('areFull', () => {
  const read = (count: number, characters: number) => ({ ...noPages(), count, characters });

  it('by the items of all cells together', () => {
    expect(areFull([], 10)).toBe(false);
    expect(areFull([read(5, 0), read(4, 0)], 10)).toBe(false);
    expect(areFull([read(5, 0), read(5, 0)], 10)).toBe(true);
  });

  it('by the characters of all cells together', () => {
    expect(areFull([read(1, MAX_BYTES - 2), read(1, 1)], 1_000)).toBe(false);
    expect(areFull([read(1, MAX_BYTES - 1), read(1, 1)], 1_000)).toBe(true);
  });
});
