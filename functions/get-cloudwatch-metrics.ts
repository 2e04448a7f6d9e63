import { CloudWatchClient, type MetricDataQuery, type StandardUnit } from '@aws-sdk/client-cloudwatch';
import type * as z from 'zod';
import { getCloudwatchMetrics } from '../schemas/get-cloudwatch-metrics.ts';
import { metricWindow } from '../schemas/metric-request.ts';
import { inWords, noticePage, readSeries, summarise, tellNotices, thinToBudget } from '../shared/aws/metric-series.ts';
import { listHandler } from '../shared/list-handler.ts';

/** One GetMetricData carries up to 500 queries (CloudWatch API reference), as many as the tool takes. */
export const handler = listHandler(
  getCloudwatchMetrics,
  CloudWatchClient,
  async (input, cloudwatch, { token }, { call }) => {
    tellNotices(token);
    const window = metricWindow(input, Date.now());
    const queries = queriesOf(input, window.period);
    const { series, notices } = await readSeries(cloudwatch, queries, window);
    const items = series.map(({ Id, Label, StatusCode, points, ...each }) => {
      const query = queries.find((one) => one.Id === Id);
      return {
        Id,
        Label,
        Unit: query?.MetricStat?.Unit,
        StatusCode,
        Messages: each.notices.size > 0 ? [...each.notices].map(inWords) : undefined,
        Period: query?.MetricStat?.Period ?? query?.Period,
        PointCount: points.length,
        summary: summarise(points),
        points: points.map(([time, value]): [string, number] => [isoSeconds(time), value]),
      };
    });
    return { items: await thinToBudget(items, input, call), next: noticePage(notices) };
  },
);

function queriesOf(input: z.output<typeof getCloudwatchMetrics.input>, Period: number): MetricDataQuery[] {
  const { namespace: Namespace, metric_name: MetricName, dimensions: Dimensions, statistic: Stat = 'Average' } = input;
  if (input.expression !== undefined) return [{ Id: 'e1', Expression: input.expression, Period }];
  if (MetricName !== undefined)
    return [{ Id: 'm1', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Stat, Period } }];
  return (input.metric_data_queries ?? []).map(({ MetricStat, ...query }) =>
    MetricStat === undefined
      ? { Period, ...query }
      : {
          ...query,
          // The period belongs in one of the two places only.
          Period: undefined,
          MetricStat: {
            ...MetricStat,
            Period: MetricStat.Period ?? query.Period ?? Period,
            Unit: MetricStat.Unit as StandardUnit | undefined,
          },
        },
  );
}

function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
