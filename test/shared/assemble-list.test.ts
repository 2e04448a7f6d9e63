import { describe, expect, it, vi } from 'vitest';
import type { Failure } from '../../schemas/define-tool.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { DEFAULT_TOKENS, MAX_BYTES } from '../../shared/answer-budget.ts';
import { assembleList, type CellPages, type ListAssembly } from '../../shared/assemble-list.ts';
import type { Cell } from '../../shared/call.ts';
import { openCursor } from '../../shared/cursor.ts';
import { type ErrorCode, ToolError } from '../../shared/errors.ts';
import { toCells } from '../../shared/targets.ts';
import { TEST_SECRET } from '../support/configuration.ts';

type Item = Record<string, unknown>;

interface Answer {
  thing_count: number;
  things: Item[];
  complete?: boolean;
  failures?: Failure[];
  next_token?: string;
}

const one = { accounts: ['1'], regions: ['a'], asked: { account_id: '1', region: 'a' } };
const four = { accounts: ['1', '2'], regions: ['a', 'b'], asked: { account_id: 'all', region: 'all' } };
const note = vi.fn();

/** Pages of a cell: the first has no token, the others `t1`, `t2`, ...; `next` is the token that follows. */
function pages(given: Item[][], next?: string): CellPages {
  return {
    pages: given.map((items, index) => ({ token: index === 0 ? undefined : `t${index}`, size: 10, items })),
    next,
    count: 0,
    characters: 0,
  };
}

const items = (...names: string[]) => names.map((Name) => ({ Name }));
const fault = (code: ErrorCode, message = 'It failed.') => new ToolError(code, message);

/** What one cell after the other gave: its pages, or a fault, or both. */
function assemble(
  targets: ListAssembly['targets'],
  given: { pages?: CellPages; failure?: ToolError }[],
  changes: Partial<ListAssembly> = {},
): Answer {
  const cells = changes.cells ?? toCells(targets);
  const outcomes = given.map(({ pages: result = pages([]), failure }, index) => ({
    cell: cells[index] as Cell,
    result,
    ...(failure === undefined ? {} : { failure }),
  }));
  note.mockClear();
  return assembleList({
    output: { one: 'thing', many: 'things' },
    call: { configuration: { cursorSecret: TEST_SECRET }, audit: { note } } as never,
    targets,
    cells,
    outcomes,
    start: undefined,
    binding: 'tool {}',
    max: 50,
    scope: 'cell',
    ...changes,
  }) as unknown as Answer;
}

const places = ({ next_token }: Answer) => openCursor(next_token as string, TEST_SECRET, 'tool {}');
const names = ({ things }: Answer) => things.map(({ Name }) => Name);

describe('the list of a single account and Region', () => {
  it('gives the items of all pages as they are', () => {
    expect(assemble(one, [{ pages: pages([items('x', 'y'), items('z')]) }])).toEqual({
      account_id: '1',
      region: 'a',
      thing_count: 3,
      things: items('x', 'y', 'z'),
    });
    expect(note).toHaveBeenCalledExactlyOnceWith({ cells: 1, failed_cells: 0, items: 3 });
  });

  it('goes on with the token of AWS when its pages do not end', () => {
    const answer = assemble(one, [{ pages: pages([items('x')], 't1') }], { max: 7 });
    expect(answer).not.toHaveProperty('complete');
    expect(places(answer)).toEqual({ account: '1', region: 'a', token: 't1', size: 7, offset: 0, incomplete: false });
  });

  it('stops at the number of items asked for, within a page of the size that it had', () => {
    const answer = assemble(one, [{ pages: pages([items('x'), items('y', 'z')], 't2') }], { max: 2 });
    expect(names(answer)).toEqual(['x', 'y']);
    expect(places(answer)).toEqual({ account: '1', region: 'a', token: 't1', size: 10, offset: 1, incomplete: false });
  });

  it('leaves out what an earlier answer gave, of the first page only', () => {
    const start = { account: '1', region: 'a', size: 10, offset: 2, incomplete: false };
    const given = [items('x', 'y', 'z'), items('u', 'v', 'w')];
    expect(names(assemble(one, [{ pages: pages(given) }], { start }))).toEqual(['z', 'u', 'v', 'w']);
  });

  it('is its failure, where nothing came', () => {
    const failure = fault('access_denied');
    expect(() => assemble(one, [{ failure }])).toThrow(failure);
    expect(() => assemble(one, [{ failure: fault('timeout') }])).toThrow('It failed.');
  });

  it('goes on at the page that did not come in time: that is no failure', () => {
    const answer = assemble(one, [{ pages: pages([items('x')], 't1'), failure: fault('timeout') }]);
    expect(answer).toEqual({
      account_id: '1',
      region: 'a',
      thing_count: 1,
      things: items('x'),
      next_token: expect.any(String),
    });
    expect(places(answer)).toMatchObject({ token: 't1', incomplete: false });
    expect(note).toHaveBeenCalledWith({ cells: 1, failed_cells: 0, items: 1 });
  });

  it('tells any other fault beside what came, and does not go on', () => {
    const answer = assemble(one, [{ pages: pages([items('x')], 't1'), failure: fault('throttled') }]);
    expect(answer).toEqual({
      account_id: '1',
      region: 'a',
      thing_count: 1,
      things: items('x'),
      complete: false,
      failures: [{ account_id: '1', region: 'a', code: 'throttled', message: 'It failed.' }],
    });
    expect(note).toHaveBeenCalledWith({ cells: 1, failed_cells: 1, items: 1 });
  });

  it('tells what is not found beside what was', () => {
    const { failures } = assemble(one, [{ pages: pages([items('x')]), failure: fault('not_found') }]);
    expect(failures).toEqual([expect.objectContaining({ code: 'not_found' })]);
  });

  it('stays incomplete after an answer that was', () => {
    const start = { account: '1', region: 'a', size: 10, offset: 0, incomplete: true };
    expect(assemble(one, [{ pages: pages([items('x')]) }], { start }).complete).toBe(false);
    const answer = assemble(one, [{ pages: pages([items('x')], 't1') }], { start });
    expect(places(answer).incomplete).toBe(true);
  });
});

