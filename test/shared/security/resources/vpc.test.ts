import {
  DescribeFlowLogsCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  GetManagedPrefixListEntriesCommand,
  type IpPermission,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import {
  account_id,
  askNetwork,
  checksOf,
  detailOf,
  ec2,
  inputsOf,
  issuesOf,
  useEmptyAws,
} from '../../../support/checked-estate.ts';
import { failing } from '../../../support/mock-aws.ts';

const OTHER = '222222222222';
const EVERYONE = { IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const rule = (IpProtocol: string, FromPort?: number, ToPort = FromPort, more: IpPermission = EVERYONE) => ({
  IpProtocol,
  FromPort,
  ToPort,
  ...more,
});

function givenGroups(...SecurityGroups: SecurityGroup[]) {
  ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups });
}

describe('CheckNetworkSecurity on VPCs', () => {
  useEmptyAws();

  it('finds the flow logs of each VPC, on every page, and its own default group', async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: 'vpc-1' }, { VpcId: 'vpc-2' }, { VpcId: 'vpc-3' }] });
    const log = (ResourceId: string) => ({ ResourceId, FlowLogStatus: 'ACTIVE', TrafficType: 'ALL' as const });
    ec2.on(DescribeFlowLogsCommand).callsFake(({ NextToken }) => ({
      FlowLogs: [log(NextToken === undefined ? 'subnet-1' : 'vpc-2')],
      NextToken: NextToken === undefined ? 'page-2' : undefined,
    }));
    const rules = { IpPermissions: [rule('tcp', 22)], IpPermissionsEgress: [] };
    const none = { IpPermissions: [], IpPermissionsEgress: [] };
    givenGroups(
      { GroupId: 'sg-1', GroupName: 'web', VpcId: 'vpc-1', ...rules },
      { GroupId: 'sg-2', GroupName: 'default', VpcId: 'vpc-2', ...rules },
      { GroupId: 'sg-3', GroupName: 'default', VpcId: 'vpc-1', ...none },
    );
    const answer = await askNetwork('vpc');
    expect(checksOf(answer, 'vpc-1')).toEqual({ 'EC2.2': 'pass', 'EC2.6': 'fail' });
    expect(checksOf(answer, 'vpc-2')).toEqual({ 'EC2.2': 'fail', 'EC2.6': 'pass' });
    expect(issuesOf(answer, 'vpc-2')).toEqual(['EC2.2: default group sg-2: 1 inbound, 0 outbound rules']);
    expect(issuesOf(answer, 'vpc-3')).toContain('EC2.2: AWS did not say DefaultGroup');
    expect(inputsOf(ec2, DescribeFlowLogsCommand)).toEqual([
      { MaxResults: 1_000 },
      { MaxResults: 1_000, NextToken: 'page-2' },
    ]);
  });

  it('judges the flow logs of a VPC all the same where the security groups are denied', async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: 'vpc-1' }] });
    ec2.on(DescribeSecurityGroupsCommand).rejects(failing('UnauthorizedOperation'));
    const answer = await askNetwork('vpc');
    expect(issuesOf(answer, 'vpc-1')).toEqual([
      'EC2.6: no active flow log',
      'EC2.2: DefaultGroup not read: access_denied',
    ]);
  });

  it('leaves VPCs, subnets, network ACLs and endpoints of other accounts to those', async () => {
    ec2.on(DescribeVpcsCommand).resolves({
      Vpcs: [
        { VpcId: 'vpc-ours', OwnerId: account_id },
        { VpcId: 'vpc-theirs', OwnerId: OTHER },
      ],
    });
    ec2.on(DescribeSubnetsCommand).resolves({
      Subnets: [
        { SubnetId: 'subnet-ours', OwnerId: account_id, SubnetArn: 'arn:given', MapPublicIpOnLaunch: true },
        { SubnetId: 'subnet-theirs', OwnerId: OTHER, MapPublicIpOnLaunch: true },
      ],
    });
    ec2.on(DescribeNetworkAclsCommand).resolves({
      NetworkAcls: [
        { NetworkAclId: 'acl-ours', OwnerId: account_id },
        { NetworkAclId: 'acl-theirs', OwnerId: OTHER },
      ],
    });
    ec2.on(DescribeVpcEndpointsCommand).resolves({
      VpcEndpoints: [
        { VpcEndpointId: 'vpce-ours', OwnerId: account_id },
        { VpcEndpointId: 'vpce-theirs', OwnerId: OTHER },
      ],
    });
    const answer = await askNetwork('vpc');
    const ids = answer.resource_details.map(({ id }) => id);
    expect(ids.filter((id) => id !== account_id).sort()).toEqual(['acl-ours', 'subnet-ours', 'vpc-ours', 'vpce-ours']);
    expect(detailOf(answer, 'subnet-ours')).toMatchObject({ arn: 'arn:given', checks: { 'EC2.15': 'fail' } });
  });

  it('reads of a network ACL its entries, the subnets that use it and whether it is the default', async () => {
    const Entries = [{ RuleNumber: 100, Protocol: '-1', RuleAction: 'allow' as const, CidrBlock: '0.0.0.0/0' }];
    ec2.on(DescribeNetworkAclsCommand).resolves({
      NetworkAcls: [
        { NetworkAclId: 'acl-default', IsDefault: true, Entries, Associations: [] },
        { NetworkAclId: 'acl-used', IsDefault: false, Entries: [], Associations: [{ SubnetId: 'subnet-1' }] },
        { NetworkAclId: 'acl-idle', IsDefault: false, Entries, Associations: [] },
        { NetworkAclId: 'acl-unsaid', IsDefault: false },
      ],
    });
    const answer = await askNetwork('vpc');
    expect(checksOf(answer, 'acl-default')).toEqual({ 'EC2.21': 'info' });
    expect(checksOf(answer, 'acl-used')).toEqual({ 'EC2.16': 'pass', 'EC2.21': 'pass' });
    expect(checksOf(answer, 'acl-idle')).toEqual({ 'EC2.16': 'fail', 'EC2.21': 'fail' });
    expect(checksOf(answer, 'acl-unsaid')).toEqual({ 'EC2.16': 'unknown', 'EC2.21': 'unknown' });
  });

  it('reads the policy of an endpoint, and cannot tell where the text is no policy', async () => {
    const open = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] });
    const narrow = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject' }] });
    ec2.on(DescribeVpcEndpointsCommand).resolves({
      VpcEndpoints: [
        { VpcEndpointId: 'vpce-open', VpcEndpointType: 'Gateway', PolicyDocument: open },
        { VpcEndpointId: 'vpce-narrow', VpcEndpointType: 'Interface', PrivateDnsEnabled: true, PolicyDocument: narrow },
        { VpcEndpointId: 'vpce-bare', VpcEndpointType: 'Interface', PrivateDnsEnabled: false },
        { VpcEndpointId: 'vpce-odd', VpcEndpointType: 'Gateway', PolicyDocument: 'none' },
        { VpcEndpointId: 'vpce-gwlb', VpcEndpointType: 'GatewayLoadBalancer' },
      ],
    });
    const answer = await askNetwork('vpc');
    expect(checksOf(answer, 'vpce-open')).toEqual({ 'OPS.VPC.2': 'fail' });
    expect(checksOf(answer, 'vpce-narrow')).toEqual({ 'OPS.VPC.1': 'pass', 'OPS.VPC.2': 'pass' });
    expect(checksOf(answer, 'vpce-bare')).toEqual({ 'OPS.VPC.1': 'info' });
    expect(issuesOf(answer, 'vpce-odd')).toEqual(['OPS.VPC.2: AWS did not say Policy']);
    expect(detailOf(answer, 'vpce-gwlb')).toEqual({});
  });

  it('reads whether the account blocks Internet gateways in the Region', async () => {
    const silent = await askNetwork('vpc');
    expect(issuesOf(silent, account_id)).toEqual(['EC2.172: AWS did not say InternetGatewayBlockMode']);
    ec2
      .on(DescribeVpcBlockPublicAccessOptionsCommand)
      .resolves({ VpcBlockPublicAccessOptions: { InternetGatewayBlockMode: 'off' } });
    expect(detailOf(await askNetwork('vpc'), account_id)).toMatchObject({
      type: 'AWS::EC2::VPCBlockPublicAccessOptions',
      issues: ['EC2.172: VPC Block Public Access: off'],
    });
  });
});

