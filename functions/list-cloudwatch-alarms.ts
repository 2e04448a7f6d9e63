import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { listCloudwatchAlarms } from '../schemas/list-cloudwatch-alarms.ts';
import { dimensionMap } from '../shared/aws/cloudwatch.ts';
import { listHandler } from '../shared/list-handler.ts';

/** DescribeAlarms gives 1 to 100, and composite alarms only when they are asked for (CloudWatch API reference). */
export const handler = listHandler(listCloudwatchAlarms, CloudWatchClient, async (input, cloudwatch, page) => {
  const {
    MetricAlarms = [],
    CompositeAlarms = [],
    NextToken,
  } = await cloudwatch.send(
    new DescribeAlarmsCommand({
      AlarmTypes: input.alarm_type === undefined ? ['MetricAlarm', 'CompositeAlarm'] : [input.alarm_type],
      StateValue: input.state,
      AlarmNamePrefix: input.alarm_name_prefix,
      MaxRecords: Math.min(page.size, 100),
      NextToken: page.token,
    }),
  );
  const composite = CompositeAlarms.map((alarm) => ({ ...alarm, Type: 'CompositeAlarm' }));
  return { items: [...MetricAlarms.map(toMetricAlarm), ...composite], next: NextToken };
});

function toMetricAlarm(alarm: MetricAlarm) {
  return {
    ...alarm,
    Type: 'MetricAlarm',
    Statistic: alarm.Statistic ?? alarm.ExtendedStatistic,
    Dimensions: dimensionMap(alarm.Dimensions),
    Metrics: alarm.Metrics?.map(({ MetricStat, ...query }) => ({
      ...query,
      ...MetricStat?.Metric,
      Dimensions: dimensionMap(MetricStat?.Metric?.Dimensions),
      Stat: MetricStat?.Stat,
      Period: MetricStat?.Period ?? query.Period,
    })),
  };
}