describe('the list of several accounts and Regions', () => {
  const each = ['w', 'x', 'y', 'z'].map((name) => ({ pages: pages([items(name)]) }));

  it('says of each item where it is, and that it is complete', () => {
    expect(assemble(four, each)).toEqual({
      account_id: 'all',
      region: 'all',
      thing_count: 4,
      things: [
        { AccountId: '1', Region: 'a', Name: 'w' },
        { AccountId: '1', Region: 'b', Name: 'x' },
        { AccountId: '2', Region: 'a', Name: 'y' },
        { AccountId: '2', Region: 'b', Name: 'z' },
      ],
      complete: true,
    });
    expect(note).toHaveBeenCalledWith({ cells: 4, failed_cells: 0, items: 4 });
  });

  it.each([
    [
      { accounts: ['1', '2'], regions: ['a'] },
      { AccountId: '1', Region: 'a' },
    ],
    [
      { accounts: ['1'], regions: ['a', 'b'] },
      { AccountId: '1', Region: 'a' },
    ],
  ])('is one of several where either is more than one: %j', (more, where) => {
    const answer = assemble({ ...four, ...more }, [{ pages: pages([items('x')]) }]);
    expect(answer.things).toEqual([{ ...where, Name: 'x' }]);
  });

  it('says nothing of the Region, where the service answers for all', () => {
    const targets = { ...four, regions: ['a'], asked: { account_id: 'all', region: 'a,b' } };
    const answer = assemble(targets, [{ pages: pages([items('x')]) }, { failure: fault('throttled') }], {
      scope: 'account',
    });
    expect(answer.things).toEqual([{ AccountId: '1', Name: 'x' }]);
    expect(answer.failures).toEqual([{ account_id: '2', region: 'a,b', code: 'throttled', message: 'It failed.' }]);
  });

  it('tells the failures beside the rest, also of a cell that gave something, and goes on with the next cell', () => {
    const answer = assemble(four, [
      { failure: fault('access_denied') },
      { pages: pages([items('x')], 't1'), failure: fault('timeout') },
      ...each.slice(2),
    ]);
    expect(names(answer)).toEqual(['x', 'y', 'z']);
    expect(answer.failures?.map(({ account_id, region, code }) => [account_id, region, code])).toEqual([
      ['1', 'a', 'access_denied'],
      ['1', 'b', 'timeout'],
    ]);
    expect(answer).toMatchObject({ complete: false });
    expect(answer).not.toHaveProperty('next_token');
    expect(note).toHaveBeenCalledWith({ cells: 4, failed_cells: 2, items: 3 });
  });

  it('goes on in a cell whose pages do not end, before the cells after it', () => {
    const answer = assemble(four, [{ pages: pages([items('x')]) }, { pages: pages([items('y')], 't1') }, ...each], {
      max: 9,
    });
    expect(names(answer)).toEqual(['x', 'y']);
    expect(answer.complete).toBe(false);
    expect(places(answer)).toEqual({ account: '1', region: 'b', token: 't1', size: 9, offset: 0, incomplete: false });
  });

  it('goes on with the first cell that was not asked', () => {
    const answer = assemble(four, each.slice(0, 3), { max: 9 });
    expect(answer.complete).toBe(false);
    expect(places(answer)).toEqual({ account: '2', region: 'b', size: 9, offset: 0, incomplete: false });
  });

  it('keeps in the cursor that something failed before it, or beside it', () => {
    const answer = assemble(four, [{ failure: fault('throttled') }, ...each.slice(1, 3)]);
    expect(places(answer).incomplete).toBe(true);
    expect(places(assemble(four, each.slice(0, 3), { incomplete: true })).incomplete).toBe(true);
  });

  it('leaves out what an earlier answer gave, of the first page of the first cell only', () => {
    const start = { account: '1', region: 'a', size: 10, offset: 1, incomplete: false };
    const two = [{ pages: pages([items('u', 'v'), items('w', 'x')]) }, { pages: pages([items('y', 'z')]) }];
    expect(names(assemble(four, two, { start }))).toEqual(['v', 'w', 'x', 'y', 'z']);
  });

  it('has simply nothing of a cell that does not know the ID asked for', () => {
    const answer = assemble(four, [{ failure: fault('not_found') }, ...each.slice(1)]);
    expect(answer).toMatchObject({ thing_count: 3, complete: true });
    expect(answer).not.toHaveProperty('failures');
    expect(note).toHaveBeenCalledWith({ cells: 4, failed_cells: 0, items: 3 });
  });

  it('tells what is not found in a cell that knew another ID', () => {
    const answer = assemble(four, [
      { pages: pages([items('w')]), failure: fault('not_found') },
      { failure: fault('not_found') },
      ...each.slice(2),
    ]);
    expect(answer.failures).toEqual([{ account_id: '1', region: 'a', code: 'not_found', message: 'It failed.' }]);
  });

  it('is not found when no cell knows the ID, and only then', () => {
    const unknown = { failure: fault('not_found') };
    expect(() => assemble(four, Array(4).fill(unknown))).toThrow(unknown.failure);
    expect(assemble(four, Array(3).fill(unknown))).toMatchObject({ thing_count: 0, complete: false });
    const mixed = [unknown, unknown, unknown, { failure: fault('throttled') }];
    expect(assemble(four, mixed)).toMatchObject({ thing_count: 0, failures: [{ code: 'throttled' }] });
  });

  it('is empty at the end of a walk whose last cells do not know the ID', () => {
    const start = { account: '2', region: 'a', size: 10, offset: 0, incomplete: false };
    const cells = toCells(four).slice(2);
    const answer = assemble(four, Array(2).fill({ failure: fault('not_found') }), { start, cells });
    expect(answer).toMatchObject({ thing_count: 0, complete: true });
  });

  it('is empty and complete where there is no cell', () => {
    expect(assemble({ ...four, accounts: [] }, [])).toMatchObject({ thing_count: 0, complete: true });
  });
});

