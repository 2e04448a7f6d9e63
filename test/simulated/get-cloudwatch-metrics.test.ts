import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand, type Metric } from '@aws-sdk/client-cloudwatch';
import { expect, it } from 'vitest';
import { getCloudwatchMetrics } from '../../schemas/get-cloudwatch-metrics.ts';
import { openMotoAccounts } from '../../scripts/local/simulator/moto-account.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { refusesBadInput } from '../support/bad-input.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate } from '../support/estate.ts';
import { failedCells, unreadCells } from '../support/unread-cells.ts';
import { walk } from '../support/walk.ts';

interface Series {
  Id: string;
  Label: string;
  Period: number;
  PointCount: number;
  summary?: { min: number; max: number; avg: number; last: number };
  points: [string, number][];
  AccountId?: string;
  Region?: string;
}

interface Answer {
  account_id: string;
  region: string;
  series_count: number;
  series: Series[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string; message: string }[];
  next_token?: string;
  error?: { code: string; field?: string; action?: string; message: string };
}

describeEstate('get_cloudwatch_metrics', (access) => {
  const ask = (event: object) => access.call<Answer>(getCloudwatchMetrics, event);
  const operations = () => access.awsCalls().map(({ operation }) => operation);

  const prod = () => ({ account_id: access.id('payments-prod') });
  const errors = () => ({
    ...prod(),
    namespace: 'AWS/Lambda',
    metric_name: 'Errors',
    dimensions: [{ Name: 'FunctionName', Value: 'checkout-authorize' }],
    statistic: 'Sum',
  });

  /** CloudWatch in moto, past the proxy. */
  async function moto<T>(account: string, use: (cloudwatch: CloudWatchClient) => Promise<T>): Promise<T> {
    const accounts = openMotoAccounts(access.demo.motoUrl);
    try {
      return await use(new CloudWatchClient(accounts.as(account)));
    } finally {
      accounts.close();
    }
  }

  const metrics = async (): Promise<Metric[]> =>
    (await moto(prod().account_id, (cloudwatch) => cloudwatch.send(new ListMetricsCommand({})))).Metrics ?? [];

  it('gives a metric with true points and an exact summary, with one call of the declared action', async () => {
    // A while ago: the data end when the organization was seeded.
    const end = Math.floor(Date.now() / 300_000) * 300_000 - 1_800_000;
    const [start_time, end_time] = [end - 4 * 3_600_000, end].map((time) => new Date(time).toISOString());
    const answer = await ask({ ...errors(), start_time, end_time, period: 300 });
    expect(answer).toMatchObject({ ...prod(), region: 'us-east-1', series_count: 1 });
    expect(answer).not.toHaveProperty('complete');
    expect(getCloudwatchMetrics.output.answer.safeParse(answer).error).toBeUndefined();
    const calls = access.awsCalls();
    expect(calls.map(({ operation }) => operation)).toEqual(['GetMetricData']);
    expectDeclaredActions(calls, getCloudwatchMetrics);

    const { MetricDataResults: [truth] = [] } = await moto(prod().account_id, (cloudwatch) =>
      cloudwatch.send(
        new GetMetricDataCommand({
          StartTime: new Date(start_time ?? ''),
          EndTime: new Date(end_time ?? ''),
          ScanBy: 'TimestampAscending',
          MetricDataQueries: [
            {
              Id: 'm',
              MetricStat: {
                Metric: { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions: errors().dimensions },
                Stat: 'Sum',
                Period: 300,
              },
            },
          ],
        }),
      ),
    );
    const values = truth?.Values ?? [];
    const [series] = answer.series;
    expect(values.length).toBe(48);
    expect(series?.PointCount).toBe(48);
    expect(series?.points.map(([time, value]) => [Date.parse(time), value])).toEqual(
      truth?.Timestamps?.map((time, index) => [time.getTime(), values[index]]),
    );
    expect(series?.summary).toEqual({
      min: Math.min(...values),
      max: Math.max(...values),
      avg: expect.closeTo(values.reduce((sum, value) => sum + value, 0) / values.length, 9),
      last: values.at(-1),
    });
  });

  it('shows the incident of the last three hours by default, in about 60 points', async () => {
    const [series] = (await ask(errors())).series;
    expect(series?.Period).toBe(180);
    expect(series?.PointCount).toBeGreaterThan(30);
    expect(series?.PointCount).toBeLessThanOrEqual(61);
    expect(series?.summary?.max).toBeGreaterThan(20);
  });

  it('thins a day by the minute to the budget, the extremes kept', async () => {
    const dimensions = (await metrics()).find(({ MetricName }) => MetricName === 'RequestCount')?.Dimensions;
    const answer = await ask({
      ...prod(),
      namespace: 'AWS/ApplicationELB',
      metric_name: 'RequestCount',
      dimensions,
      statistic: 'Sum',
      start_time: '-23h',
      period: 60,
    });
    const [series] = answer.series;
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    expect(series?.PointCount).toBeGreaterThan(250);
    expect(series?.points.length).toBeLessThan(series?.PointCount ?? 0);
    expect(series?.points.map(([, value]) => value)).toEqual(
      expect.arrayContaining([series?.summary?.min, series?.summary?.max]),
    );
    expect(series?.points.at(-1)?.[1]).toBe(series?.summary?.last);
  });

  it('reads 50 metrics with one call, and gives each exactly once', async () => {
    const known = await metrics();
    const metric_data_queries = Array.from({ length: 50 }, (_, index) => ({
      Id: `m${index}`,
      MetricStat: { Metric: known[index % known.length], Stat: 'Average' },
    }));
    const first = await ask({ ...prod(), metric_data_queries });
    expect(operations()).toEqual(['GetMetricData']);
    const seen = first.series.map(({ Id }) => Id);
    for (let next_token = first.next_token; next_token !== undefined; ) {
      const answer: Answer = await ask({ ...prod(), metric_data_queries, next_token });
      expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
      seen.push(...answer.series.map(({ Id }) => Id));
      next_token = answer.next_token;
    }
    expect(seen).toEqual(metric_data_queries.map(({ Id }) => Id));
  });

  it('gives percentiles (stubbed), which lie in their order below the maximum', async () => {
    const dimensions = (await metrics()).find(({ MetricName }) => MetricName === 'TargetResponseTime')?.Dimensions;
    const query = { ...prod(), namespace: 'AWS/ApplicationELB', metric_name: 'TargetResponseTime', dimensions };
    const of = async (statistic: string) =>
      (await ask({ ...query, statistic, start_time: '-12h', period: 3_600 })).series[0]?.points.map(([, v]) => v) ?? [];
    const [p50, p90, maximum] = [await of('p50'), await of('p90'), await of('Maximum')];
    expect(p90.length).toBeGreaterThan(10);
    for (const [index, value] of p90.entries()) {
      expect(value).toBeGreaterThanOrEqual((p50[index] ?? 0) - 1e-9);
      expect(value).toBeLessThanOrEqual((maximum[index] ?? 0) + 1e-9);
    }
  });

  it('calculates with metrics (stubbed): the error rate of a load balancer', async () => {
    const known = await metrics();
    const stat = (Id: string, name: string) => {
      const Dimensions = known.find(({ MetricName }) => MetricName === name)?.Dimensions;
      const Metric = { Namespace: 'AWS/ApplicationELB', MetricName: name, Dimensions };
      return { Id, ReturnData: false, MetricStat: { Metric, Stat: 'Sum' } };
    };
    const { series } = await ask({
      ...prod(),
      metric_data_queries: [
        stat('failed', 'HTTPCode_Target_5XX_Count'),
        stat('requests', 'RequestCount'),
        { Id: 'rate', Expression: '100 * failed / requests', Label: 'error rate in %' },
      ],
    });
    expect(series).toMatchObject([{ Id: 'rate', Label: 'error rate in %' }]);
    expect(series[0]?.summary?.max).toBeGreaterThan(0.5);
    expect(series[0]?.summary?.min).toBeLessThan(0.1);
  });

  it('asks Metrics Insights (stubbed): the busiest instances, in order', async () => {
    const expression =
      'SELECT MAX(CPUUtilization) FROM SCHEMA("AWS/EC2", InstanceId) GROUP BY InstanceId ORDER BY MAX() DESC LIMIT 2';
    const { series } = await ask({ ...prod(), expression });
    expect(series).toHaveLength(2);
    const [first, second] = series.map(({ summary }) => summary?.max ?? 0);
    expect(first).toBeGreaterThan(80);
    expect(first).toBeGreaterThan(second ?? Number.POSITIVE_INFINITY);
    expect(series[0]?.Label).toMatch(/^i-/);
  });

  it('reads all accounts and Regions, with what could not be read in failures, and nothing lost', async () => {
    const { accounts, regions } = access.estate;
    const answers = await walk(ask, { ...errors(), account_id: 'all', region: 'all' });
    for (const answer of answers) {
      expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
      expect(answer.complete).toBe(false);
    }
    const seen = answers.flatMap(({ series }) => series);
    const reachable = accounts.filter((account) => account.reachable);
    expect(seen.map(({ AccountId, Region }) => `${AccountId} ${Region}`).sort()).toEqual(
      reachable.flatMap(({ id }) => regions.map((region) => `${id} ${region}`)).sort(),
    );
    expect(seen.filter(({ PointCount }) => PointCount > 0)).toMatchObject([
      { AccountId: prod().account_id, Region: 'us-east-1' },
    ]);
    const failures = answers.find((answer) => answer.failures !== undefined)?.failures;
    expect(failedCells({ failures })).toEqual(unreadCells(access.estate));
  });

  it('names the action when it is denied', async () => {
    access.rule({ match: { operation: 'GetMetricData' }, fault: 'access_denied' });
    expect((await ask(errors())).error).toMatchObject({ code: 'access_denied', action: 'cloudwatch:GetMetricData' });
  });

  refusesBadInput(access, (event) => ask({ ...errors(), ...event }), [
    ['account_id', { account_id: undefined }],
    ['expression', { expression: 'SELECT 1' }],
    ['period', { period: 61 }],
    ['start_time', { start_time: 'an hour ago' }],
    ['next_token', { next_token: 'AAAA' }],
    ['unit', { unit: 'Count' }],
  ]);
});
