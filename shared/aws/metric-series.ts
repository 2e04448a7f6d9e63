import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { MetricWindow } from '../../schemas/metric-request.ts';
import { PageTokens } from '../all-pages.ts';
import { DEFAULT_TOKENS, estimateTokens, MAX_BYTES } from '../answer-budget.ts';
import type { Call } from '../call.ts';
import { ToolError } from '../errors.ts';
import { expandTargets, type TargetInput } from '../targets.ts';

type Point = readonly [time: number, value: number];

export interface Series {
  readonly Id: string;
  readonly Label: string | undefined;
  StatusCode: string | undefined;
  readonly notices: Set<string>;
  readonly points: Point[];
}

/** Every series and every point, however many pages CloudWatch gives them in, and what it says of them as a whole. */
export async function readSeries(
  cloudwatch: CloudWatchClient,
  MetricDataQueries: MetricDataQuery[],
  { start, end }: MetricWindow,
): Promise<{ series: Series[]; notices: Set<string> }> {
  const found = new Map<string, Series>();
  const notices = new Set<string>();
  const tokens = new PageTokens();
  let NextToken: string | undefined;
  do {
    const answer = await cloudwatch.send(
      new GetMetricDataCommand({
        MetricDataQueries,
        StartTime: new Date(start),
        EndTime: new Date(end),
        ScanBy: 'TimestampAscending',
        NextToken,
      }),
    );
    const inThisPage = new Map<string, number>();
    for (const {
      Id = '',
      Label,
      StatusCode,
      Timestamps = [],
      Values = [],
      Messages = [],
    } of answer.MetricDataResults ?? []) {
      // A query can give several series, which SEARCH may even label alike: their order tells them apart.
      const name = JSON.stringify([Id, Label]);
      const number = inThisPage.get(name) ?? 0;
      inThisPage.set(name, number + 1);
      const key = `${name} ${number}`;
      const series = found.get(key) ?? { Id, Label, StatusCode, notices: new Set(), points: [] };
      found.set(key, series);
      series.StatusCode = StatusCode;
      for (const { Code } of Messages) series.notices.add(Code ?? '');
      for (const [index, time] of Timestamps.entries()) {
        const value = Values[index];
        if (value !== undefined) series.points.push([time.getTime(), value]);
      }
    }
    for (const { Code } of answer.Messages ?? []) notices.add(Code ?? '');
    NextToken = tokens.after(answer.NextToken);
  } while (NextToken !== undefined);
  const series = [...found.values()];
  for (const { points, StatusCode } of series) {
    points.sort(([one], [other]) => one - other);
    // All pages are read: what is not complete now stays so.
    if (StatusCode !== undefined && StatusCode !== 'Complete') notices.add(StatusCode);
  }
  return { series, notices };
}

/** Over all points, before any is left out. */
export function summarise(points: readonly Point[]) {
  const last = points.at(-1);
  if (last === undefined) return undefined;
  const total = { min: last[1], max: last[1], sum: 0 };
  for (const [, value] of points) {
    total.min = Math.min(total.min, value);
    total.max = Math.max(total.max, value);
    total.sum += value;
  }
  return { min: total.min, max: total.max, avg: total.sum / points.length, last: last[1] };
}

/** At most so many points, evenly spread, the first, the last, the lowest and the highest always among them. */
export function thin<P extends readonly [unknown, number]>(points: readonly P[], most: number): P[] {
  if (points.length <= most) return [...points];
  let lowest = 0;
  let highest = 0;
  for (const [index, [, value]] of points.entries()) {
    if (value < (points[lowest] as P)[1]) lowest = index;
    if (value > (points[highest] as P)[1]) highest = index;
  }
  const kept = new Set([0, points.length - 1, lowest, highest]);
  const more = Math.max(0, most - kept.size);
  for (let step = 1; step <= more; step++) kept.add(Math.round((step * (points.length - 1)) / (more + 1)));
  return points.filter((_, index) => kept.has(index));
}

/** The share of an answer that is left for items: the envelope, a cursor and a few failures take the rest. */
const FOR_ITEMS = 0.85;

/**
 * Thins the points of one cell's items so that all series of all cells fit one answer, if they can with the fewest
 * points; what does not fit comes by the cursor. Small series leave their room to the larger ones.
 */
export async function thinToBudget<I extends { points: [string, number][] }>(
  items: readonly I[],
  input: TargetInput & { max_results: number },
  call: Call,
): Promise<I[]> {
  const { accounts, regions } = await expandTargets(input, call);
  const asTokens = input.max_results <= 50;
  const cost = (value: unknown) =>
    asTokens ? estimateTokens(JSON.stringify(value)) : Buffer.byteLength(JSON.stringify(value));
  const given = Math.min(input.max_results, items.length * accounts.length * regions.length);
  let left = (FOR_ITEMS * (asTokens ? DEFAULT_TOKENS : MAX_BYTES) * items.length) / given;

  const thinned = new Map<I, I>();
  const smallestFirst = items.toSorted((one, other) => one.points.length - other.points.length);
  for (const [index, item] of smallestFirst.entries()) {
    const share = left / (items.length - index);
    const sample = item.points.slice(0, 100);
    const own = cost({ AccountId: accounts[0], Region: regions[0], ...item, points: [] });
    const most = Math.max(4, Math.floor((share - own) / (cost(sample) / Math.max(1, sample.length))));
    const points = thin(item.points, most);
    thinned.set(item, { ...item, points });
    left -= own + cost(points);
  }
  return items.map((item) => thinned.get(item) as I);
}

/** CloudWatch's notices in our words. The codes are those that its own console and Grafana's CloudWatch source know. */
const WORDS: Readonly<Record<string, string>> = {
  MaxMetricsExceeded: 'more metrics matched than CloudWatch reads in one request, so series are missing',
  MaxQueryTimeRangeExceeded: 'the time range is longer than such a query can read, so points are missing',
  MaxQueryResultsExceeded: 'a query gives at most 500 series, so series are missing',
  MaxMatchingResultsExceeded: 'the query matched more than 10,000 metrics, so values may be wrong',
  ArithmeticError: 'the expression has no value at some points, such as a division by zero',
  PartialData: 'CloudWatch did not give all points',
  InternalError: 'CloudWatch could not read all series',
  Forbidden: 'CloudWatch refused some series',
};

/** A notice in our words; of an unknown one only its code, when it has the form of a code. */
export function inWords(code: string): string {
  if (Object.hasOwn(WORDS, code)) return WORDS[code] as string;
  return `CloudWatch gave a notice (${/^\w{1,80}$/.test(code) ? code : 'unknown'})`;
}

const NOTICES = 'notices ';

/** The token of the page after the series, which says why they are not all there. */
export function noticePage(notices: ReadonlySet<string>): string | undefined {
  return notices.size === 0 ? undefined : NOTICES + [...notices].join();
}

/** The page that `noticePage` announces: it fails, so that the answer is not called complete. */
export function tellNotices(token: string | undefined): void {
  if (token?.startsWith(NOTICES) !== true) return;
  const codes = token.slice(NOTICES.length).split(',');
  const again = codes.every((code) => code === 'PartialData' || code === 'InternalError');
  const words = codes.map(inWords).join('; ');
  throw new ToolError(
    again ? 'unavailable' : codes.includes('Forbidden') ? 'access_denied' : 'invalid_input',
    `${words.charAt(0).toUpperCase()}${words.slice(1)}. ${again ? 'Ask again later.' : 'Ask for less at once.'}`,
  );
}
