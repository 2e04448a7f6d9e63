import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { describeEc2Instances } from '../../schemas/describe-ec2-instances.ts';
import { refusesBadInput } from '../support/bad-input.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';
import { retryAtOnce } from '../support/retry-at-once.ts';
import { keyBy, truthOfCells } from '../support/truth.ts';
import { failedCells, unreadCells } from '../support/unread-cells.ts';
import { walk } from '../support/walk.ts';

interface Answer {
  account_id: string;
  region: string;
  instance_count: number;
  instances: { InstanceId: string; AccountId?: string; Region?: string; State?: string }[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string; message: string }[];
  next_token?: string;
  error?: { code: string; message: string; action?: string };
}

const keyOf = keyBy('AccountId', 'Region', 'InstanceId');

/** What moto holds: account, Region and ID of every instance. */
async function truth(access: EstateAccess): Promise<string[]> {
  const found = await truthOfCells(access, async (at, cell) => {
    const { Reservations = [] } = await new EC2Client(at).send(new DescribeInstancesCommand({}));
    return Reservations.flatMap(({ Instances = [] }) =>
      Instances.map(({ InstanceId }) => keyOf({ ...cell, InstanceId })),
    );
  });
  return found.sort();
}

describeEstate('describe_ec2_instances', (access) => {
  const ask = (event: object, milliseconds?: number) => access.call<Answer>(describeEc2Instances, event, milliseconds);

  it('answers for one account and Region in the plain shape', async () => {
    const account_id = access.id('payments-prod');
    const answer = await ask({ account_id, region: 'us-east-1' });
    expect(answer).toMatchObject({ account_id, region: 'us-east-1', instance_count: answer.instances.length });
    expect(answer.instances.length).toBeGreaterThan(0);
    expect(answer).not.toHaveProperty('complete');
    expect(answer.instances[0]).not.toHaveProperty('AccountId');
    expect(describeEc2Instances.output.answer.safeParse(answer).error).toBeUndefined();
  });

  it('gives every instance of the organization exactly once through the cursor', async () => {
    const answers = await walk(ask, { account_id: 'all', region: 'all', max_results: 7 });
    expect(answers.flatMap(({ instances }) => instances.map(keyOf)).sort()).toEqual(await truth(access));
    expect(answers.every(({ complete }) => complete === false)).toBe(true);
  });

  it('says which account and Region are missing, and loses nothing healthy', async () => {
    const answer = await ask({ account_id: 'all', region: 'all', max_results: 1_000 });
    expect(answer.instances.map(keyOf).sort()).toEqual(await truth(access));
    expect(answer.complete).toBe(false);
    expect(failedCells(answer)).toEqual(unreadCells(access.estate));
  });

  it('assumes each role once, narrowed to the declared action', async () => {
    await ask({
      account_id: `${access.id('payments-dev')},${access.id('data-platform')}`,
      region: 'us-east-1,eu-west-1',
    });
    const calls = access.awsCalls();
    expect(calls.map(({ operation }) => operation)).toEqual(Array(4).fill('DescribeInstances'));
    for (const call of calls) expect(call.sessionPolicyActions).toEqual(['ec2:DescribeInstances']);
    expect(
      access
        .allCalls()
        .filter(({ operation, assumed }) => operation === 'AssumeRole' && assumed?.policy?.includes('ec2:')).length,
    ).toBeLessThanOrEqual(2);
  });

  it('filters by AWS filters and by ID', async () => {
    const account_id = access.id('payments-prod');
    const stopped = await ask({
      account_id,
      region: 'all',
      filters: [{ Name: 'instance-state-name', Values: ['stopped'] }],
    });
    expect(stopped.instances.every(({ State }) => State === 'stopped')).toBe(true);
    const [first] = (await ask({ account_id })).instances;
    const byId = await ask({ account_id, instance_ids: [first?.InstanceId] });
    expect(byId.instances).toEqual([first]);
    expect((await ask({ account_id, instance_ids: ['i-0000000000000dead'] })).error?.code).toBe('not_found');
  });

  it('gives the fields that were asked for, and no others', async () => {
    const { instances } = await ask({ account_id: access.id('payments-prod'), fields: ['InstanceId', 'HttpTokens'] });
    for (const instance of instances)
      expect(Object.keys(instance).every((key) => ['InstanceId', 'HttpTokens'].includes(key))).toBe(true);
    const { error } = await ask({ account_id: access.id('payments-prod'), fields: ['Nope'] });
    expect(error?.message).toContain('InstanceType');
  });

  refusesBadInput(access, ask, [
    ['account_id', { account_id: '12345' }],
    ['account_id', { account_id: '１１１１１１１１１１１１' }],
    ['region', { account_id: 'all', region: 'mars-north-1' }],
    ['region', { account_id: 'all', region: 'us-east-1@evil.example' }],
    ['max_results', { account_id: 'all', max_results: 0 }],
    ['next_token', { account_id: 'all', next_token: 'AAAA' }],
    ['profile', { account_id: 'all', profile: 'x' }],
  ]);

  it('refuses an account outside the organization without entering it', async () => {
    expect((await ask({ account_id: '000000000000' })).error?.code).toBe('account_not_allowed');
    expect(access.allCalls().filter(({ assumed }) => assumed?.roleArn.includes('000000000000'))).toEqual([]);
  });

  it.each([
    ['access_denied', 'access_denied'],
    ['throttled', 'throttled'],
    ['region_disabled', 'region_not_enabled'],
    ['internal_error', 'unavailable'],
    ['html', 'unavailable'],
    ['truncated', 'unavailable'],
    ['reset', 'unavailable'],
  ] as const)('maps %s to %s, and the other Region still answers', async (fault, code) => {
    retryAtOnce();
    const account_id = access.id('payments-prod');
    access.rule({ match: { service: 'ec2', region: 'eu-west-1' }, fault });
    const answer = await ask({ account_id, region: 'us-east-1,eu-west-1' });
    expect(answer.failures).toMatchObject([{ account_id, region: 'eu-west-1', code }]);
    expect(answer.instances.length).toBeGreaterThan(0);
    expect(answer.complete).toBe(false);
    const alone = await ask({ account_id, region: 'eu-west-1' });
    expect(alone).toMatchObject({ error: { code }, account_id, region: 'eu-west-1' });
    if (code === 'access_denied') expect(alone.error?.action).toBe('ec2:DescribeInstances');
  });

  it('answers before the deadline when an endpoint is silent', async () => {
    const account_id = access.id('payments-prod');
    access.rule({ match: { service: 'ec2', region: 'eu-west-1' }, fault: 'hang' });
    const started = Date.now();
    const answer = await ask({ account_id, region: 'us-east-1,eu-west-1' }, 4_000);
    expect(Date.now() - started).toBeLessThan(3_500);
    expect(answer.failures).toMatchObject([{ region: 'eu-west-1', code: 'timeout' }]);
    expect(answer.instances.length).toBeGreaterThan(0);
  });

  it('survives two throttles', async () => {
    retryAtOnce();
    access.rule({ match: { service: 'ec2' }, fault: 'throttled', times: 2 });
    expect((await ask({ account_id: access.id('payments-prod') })).error).toBeUndefined();
  });
});
