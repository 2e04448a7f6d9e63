import { describe, expect, it } from 'vitest';
import { fieldsToRead, itemsOf, Tally } from '../../shared/tally.ts';

function tallied(items: readonly object[], groupBy?: readonly string[], sum?: readonly string[], top = 10) {
  const tally = new Tally(groupBy, sum);
  for (const item of items) tally.add({ AccountId: '1', ...item });
  return tally.toAnswer(top);
}

describe('Tally', () => {
  it('gives nothing but the total and the accounts where nothing more is asked or known', () => {
    expect(tallied([])).toEqual({ total: 0, by_account: [] });
    expect(tallied([{}, {}])).toEqual({ total: 2, by_account: [{ AccountId: '1', count: 2 }] });
  });

  it('counts by Region, the largest first, equal counts by name', () => {
    const regions = ['b', 'a', 'c', 'c'].map((Region) => ({ Region }));
    expect(Object.entries(tallied(regions).by_region ?? {})).toEqual([
      ['c', 2],
      ['a', 1],
      ['b', 1],
    ]);
  });

  it('groups by several fields, the largest first, equal counts by name', () => {
    const items = [
      { State: 'on', Size: 2 },
      { State: 'off', Size: 1 },
      { State: 'off', Size: 1 },
      { State: 'new', Size: 1 },
    ];
    expect(tallied(items, ['State', 'Size']).groups).toEqual([
      { State: 'off', Size: 1, count: 2 },
      { State: 'new', Size: 1, count: 1 },
      { State: 'on', Size: 2, count: 1 },
    ]);
  });

  it('gives the groups beyond the top as one number, and only where there are any', () => {
    const items = ['a', 'a', 'a', 'b', 'b', 'c'].map((Kind) => ({ Kind }));
    expect(tallied(items, ['Kind'], [], 1)).toMatchObject({
      groups: [{ Kind: 'a', count: 3 }],
      other_groups: { groups: 2, count: 3 },
    });
    expect(tallied(items, ['Kind'], [], 3)).not.toHaveProperty('other_groups');
  });

  it('gives ten accounts by name, and the rest as one number', () => {
    const accounts = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ AccountId: String(100 + index) })).flatMap((item, index) =>
        index === count - 1 ? [item, item] : [item],
      );
    expect(tallied(accounts(10))).not.toHaveProperty('other_accounts');
    const answer = tallied(accounts(12));
    expect(answer.by_account.map(({ AccountId }) => AccountId).slice(0, 3)).toEqual(['111', '100', '101']);
    expect(answer.by_account).toHaveLength(10);
    expect(answer.other_accounts).toEqual({ accounts: 2, count: 2 });
  });

  it('sums numbers within each group and over all, and passes over what is none', () => {
    const items = [
      { Kind: 'a', Size: 2 },
      { Kind: 'a', Size: '3' },
      { Kind: 'b', Size: 10 },
      { Kind: 'b', Size: 'many' },
      { Kind: 'b' },
    ];
    expect(tallied(items, ['Kind'], ['Size'])).toMatchObject({
      sums: { Size: 15 },
      groups: [
        { Kind: 'b', Size: 10, count: 3 },
        { Kind: 'a', Size: 5, count: 2 },
      ],
    });
  });

  it('reads into a map, by a tag whose own key holds dots, and a field that is named so itself', () => {
    const kind = (item: object, field: string) => tallied([item], [field]).groups?.[0]?.[field];
    expect(kind({ Tags: { 'a.b': 'x' } }, 'Tags.a.b')).toBe('x');
    expect(kind({ 'Tags.a': 'own', Tags: { a: 'inner' } }, 'Tags.a')).toBe('own');
    expect(kind({ Tags: {} }, 'Tags.toString')).toBe('(none)');
    expect(kind({}, 'constructor.name')).toBe('(none)');
    expect(kind({ Tags: null }, 'Tags.a')).toBe('(none)');
    expect(kind({ Tags: 'text' }, 'Tags.length')).toBe('(none)');
  });

  it('keeps texts, numbers and truths, names what is missing, and writes the rest as JSON of 100 characters', () => {
    const value = (Kind: unknown) => tallied([{ Kind }], ['Kind']).groups?.[0]?.Kind;
    expect([value('a'), value(0), value(false)]).toEqual(['a', 0, false]);
    expect([value(null), value(undefined)]).toEqual(['(none)', '(none)']);
    expect(value({ a: 1 })).toBe('{"a":1}');
    expect(value(['x'.repeat(200)])).toBe(`["${'x'.repeat(98)}`);
  });
});

describe('what a tally needs of a tool', () => {
  it('the fields, each once, by their first part, without account and Region', () => {
    expect(fieldsToRead(['Tags.a', 'Tags.b', 'State', 'AccountId', 'Region'])).toEqual(['Tags', 'State']);
  });

  it('the list of its answer, and not its failures', () => {
    expect(itemsOf({ failures: [{ a: 1 }], complete: false, instances: [{ b: 2 }] })).toEqual([{ b: 2 }]);
    expect(itemsOf({ other: [{ a: 1 }], resource_details: [{ b: 2 }] })).toEqual([{ b: 2 }]);
    expect(() => itemsOf({ failures: [], complete: true })).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: 'tool: gives no list that could be counted.',
        details: { field: 'tool' },
      }),
    );
  });
});