describe('CheckNetworkSecurity on security groups', () => {
  useEmptyAws();

  it('reads what each rule opens to everyone, over IPv4 and IPv6', async () => {
    const v6 = { Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }, { CidrIpv6: '::/0' }] };
    const office = { IpRanges: [{ CidrIp: '198.51.100.0/24' }] };
    givenGroups(
      {
        GroupId: 'sg-v4',
        IpPermissions: [rule('tcp', 22, 22, { IpRanges: [...office.IpRanges, ...EVERYONE.IpRanges] })],
      },
      { GroupId: 'sg-v6', IpPermissions: [rule('6', 3389, 3390, v6)] },
      { GroupId: 'sg-office', IpPermissions: [rule('tcp', 22, 22, office)] },
      { GroupId: 'sg-all', IpPermissions: [rule('-1')] },
      { GroupId: 'sg-minus', IpPermissions: [rule('udp', -1, -1)] },
      { GroupId: 'sg-portless', IpPermissions: [rule('udp')] },
      { GroupId: 'sg-low', IpPermissions: [rule('udp', 0, 53)] },
      { GroupId: 'sg-two', IpPermissions: [rule('icmp', 8, -1), rule('tcp', 8080)] },
      { GroupId: 'sg-given', SecurityGroupArn: 'arn:given', IpPermissions: [] },
      { GroupId: 'sg-unsaid' },
    );
    const answer = await askNetwork('security_groups');
    const opened = answer.resource_details.map(({ id, issues = [] }) => [
      id,
      issues.find((issue) => issue.startsWith('EC2.18')),
    ]);
    expect(Object.fromEntries(opened)).toEqual({
      'sg-v4': 'EC2.18: tcp 22 from 0.0.0.0/0',
      'sg-v6': 'EC2.18: tcp 3389-3390 from ::/0',
      'sg-office': undefined,
      'sg-all': 'EC2.18: all traffic from 0.0.0.0/0',
      'sg-minus': 'EC2.18: udp 0-65535 from 0.0.0.0/0',
      'sg-portless': 'EC2.18: udp 0-65535 from 0.0.0.0/0',
      'sg-low': 'EC2.18: udp 0-53 from 0.0.0.0/0',
      'sg-two': 'EC2.18: tcp 8080 from 0.0.0.0/0',
      'sg-given': undefined,
      'sg-unsaid': 'EC2.18: AWS did not say InternetRules',
    });
    expect(detailOf(answer, 'sg-given')).toMatchObject({ arn: 'arn:given', state: 'pass' });
    expect(inputsOf(ec2, DescribeNetworkInterfacesCommand)).toEqual([]);
  });

  it('reads every page of a prefix list, and leaves alone a rule for one that does not hold everyone', async () => {
    const from = (PrefixListId: string) => ({ PrefixListIds: [{ PrefixListId }] });
    givenGroups(
      { GroupId: 'sg-open', IpPermissions: [rule('tcp', 22, 22, from('pl-open'))] },
      { GroupId: 'sg-office', IpPermissions: [rule('tcp', 443, 443, from('pl-office'))] },
    );
    ec2.on(GetManagedPrefixListEntriesCommand).callsFake(({ PrefixListId, NextToken }) => {
      if (PrefixListId === 'pl-office') return { Entries: [{ Cidr: '198.51.100.0/24' }] };
      if (NextToken === undefined) return { Entries: [{ Cidr: '203.0.113.0/24' }], NextToken: 'page-2' };
      return { Entries: [{ Cidr: '0.0.0.0/0' }] };
    });
    const answer = await askNetwork('security_groups');
    expect(issuesOf(answer, 'sg-open')).toContain('EC2.13: tcp 22 from pl-open');
    expect(detailOf(answer, 'sg-office')).toMatchObject({ state: 'pass', checks: { 'OPS.SG.2': 'pass' } });
    expect(inputsOf(ec2, DescribeNetworkInterfacesCommand)).toEqual([]);
    const asked = { PrefixListId: 'pl-open', MaxResults: 100 };
    const inputs = inputsOf(ec2, GetManagedPrefixListEntriesCommand);
    expect(inputs.filter(({ PrefixListId }) => PrefixListId === 'pl-open')).toEqual([
      asked,
      { ...asked, NextToken: 'page-2' },
    ]);
  });

  it.each([
    [200, [200]],
    [201, [200, 1]],
  ])('asks who has %i groups with open web ports by at most 200 at once, page by page', async (count, batches) => {
    const ids = Array.from({ length: count }, (_, index) => `sg-${index}`);
    givenGroups(...ids.map((GroupId) => ({ GroupId, IpPermissions: [rule('tcp', 443)] })));
    ec2.on(DescribeNetworkInterfacesCommand).callsFake(({ Filters, NextToken }) => {
      const used = NextToken === undefined ? undefined : Filters[0].Values.at(-1);
      return {
        NetworkInterfaces: [{ Groups: [{ GroupId: used }] }, {}],
        NextToken: NextToken === undefined ? 'page-2' : undefined,
      };
    });
    const { controls } = await askNetwork('security_groups');
    expect(controls.find(({ id }) => id === 'OPS.SG.2')).toMatchObject({
      fail: batches.length,
      info: count - batches.length,
    });
    const asked = inputsOf(ec2, DescribeNetworkInterfacesCommand) as {
      Filters: { Name: string; Values: string[] }[];
      MaxResults: number;
    }[];
    expect(asked).toHaveLength(2 * batches.length);
    const first = asked.filter((input) => !('NextToken' in input && input.NextToken !== undefined));
    expect(first.map(({ Filters }) => Filters[0]?.Values.length)).toEqual(batches);
    expect(first.flatMap(({ Filters }) => Filters[0]?.Values)).toEqual(ids);
    for (const { MaxResults } of asked) expect(MaxResults).toBe(1_000);
  });

  it('cannot tell what has a group with open web ports where the interfaces are denied', async () => {
    givenGroups(
      { GroupId: 'sg-web', IpPermissions: [rule('tcp', 80)] },
      { GroupId: 'sg-shut', IpPermissions: [rule('tcp', 80, 81)] },
    );
    ec2.on(DescribeNetworkInterfacesCommand).rejects(failing('UnauthorizedOperation'));
    const answer = await askNetwork('security_groups');
    expect(issuesOf(answer, 'sg-web')).toEqual(['OPS.SG.2: UsedBy not read: access_denied']);
    expect(checksOf(answer, 'sg-shut')).toMatchObject({ 'OPS.SG.2': 'pass' });
  });

  it('takes only AWS’s own interfaces with the name of a load balancer for one', async () => {
    const groups = ['sg-lambda', 'sg-nameless', 'sg-middle', 'sg-both'];
    givenGroups(...groups.map((GroupId) => ({ GroupId, IpPermissions: [rule('tcp', 443)] })));
    const of = (GroupId: string) => ({ Groups: [{ GroupId }], RequesterManaged: true });
    ec2.on(DescribeNetworkInterfacesCommand).resolves({
      NetworkInterfaces: [
        { ...of('sg-lambda'), Description: 'AWS Lambda VPC ENI-orders' },
        of('sg-nameless'),
        { ...of('sg-middle'), Description: 'EFS mount target behind ELB ' },
        { ...of('sg-both'), Description: 'ELB app/shop/1' },
        { Groups: [{ GroupId: 'sg-both' }], RequesterManaged: false, Description: 'ELB app/shop/1' },
      ],
    });
    const answer = await askNetwork('security_groups');
    for (const id of groups) expect(checksOf(answer, id), id).toMatchObject({ 'OPS.SG.2': 'fail' });
  });
});
