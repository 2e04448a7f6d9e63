import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import { type Application, tagList } from './applications.ts';
import type { SeededInstance } from './compute.ts';
import type { SeededLoadBalancer } from './load-balancers.ts';
import { daily, type Series, seedMetricData, trend, withIncident } from './metric-data.ts';
import type { AccountName, EstateRegion } from './organization.ts';
import { repeated, type Seeder } from './seeder.ts';

const GIBIBYTE = 1024 ** 3;

interface Alarmed extends Series {
  application: Application;
  /** No alarm, only data, when absent. */
  alarm?: {
    name: string;
    comparison: 'GreaterThanThreshold' | 'LessThanThreshold';
    threshold: number;
    statistic: 'Average' | 'Sum' | 'Maximum' | 'Minimum';
    state: StateValue;
    reason: string;
    actionsEnabled?: boolean;
  };
}

/** Resources whose ids the simulator chose. */
export interface Monitored {
  instances: SeededInstance[];
  loadBalancers: SeededLoadBalancer[];
}

/** Alarms in all three states, and the metric data that explains them. */
export async function seedMonitoring(seeder: Seeder, monitored: Monitored): Promise<void> {
  const series = allSeries(monitored);
  for (const { account, region, application, alarm, ...metric } of series) {
    if (!alarm) continue;
    const cloudwatch = seeder.in(account, region).client(CloudWatchClient);
    for (const AlarmName of repeated(alarm.name, seeder.scale)) {
      await cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName,
          AlarmDescription: `${application}: ${metric.metric}`,
          Namespace: metric.namespace,
          MetricName: metric.metric,
          Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
          ComparisonOperator: alarm.comparison,
          Threshold: alarm.threshold,
          Statistic: alarm.statistic,
          Unit: metric.unit,
          Period: 300,
          EvaluationPeriods: 3,
          TreatMissingData: 'missing',
          ActionsEnabled: alarm.actionsEnabled ?? true,
          AlarmActions: [`arn:aws:sns:${region}:${seeder.accountId(account)}:on-call`],
          Tags: tagList(application, account),
        }),
      );
      await cloudwatch.send(
        new SetAlarmStateCommand({ AlarmName, StateValue: alarm.state, StateReason: alarm.reason }),
      );
      seeder.made('cloudwatch:alarm');
    }
  }
  await seedMetricData(
    seeder,
    series.filter(({ alarm }) => alarm?.state !== 'INSUFFICIENT_DATA'),
  );
}

