import {
  DescribeSecurityGroupsCommand,
  DescribeSecurityGroupsResult$,
  EC2Client,
  type IpPermission,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeEc2SecurityGroups } from '../../schemas/describe-ec2-security-groups.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';
import { plantedAnswer, plantedPathsIn } from '../support/planted-answer.ts';
import { walk } from '../support/walk.ts';

const ec2 = mockClient(EC2Client);

interface Answer {
  security_group_count: number;
  security_groups: { GroupId?: string; IngressRules: Record<string, string>[] }[];
  next_token?: string;
  error?: { code: string };
}

const { input, output } = describeEc2SecurityGroups.example;
const account_id = '111111111111';

const exampleGroup: SecurityGroup = {
  GroupId: 'sg-0a1b2c3d',
  GroupName: 'dev-bastion',
  Description: 'Bastion',
  OwnerId: account_id,
  VpcId: 'vpc-0a1b2c3d',
  SecurityGroupArn: 'arn:aws:ec2:us-east-1:111111111111:security-group/sg-0a1b2c3d',
  IpPermissions: [
    {
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 22,
      IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'temporary' }],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    },
    {
      IpProtocol: 'tcp',
      FromPort: 8000,
      ToPort: 8999,
      UserIdGroupPairs: [{ GroupId: 'sg-0e5f6a7b', UserId: account_id }],
    },
  ],
  IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  Tags: [{ Key: 'Environment', Value: 'dev' }],
};

const inside: SecurityGroup = {
  GroupId: 'sg-inside',
  IpPermissions: [cidr('10.0.0.0/8', { FromPort: 22, ToPort: 22 })],
};

function cidr(CidrIp: string, permission: IpPermission = {}): IpPermission {
  return { IpProtocol: 'tcp', ...permission, IpRanges: [{ CidrIp }] };
}

async function rowsOf(permission: IpPermission) {
  ec2.on(DescribeSecurityGroupsCommand).resolves({
    SecurityGroups: [{ GroupId: 'sg-1', OwnerId: account_id, IpPermissions: [permission] }],
  });
  const { security_groups } = await callTool<Answer>(describeEc2SecurityGroups, { account_id });
  return security_groups[0]?.IngressRules;
}

