import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  type DescribeAlarmsCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { expect, it } from 'vitest';
import { listCloudwatchAlarms } from '../../schemas/list-cloudwatch-alarms.ts';
import { openMotoAccounts } from '../../scripts/local/simulator/moto-account.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';

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

/** Account, Region, name and state of every alarm in moto, read past the proxy. */
async function truth({ demo, estate }: EstateAccess): Promise<string[]> {
  const accounts = openMotoAccounts(demo.motoUrl);
  const found: string[] = [];
  for (const { id, reachable } of estate.accounts) {
    for (const region of reachable ? estate.regions : []) {
      const cloudwatch = new CloudWatchClient(accounts.as(id, region));
      const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}));
      found.push(...MetricAlarms.map(({ AlarmName, StateValue }) => `${id} ${region} ${AlarmName} ${StateValue}`));
    }
  }
  accounts.close();
  return found.sort();
}

describeEstate('list_cloudwatch_alarms', (access) => {
  const ask = (event: object) => access.call<Answer>(listCloudwatchAlarms, event);
  const keys = ({ alarms }: Answer) =>
    alarms.map(({ AccountId, Region, AlarmName, StateValue }) => `${AccountId} ${Region} ${AlarmName} ${StateValue}`);
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
    expect(calls[0]).toMatchObject({
      iamAction: 'cloudwatch:DescribeAlarms',
      sessionPolicyActions: listCloudwatchAlarms.iam,
    });
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
    const seen: string[] = [];
    let next_token: string | undefined;
    do {
      const answer: Answer = await ask({ account_id: 'all', region: 'all', max_results: 3, next_token });
      expect(answer.complete).toBe(false);
      seen.push(...keys(answer));
      next_token = answer.next_token;
    } while (next_token !== undefined);
    expect(seen.sort()).toEqual(await truth(access));
  });

  it('says which account and Region are missing, and loses nothing healthy', async () => {
    const { estate } = access;
    const answer = await ask({ account_id: 'all', region: 'all', max_results: 1_000 });
    expect(keys(answer).sort()).toEqual(await truth(access));
    expect(answer.complete).toBe(false);
    const codes = (answer.failures ?? []).flatMap(({ account_id, region, code }) =>
      account_id.split(',').flatMap((account) => region.split(',').map((each) => `${account} ${each} ${code}`)),
    );
    const legacy = estate.accounts.find(({ reachable }) => !reachable)?.id;
    const reachable = estate.accounts.filter((account) => account.reachable).map(({ id }) => id);
    expect(codes.sort()).toEqual(
      [
        ...[...estate.regions, estate.disabledRegion].map((region) => `${legacy} ${region} role_not_assumable`),
        ...reachable.map((account) => `${account} ${estate.disabledRegion} region_not_enabled`),
      ].sort(),
    );
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

  it.each([
    ['account_id', {}],
    ['state', { account_id: 'all', state: 'alarm' }],
    ['alarm_type', { account_id: 'all', alarm_type: 'metric' }],
    ['alarm_name_prefix', { account_id: 'all', alarm_name_prefix: '' }],
    ['fields', { account_id: 'all', fields: ['StateReasonData'] }],
    ['alarm_names', { account_id: 'all', alarm_names: ['x'] }],
  ])('refuses a bad %s without a call to AWS', async (field, event) => {
    expect((await ask(event)).error).toMatchObject({ code: 'invalid_input', field });
    expect(access.allCalls()).toEqual([]);
  });
});
