import {
  DescribeSubnetsCommand,
  DescribeSubnetsResult$,
  DescribeVpcsCommand,
  DescribeVpcsResult$,
  EC2Client,
  type Subnet,
  type Vpc,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeEc2Vpcs } from '../../schemas/describe-ec2-vpcs.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';
import { plantedAnswer, plantedPathsIn } from '../support/planted-answer.ts';
import { walk } from '../support/walk.ts';

const ec2 = mockClient(EC2Client);

interface Answer {
  vpc_count: number;
  vpcs: Record<string, unknown>[];
  next_token?: string;
  error?: { code: string; action?: string };
}

const { input, output } = describeEc2Vpcs.example;
const account_id = '111111111111';

const exampleVpc: Vpc = {
  VpcId: 'vpc-0a1b2c3d',
  OwnerId: account_id,
  CidrBlock: '10.10.0.0/16',
  CidrBlockAssociationSet: [
    { AssociationId: 'a-1', CidrBlock: '10.10.0.0/16', CidrBlockState: { State: 'associated' } },
    { AssociationId: 'a-2', CidrBlock: '100.64.0.0/16', CidrBlockState: { State: 'associated' } },
    { AssociationId: 'a-3', CidrBlock: '100.65.0.0/16', CidrBlockState: { State: 'disassociated' } },
  ],
  Ipv6CidrBlockAssociationSet: [
    { Ipv6CidrBlock: '2600:1f18:1234:5600::/56', Ipv6CidrBlockState: { State: 'associated' } },
    { Ipv6CidrBlock: '2600:1f18:ffff:ff00::/56', Ipv6CidrBlockState: { State: 'disassociated' } },
  ],
  State: 'available',
  IsDefault: false,
  Tags: [
    { Key: 'Name', Value: 'payments-main' },
    { Key: 'Environment', Value: 'prod' },
  ],
};

const exampleSubnet: Subnet = {
  SubnetId: 'subnet-0a1b2c3d',
  VpcId: 'vpc-0a1b2c3d',
  SubnetArn: 'arn:aws:ec2:us-east-1:111111111111:subnet/subnet-0a1b2c3d',
  CidrBlock: '10.10.0.0/21',
  Ipv6CidrBlockAssociationSet: [
    { Ipv6CidrBlock: '2600:1f18:1234:5600::/64', Ipv6CidrBlockState: { State: 'associated' } },
  ],
  AvailabilityZone: 'us-east-1a',
  AvailableIpAddressCount: 2031,
  MapPublicIpOnLaunch: true,
  Tags: [{ Key: 'Name', Value: 'payments-main-public-a' }],
};

const vpcIds = (count: number) => Array.from({ length: count }, (_, index) => `vpc-${index}`);

/** DescribeVpcs with so many VPCs, in pages as EC2 gives them. */
function serveVpcs(ids: readonly string[]) {
  ec2.on(DescribeVpcsCommand).callsFake(async ({ NextToken, MaxResults }) => {
    const from = Number(NextToken ?? 0);
    const end = from + MaxResults;
    return {
      Vpcs: ids.slice(from, end).map((VpcId) => ({ VpcId })),
      NextToken: end < ids.length ? String(end) : undefined,
    };
  });
}

