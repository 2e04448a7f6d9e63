import {
  type CloudWatchClient,
  type Dimension,
  GetMetricDataCommand,
  type MetricDataQuery,
  paginateListMetrics,
} from '@aws-sdk/client-cloudwatch';

/** One line of the table: the gateway's by operation and method, or one function's. Latencies in milliseconds. */
export interface MetricRow {
  readonly name: string;
  readonly invocations: number;
  readonly errors: number;
  readonly throttles: number;
  readonly p50?: number;
  readonly p90?: number;
  readonly p99?: number;
}

export interface MetricsQuery {
  readonly gatewayArn: string | undefined;
  readonly functions: readonly string[];
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly until: number;
}

interface Series {
  readonly name: string;
  readonly namespace: string;
  readonly dimensions: Dimension[];
  readonly latency: string;
  readonly errors: readonly string[];
}

const NAMESPACE = 'AWS/Bedrock-AgentCore';
/** Queries in one GetMetricData. */
const MAX_QUERIES = 500;
/** CloudWatch takes periods in whole minutes. */
const MINUTE_S = 60;
const PERCENTILES = ['p50', 'p90', 'p99'] as const;

/** Calls, errors and latency of the gateway and the functions. One period spans the whole time, so percentiles are true. */
export async function readMetrics(client: CloudWatchClient, query: MetricsQuery): Promise<MetricRow[]> {
  const series = [...(await gatewaySeries(client, query.gatewayArn)), ...query.functions.map(functionSeries)];
  const period = Math.ceil((query.until - query.since) / 1_000 / MINUTE_S) * MINUTE_S;
  const queries = series.flatMap((each, index) => queriesOf(each, index, period));
  const values = new Map<string, number>();
  for (let at = 0; at < queries.length; at += MAX_QUERIES) {
    const MetricDataQueries = queries.slice(at, at + MAX_QUERIES);
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new GetMetricDataCommand({
          MetricDataQueries,
          StartTime: new Date(query.since),
          EndTime: new Date(query.until),
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      );
      for (const { Id = '', Values = [] } of page.MetricDataResults ?? []) {
        // A time that crosses a period's border gives two values: sums add up, of percentiles the worse one is shown.
        for (const value of Values) {
          const before = values.get(Id);
          const isSum = !PERCENTILES.some((percentile) => Id.endsWith(percentile));
          values.set(Id, before === undefined ? value : isSum ? before + value : Math.max(before, value));
        }
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  }
  return series.map((each, index) => rowOf(each, index, values));
}

/** The gateway's series as CloudWatch has them: its dimensions differ by operation and method, and by age of the guide. */
async function gatewaySeries(client: CloudWatchClient, arn: string | undefined): Promise<Series[]> {
  if (arn === undefined) return [];
  const found = new Map<string, Series>();
  const filter = { Namespace: NAMESPACE, MetricName: 'Invocations', Dimensions: [{ Name: 'Resource', Value: arn }] };
  for await (const { Metrics = [] } of paginateListMetrics({ client }, filter)) {
    for (const { Dimensions = [] } of Metrics) {
      const said = Dimensions.filter(({ Name }) => ['Operation', 'Method', 'Name'].includes(Name ?? ''));
      const name = ['gateway', ...said.map(({ Value }) => Value ?? '')].join(' ');
      const series = { name, namespace: NAMESPACE, dimensions: Dimensions, latency: 'Latency' };
      found.set(name, { ...series, errors: ['SystemErrors', 'UserErrors'] });
    }
  }
  return [...found.values()].sort((one, other) => one.name.localeCompare(other.name));
}

function functionSeries(name: string): Series {
  const dimensions = [{ Name: 'FunctionName', Value: name }];
  return { name, namespace: 'AWS/Lambda', dimensions, latency: 'Duration', errors: ['Errors'] };
}

function queriesOf(series: Series, index: number, period: number): MetricDataQuery[] {
  const { namespace: Namespace, dimensions: Dimensions } = series;
  const query = (key: string, MetricName: string, Stat: string): MetricDataQuery => ({
    Id: `m${index}_${key}`,
    MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: period, Stat },
  });
  return [
    query('invocations', 'Invocations', 'Sum'),
    ...series.errors.map((name, at) => query(`errors${at}`, name, 'Sum')),
    query('throttles', 'Throttles', 'Sum'),
    ...PERCENTILES.map((stat) => query(stat, series.latency, stat)),
  ];
}

function rowOf({ name, errors }: Series, index: number, values: ReadonlyMap<string, number>): MetricRow {
  const value = (key: string) => values.get(`m${index}_${key}`);
  const latencies = PERCENTILES.flatMap((key) => {
    const found = value(key);
    return found === undefined ? [] : [[key, Math.round(found)]];
  });
  return {
    name,
    invocations: value('invocations') ?? 0,
    errors: errors.reduce((sum, _, at) => sum + (value(`errors${at}`) ?? 0), 0),
    throttles: value('throttles') ?? 0,
    ...Object.fromEntries(latencies),
  };
}
