import { DescribeSubnetsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { describeEc2Vpcs } from '../../schemas/describe-ec2-vpcs.ts';
import { openMotoAccounts } from '../../scripts/local/simulator/moto-account.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';

interface Vpc {
  VpcId: string;
  Name?: string;
  AccountId?: string;
  Region?: string;
  Subnets?: { SubnetId: string }[];
}

interface Answer {
  account_id: string;
  region: string;
  vpc_count: number;
  vpcs: Vpc[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string }[];
  next_token?: string;
  error?: { code: string; field?: string; action?: string };
}

const keyOf = ({ AccountId, Region, VpcId, Subnets }: Vpc) =>
  [AccountId, Region, VpcId, ...(Subnets ?? []).map(({ SubnetId }) => SubnetId).sort()].join(' ');

/** What moto holds, read past the proxy: account, Region, ID and subnets of every VPC. */
async function truth({ demo, estate }: EstateAccess): Promise<string[]> {
  const accounts = openMotoAccounts(demo.motoUrl);
  const found: string[] = [];
  for (const { id, reachable } of estate.accounts) {
    for (const region of reachable ? estate.regions : []) {
      const ec2 = new EC2Client(accounts.as(id, region));
      const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
      for (const { VpcId = '' } of Vpcs) {
        const own = Subnets.filter((subnet) => subnet.VpcId === VpcId).map(({ SubnetId = '' }) => ({ SubnetId }));
        found.push(keyOf({ AccountId: id, Region: region, VpcId, Subnets: own }));
      }
    }
  }
  accounts.close();
  return found.sort();
}

describeEstate('describe_ec2_vpcs', (access) => {
  const ask = (event: object) => access.call<Answer>(describeEc2Vpcs, event);

  it('answers for one account and Region in the plain shape, with one call', async () => {
    const account_id = access.id('payments-prod');
    const answer = await ask({ account_id });
    expect(answer).toMatchObject({ account_id, region: 'us-east-1', vpc_count: 1 });
    expect(answer.vpcs).toEqual([
      {
        VpcId: expect.stringMatching(/^vpc-/),
        Name: 'payments-main',
        CidrBlock: '10.10.0.0/16',
        SecondaryCidrBlocks: ['100.64.0.0/16'],
        Ipv6CidrBlocks: [expect.stringMatching(/::\/56$/)],
        State: 'available',
        IsDefault: false,
        Tags: expect.objectContaining({ Name: 'payments-main' }),
      },
    ]);
    expect(answer).not.toHaveProperty('complete');
    expect(describeEc2Vpcs.output.answer.safeParse(answer).error).toBeUndefined();
    expect(access.awsCalls().map(({ operation }) => operation)).toEqual(['DescribeVpcs']);
  });

  it('gives the subnets of all VPCs of a page with one more call, and uses exactly the declared actions', async () => {
    const { vpcs } = await ask({ account_id: access.id('data-platform'), include_subnets: true });
    expect(vpcs.length).toBeGreaterThan(1);
    for (const { Subnets } of vpcs) expect(Subnets?.length).toBeGreaterThan(0);
    const subnet = vpcs.find(({ Name }) => Name === 'data-main')?.Subnets?.[0];
    expect(subnet).toEqual({
      SubnetId: expect.stringMatching(/^subnet-/),
      Name: expect.stringMatching(/^data-main-/),
      CidrBlock: expect.stringMatching(/^10\.30\./),
      AvailabilityZone: expect.stringMatching(/^us-east-1/),
      AvailableIpAddressCount: expect.any(Number),
      MapPublicIpOnLaunch: false,
    });
    const calls = access.awsCalls();
    expect(calls.map(({ operation }) => operation)).toEqual(['DescribeVpcs', 'DescribeSubnets']);
    expect(new Set(calls.map(({ iamAction }) => iamAction))).toEqual(new Set(describeEc2Vpcs.iam));
    for (const { sessionPolicyActions } of calls) expect(sessionPolicyActions).toEqual(describeEc2Vpcs.iam);
  });

  it('gives every VPC of the organization with its subnets exactly once through the cursor', async () => {
    const seen: string[] = [];
    let next_token: string | undefined;
    do {
      const event = { account_id: 'all', region: 'all', include_subnets: true, max_results: 4, next_token };
      const answer: Answer = await ask(event);
      expect(answer.complete).toBe(false);
      seen.push(...answer.vpcs.map(keyOf));
      next_token = answer.next_token;
    } while (next_token !== undefined);
    expect(seen.sort()).toEqual(await truth(access));
  });

  it('says which account and Region are missing, and loses nothing healthy, with two calls a cell', async () => {
    const { estate } = access;
    const { vpcs, complete, failures } = await ask({
      account_id: 'all',
      region: 'all',
      max_results: 1_000,
      include_subnets: true,
    });
    expect(vpcs.map(keyOf).sort()).toEqual(await truth(access));
    expect(complete).toBe(false);
    const codes = (failures ?? []).flatMap(({ account_id, region, code }) =>
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
    const healthy = access.awsCalls().filter(({ region }) => region !== estate.disabledRegion);
    const cells = reachable.length * estate.regions.length;
    expect(healthy.filter(({ operation }) => operation === 'DescribeVpcs')).toHaveLength(cells);
    // payments-prod has no VPC in one Region, and so no subnets to ask for.
    expect(healthy.filter(({ operation }) => operation === 'DescribeSubnets')).toHaveLength(cells - 1);
  });

  it('filters by AWS filters and by ID', async () => {
    const account_id = access.id('data-platform');
    const named = await ask({ account_id, filters: [{ Name: 'tag:Name', Values: ['data-main'] }] });
    expect(named.vpcs.map(({ Name }) => Name)).toEqual(['data-main']);
    const byId = await ask({ account_id, vpc_ids: [named.vpcs[0]?.VpcId] });
    expect(byId.vpcs).toEqual(named.vpcs);
    expect((await ask({ account_id, vpc_ids: ['vpc-0000000000000dead'] })).error?.code).toBe('not_found');
  });

  it.each([
    ['account_id', {}],
    ['vpc_ids', { account_id: 'all', vpc_ids: [] }],
    ['filters.0.Values', { account_id: 'all', filters: [{ Name: 'state', Values: [] }] }],
    ['include_subnets', { account_id: 'all', include_subnets: 'yes' }],
    ['fields', { account_id: 'all', fields: ['DhcpOptionsId'] }],
    ['subnet_ids', { account_id: 'all', subnet_ids: ['subnet-1'] }],
  ])('refuses a bad %s without a call to AWS', async (field, event) => {
    expect((await ask(event)).error).toMatchObject({ code: 'invalid_input', field });
    expect(access.allCalls()).toEqual([]);
  });

  it.each([
    ['DescribeVpcs', 'ec2:DescribeVpcs'],
    ['DescribeSubnets', 'ec2:DescribeSubnets'],
  ])('names the action when %s is denied in one account, and gives the other', async (operation, action) => {
    const account_id = access.id('payments-prod');
    const other = access.id('payments-dev');
    access.rule({ match: { service: 'ec2', operation, account: account_id }, fault: 'access_denied' });
    const both = await ask({ account_id: `${account_id},${other}`, include_subnets: true });
    expect(both.failures).toMatchObject([{ account_id, code: 'access_denied' }]);
    expect(new Set(both.vpcs.map(({ AccountId }) => AccountId))).toEqual(new Set([other]));
    expect((await ask({ account_id, include_subnets: true })).error).toMatchObject({ code: 'access_denied', action });
  });

  it('answers within 5,000 tokens by default, with subnets too', async () => {
    for (const include_subnets of [false, true]) {
      const answer = await ask({ account_id: 'all', region: 'all', include_subnets });
      expect(answer.vpc_count).toBeGreaterThan(5);
      expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    }
  });
});
