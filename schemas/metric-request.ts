import * as z from 'zod';

/** An instant as a caller writes it: ISO 8601 (UTC where no zone is said), `now`, or so long before now. */
const INSTANT =
  /^(?:now|-\d{1,5}[smhdw]|\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?)$/;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Below a minute only these; above, multiples of 60 (CloudWatch API reference, MetricStat). */
const SUB_MINUTE = [1, 5, 10, 20, 30];
/** The longest period of all (CloudWatch user guide, "Concepts", Periods). */
const LONGEST_PERIOD = 86_400;
/** Round periods, so that points fall on times that people read easily. */
const ROUND_PERIODS = [60, 120, 180, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 43_200, 86_400];
const WANTED_POINTS = 60;

export interface MetricWindow {
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  /** Seconds, for every series that says none itself. */
  readonly period: number;
}

/** When and how finely to read. Gives NaN for a date that does not exist. */
export function metricWindow(
  { start_time, end_time, period }: { start_time: string; end_time: string; period?: number | undefined },
  now: number,
): MetricWindow {
  const start = toTime(start_time, now);
  const end = toTime(end_time, now);
  const seconds = period ?? roundPeriod(start, end, now);
  // CloudWatch counts its periods from the start: with a relative one, the points would lie at odd times.
  const aligned = start_time.startsWith('-') ? start - (start % (seconds * 1_000)) : start;
  return { start: aligned, end, period: seconds };
}

