import {
  CloudWatchClient,
  CloudWatchServiceException,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  type DescribeAlarmsCommandOutput,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type GetMetricDataCommandOutput,
  ListMetricsCommand,
  type Metric,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { calculate, type Points, parseInsights } from './metric-expressions.ts';
import type { MotoAccountConfig } from './moto-account.ts';
import type { Stub, StubRequest } from './stub.ts';
import { AwsError } from './wire.ts';

export function cloudwatchStubs(): Record<string, Stub> {
  return { DescribeAlarms: describeAlarms, GetMetricData: getMetricData };
}

// moto applies one filter of several, knows no types, and gives all alarms at once.
async function describeAlarms({ input, moto }: StubRequest<DescribeAlarmsCommandInput>) {
  const { AlarmTypes = ['MetricAlarm'], AlarmNames, AlarmNamePrefix = '', StateValue, MaxRecords = 50 } = input;
  if (MaxRecords < 1 || MaxRecords > 100) throw new AwsError('ValidationError', 'MaxRecords must be 1 to 100.');
  const { MetricAlarms = [] } = await asAws(new CloudWatchClient(moto).send(new DescribeAlarmsCommand({})));
  const wanted = (AlarmTypes.includes('MetricAlarm') ? MetricAlarms : []).filter(
    (alarm) =>
      alarm.AlarmName?.startsWith(AlarmNamePrefix) &&
      (AlarmNames?.includes(alarm.AlarmName) ?? true) &&
      (StateValue === undefined || alarm.StateValue === StateValue),
  );
  const start = Number(Buffer.from(input.NextToken ?? '', 'base64url').toString('utf8') || 0);
  const end = start + MaxRecords;
  return {
    MetricAlarms: wanted.slice(start, end),
    CompositeAlarms: [],
    ...(end < wanted.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {}),
  } satisfies Omit<DescribeAlarmsCommandOutput, '$metadata'>;
}

/** The time range of a request and the account to ask. */
interface Reading {
  readonly moto: MotoAccountConfig;
  readonly range: Pick<GetMetricDataCommandInput, 'StartTime' | 'EndTime'>;
}

// moto has no percentiles, answers an expression only when it is the name of a series, and takes every query of Metrics
// Insights for the sum of all data.
async function getMetricData({ input, moto }: StubRequest<GetMetricDataCommandInput>) {
  const { MetricDataQueries = [], StartTime, EndTime, ScanBy } = input;
  if (MetricDataQueries.length > 500) throw new AwsError('ValidationError', 'At most 500 queries.');
  const reading: Reading = { moto, range: { StartTime, EndTime } };
  const series = new Map<string, Points>();
  const results: MetricDataResult[] = [];
  const give = (query: MetricDataQuery, points: Points, label: string | undefined) => {
    if (query.ReturnData !== false) results.push(toResult(query, points, label, ScanBy === 'TimestampAscending'));
  };
  for (const query of MetricDataQueries.filter(({ MetricStat }) => MetricStat)) {
    const points = await readMetric(reading, query.MetricStat ?? undefined);
    series.set(query.Id ?? '', points);
    give(query, points, query.MetricStat?.Metric?.MetricName);
  }
  for (const query of MetricDataQueries.filter(({ Expression }) => Expression)) {
    const insights = parseInsights(query.Expression ?? '');
    if (insights === undefined) {
      const points = calculate(query.Expression ?? '', series);
      series.set(query.Id ?? '', points);
      give(query, points, query.Id);
    } else {
      for (const [label, points] of await runInsights(reading, insights, query.Period ?? 300))
        give(query, points, label);
    }
  }
  return { MetricDataResults: results, Messages: [] } satisfies Omit<GetMetricDataCommandOutput, '$metadata'>;
}

async function readMetric({ moto, range }: Reading, stat: MetricDataQuery['MetricStat']): Promise<Points> {
  const percentile = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(stat?.Stat ?? '')?.[1];
  // The raw values: the estate has one value at a time.
  const asked = percentile === undefined ? stat : stat && { ...stat, Stat: 'Average', Period: 60 };
  const { MetricDataResults: [result] = [] } = await asAws(
    new CloudWatchClient(moto).send(
      new GetMetricDataCommand({
        ...range,
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [{ Id: 'm', MetricStat: asked }],
      }),
    ),
  );
  const points: Points = new Map(
    result?.Timestamps?.map((time, index) => [time.getTime(), result.Values?.[index] ?? 0]),
  );
  if (percentile === undefined) return points;
  const start = range.StartTime?.getTime() ?? 0;
  const step = (stat?.Period ?? 60) * 1_000;
  const groups = Map.groupBy(points, ([time]) => time - ((time - start) % step));
  return new Map(
    [...groups].map(([time, group]) => [
      time,
      quantile(
        group.map(([, value]) => value),
        Number(percentile) / 100,
      ),
    ]),
  );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return low + (high - low) * (place - Math.floor(place));
}

type Insights = NonNullable<ReturnType<typeof parseInsights>>;

async function runInsights(reading: Reading, query: Insights, Period: number): Promise<[string, Points][]> {
  const metrics: Metric[] = [];
  const cloudwatch = new CloudWatchClient(reading.moto);
  let NextToken: string | undefined;
  do {
    const page = await asAws(
      cloudwatch.send(new ListMetricsCommand({ Namespace: query.namespace, MetricName: query.metric, NextToken })),
    );
    metrics.push(...(page.Metrics ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined && NextToken !== '');
  const dimension = (metric: Metric, name: string) => metric.Dimensions?.find(({ Name }) => Name === name)?.Value;
  const wanted = metrics.filter(
    (metric) =>
      (query.schema?.every((name) => dimension(metric, name) !== undefined) ?? true) &&
      query.where.every(([name, value]) => dimension(metric, name) === value),
  );
  const groups = Map.groupBy(wanted, (metric) =>
    query.groupBy.length === 0
      ? query.metric
      : query.groupBy.map((name) => dimension(metric, name) ?? 'Other').join(' '),
  );
  const series: [string, Points][] = [];
  for (const [label, members] of groups) {
    const read = await Promise.all(
      members.map((Metric) => readMetric(reading, { Metric, Period, Stat: query.statistic })),
    );
    series.push([label, query.combine(read)]);
  }
  const rank = ([, points]: [string, Points]) => query.rank([...points.values()]);
  series.sort((one, other) => (query.descending ? rank(other) - rank(one) : rank(one) - rank(other)));
  return series.slice(0, query.limit);
}

function toResult({ Id, Label }: MetricDataQuery, points: Points, label = Id, ascending: boolean): MetricDataResult {
  const sorted = [...points].sort(([one], [other]) => (ascending ? one - other : other - one));
  return {
    Id,
    Label: Label ?? label,
    Timestamps: sorted.map(([time]) => new Date(time)),
    Values: sorted.map(([, value]) => value),
    StatusCode: 'Complete',
  };
}

function asAws<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    if (!(error instanceof CloudWatchServiceException)) throw error;
    throw new AwsError(error.name, error.message, error.$metadata.httpStatusCode);
  });
}
