import { ToolError } from './errors.ts';

type Value = string | number | boolean;
type Group = Record<string, Value>;

/** Stands for a value that an item does not have. */
const NONE = '(none)';
/** Accounts given by name; with more, the rest is one number. */
const TOP_ACCOUNTS = 10;

/** Counts and sums items by fields, per account and per Region. */
export class Tally {
  readonly #groupBy: readonly string[];
  readonly #sum: readonly string[];
  readonly #groups = new Map<string, Group & { count: number }>();
  readonly #accounts = new Map<string, number>();
  readonly #regions = new Map<string, number>();
  readonly #sums: Record<string, number> = {};
  #total = 0;

  constructor(groupBy: readonly string[] = [], sum: readonly string[] = []) {
    this.#groupBy = groupBy;
    this.#sum = sum;
  }

  add(item: Record<string, unknown>): void {
    this.#total++;
    increase(this.#accounts, String(item.AccountId));
    if (item.Region !== undefined) increase(this.#regions, String(item.Region));
    const values = this.#groupBy.map((field) => [field, toValue(read(item, field))] as const);
    const key = JSON.stringify(values);
    const group: Group & { count: number } = this.#groups.get(key) ?? { ...Object.fromEntries(values), count: 0 };
    group.count++;
    for (const field of this.#sum) {
      const value = Number(read(item, field) ?? 0);
      if (!Number.isFinite(value)) continue;
      group[field] = Number(group[field] ?? 0) + value;
      this.#sums[field] = (this.#sums[field] ?? 0) + value;
    }
    this.#groups.set(key, group);
  }

  /** The counts, the largest first, the rest as one number. */
  toAnswer(top: number) {
    const groups = largestFirst(this.#groups, ({ count }) => count).map(([, group]) => group);
    const accounts = largestFirst(this.#accounts, Number);
    const others = groups.slice(top);
    const otherAccounts = accounts.slice(TOP_ACCOUNTS);
    return {
      total: this.#total,
      ...(this.#sum.length > 0 ? { sums: this.#sums } : {}),
      ...(this.#groupBy.length > 0 ? { groups: groups.slice(0, top) } : {}),
      ...(others.length > 0
        ? { other_groups: { groups: others.length, count: others.reduce((sum, { count }) => sum + count, 0) } }
        : {}),
      by_account: accounts.slice(0, TOP_ACCOUNTS).map(([AccountId, count]) => ({ AccountId, count })),
      ...(otherAccounts.length > 0
        ? {
            other_accounts: {
              accounts: otherAccounts.length,
              count: otherAccounts.reduce((sum, [, count]) => sum + count, 0),
            },
          }
        : {}),
      ...(this.#regions.size > 0 ? { by_region: Object.fromEntries(largestFirst(this.#regions, Number)) } : {}),
    };
  }
}

/** Equal counts in the order of their names, so that the same question has the same answer. */
function largestFirst<Value>(values: ReadonlyMap<string, Value>, count: (value: Value) => number): [string, Value][] {
  const named = [...values.keys()].sort().map((name): [string, Value] => [name, values.get(name) as Value]);
  return named.sort(([, a], [, b]) => count(b) - count(a));
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** `Tags.Environment` reads into a map; a tag's own key may hold dots. */
function read(item: Record<string, unknown>, field: string): unknown {
  if (Object.hasOwn(item, field)) return item[field];
  const [first, ...rest] = field.split('.') as [string, ...string[]];
  const inner = Object.hasOwn(item, first) ? item[first] : undefined;
  const key = rest.join('.');
  return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
    ? (inner as Record<string, unknown>)[key]
    : undefined;
}

function toValue(value: unknown): Value {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value === undefined || value === null ? NONE : JSON.stringify(value).slice(0, 100);
}

/** The item fields that the tool must give; account and Region come with every item. */
export function fieldsToRead(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.split('.')[0] ?? name))].filter(
    (name) => name !== 'AccountId' && name !== 'Region',
  );
}

/** The list in a tool's answer: what is counted. */
export function itemsOf({ failures: _failures, ...answer }: Record<string, unknown>): Record<string, unknown>[] {
  const list = answer.resource_details ?? Object.values(answer).find(Array.isArray);
  if (!Array.isArray(list))
    throw new ToolError('invalid_input', 'tool: gives no list that could be counted.', { field: 'tool' });
  return list;
}