function toTime(text: string, now: number): number {
  if (text === 'now') return now;
  if (text.startsWith('-')) return now - Number(text.slice(1, -1)) * (SECONDS[text.at(-1) ?? ''] ?? Number.NaN) * 1_000;
  const hasTime = text.includes('T');
  return Date.parse(hasTime && !/(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? `${text}Z` : text);
}

/** The round period that gives the number of points nearest to 60. */
function roundPeriod(start: number, end: number, now: number): number {
  const ideal = (end - start) / 1_000 / WANTED_POINTS;
  const distance = (period: number) => Math.abs(Math.log(period / ideal));
  return ROUND_PERIODS.filter((period) => period % finest(start, now) === 0).reduce((best, period) =>
    distance(period) < distance(best) ? period : best,
  );
}

/** CloudWatch keeps data coarser as it ages; a finer period gives no points at all (API reference, MetricStat). */
function finest(start: number, now: number): number {
  if (now - start >= 63 * DAY) return 3_600;
  if (now - start >= 15 * DAY) return 300;
  return now - start >= 3 * HOUR ? 60 : 1;
}

/** In words that follow the period's name; undefined when it is right. */
function periodFault(period: number, start: number, now: number): string | undefined {
  if (!SUB_MINUTE.includes(period) && period % 60 !== 0) return 'must be 1, 5, 10, 20, 30 or a multiple of 60 seconds';
  const step = finest(start, now);
  return period % step === 0 ? undefined : `must be a multiple of ${step} seconds for a start_time so long ago`;
}

/** Seconds. The bounds are checked and not spoken: the default serves nearly always. */
export const period = z
  .int()
  .refine((seconds) => seconds >= 1 && seconds <= LONGEST_PERIOD, `must be 1 to ${LONGEST_PERIOD} seconds`)
  .optional();

export function instant(fallback: string) {
  return z
    .string()
    .refine((text) => INSTANT.test(text), 'give ISO 8601, now, or e.g. -3h')
    .default(fallback);
}

const dimensions = z.array(z.strictObject({ Name: z.string().min(1), Value: z.string().min(1) }));

/** As in GetMetricData, but a period may be left to the tool, and AccountId is not accepted: account_id says where. */
const metricDataQuery = z.strictObject({
  Id: z
    .string()
    .refine((id) => /^[a-z]\w{0,254}$/.test(id), 'must begin with a lowercase letter, then letters, digits, _'),
  Expression: z.string().min(1).optional(),
  Label: z.string().optional(),
  Period: period,
  ReturnData: z.boolean().optional(),
  MetricStat: z
    .strictObject({
      Metric: z.strictObject({
        Namespace: z.string().min(1),
        MetricName: z.string().min(1),
        Dimensions: dimensions.optional(),
      }),
      Stat: z.string().min(1),
      Period: period,
      Unit: z.string().optional(),
    })
    .optional(),
});

// Spoken as any object and checked as AWS's own: models know GetMetricData's shapes, and to spell them out costs 220
// tokens in every conversation.
export const metricDimensions = z.array(z.looseObject({})).pipe(dimensions).optional();
export const metricDataQueries = z
  .array(z.looseObject({}).pipe(metricDataQuery))
  .refine(({ length }) => length >= 1 && length <= 500, 'must be 1 to 500 queries')
  .optional();

type Query = z.output<typeof metricDataQuery>;

export interface MetricRequest {
  readonly namespace?: string | undefined;
  readonly metric_name?: string | undefined;
  readonly dimensions?: readonly unknown[] | undefined;
  readonly statistic?: string | undefined;
  readonly metric_data_queries?: readonly Query[] | undefined;
  readonly expression?: string | undefined;
  readonly start_time: string;
  readonly end_time: string;
  readonly period?: number | undefined;
}

type Fault = [field: keyof MetricRequest, words: string];

/** 500 series of a day by the minute: more would be held in memory only to be thinned to a few points each. */
const MAX_POINTS = 500 * 1_440;
const ONE_WAY = 'give exactly one of metric_name (with namespace), metric_data_queries, expression';

/** The rules between fields, as a check of the input's schema: nothing is called for a request that breaks one. */
export function checkMetricRequest(asked: MetricRequest, context: z.core.$RefinementCtx): void {
  const fault = faultOf(asked) ?? faultOfTime(asked, Date.now());
  if (fault !== undefined) context.addIssue({ code: 'custom', path: [fault[0]], message: fault[1] });
}

function faultOf(asked: MetricRequest): Fault | undefined {
  const ways = (['metric_name', 'metric_data_queries', 'expression'] as const).filter(
    (each) => asked[each] !== undefined,
  );
  if (ways.length !== 1) return [ways[1] ?? 'metric_name', ONE_WAY];
  if (ways[0] === 'metric_name')
    return asked.namespace === undefined ? ['namespace', 'is needed with metric_name'] : undefined;
  for (const field of ['namespace', 'dimensions', 'statistic'] as const) {
    if (asked[field] !== undefined) return [field, `belongs to metric_name; ${ONE_WAY}`];
  }
  const queries = asked.metric_data_queries ?? [];
  if (queries.some(({ MetricStat, Expression }) => (MetricStat === undefined) === (Expression === undefined)))
    return ['metric_data_queries', 'each needs exactly one of MetricStat and Expression'];
  return new Set(queries.map(({ Id }) => Id)).size < queries.length
    ? ['metric_data_queries', 'each needs an Id of its own']
    : undefined;
}

function faultOfTime(asked: MetricRequest, now: number): Fault | undefined {
  const window = metricWindow(asked, now);
  if (Number.isNaN(window.start)) return ['start_time', 'is no date'];
  if (Number.isNaN(window.end)) return ['end_time', 'is no date'];
  if (window.start >= window.end) return ['start_time', 'must lie before end_time'];
  const own = (asked.metric_data_queries ?? []).map(({ Period, MetricStat }) => MetricStat?.Period ?? Period);
  let points = 0;
  for (const each of own.length > 0 ? own : [undefined]) {
    const field = each === undefined ? 'period' : 'metric_data_queries';
    const seconds = each ?? window.period;
    const fault = periodFault(seconds, window.start, now);
    if (fault !== undefined) return [field, each === undefined ? fault : `Period ${fault}`];
    points += (window.end - window.start) / 1_000 / seconds;
    if (points > MAX_POINTS) return [field, `more than ${MAX_POINTS} points would be read: choose a longer period`];
  }
  return undefined;
}
