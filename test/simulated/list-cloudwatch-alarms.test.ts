import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  type DescribeAlarmsCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { expect, it } from 'vitest';
import { listCloudwatchAlarms } from '../../schemas/list-cloudwatch-alarms.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { refusesBadInput } from '../support/bad-input.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';
import { keyBy, truthOfCells } from '../support/truth.ts';
import { failedCells, unreadCells } from '../support/unread-cells.ts';
import { walk } from '../support/walk.ts';

interface Answer {
  account_id: string;
  region: string;
  alarm_count: number;
  alarms: { AlarmName: string; Type?: string; StateValue?: string; AccountId?: string; Region?: string }[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string }[];
  next_token?: string;
  error?: { code: string; field?: string; action?: string };
}

const keyOf = keyBy('AccountId', 'Region', 'AlarmName', 'StateValue');

/** What moto holds: account, Region, name and state of every alarm. */
async function truth(access: EstateAccess): Promise<string[]> {
  const found = await truthOfCells(access, async (at, cell) => {
    const { MetricAlarms = [] } = await new CloudWatchClient(at).send(new DescribeAlarmsCommand({}));
    return MetricAlarms.map(({ AlarmName, StateValue }) => keyOf({ ...cell, AlarmName, StateValue }));
  });
  return found.sort();
}

describeEstate('list_cloudwatch_alarms', (access) => {
  const ask = (event: object) => access.call<Answer>(listCloudwatchAlarms, event);
  const names = ({ alarms }: Answer) => alarms.map(({ AlarmName }) => AlarmName).sort();

  it('answers for one account and Region in the plain shape, with one call of the declared action', async () => {
    const account_id = access.id('payments-prod');
    const answer = await ask({ account_id });
    expect(answer).toMatchObject({ account_id, region: 'us-east-1', alarm_count: answer.alarms.length });
    expect(answer.alarms.find(({ AlarmName }) => AlarmName === 'ledger-primary-storage-low')).toEqual({
      AlarmName: 'ledger-primary-storage-low',
      Type: 'MetricAlarm',
      StateValue: 'ALARM',
      StateReason: expect.stringContaining('Threshold Crossed'),
      StateUpdatedTimestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      Namespace: 'AWS/RDS',
      MetricName: 'FreeStorageSpace',
      Dimensions: { DBInstanceIdentifier: 'ledger-primary' },
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 10 * 1024 ** 3,
      Period: 300,
      Statistic: 'Minimum',
      ActionsEnabled: true,
    });
    expect(answer).not.toHaveProperty('complete');
    expect(listCloudwatchAlarms.output.answer.safeParse(answer).error).toBeUndefined();
    const calls = access.awsCalls();
    expect(calls.map(({ operation }) => operation)).toEqual(['DescribeAlarms']);
    expectDeclaredActions(calls, listCloudwatchAlarms);
  });

  it('finds what is wrong now in the whole organization', async () => {
    const answer = await ask({ account_id: 'all', region: 'all', state: 'ALARM' });
    expect(names(answer)).toEqual(['kafka-clicks-lag', 'ledger-primary-storage-low', 'ledger-reports-cpu-high']);
  });

  it('joins state, prefix and type', async () => {
    const account_id = access.id('payments-prod');
    const joined = await ask({ account_id, state: 'ALARM', alarm_name_prefix: 'ledger-primary' });
    expect(names(joined)).toEqual(['ledger-primary-storage-low']);
    const metric = await ask({ account_id, alarm_type: 'MetricAlarm', alarm_name_prefix: 'checkout' });
    expect(metric.alarm_count).toBeGreaterThan(1);
    expect((await ask({ account_id, alarm_type: 'CompositeAlarm' })).alarm_count).toBe(0);
  });

  it('asks for composite alarms, and gives them with their rule (stubbed)', async () => {
    const asked: unknown[] = [];
    access.rule({
      match: { operation: 'DescribeAlarms' },
      stub: ({ input }: { input: DescribeAlarmsCommandInput }) => {
        asked.push(input.AlarmTypes);
        return {
          CompositeAlarms: [{ AlarmName: 'checkout-down', AlarmRule: 'ALARM("checkout-5xx")', StateValue: 'OK' }],
        } satisfies Omit<DescribeAlarmsCommandOutput, '$metadata'>;
      },
    });
    expect((await ask({ account_id: access.id('payments-prod') })).alarms).toEqual([
      { AlarmName: 'checkout-down', Type: 'CompositeAlarm', AlarmRule: 'ALARM("checkout-5xx")', StateValue: 'OK' },
    ]);
    expect(asked).toEqual([['MetricAlarm', 'CompositeAlarm']]);
  });

  it('gives actions and descriptions by request', async () => {
    const fields = ['AlarmName', 'AlarmActions', 'EvaluationPeriods', 'TreatMissingData'];
    const { alarms } = await ask({ account_id: access.id('payments-prod'), alarm_name_prefix: 'checkout-5xx', fields });
    expect(alarms).toEqual([
      {
        AlarmName: 'checkout-5xx',
        AlarmActions: [expect.stringMatching(/^arn:aws:sns:us-east-1:\d{12}:on-call$/)],
        EvaluationPeriods: 3,
        TreatMissingData: 'missing',
      },
    ]);
  });

  it('gives every alarm of the organization exactly once through the cursor', async () => {
    const answers = await walk(ask, { account_id: 'all', region: 'all', max_results: 3 });
    expect(answers.flatMap(({ alarms }) => alarms.map(keyOf)).sort()).toEqual(await truth(access));
    for (const { complete } of answers) expect(complete).toBe(false);
  });

  it('says which account and Region are missing, and loses nothing healthy', async () => {
    const answer = await ask({ account_id: 'all', region: 'all', max_results: 1_000 });
    expect(answer.alarms.map(keyOf).sort()).toEqual(await truth(access));
    expect(answer.complete).toBe(false);
    expect(failedCells(answer)).toEqual(unreadCells(access.estate));
    expect(tokensOf(await ask({ account_id: 'all', region: 'all' }))).toBeLessThanOrEqual(5_000);
  });

  it('names the action when it is denied', async () => {
    access.rule({ match: { service: 'cloudwatch', region: 'eu-west-1' }, fault: 'access_denied' });
    const account_id = access.id('payments-prod');
    const both = await ask({ account_id, region: 'us-east-1,eu-west-1' });
    expect(both.failures).toMatchObject([{ account_id, region: 'eu-west-1', code: 'access_denied' }]);
    expect(both.alarm_count).toBeGreaterThan(0);
    const { error } = await ask({ account_id, region: 'eu-west-1' });
    expect(error).toMatchObject({ code: 'access_denied', action: 'cloudwatch:DescribeAlarms' });
  });

  refusesBadInput(access, ask, [
    ['account_id', {}],
    ['state', { account_id: 'all', state: 'alarm' }],
    ['alarm_type', { account_id: 'all', alarm_type: 'metric' }],
    ['alarm_name_prefix', { account_id: 'all', alarm_name_prefix: '' }],
    ['fields', { account_id: 'all', fields: ['StateReasonData'] }],
    ['alarm_names', { account_id: 'all', alarm_names: ['x'] }],
  ]);
});
