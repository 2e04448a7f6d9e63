import {
  DescribeNetworkAclsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  type NetworkAclEntry,
} from '@aws-sdk/client-ec2';
import { allPages } from '../../all-pages.ts';
import { type PolicyStatement, policyStatements } from '../../aws/resource-policy.ts';
import { nameTag } from '../../aws/tags.ts';
import type { Resource } from '../control.ts';
import type { Reading } from '../reading.ts';

/** The most that these lists give at once. */
const PAGE_SIZE = 1_000;

export interface NetworkAcl extends Resource {
  readonly IsDefault: boolean | undefined;
  readonly Entries: readonly NetworkAclEntry[] | undefined;
  /** Subnets that use it. */
  readonly Subnets: number | undefined;
}

export interface VpcEndpoint extends Resource {
  readonly VpcEndpointType: string | undefined;
  readonly PrivateDnsEnabled: boolean | undefined;
  /** null: of a kind that takes no policy. Undefined where the text is no policy document. */
  readonly Policy: readonly PolicyStatement[] | null | undefined;
}

export async function readNetworkAcls(cell: Reading): Promise<NetworkAcl[]> {
  const ec2 = await cell.client(EC2Client);
  const acls = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeNetworkAclsCommand({ MaxResults: PAGE_SIZE, NextToken }));
    return { items: page.NetworkAcls, next: page.NextToken };
  });
  return acls
    .filter(({ OwnerId = cell.account }) => OwnerId === cell.account)
    .map(({ NetworkAclId = '', IsDefault, Entries, Associations, Tags }) => ({
      type: 'AWS::EC2::NetworkAcl',
      id: NetworkAclId,
      name: nameTag(Tags),
      arn: cell.arn('ec2', `network-acl/${NetworkAclId}`),
      IsDefault,
      Entries,
      Subnets: Associations?.length,
    }));
}

export async function readVpcEndpoints(cell: Reading): Promise<VpcEndpoint[]> {
  const ec2 = await cell.client(EC2Client);
  const endpoints = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeVpcEndpointsCommand({ MaxResults: PAGE_SIZE, NextToken }));
    return { items: page.VpcEndpoints, next: page.NextToken };
  });
  return endpoints
    .filter(({ OwnerId = cell.account }) => OwnerId === cell.account)
    .map(({ VpcEndpointId = '', VpcEndpointType, PrivateDnsEnabled, PolicyDocument, Tags }) => ({
      type: 'AWS::EC2::VPCEndpoint',
      id: VpcEndpointId,
      name: nameTag(Tags),
      arn: cell.arn('ec2', `vpc-endpoint/${VpcEndpointId}`),
      VpcEndpointType,
      PrivateDnsEnabled,
      Policy: readPolicy(PolicyDocument),
    }));
}

function readPolicy(document: string | undefined): VpcEndpoint['Policy'] {
  try {
    return policyStatements(document);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
