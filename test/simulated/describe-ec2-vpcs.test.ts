import { DescribeSubnetsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { describeEc2Vpcs } from '../../schemas/describe-ec2-vpcs.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { refusesBadInput } from '../support/bad-input.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';
import { truthOfCells } from '../support/truth.ts';
import { failedCells, unreadCells } from '../support/unread-cells.ts';
import { walk } from '../support/walk.ts';

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

/** What moto holds: account, Region, ID and subnets of every VPC. */
async function truth(access: EstateAccess): Promise<string[]> {
  const found = await truthOfCells(access, async (at, cell) => {
    const ec2 = new EC2Client(at);
    const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    return Vpcs.map(({ VpcId = '' }) => {
      const own = Subnets.filter((subnet) => subnet.VpcId === VpcId).map(({ SubnetId = '' }) => ({ SubnetId }));
      return keyOf({ ...cell, VpcId, Subnets: own });
    });
  });
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
    expectDeclaredActions(calls, describeEc2Vpcs);
  });

  it('gives every VPC of the organization with its subnets exactly once through the cursor', async () => {
    const answers = await walk(ask, { account_id: 'all', region: 'all', include_subnets: true, max_results: 4 });
    expect(answers.flatMap(({ vpcs }) => vpcs.map(keyOf)).sort()).toEqual(await truth(access));
    for (const { complete } of answers) expect(complete).toBe(false);
  });

  it('says which account and Region are missing, and loses nothing healthy, with two calls a cell', async () => {
    const { estate } = access;
    const answer = await ask({ account_id: 'all', region: 'all', max_results: 1_000, include_subnets: true });
    expect(answer.vpcs.map(keyOf).sort()).toEqual(await truth(access));
    expect(answer.complete).toBe(false);
    expect(failedCells(answer)).toEqual(unreadCells(estate));
    const reachable = estate.accounts.filter((account) => account.reachable);
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

  refusesBadInput(access, ask, [
    ['account_id', {}],
    ['vpc_ids', { account_id: 'all', vpc_ids: [] }],
    ['filters.0.Values', { account_id: 'all', filters: [{ Name: 'state', Values: [] }] }],
    ['include_subnets', { account_id: 'all', include_subnets: 'yes' }],
    ['fields', { account_id: 'all', fields: ['DhcpOptionsId'] }],
    ['subnet_ids', { account_id: 'all', subnet_ids: ['subnet-1'] }],
  ]);

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
