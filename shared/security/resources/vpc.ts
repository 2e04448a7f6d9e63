import {
  type SecurityGroup as AwsGroup,
  DescribeFlowLogsCommand,
  DescribeSubnetsCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type FlowLog,
} from '@aws-sdk/client-ec2';
import { allPages } from '../../all-pages.ts';
import { nameTag } from '../../aws/tags.ts';
import { type Part, type Resource, Unread } from '../control.ts';
import type { Reading } from '../reading.ts';
import { listGroups } from './security-groups.ts';

/** The most that these lists give at once. */
const PAGE_SIZE = 1_000;

export interface Vpc extends Resource {
  readonly FlowLogs: Part<readonly FlowLog[]>;
  /** Every VPC has one, and it cannot be deleted. */
  readonly DefaultGroup: Part<AwsGroup | undefined>;
}

export interface Subnet extends Resource {
  readonly MapPublicIpOnLaunch: boolean | undefined;
}

/** Whether the account shuts Internet gateways off in the Region. */
export interface BlockPublicAccess extends Resource {
  readonly InternetGatewayBlockMode: string | undefined;
}

/** The account's own VPCs: what others share with it is theirs to set. */
export async function readVpcs(cell: Reading): Promise<Vpc[]> {
  const ec2 = await cell.client(EC2Client);
  const [vpcs, flowLogs, groups] = await Promise.all([
    allPages(async (NextToken) => {
      const page = await ec2.send(new DescribeVpcsCommand({ MaxResults: PAGE_SIZE, NextToken }));
      return { items: page.Vpcs, next: page.NextToken };
    }),
    cell.part(() => listFlowLogs(ec2)),
    cell.part(() => listGroups(cell)),
  ]);
  return vpcs
    .filter(({ OwnerId = cell.account }) => OwnerId === cell.account)
    .map(({ VpcId = '', Tags }) => ({
      type: 'AWS::EC2::VPC',
      id: VpcId,
      name: nameTag(Tags),
      arn: cell.arn('ec2', `vpc/${VpcId}`),
      FlowLogs: flowLogs instanceof Unread ? flowLogs : flowLogs.filter(({ ResourceId }) => ResourceId === VpcId),
      DefaultGroup:
        groups instanceof Unread
          ? groups
          : groups.find((group) => group.VpcId === VpcId && group.GroupName === 'default'),
    }));
}

function listFlowLogs(ec2: EC2Client): Promise<FlowLog[]> {
  return allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeFlowLogsCommand({ MaxResults: PAGE_SIZE, NextToken }));
    return { items: page.FlowLogs, next: page.NextToken };
  });
}

export async function readSubnets(cell: Reading): Promise<Subnet[]> {
  const ec2 = await cell.client(EC2Client);
  const subnets = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeSubnetsCommand({ MaxResults: PAGE_SIZE, NextToken }));
    return { items: page.Subnets, next: page.NextToken };
  });
  return subnets
    .filter(({ OwnerId = cell.account }) => OwnerId === cell.account)
    .map(({ SubnetId = '', SubnetArn, MapPublicIpOnLaunch, Tags }) => ({
      type: 'AWS::EC2::Subnet',
      id: SubnetId,
      name: nameTag(Tags),
      arn: SubnetArn ?? cell.arn('ec2', `subnet/${SubnetId}`),
      MapPublicIpOnLaunch,
    }));
}

export async function readBlockPublicAccess(cell: Reading): Promise<BlockPublicAccess[]> {
  const ec2 = await cell.client(EC2Client);
  const { VpcBlockPublicAccessOptions: options } = await ec2.send(new DescribeVpcBlockPublicAccessOptionsCommand({}));
  return [
    {
      type: 'AWS::EC2::VPCBlockPublicAccessOptions',
      id: cell.account,
      InternetGatewayBlockMode: options?.InternetGatewayBlockMode,
    },
  ];
}