describe('describe_ec2_vpcs', () => {
  useMockedAws();
  beforeEach(() => void ec2.reset());

  it('answers the documented example', async () => {
    ec2.on(DescribeVpcsCommand, { VpcIds: input.vpc_ids as string[] }).resolves({ Vpcs: [exampleVpc] });
    ec2
      .on(DescribeSubnetsCommand, { Filters: [{ Name: 'vpc-id', Values: ['vpc-0a1b2c3d'] }] })
      .resolves({ Subnets: [exampleSubnet] });
    expect(await callTool(describeEc2Vpcs, input)).toEqual(output);
  });

  it('asks for subnets only when they are wanted', async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [exampleVpc] });
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [exampleSubnet] });
    const without = await callTool<Answer>(describeEc2Vpcs, { account_id });
    expect(without.vpcs[0]).not.toHaveProperty('Subnets');
    await callTool(describeEc2Vpcs, { account_id, include_subnets: true, fields: ['VpcId'] });
    expect(ec2.commandCalls(DescribeSubnetsCommand)).toHaveLength(0);
    const { vpcs } = await callTool<Answer>(describeEc2Vpcs, { account_id, fields: ['Subnets'] });
    expect(vpcs).toEqual([{ Subnets: [expect.objectContaining({ SubnetId: 'subnet-0a1b2c3d' })] }]);
  });

  it('reads the subnets of a page of VPCs in one list, to its last page, and gives each VPC its own', async () => {
    serveVpcs(['vpc-0', 'vpc-1', 'vpc-2']);
    ec2
      .on(DescribeSubnetsCommand)
      .resolves({ Subnets: [{ SubnetId: 'subnet-a', VpcId: 'vpc-0' }], NextToken: 'more' })
      .on(DescribeSubnetsCommand, { NextToken: 'more' })
      .resolves({
        Subnets: [
          { SubnetId: 'subnet-b', VpcId: 'vpc-2' },
          { SubnetId: 'subnet-c', VpcId: 'vpc-0' },
        ],
      });
    const { vpcs } = await callTool<Answer>(describeEc2Vpcs, { account_id, include_subnets: true });
    expect(vpcs).toEqual([
      { VpcId: 'vpc-0', Subnets: [{ SubnetId: 'subnet-a' }, { SubnetId: 'subnet-c' }] },
      { VpcId: 'vpc-1', Subnets: [] },
      { VpcId: 'vpc-2', Subnets: [{ SubnetId: 'subnet-b' }] },
    ]);
    const calls = ec2.commandCalls(DescribeSubnetsCommand).map((call) => call.args[0].input);
    expect(calls.map(({ MaxResults }) => MaxResults)).toEqual([1_000, 1_000]);
    expect(calls[0]?.Filters).toEqual([{ Name: 'vpc-id', Values: ['vpc-0', 'vpc-1', 'vpc-2'] }]);
  });

  it('sends no empty list of VPCs to DescribeSubnets', async () => {
    ec2.on(DescribeVpcsCommand).resolves({});
    expect(await callTool(describeEc2Vpcs, { account_id, include_subnets: true })).toMatchObject({ vpc_count: 0 });
    expect(ec2.commandCalls(DescribeSubnetsCommand)).toHaveLength(0);
  });

  it('asks for a page within the bounds of the API, of the filter for subnets, and for none beside IDs', async () => {
    ec2.on(DescribeVpcsCommand).resolves({});
    await callTool(describeEc2Vpcs, { account_id, max_results: 1 });
    await callTool(describeEc2Vpcs, { account_id, max_results: 1_000 });
    await callTool(describeEc2Vpcs, { account_id, max_results: 1_000, fields: ['VpcId'] });
    await callTool(describeEc2Vpcs, { account_id, max_results: 1_000, include_subnets: true });
    await callTool(describeEc2Vpcs, { account_id, vpc_ids: ['vpc-1'] });
    const sizes = ec2.commandCalls(DescribeVpcsCommand).map((call) => call.args[0].input.MaxResults);
    expect(sizes).toEqual([5, 250, 1_000, 200, undefined]);
  });

  it('passes filters on, and walks every page, each VPC exactly once', async () => {
    const ids = vpcIds(523);
    serveVpcs(ids);
    const filters = [{ Name: 'is-default', Values: ['false'] }];
    const ask = (event: object) => callTool<Answer>(describeEc2Vpcs, event);
    const answers = await walk(ask, { account_id, filters, max_results: 60 });
    const seen = answers.flatMap(({ vpcs }) => vpcs.map(({ VpcId }) => VpcId));
    expect(seen).toEqual(ids);
    for (const call of ec2.commandCalls(DescribeVpcsCommand)) expect(call.args[0].input.Filters).toEqual(filters);
  });

  it('gives what there is when AWS leaves fields out', async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{}, { VpcId: 'vpc-1', CidrBlockAssociationSet: [{}] }] });
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [{ VpcId: 'vpc-1' }, {}] });
    const { vpcs } = await callTool<Answer>(describeEc2Vpcs, { account_id, include_subnets: true });
    expect(vpcs[1]).toEqual({ VpcId: 'vpc-1', Subnets: [{}] });
  });

  it.each([
    ['InvalidVpcID.NotFound', 'not_found'],
    ['InvalidVpcId.Malformed', 'invalid_input'],
    ['FilterLimitExceeded', 'invalid_input'],
  ])('maps %s to %s', async (name, code) => {
    ec2.on(DescribeVpcsCommand).rejects(Object.assign(new Error('CANARY'), { name }));
    const answer = await callTool<Answer>(describeEc2Vpcs, { account_id, vpc_ids: ['vpc-1'] });
    expect(answer.error?.code).toBe(code);
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });

  it('names the action when the subnets are denied, and never shows VPCs as if they had none', async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [exampleVpc] });
    const denied = new Error('User: x is not authorized to perform: ec2:DescribeSubnets');
    ec2.on(DescribeSubnetsCommand).rejects(Object.assign(denied, { name: 'UnauthorizedOperation' }));
    const { error } = await callTool<Answer>(describeEc2Vpcs, { account_id, include_subnets: true });
    expect(error).toMatchObject({ code: 'access_denied', action: 'ec2:DescribeSubnets' });
  });

  it('lets out the declared fields of what AWS answers, and nothing else', async () => {
    const vpcs = plantedAnswer(DescribeVpcsResult$) as { Vpcs: Vpc[] };
    const subnets = plantedAnswer(DescribeSubnetsResult$) as { Subnets: Subnet[] };
    const associated = { State: 'associated' } as const;
    for (const vpc of vpcs.Vpcs) {
      for (const each of vpc.CidrBlockAssociationSet ?? []) each.CidrBlockState = associated;
      for (const each of vpc.Ipv6CidrBlockAssociationSet ?? []) each.Ipv6CidrBlockState = associated;
      vpc.Tags?.push({ Key: 'Name', Value: 'CANARY<Name>' });
    }
    for (const subnet of subnets.Subnets) {
      subnet.VpcId = vpcs.Vpcs[0]?.VpcId;
      for (const each of subnet.Ipv6CidrBlockAssociationSet ?? []) each.Ipv6CidrBlockState = associated;
      subnet.Tags = [{ Key: 'Name', Value: 'CANARY<Subnets.Name>' }];
    }
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: vpcs.Vpcs });
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: subnets.Subnets });
    expect(plantedPathsIn(await callTool(describeEc2Vpcs, { account_id, include_subnets: true }))).toEqual([
      'Name',
      'Subnets.AvailabilityZone',
      'Subnets.CidrBlock',
      'Subnets.Ipv6CidrBlockAssociationSet.Ipv6CidrBlock',
      'Subnets.Name',
      'Subnets.SubnetId',
      'Vpcs.CidrBlock',
      'Vpcs.CidrBlockAssociationSet.CidrBlock',
      'Vpcs.Ipv6CidrBlockAssociationSet.Ipv6CidrBlock',
      'Vpcs.State',
      'Vpcs.Tags.Key',
      'Vpcs.Tags.Value',
      'Vpcs.VpcId',
    ]);
  });
});