describe('the size of an answer', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ Name: `instance-${1000 + index}` }));

  it('stops at the item that has no room, and goes on with it', () => {
    const answer = assemble(one, [{ pages: pages([many(3_000)]) }], { max: 49 });
    expect(answer.thing_count).toBe(49);
    const large = many(40).map(({ Name }) => ({ Name, Notes: 'word '.repeat(300) }));
    const cut = assemble(one, [{ pages: pages([large]) }]);
    expect(cut.thing_count).toBeLessThan(40);
    expect(places(cut).offset).toBe(cut.thing_count);
    expect(tokensOf(cut)).toBeLessThanOrEqual(DEFAULT_TOKENS);
  });

  it('gives at least one item, cut to fit, and none that is cut after it', () => {
    const large = { Name: 'x', Rules: Array(5_000).fill('0.0.0.0/0') };
    const answer = assemble(one, [{ pages: pages([[large, large]]) }]);
    expect(answer.things).toEqual([
      expect.objectContaining({ Truncated: [expect.stringMatching(/^Rules: \d+ of 5000$/)] }),
    ]);
    expect(places(answer).offset).toBe(1);
  });

  it('is filled but for the room that its cursor may take', () => {
    const notes = (count: number) => many(count).map(({ Name }) => ({ Name, Notes: 'x'.repeat(60) }));
    const size = (paged: CellPages) =>
      Buffer.byteLength(JSON.stringify(assemble(one, [{ pages: paged }], { max: 1_000 })));
    const token = 't'.repeat(5_000);
    const within = { ...pages([]), pages: [{ token, size: 3_000, items: notes(900) }] };
    for (const bytes of [size(pages([notes(900)])), size(within)]) {
      expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
      expect(bytes).toBeGreaterThan(MAX_BYTES - 300);
    }
    const asked = { account_id: '111111111111,'.repeat(300), region: 'a' };
    const answer = assemble({ ...one, asked }, [{ pages: pages([notes(900)]) }], { max: 1_000 });
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(MAX_BYTES);
    // All of these fit, and then the cursor would not.
    const all = notes(640);
    expect(JSON.stringify(all).length).toBeLessThan(MAX_BYTES - 300);
    expect(JSON.stringify(all).length).toBeGreaterThan(MAX_BYTES - 5_000);
    expect(size(pages([all], token))).toBeLessThanOrEqual(MAX_BYTES);
  });

  it('leaves room for failures, and gives one item even where they take all of it', () => {
    const accounts = Array.from({ length: 300 }, (_, index) => String(1000 + index));
    const targets = { ...four, accounts, regions: ['a'] };
    const some = accounts.map((_, index) =>
      index === 299 ? { pages: pages([many(400)]) } : { failure: fault('throttled', `Reason ${index} of very many.`) },
    );
    const answer = assemble(targets, some);
    expect(answer.failures).toHaveLength(299);
    expect(answer.thing_count).toBe(1);
    const few = assemble({ ...targets, accounts: accounts.slice(219) }, some.slice(219));
    expect(few.failures).toHaveLength(80);
    expect(tokensOf(few)).toBeLessThanOrEqual(DEFAULT_TOKENS);
    expect(tokensOf(few)).toBeGreaterThan(DEFAULT_TOKENS / 2);
  });
});
