import { AwsError } from './wire.ts';

/** A series: values by milliseconds since 1970. */
export type Points = Map<number, number>;

/**
 * Metric math as far as the simulator knows it: names of series, numbers, + - * / and parentheses. Like CloudWatch, a
 * point needs a value in every series.
 */
export function calculate(expression: string, series: ReadonlyMap<string, Points>): Points {
  const tokens = expression.match(/\d+(?:\.\d+)?|[a-z]\w*|[-+*/()]|\S/g) ?? [];
  let next = 0;

  function sum(): number | Points {
    let left = product();
    while (tokens[next] === '+' || tokens[next] === '-') left = combine(tokens[next++] as string, left, product());
    return left;
  }
  function product(): number | Points {
    let left = operand();
    while (tokens[next] === '*' || tokens[next] === '/') left = combine(tokens[next++] as string, left, operand());
    return left;
  }
  function operand(): number | Points {
    const token = tokens[next++] ?? '';
    if (token === '-') return combine('-', 0, operand());
    if (token === '(') {
      const inner = sum();
      if (tokens[next++] === ')') return inner;
    }
    const value = /^\d/.test(token) ? Number(token) : series.get(token);
    if (value === undefined) throw unknown(expression);
    return value;
  }

  const result = sum();
  if (next < tokens.length || typeof result === 'number') throw unknown(expression);
  return result;
}

function combine(operator: string, left: number | Points, right: number | Points): number | Points {
  const apply = (one: number, other: number) => {
    if (operator === '+') return one + other;
    if (operator === '-') return one - other;
    return operator === '*' ? one * other : one / other;
  };
  if (typeof left === 'number' && typeof right === 'number') return apply(left, right);
  const times = typeof left === 'number' ? (right as Points) : left;
  const points: Points = new Map();
  for (const time of times.keys()) {
    const one = typeof left === 'number' ? left : left.get(time);
    const other = typeof right === 'number' ? right : right.get(time);
    // A division by zero has no point.
    const value = one === undefined || other === undefined ? Number.NaN : apply(one, other);
    if (Number.isFinite(value)) points.set(time, value);
  }
  return points;
}

type Reduce = (values: readonly number[]) => number;

const add: Reduce = (values) => values.reduce((sum, value) => sum + value, 0);
const mean: Reduce = (values) => (values.length === 0 ? 0 : add(values) / values.length);

/** Metrics Insights' functions, with the statistic that each reads of a single series. */
const FUNCTIONS: Record<string, { statistic: string; reduce: Reduce }> = {
  AVG: { statistic: 'Average', reduce: mean },
  SUM: { statistic: 'Sum', reduce: add },
  MAX: { statistic: 'Maximum', reduce: (values) => Math.max(...values) },
  MIN: { statistic: 'Minimum', reduce: (values) => Math.min(...values) },
  COUNT: { statistic: 'SampleCount', reduce: add },
};

const INSIGHTS =
  /^\s*SELECT\s+(\w+)\(\s*"?([\w.%]+)"?\s*\)\s+FROM\s+(?:SCHEMA\(\s*"([^"]+)"\s*((?:,\s*"?\w+"?\s*)*)\)|"([^"]+)")(?:\s+WHERE\s+(.+?))?(?:\s+GROUP\s+BY\s+([\w",\s]+?))?(?:\s+ORDER\s+BY\s+(\w+)\(\)(?:\s+(ASC|DESC))?)?(?:\s+LIMIT\s+(\d+))?\s*$/i;

/** A query of Metrics Insights with equalities joined by AND; undefined for anything that is no SELECT. */
export function parseInsights(expression: string) {
  if (!/^\s*SELECT\b/i.test(expression)) return undefined;
  const [, name = '', metric = '', schema, names, bare, where, groupBy, order, direction, limit] =
    INSIGHTS.exec(expression) ?? [];
  const read = FUNCTIONS[name.toUpperCase()];
  const ranked = FUNCTIONS[(order ?? name).toUpperCase()];
  const conditions = (where?.split(/\s+AND\s+/i) ?? []).map((each) => /^"?(\w+)"?\s*=\s*'([^']*)'$/.exec(each.trim()));
  if (read === undefined || ranked === undefined || conditions.includes(null)) throw unknown(expression);
  const list = (text: string | undefined) => text?.match(/\w+/g) ?? [];
  return {
    metric,
    statistic: read.statistic,
    namespace: schema ?? bare ?? '',
    schema: schema === undefined ? undefined : list(names),
    where: conditions.map((each): [string, string] => [each?.[1] ?? '', each?.[2] ?? '']),
    groupBy: list(groupBy),
    descending: direction?.toUpperCase() === 'DESC',
    limit: Number(limit ?? 500),
    /** Several series of a group as one. */
    combine: (series: readonly Points[]): Points => {
      const times = new Set(series.flatMap((points) => [...points.keys()]));
      return new Map([...times].map((time) => [time, read.reduce(series.flatMap((points) => points.get(time) ?? []))]));
    },
    rank: ranked.reduce,
  };
}

function unknown(expression: string): AwsError {
  return new AwsError('SimulatorNotImplemented', `The simulator cannot calculate ${expression}.`, 501);
}
