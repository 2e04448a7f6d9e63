import {
  DescribeFlowLogsCommand,
  DescribeNetworkAclsCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type IpPermission,
  type NetworkAclEntry,
} from '@aws-sdk/client-ec2';
import type { MotoAccountConfig } from '../../../local/simulator/moto-account.ts';
import { type Held, nameOf } from './held.ts';

const EVERYONE = ['0.0.0.0/0', '::/0'];

/** What fails of the VPCs of one Region, their groups and their network ACLs. */
export async function networkOf(at: MotoAccountConfig): Promise<Held[]> {
  const ec2 = new EC2Client(at);
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
  const { FlowLogs = [] } = await ec2.send(new DescribeFlowLogsCommand({}));
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const { NetworkAcls = [] } = await ec2.send(new DescribeNetworkAclsCommand({}));
  const held: Held[] = [];
  for (const { VpcId = '', IsDefault: beside = false, Tags } of Vpcs) {
    const name = nameOf(Tags);
    const logs = FlowLogs.filter(({ ResourceId }) => ResourceId === VpcId);
    const delivers = logs.some((log) => log.FlowLogStatus === 'ACTIVE' && log.DeliverLogsStatus !== 'FAILED');
    if (!delivers) held.push({ control: 'EC2.6', resource: VpcId, aliases: [name], beside });
    const group = SecurityGroups.find((each) => each.VpcId === VpcId && each.GroupName === 'default');
    const rules = [...(group?.IpPermissions ?? []), ...(group?.IpPermissionsEgress ?? [])];
    if (rules.length > 0) held.push({ control: 'EC2.2', resource: VpcId, aliases: [name, group?.GroupId], beside });
  }
  for (const { GroupId: resource = '', GroupName, IpPermissions = [] } of SecurityGroups) {
    const aliases = [GroupName];
    const open = IpPermissions.filter(isOpen);
    if (open.some((rule) => letsIn(rule, 22))) held.push({ control: 'EC2.13', resource, aliases });
    if (open.some((rule) => letsIn(rule, 3389))) held.push({ control: 'EC2.14', resource, aliases });
    if (open.some(({ IpProtocol }) => IpProtocol === '-1')) held.push({ control: 'OPS.SG.1', resource, aliases });
  }
  for (const { NetworkAclId: resource = '', IsDefault = false, Associations = [], Entries = [], Tags } of NetworkAcls) {
    const aliases = [nameOf(Tags)];
    if (!IsDefault && Associations.length === 0) held.push({ control: 'EC2.16', resource, aliases });
    // The control leaves default network ACLs out, which let everyone in.
    if (admits(Entries, 22) || admits(Entries, 3389))
      held.push({ control: 'EC2.21', resource, aliases, beside: IsDefault });
  }
  return held;
}

function isOpen({ IpRanges = [], Ipv6Ranges = [] }: IpPermission): boolean {
  const sources = [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)];
  return sources.some((source) => EVERYONE.includes(source ?? ''));
}

function letsIn({ IpProtocol, FromPort = 0, ToPort = 65_535 }: IpPermission, port: number): boolean {
  return IpProtocol === '-1' || (IpProtocol === 'tcp' && FromPort <= port && port <= ToPort);
}

/** The first entry that is about a port and everyone decides. */
function admits(entries: readonly NetworkAclEntry[], port: number): boolean {
  const first = entries
    .filter(({ Egress }) => !Egress)
    .toSorted((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0))
    .find(({ CidrBlock, Ipv6CidrBlock, Protocol, PortRange }) => {
      const { From = 0, To = 65_535 } = PortRange ?? {};
      const everyone = EVERYONE.includes(CidrBlock ?? '') || EVERYONE.includes(Ipv6CidrBlock ?? '');
      return everyone && (Protocol === '-1' || (Protocol === '6' && From <= port && port <= To));
    });
  return first?.RuleAction === 'allow';
}
