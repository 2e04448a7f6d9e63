import {
  CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { listCloudwatchAlarms } from '../../schemas/list-cloudwatch-alarms.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';
import { walk } from '../support/walk.ts';

const cloudwatch = mockClient(CloudWatchClient);

interface Answer {
  alarm_count: number;
  alarms: Record<string, unknown>[];
  next_token?: string;
  error?: { code: string; field?: string };
}

const { input, output } = listCloudwatchAlarms.example;
const all = { account_id: '111111111111', region: 'us-east-1' };

const cpu: MetricAlarm = {
  AlarmName: 'reports-cpu-high',
  StateValue: 'ALARM',
  StateReason: 'Threshold Crossed: 3 datapoints were greater than 85.0',
  StateUpdatedTimestamp: new Date('2026-11-02T08:30:00Z'),
  Namespace: 'AWS/EC2',
  MetricName: 'CPUUtilization',
  Dimensions: [{ Name: 'InstanceId', Value: 'i-0123456789abcdef0' }],
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 85,
  Period: 300,
  Statistic: 'Average',
  ActionsEnabled: true,
};

const unhealthy: CompositeAlarm = {
  AlarmName: 'reports-unhealthy',
  StateValue: 'ALARM',
  StateReason: 'reports-cpu-high is in ALARM',
  StateUpdatedTimestamp: new Date('2026-11-02T08:31:00Z'),
  AlarmRule: 'ALARM("reports-cpu-high")',
  ActionsEnabled: true,
};

const inputs = () => cloudwatch.commandCalls(DescribeAlarmsCommand).map((call) => call.args[0].input);

describe('list_cloudwatch_alarms', () => {
  useMockedAws();
  beforeEach(() => void cloudwatch.reset());

  it('answers the documented example', async () => {
    cloudwatch
      .on(DescribeAlarmsCommand, { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], StateValue: 'ALARM' })
      .resolves({ MetricAlarms: [cpu], CompositeAlarms: [unhealthy] });
    expect(await callTool(listCloudwatchAlarms, input)).toEqual(output);
  });

  it('passes filters on together, and the type alone', async () => {
    cloudwatch.on(DescribeAlarmsCommand).resolves({});
    await callTool(listCloudwatchAlarms, {
      ...all,
      state: 'OK',
      alarm_name_prefix: 'checkout',
      alarm_type: 'CompositeAlarm',
    });
    expect(inputs()).toMatchObject([{ AlarmTypes: ['CompositeAlarm'], StateValue: 'OK', AlarmNamePrefix: 'checkout' }]);
  });

  it('asks for a page within the bounds of the API', async () => {
    cloudwatch.on(DescribeAlarmsCommand).resolves({});
    for (const max_results of [1, 50, 1_000]) await callTool(listCloudwatchAlarms, { ...all, max_results });
    expect(inputs().map(({ MaxRecords }) => MaxRecords)).toEqual([1, 50, 100]);
  });

  it('walks 1,200 alarms through the cursor, each exactly once, every answer within the budget', async () => {
    cloudwatch
      .on(DescribeAlarmsCommand)
      .callsFake(async ({ NextToken, MaxRecords = 50 }: DescribeAlarmsCommandInput) => {
        const start = Number(NextToken ?? 0);
        const end = start + MaxRecords;
        const alarms = Array.from({ length: 1_200 }, (_, index) => ({ ...cpu, AlarmName: `alarm-${index}` }));
        return { MetricAlarms: alarms.slice(start, end), ...(end < 1_200 ? { NextToken: String(end) } : {}) };
      });
    const answers = await walk((event) => callTool<Answer>(listCloudwatchAlarms, event), all);
    for (const answer of answers) expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    const seen = answers.flatMap(({ alarms }) => alarms.map(({ AlarmName }) => AlarmName));
    expect(seen).toEqual(Array.from({ length: 1_200 }, (_, index) => `alarm-${index}`));
  });

  it('gives the percentile of an alarm as its statistic, and the queries of metric math by request', async () => {
    const { MetricName: _name, Namespace: _namespace, Dimensions: _dimensions, Period: _period, ...math } = cpu;
    cloudwatch.on(DescribeAlarmsCommand).resolves({
      MetricAlarms: [
        { ...cpu, Statistic: undefined, ExtendedStatistic: 'p99' },
        {
          ...math,
          Metrics: [
            { Id: 'rate', Expression: 'errors / calls', Label: 'error rate', ReturnData: true },
            {
              Id: 'errors',
              MetricStat: {
                Metric: {
                  Namespace: 'AWS/Lambda',
                  MetricName: 'Errors',
                  Dimensions: [{ Name: 'FunctionName', Value: 'f' }],
                },
                Period: 60,
                Stat: 'Sum',
              },
            },
          ],
        },
      ],
    });
    const { alarms } = await callTool<Answer>(listCloudwatchAlarms, { ...all, fields: ['Statistic', 'Metrics'] });
    expect(alarms).toEqual([
      { Statistic: 'p99' },
      {
        Statistic: 'Average',
        Metrics: [
          { Id: 'rate', Expression: 'errors / calls', Label: 'error rate' },
          {
            Id: 'errors',
            Namespace: 'AWS/Lambda',
            MetricName: 'Errors',
            Dimensions: { FunctionName: 'f' },
            Stat: 'Sum',
            Period: 60,
          },
        ],
      },
    ]);
  });

  it('refuses an unknown state or type without a call', async () => {
    for (const bad of [{ state: 'alarm' }, { alarm_type: 'Metric' }]) {
      const { error } = await callTool<Answer>(listCloudwatchAlarms, { ...all, ...bad });
      expect(error).toMatchObject({ code: 'invalid_input', field: Object.keys(bad)[0] });
    }
    expect(cloudwatch.calls()).toHaveLength(0);
  });

  it('survives missing fields, and lets nothing undeclared out', async () => {
    cloudwatch.on(DescribeAlarmsCommand).resolves({
      MetricAlarms: [{}, { ...cpu, StateReasonData: 'CANARY', OKActions: ['CANARY'] }],
      CompositeAlarms: [{ ...unhealthy, StateReasonData: 'CANARY', ActionsSuppressedReason: 'CANARY' }],
    });
    const every = Object.keys(listCloudwatchAlarms.output.item.shape);
    const answer = await callTool<Answer>(listCloudwatchAlarms, { ...all, fields: every });
    expect(answer.alarms).toContainEqual({ Type: 'MetricAlarm' });
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });
});
