import { describe, expect, it } from 'vitest';
import { tokensOf } from '../../scripts/tokens.ts';
import { DEFAULT_TOKENS, MAX_BYTES } from '../../shared/answer-budget.ts';
import { openCursor } from '../../shared/cursor.ts';
import { pageOfRows } from '../../shared/row-page.ts';
import { TEST_SECRET } from '../support/configuration.ts';

const call = { configuration: { cursorSecret: TEST_SECRET } } as never;
const rows = (count: number) => Array.from({ length: count }, (_, index) => index);

function page(given: readonly number[], changes: object = {}, toItem = (row: number) => ({ Row: row }) as object) {
  const paging = { offset: 0, max: 50, envelope: {}, binding: 'tool {}', call, ...changes };
  const { items, next } = pageOfRows(given, (row) => toItem(row) as Record<string, unknown>, paging);
  const place = next.next_token === undefined ? undefined : openCursor(next.next_token, TEST_SECRET, 'tool {}');
  return { items, next, place, rows: items.map(({ Row }) => Row) };
}

describe('pageOfRows', () => {
  it('gives all rows where they fit, and no cursor', () => {
    expect(page(rows(50))).toMatchObject({ rows: rows(50), next: {} });
    expect(page([])).toEqual({ items: [], rows: [], next: {}, place: undefined });
  });

  it('gives as many as asked for, and a cursor to the next row', () => {
    const first = page(rows(51));
    expect(first.rows).toEqual(rows(50));
    expect(first.place).toEqual({ account: '', region: '', size: 1, offset: 50, incomplete: false });
    expect(page(rows(51), { offset: 50 })).toMatchObject({ rows: [50], next: {} });
    expect(page(rows(51), { offset: 10, max: 3 })).toMatchObject({ rows: [10, 11, 12], place: { offset: 13 } });
  });

  it('is empty beyond the end: fewer rows are there than when the cursor was made', () => {
    expect(page(rows(5), { offset: 9 })).toMatchObject({ rows: [], next: {} });
  });

  it('stops where there is no room for the next row, whatever would fit after it', () => {
    const large = (row: number) => ({ Row: row, Text: row % 10 === 9 ? 'word '.repeat(6_000) : 'short' });
    expect(page(rows(30), {}, large)).toMatchObject({ rows: rows(9), place: { offset: 9 } });
  });

  it('cuts the first row to fit, so that a walk makes progress', () => {
    const large = (row: number) => ({ Row: row, Rules: Array(5_000).fill('0.0.0.0/0') });
    const { items, place } = page(rows(3), {}, large);
    expect(items).toEqual([{ Row: 0, Rules: expect.any(Array), Truncated: [expect.stringMatching(/ of 5000$/)] }]);
    expect(place?.offset).toBe(1);
  });

  it('leaves room for the envelope and the cursor', () => {
    const envelope = { failures: Array.from({ length: 60 }, (_, index) => `Reason ${index} of very many reasons.`) };
    const text = (row: number) => ({ Row: row, Text: 'word '.repeat(100) });
    const { items, next } = page(rows(200), { envelope }, text);
    const tokens = tokensOf({ ...envelope, items, ...next });
    expect(tokens).toBeLessThanOrEqual(DEFAULT_TOKENS);
    expect(tokens).toBeGreaterThan(DEFAULT_TOKENS * 0.8);
  });

  it('fills 64 KB but for the envelope and the cursor', () => {
    const short = (row: number) => ({ Row: 1_000 + row });
    const envelope = { text: 'x'.repeat(20_000) };
    const { items, next } = page(rows(9_000), { max: 9_000, envelope }, short);
    const bytes = JSON.stringify({ ...envelope, items, ...next }).length;
    expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
    expect(bytes).toBeGreaterThan(MAX_BYTES - 200);
  });

  it('gives one row even where the envelope takes all the room', () => {
    const envelope = { text: 'word '.repeat(6_000) };
    expect(page(rows(30), { envelope }).rows).toEqual([0]);
  });
});
