import * as z from 'zod';
import { defineTool, listOf } from './define-tool.ts';
import { paging, targets } from './fields.ts';
import { checkMetricRequest, instant, metricDataQueries, metricDimensions, period } from './metric-request.ts';

export const getCloudwatchMetrics = defineTool({
  name: 'get_cloudwatch_metrics',
  toolset: 'monitoring',
  description: 'CloudWatch metric data: exact min, max, avg, last per series, and points thinned to fit.',
  input: z
    .strictObject({
      ...targets,
      namespace: z.string().min(1).optional(),
      metric_name: z.string().min(1).optional(),
      dimensions: metricDimensions.describe('All, as {Name, Value}.'),
      statistic: z.string().min(1).optional().describe('Default: Average.'),
      metric_data_queries: metricDataQueries.describe('Or several, math: as in GetMetricData.'),
      expression: z.string().min(1).optional().describe('Or Metrics Insights.'),
      start_time: instant('-3h').describe('ISO 8601 or -7d.'),
      end_time: instant('now'),
      period: period.describe('Seconds. Default: about 60 points.'),
      ...paging,
    })
    .superRefine(checkMetricRequest),
  output: listOf('series', 'series', {
    Id: z.string(),
    Label: z.string(),
    // GetMetricData tells no unit: known only where the query asked for one.
    Unit: z.string(),
    StatusCode: z.string(),
    Messages: z.array(z.string()),
    Period: z.number(),
    PointCount: z.number(),
    summary: z.strictObject({ min: z.number(), max: z.number(), avg: z.number(), last: z.number() }),
    points: z.array(z.tuple([z.string(), z.number()])),
  }),
  iam: ['cloudwatch:GetMetricData'],
  example: {
    input: {
      account_id: '111111111111',
      region: 'us-east-1',
      namespace: 'AWS/EC2',
      metric_name: 'CPUUtilization',
      dimensions: [{ Name: 'InstanceId', Value: 'i-0123456789abcdef0' }],
      start_time: '-15m',
      period: 300,
    },
    output: {
      account_id: '111111111111',
      region: 'us-east-1',
      series_count: 1,
      series: [
        {
          Id: 'm1',
          Label: 'CPUUtilization',
          StatusCode: 'Complete',
          Period: 300,
          PointCount: 3,
          summary: { min: 12.5, max: 91, avg: 48.5, last: 42 },
          points: [
            ['2026-11-02T08:00:00Z', 12.5],
            ['2026-11-02T08:05:00Z', 91],
            ['2026-11-02T08:10:00Z', 42],
          ],
        },
      ],
    },
  },
});