function allSeries({ instances, loadBalancers }: Monitored): Alarmed[] {
  const instance = (vpc: string, name: string) => {
    const found = instances.find((one) => one.vpc === vpc && one.name === name);
    return { InstanceId: found?.instanceId ?? '' };
  };
  const loadBalancer = (name: string) => {
    const found = loadBalancers.find((one) => one.name === name);
    return { LoadBalancer: found?.arn.split(':loadbalancer/')[1] ?? '' };
  };
  const prod = at('payments-prod', 'us-east-1');
  const prodEu = at('payments-prod', 'eu-west-1');
  const dev = at('payments-dev', 'us-east-1');
  const data = at('data-platform', 'us-east-1');
  const frankfurt = at('data-platform', 'eu-central-1');
  const tooling = at('security-tooling', 'us-east-1');

  return [
    {
      ...prod('checkout', 'AWS/EC2', 'CPUUtilization', instance('payments-main', 'checkout-web'), 'Percent'),
      curve: daily(12, 58),
      alarm: above('checkout-web-cpu-high', 80, 'Average'),
    },
    {
      ...prod('ledger', 'AWS/EC2', 'CPUUtilization', instance('payments-main', 'ledger-reports'), 'Percent'),
      curve: withIncident(daily(20, 35), 3, 0, 60),
      alarm: { ...above('ledger-reports-cpu-high', 85, 'Average'), ...firing('3 datapoints were greater than 85.0') },
    },
    {
      ...prod('checkout', 'AWS/ApplicationELB', 'RequestCount', loadBalancer('checkout'), 'Count'),
      curve: daily(4_000, 52_000),
    },
    {
      ...prod('checkout', 'AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', loadBalancer('checkout'), 'Count'),
      curve: withIncident(daily(0, 6), 2.5, 1.5, 420),
      alarm: above('checkout-5xx', 100, 'Sum'),
    },
    {
      ...prod('checkout', 'AWS/ApplicationELB', 'TargetResponseTime', loadBalancer('checkout'), 'Seconds'),
      curve: withIncident(daily(0.08, 0.19), 2.5, 1.5, 1.4),
      alarm: above('checkout-latency', 1, 'Average'),
    },
    {
      ...prod('ledger', 'AWS/RDS', 'FreeStorageSpace', { DBInstanceIdentifier: 'ledger-primary' }, 'Bytes'),
      curve: trend(61 * GIBIBYTE, 9 * GIBIBYTE),
      alarm: {
        ...below('ledger-primary-storage-low', 10 * GIBIBYTE),
        ...firing('3 datapoints were less than 10 GiB'),
      },
    },
    {
      ...prod('ledger', 'AWS/RDS', 'CPUUtilization', { DBInstanceIdentifier: 'ledger-primary' }, 'Percent'),
      curve: daily(15, 62),
      alarm: above('ledger-primary-cpu-high', 85, 'Average'),
    },
    {
      ...prod('checkout', 'AWS/Lambda', 'Errors', { FunctionName: 'checkout-authorize' }, 'Count'),
      curve: withIncident(daily(0, 3), 2.5, 1.5, 35),
      alarm: above('checkout-authorize-errors', 10, 'Sum'),
    },
    {
      ...prodEu('checkout', 'AWS/ApplicationELB', 'RequestCount', loadBalancer('checkout-eu'), 'Count'),
      curve: daily(1_500, 21_000),
      alarm: below('checkout-eu-traffic-missing', 100),
    },
    {
      ...prodEu('payouts', 'AWS/RDS', 'DatabaseConnections', { DBInstanceIdentifier: 'payouts' }, 'Count'),
      curve: daily(20, 140),
      alarm: above('payouts-connections', 400, 'Maximum'),
    },
    {
      ...prodEu('payouts', 'AWS/Lambda', 'Duration', { FunctionName: 'payout-file' }, 'Milliseconds'),
      curve: daily(900, 4_200),
      alarm: { ...above('payout-file-slow', 20_000, 'Maximum'), actionsEnabled: false },
    },
    {
      ...dev('checkout', 'AWS/EC2', 'CPUUtilization', instance('payments-dev', 'dev-web'), 'Percent'),
      curve: daily(2, 9),
      alarm: { ...above('dev-web-cpu-high', 90, 'Average'), actionsEnabled: false },
    },
    {
      ...dev('checkout', 'AWS/EC2', 'CPUUtilization', instance('payments-dev', 'dev-load-test'), 'Percent'),
      curve: daily(0, 0), // stopped: no data
      alarm: { ...above('dev-load-test-cpu', 95, 'Average'), state: 'INSUFFICIENT_DATA', reason: 'no datapoints' },
    },
    {
      ...data('warehouse', 'AWS/EC2', 'CPUUtilization', instance('data-main', 'spark-master'), 'Percent'),
      curve: withIncident(daily(10, 25), 9, 5, 55),
      alarm: above('spark-master-cpu-high', 90, 'Average'),
    },
    {
      ...data('clickstream', 'ExampleCo/Kafka', 'ConsumerLag', { Topic: 'clicks' }, 'Count'),
      curve: trend(1_200, 86_000),
      alarm: { ...above('kafka-clicks-lag', 50_000, 'Maximum'), ...firing('3 datapoints were greater than 50000.0') },
    },
    {
      ...frankfurt('clickstream', 'AWS/Lambda', 'Invocations', { FunctionName: 'click-enrich' }, 'Count'),
      curve: daily(800, 9_500),
      alarm: below('click-enrich-idle', 10),
    },
    {
      ...tooling('siem', 'AWS/EC2', 'CPUUtilization', instance('tooling', 'siem-indexer'), 'Percent'),
      curve: daily(35, 55),
      alarm: above('siem-indexer-cpu-high', 90, 'Average'),
    },
  ];
}

function at(account: AccountName, region: EstateRegion) {
  return (
    application: Application,
    namespace: string,
    metric: string,
    dimensions: Record<string, string>,
    unit: Series['unit'],
  ) => ({ account, region, application, namespace, metric, dimensions, unit });
}

function above(name: string, threshold: number, statistic: 'Average' | 'Sum' | 'Maximum') {
  return { name, comparison: 'GreaterThanThreshold', threshold, statistic, ...quiet } as const;
}

function below(name: string, threshold: number) {
  return { name, comparison: 'LessThanThreshold', threshold, statistic: 'Minimum', ...quiet } as const;
}

const quiet = { state: 'OK', reason: 'Threshold Crossed: no datapoints beyond the threshold' } as const;

function firing(crossed: string) {
  return { state: 'ALARM', reason: `Threshold Crossed: ${crossed}` } as const;
}
