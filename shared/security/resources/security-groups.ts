import {
  type SecurityGroup as AwsGroup,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  GetManagedPrefixListEntriesCommand,
  type IpPermission,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import { allPages } from '../../all-pages.ts';
import { type Part, type Resource, Unread } from '../control.ts';
import { type InternetRule, isEveryone, opensOnly, protocolName } from '../internet-rules.ts';
import { eachOf, type Reading } from '../reading.ts';

/** The most that these lists give at once; entries of a prefix list come by 100. */
const PAGE_SIZE = 1_000;
const ENTRIES_PAGE_SIZE = 100;
/** The most values that a filter of EC2 takes. */
const FILTER_VALUES = 200;

export const WEB_PORTS = [80, 443];

export interface SecurityGroup extends Resource {
  readonly InternetRules: readonly InternetRule[] | undefined;
  /** What has the group; asked for only where a web port is open to everyone. */
  readonly UsedBy: Part<readonly ('load balancer' | 'other')[]>;
}

/** All groups of the cell, with one call per 1,000 of them, whichever services ask. */
export function listGroups(cell: Reading): Promise<AwsGroup[]> {
  return cell.once('security groups', async () => {
    const ec2 = await cell.client(EC2Client);
    return allPages(async (NextToken) => {
      const page = await ec2.send(new DescribeSecurityGroupsCommand({ MaxResults: PAGE_SIZE, NextToken }));
      return { items: page.SecurityGroups, next: page.NextToken };
    });
  });
}

export async function readSecurityGroups(cell: Reading): Promise<SecurityGroup[]> {
  const groups = await listGroups(cell);
  const read = await eachOf(groups, async ({ GroupId = '', GroupName, SecurityGroupArn, IpPermissions }) => ({
    type: 'AWS::EC2::SecurityGroup',
    id: GroupId,
    name: GroupName,
    arn: SecurityGroupArn ?? cell.arn('ec2', `security-group/${GroupId}`),
    InternetRules: IpPermissions && (await internetRules(cell, IpPermissions)),
  }));
  const openToWeb = read.filter(({ InternetRules = [] }) => InternetRules.some((rule) => opensOnly(rule, WEB_PORTS)));
  const interfaces = await cell.part(() =>
    interfacesOf(
      cell,
      openToWeb.map(({ id }) => id),
    ),
  );
  return read.map((group) => ({ ...group, UsedBy: openToWeb.includes(group) ? usersOf(group.id, interfaces) : [] }));
}

async function internetRules(cell: Reading, permissions: readonly IpPermission[]): Promise<InternetRule[]> {
  const rules = await eachOf(permissions, async (permission) => {
    const { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [] } = permission;
    const opened = portsOf(permission);
    const ranges = [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)];
    const lists = await eachOf(PrefixListIds, async ({ PrefixListId = '' }) => {
      return { ...opened, source: PrefixListId, open: await holdsEveryone(cell, PrefixListId) };
    });
    return [
      ...ranges.filter(isEveryone).map((source = '') => ({ ...opened, source, open: true })),
      ...lists.filter(({ open }) => open !== false),
    ];
  });
  return rules.flat();
}

/** Without ports, and with -1, a rule is for all of them. */
function portsOf({ IpProtocol, FromPort = -1, ToPort = -1 }: IpPermission) {
  const protocol = protocolName(IpProtocol);
  return { protocol, from: FromPort === -1 ? 0 : FromPort, to: ToPort === -1 ? 65_535 : ToPort };
}

function holdsEveryone(cell: Reading, PrefixListId: string): Promise<Part<boolean>> {
  return cell.once(`prefix list ${PrefixListId}`, () =>
    cell.part(async () => {
      const ec2 = await cell.client(EC2Client);
      const entries = await allPages(async (NextToken) => {
        const page = await ec2.send(
          new GetManagedPrefixListEntriesCommand({ PrefixListId, MaxResults: ENTRIES_PAGE_SIZE, NextToken }),
        );
        return { items: page.Entries, next: page.NextToken };
      });
      return entries.some(({ Cidr }) => isEveryone(Cidr));
    }),
  );
}

async function interfacesOf(cell: Reading, groupIds: readonly string[]): Promise<NetworkInterface[]> {
  const ec2 = await cell.client(EC2Client);
  const batches = Array.from({ length: Math.ceil(groupIds.length / FILTER_VALUES) }, (_, index) =>
    groupIds.slice(index * FILTER_VALUES, (index + 1) * FILTER_VALUES),
  );
  const found = await eachOf(batches, (Values) =>
    allPages(async (NextToken) => {
      const Filters = [{ Name: 'group-id', Values }];
      const page = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters, MaxResults: PAGE_SIZE, NextToken }));
      return { items: page.NetworkInterfaces, next: page.NextToken };
    }),
  );
  return found.flat();
}

function usersOf(groupId: string, interfaces: Part<readonly NetworkInterface[]>): SecurityGroup['UsedBy'] {
  if (interfaces instanceof Unread) return interfaces;
  const own = interfaces.filter(({ Groups = [] }) => Groups.some(({ GroupId }) => GroupId === groupId));
  return [...new Set(own.map((each) => (isLoadBalancers(each) ? 'load balancer' : 'other')))];
}

/** Elastic Load Balancing describes its interfaces so; a customer can write the same, but not on a managed interface. */
function isLoadBalancers({ Description = '', RequesterManaged, InterfaceType }: NetworkInterface): boolean {
  return InterfaceType === 'network_load_balancer' || (RequesterManaged === true && Description.startsWith('ELB '));
}
