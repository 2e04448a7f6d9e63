import * as z from 'zod';
import { defineTool, listOf } from './define-tool.ts';
import { fields, paging, targets, time } from './fields.ts';

const onRequest = {
  AlarmArn: z.string(),
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.string()),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number(),
  TreatMissingData: z.string(),
  Unit: z.string(),
  Metrics: z.array(
    z.strictObject({
      Id: z.string().optional(),
      Label: z.string().optional(),
      Expression: z.string().optional(),
      Namespace: z.string().optional(),
      MetricName: z.string().optional(),
      Dimensions: z.record(z.string(), z.string()).optional(),
      Stat: z.string().optional(),
      Period: z.number().optional(),
    }),
  ),
};

export const listCloudwatchAlarms = defineTool({
  name: 'list_cloudwatch_alarms',
  toolset: 'monitoring',
  description:
    'CloudWatch metric and composite alarms: state, reason, condition. What is wrong now: state ALARM, account_id all.',
  input: z.strictObject({
    ...targets,
    state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).optional(),
    alarm_name_prefix: z.string().min(1).max(255).optional(),
    alarm_type: z.enum(['MetricAlarm', 'CompositeAlarm']).optional(),
    ...fields(Object.keys(onRequest)),
    ...paging,
  }),
  output: listOf(
    'alarm',
    'alarms',
    {
      AlarmName: z.string(),
      Type: z.string(),
      StateValue: z.string(),
      StateReason: z.string(),
      StateUpdatedTimestamp: time,
      Namespace: z.string(),
      MetricName: z.string(),
      Dimensions: z.record(z.string(), z.string()),
      ComparisonOperator: z.string(),
      Threshold: z.number(),
      Period: z.number(),
      Statistic: z.string(),
      // The condition of a composite alarm, which has no metric.
      AlarmRule: z.string(),
      ActionsEnabled: z.boolean(),
    },
    onRequest,
  ),
  iam: ['cloudwatch:DescribeAlarms'],
  example: {
    input: { account_id: '111111111111', region: 'us-east-1', state: 'ALARM' },
    output: {
      account_id: '111111111111',
      region: 'us-east-1',
      alarm_count: 2,
      alarms: [
        {
          AlarmName: 'reports-cpu-high',
          Type: 'MetricAlarm',
          StateValue: 'ALARM',
          StateReason: 'Threshold Crossed: 3 datapoints were greater than 85.0',
          StateUpdatedTimestamp: '2026-11-02T08:30:00.000Z',
          Namespace: 'AWS/EC2',
          MetricName: 'CPUUtilization',
          Dimensions: { InstanceId: 'i-0123456789abcdef0' },
          ComparisonOperator: 'GreaterThanThreshold',
          Threshold: 85,
          Period: 300,
          Statistic: 'Average',
          ActionsEnabled: true,
        },
        {
          AlarmName: 'reports-unhealthy',
          Type: 'CompositeAlarm',
          StateValue: 'ALARM',
          StateReason: 'reports-cpu-high is in ALARM',
          StateUpdatedTimestamp: '2026-11-02T08:31:00.000Z',
          AlarmRule: 'ALARM("reports-cpu-high")',
          ActionsEnabled: true,
        },
      ],
    },
  },
});
