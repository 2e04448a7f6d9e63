import { DescribeSubnetsCommand, DescribeVpcsCommand, EC2Client, type Subnet, type Vpc } from '@aws-sdk/client-ec2';
import { describeEc2Vpcs } from '../schemas/describe-ec2-vpcs.ts';
import { allPages } from '../shared/all-pages.ts';
import { ipRanges, pageOf } from '../shared/aws/ec2.ts';
import { nameTag, tagMap } from '../shared/aws/tags.ts';
import { listHandler } from '../shared/list-handler.ts';

/** The most values that a filter of EC2 takes (EC2 User Guide, "Filter resources"). */
const MAX_FILTER_VALUES = 200;

/** One page of VPCs, and the subnets of all of them in one list. */
export const handler = listHandler(describeEc2Vpcs, EC2Client, async (input, ec2, { token, size }) => {
  const withSubnets = input.fields?.includes('Subnets') ?? input.include_subnets;
  const { Vpcs = [], NextToken } = await ec2.send(
    new DescribeVpcsCommand({
      VpcIds: input.vpc_ids,
      Filters: input.filters,
      ...pageOf(input.vpc_ids, token, withSubnets ? Math.min(size, MAX_FILTER_VALUES) : size),
    }),
  );
  const subnets = withSubnets ? await subnetsOf(Vpcs, ec2) : undefined;
  return {
    items: Vpcs.map((vpc) => ({ ...toVpc(vpc), Subnets: subnets && (subnets.get(vpc.VpcId) ?? []).map(toSubnet) })),
    next: NextToken,
  };
});

async function subnetsOf(vpcs: readonly Vpc[], ec2: EC2Client): Promise<Map<string | undefined, Subnet[]>> {
  const Values = vpcs.flatMap(({ VpcId }) => VpcId ?? []);
  if (Values.length === 0) return new Map();
  const Filters = [{ Name: 'vpc-id', Values }];
  const subnets = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeSubnetsCommand({ Filters, MaxResults: 1_000, NextToken }));
    return { items: page.Subnets, next: page.NextToken };
  });
  return Map.groupBy(subnets, ({ VpcId }) => VpcId);
}

function toVpc(vpc: Vpc) {
  return {
    ...vpc,
    Name: nameTag(vpc.Tags),
    SecondaryCidrBlocks: ipRanges(vpc.CidrBlockAssociationSet?.filter(({ CidrBlock }) => CidrBlock !== vpc.CidrBlock)),
    Ipv6CidrBlocks: ipRanges(vpc.Ipv6CidrBlockAssociationSet),
    Tags: tagMap(vpc.Tags),
  };
}

function toSubnet(subnet: Subnet) {
  return {
    ...subnet,
    Name: nameTag(subnet.Tags),
    Ipv6CidrBlocks: ipRanges(subnet.Ipv6CidrBlockAssociationSet),
  };
}