describe('describe_ec2_security_groups', () => {
  useMockedAws();
  beforeEach(() => void ec2.reset());

  it('answers the documented example', async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [inside, exampleGroup] });
    expect(await callTool(describeEc2SecurityGroups, input)).toEqual(output);
  });

  it('gives one row for each source, with its own description', async () => {
    const rule = { Protocol: 'tcp', Ports: '443' };
    expect(
      await rowsOf({
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
        IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'offices' }, { CidrIp: '192.168.0.0/16' }],
        Ipv6Ranges: [{ CidrIpv6: '2600:1f18::/32', Description: 'IPv6' }],
        UserIdGroupPairs: [
          { GroupId: 'sg-own', UserId: account_id },
          { GroupId: 'sg-foreign', UserId: '222222222222', VpcPeeringConnectionId: 'pcx-1', Description: 'peer' },
          { GroupId: 'sg-unsaid' },
        ],
        PrefixListIds: [{ PrefixListId: 'pl-1', Description: 'CloudFront' }],
      }),
    ).toEqual([
      { ...rule, Source: '10.0.0.0/8', Description: 'offices' },
      { ...rule, Source: '192.168.0.0/16' },
      { ...rule, Source: '2600:1f18::/32', Description: 'IPv6' },
      { ...rule, Source: 'sg-own' },
      { ...rule, Source: '222222222222/sg-foreign', Description: 'peer' },
      { ...rule, Source: 'sg-unsaid' },
      { ...rule, Source: 'pl-1', Description: 'CloudFront' },
    ]);
  });

  it.each<[IpPermission, string, string]>([
    [{ IpProtocol: '-1' }, 'all', 'all'],
    [{ IpProtocol: '-1', FromPort: 0, ToPort: 0 }, 'all', 'all'],
    [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22 }, 'tcp', '22'],
    [{ IpProtocol: 'tcp', FromPort: 22 }, 'tcp', '22'],
    [{ IpProtocol: 'tcp', FromPort: 0, ToPort: 0 }, 'tcp', '0'],
    [{ IpProtocol: 'udp', FromPort: 1024, ToPort: 65_535 }, 'udp', '1024-65535'],
    [{ IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535 }, 'tcp', 'all'],
    [{ IpProtocol: 'tcp' }, 'tcp', 'all'],
    [{ IpProtocol: 'icmp', FromPort: -1, ToPort: -1 }, 'icmp', 'all'],
    [{ IpProtocol: 'icmp', FromPort: 8, ToPort: -1 }, 'icmp', 'type 8'],
    [{ IpProtocol: 'icmp', FromPort: 3, ToPort: 4 }, 'icmp', 'type 3 code 4'],
    [{ IpProtocol: 'icmpv6', FromPort: 128, ToPort: 0 }, 'icmpv6', 'type 128 code 0'],
    [{ IpProtocol: '50' }, '50', 'all'],
    [{ FromPort: 22, ToPort: 22 }, 'unknown', '22'],
  ])('writes %j as %s %s', async (permission, Protocol, Ports) => {
    expect(await rowsOf({ ...permission, IpRanges: [{ CidrIp: '10.0.0.0/8' }] })).toEqual([
      { Protocol, Ports, Source: '10.0.0.0/8' },
    ]);
  });

  it.each<[string, SecurityGroup, boolean]>([
    ['one port from 0.0.0.0/0', { IpPermissions: [cidr('0.0.0.0/0', { FromPort: 22, ToPort: 22 })] }, true],
    ['a range from 0.0.0.0/0', { IpPermissions: [cidr('0.0.0.0/0', { FromPort: 20, ToPort: 25 })] }, true],
    ['all traffic', { IpPermissions: [cidr('0.0.0.0/0', { IpProtocol: '-1' })] }, true],
    ['only IPv6', { IpPermissions: [{ IpProtocol: 'tcp', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }] }, true],
    ['the last of many rules', { IpPermissions: [cidr('10.0.0.0/8'), cidr('10.1.0.0/16'), cidr('0.0.0.0/0')] }, true],
    ['egress to everywhere', { IpPermissionsEgress: [cidr('0.0.0.0/0'), cidr('10.0.0.0/8')] }, false],
    ['a private range', { IpPermissions: [cidr('10.0.0.0/8')] }, false],
    ['the default route of a prefix only', { IpPermissions: [cidr('0.0.0.0/8')] }, false],
    ['another group', { IpPermissions: [{ UserIdGroupPairs: [{ GroupId: 'sg-2' }] }] }, false],
    ['no rule', {}, false],
  ])('open_to_internet: %s', async (_name, group, open) => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [{ GroupId: 'sg-1', ...group }] });
    const found = await callTool<Answer>(describeEc2SecurityGroups, { account_id, open_to_internet: true });
    expect(found.security_group_count).toBe(open ? 1 : 0);
    const all = await callTool<Answer>(describeEc2SecurityGroups, { account_id, open_to_internet: false });
    expect(all.security_group_count).toBe(1);
  });

  it('finds open groups also when fields leaves the rules out', async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [inside, exampleGroup] });
    const { security_groups } = await callTool<Answer>(describeEc2SecurityGroups, { ...input, fields: ['GroupId'] });
    expect(security_groups).toEqual([{ GroupId: 'sg-0a1b2c3d' }]);
  });

  it('asks for a page within the bounds of the API, the largest to search, and for none beside IDs', async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({});
    await callTool(describeEc2SecurityGroups, { account_id, max_results: 1 });
    await callTool(describeEc2SecurityGroups, { account_id });
    await callTool(describeEc2SecurityGroups, { account_id, max_results: 1_000 });
    await callTool(describeEc2SecurityGroups, { account_id, open_to_internet: true });
    await callTool(describeEc2SecurityGroups, { account_id, group_ids: ['sg-1'], open_to_internet: true });
    const sizes = ec2.commandCalls(DescribeSecurityGroupsCommand).map((call) => call.args[0].input.MaxResults);
    expect(sizes).toEqual([5, 50, 250, 1_000, undefined]);
  });

  it('walks every page with few matches among many, each exactly once, and passes filters on', async () => {
    const all = Array.from({ length: 2_500 }, (_, index) => ({
      GroupId: `sg-${index}`,
      IpPermissions: index % 23 === 0 ? [cidr('0.0.0.0/0')] : [],
    }));
    ec2.on(DescribeSecurityGroupsCommand).callsFake(async ({ NextToken, MaxResults }) => {
      const from = Number(NextToken ?? 0);
      const end = from + MaxResults;
      return { SecurityGroups: all.slice(from, end), NextToken: end < all.length ? String(end) : undefined };
    });
    const filters = [{ Name: 'vpc-id', Values: ['vpc-1'] }];
    const ask = (event: object) => callTool<Answer>(describeEc2SecurityGroups, event);
    const answers = await walk(ask, { ...input, filters, max_results: 40 });
    const seen = answers.flatMap(({ security_groups }) => security_groups.map(({ GroupId }) => GroupId));
    expect(seen).toEqual(all.filter(({ IpPermissions }) => IpPermissions.length > 0).map(({ GroupId }) => GroupId));
    for (const { args } of ec2.commandCalls(DescribeSecurityGroupsCommand))
      expect(args[0].input.Filters).toEqual(filters);
  });

  it('cuts the rules of a group too large for an answer, and says so', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => cidr(`10.${index >> 8}.${index & 255}.0/24`));
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [{ ...exampleGroup, IpPermissions: many }] });
    const { security_groups } = await callTool<Answer>(describeEc2SecurityGroups, { account_id });
    expect(security_groups[0]).toMatchObject({ Truncated: [expect.stringMatching(/^IngressRules: \d+ of 1000$/)] });
  });

  it.each([
    ['InvalidGroup.NotFound', 'not_found'],
    ['InvalidSecurityGroupID.NotFound', 'not_found'],
    ['InvalidGroupId.Malformed', 'invalid_input'],
  ])('maps %s to %s', async (name, code) => {
    ec2.on(DescribeSecurityGroupsCommand).rejects(Object.assign(new Error('CANARY'), { name }));
    const answer = await callTool<Answer>(describeEc2SecurityGroups, { account_id, group_ids: ['sg-1'] });
    expect(answer.error?.code).toBe(code);
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });

  it('lets out the declared fields of what AWS answers, and nothing else', async () => {
    const planted = plantedAnswer(DescribeSecurityGroupsResult$) as { SecurityGroups: SecurityGroup[] };
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: planted.SecurityGroups });
    const rules = (direction: string) =>
      [
        'IpProtocol',
        'IpRanges.CidrIp',
        'IpRanges.Description',
        'Ipv6Ranges.CidrIpv6',
        'Ipv6Ranges.Description',
        'PrefixListIds.Description',
        'PrefixListIds.PrefixListId',
        'UserIdGroupPairs.Description',
        'UserIdGroupPairs.GroupId',
        'UserIdGroupPairs.UserId',
      ].map((path) => `SecurityGroups.${direction}.${path}`);
    expect(plantedPathsIn(await callTool(describeEc2SecurityGroups, { account_id }))).toEqual([
      'SecurityGroups.Description',
      'SecurityGroups.GroupId',
      'SecurityGroups.GroupName',
      ...rules('IpPermissions'),
      ...rules('IpPermissionsEgress'),
      'SecurityGroups.Tags.Key',
      'SecurityGroups.Tags.Value',
      'SecurityGroups.VpcId',
    ]);
  });
});
