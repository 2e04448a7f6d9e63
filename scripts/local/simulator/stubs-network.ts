import {
  CloudFrontClient,
  type DistributionSummary,
  GetDistributionConfigCommand,
  ListDistributionsCommand,
  type ListDistributionsCommandOutput,
  type Origin,
} from '@aws-sdk/client-cloudfront';
import {
  DescribeInternetGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  type DescribeNetworkInterfacesCommandOutput,
  type DescribeVpcBlockPublicAccessOptionsCommandOutput,
  EC2Client,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import {
  DescribeLoadBalancersCommand as DescribeClassicCommand,
  ElasticLoadBalancingClient,
} from '@aws-sdk/client-elastic-load-balancing';
import { DescribeLoadBalancersCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { StubRequest, Stubs } from './stub.ts';

type Output<T> = Omit<T, '$metadata'>;

/** What moto does not know of networks. */
export function networkStubs(): Stubs {
  return {
    ec2: {
      DescribeNetworkInterfaces: describeNetworkInterfaces,
      DescribeVpcBlockPublicAccessOptions: blockPublicAccess,
    },
    cloudfront: { ListDistributions: listDistributions },
  };
}

// moto has no such setting. Who has no Internet gateway in the Region blocks them.
async function blockPublicAccess({ account, region, moto }: StubRequest) {
  const { InternetGateways = [] } = await new EC2Client(moto).send(new DescribeInternetGatewaysCommand({}));
  return {
    VpcBlockPublicAccessOptions: {
      AwsAccountId: account,
      AwsRegion: region,
      State: 'default-state',
      InternetGatewayBlockMode: InternetGateways.length === 0 ? 'block-bidirectional' : 'off',
    },
  } satisfies Output<DescribeVpcBlockPublicAccessOptionsCommandOutput>;
}

interface InterfacesForm {
  NetworkInterfaceId?: string[];
  Filter?: { Name: string; Value: string[] }[];
}

// moto's load balancers have no interfaces.
async function describeNetworkInterfaces({ input, moto }: StubRequest<InterfacesForm>) {
  const { NetworkInterfaces = [] } = await new EC2Client(moto).send(
    new DescribeNetworkInterfacesCommand({
      NetworkInterfaceIds: input.NetworkInterfaceId,
      Filters: input.Filter?.map(({ Name, Value }) => ({ Name, Values: Value })),
    }),
  );
  const groups = input.Filter?.find(({ Name }) => Name === 'group-id')?.Value;
  const isNarrow = input.NetworkInterfaceId !== undefined || input.Filter?.some(({ Name }) => Name !== 'group-id');
  const managed = isNarrow ? [] : await balancersInterfaces(moto);
  return {
    NetworkInterfaces: [
      ...NetworkInterfaces,
      ...managed.filter(
        ({ Groups = [] }) => groups === undefined || Groups.some(({ GroupId = '' }) => groups.includes(GroupId)),
      ),
    ],
  } satisfies Output<DescribeNetworkInterfacesCommandOutput>;
}

async function balancersInterfaces(moto: StubRequest['moto']): Promise<NetworkInterface[]> {
  const elbv2 = new ElasticLoadBalancingV2Client(moto);
  const { LoadBalancers = [] } = await elbv2.send(new DescribeLoadBalancersCommand({}));
  const elb = new ElasticLoadBalancingClient(moto);
  const { LoadBalancerDescriptions = [] } = await elb.send(new DescribeClassicCommand({}));
  const owners = [
    ...LoadBalancers.map(({ LoadBalancerArn = '', SecurityGroups }) => ({
      name: LoadBalancerArn.split(':loadbalancer/')[1] ?? '',
      groups: SecurityGroups,
    })),
    ...LoadBalancerDescriptions.map(({ LoadBalancerName = '', SecurityGroups }) => ({
      name: LoadBalancerName,
      groups: SecurityGroups,
    })),
  ];
  return owners.map(({ name, groups = [] }, index) => ({
    NetworkInterfaceId: `eni-${String(index).padStart(17, '0')}`,
    InterfaceType: 'interface',
    Description: `ELB ${name}`,
    RequesterId: 'amazon-elb',
    RequesterManaged: true,
    Groups: groups.map((GroupId) => ({ GroupId })),
  }));
}

// moto lists distributions without their configuration.
export async function listDistributions({ moto }: StubRequest) {
  const cloudfront = new CloudFrontClient(moto);
  const { DistributionList } = await cloudfront.send(new ListDistributionsCommand({}));
  const Items = await Promise.all(
    (DistributionList?.Items ?? []).map(async (item): Promise<DistributionSummary> => {
      const { DistributionConfig } = await cloudfront.send(new GetDistributionConfigCommand({ Id: item.Id }));
      const { Origins, DefaultCacheBehavior, CacheBehaviors, ViewerCertificate } = DistributionConfig ?? {};
      const { Comment, Aliases, Enabled, WebACLId } = DistributionConfig ?? {};
      const isWeak = DefaultCacheBehavior?.ViewerProtocolPolicy === 'allow-all';
      return {
        ...item,
        Comment,
        Aliases,
        Enabled,
        WebACLId: WebACLId ?? '',
        DefaultCacheBehavior,
        CacheBehaviors,
        ViewerCertificate,
        Origins: Origins && { ...Origins, Items: Origins.Items?.map((origin) => withAccessControl(origin, isWeak)) },
      };
    }),
  );
  return {
    DistributionList: { Marker: '', MaxItems: 100, IsTruncated: false, Quantity: Items.length, Items },
  } satisfies Output<ListDistributionsCommandOutput>;
}

// moto forgets the access control of an origin. Who serves plain HTTP has none, as the demo estate was seeded.
function withAccessControl(origin: Origin, isWeak: boolean): Origin {
  if (origin.CustomOriginConfig !== undefined) return { ...origin, OriginAccessControlId: '' };
  return {
    ...origin,
    S3OriginConfig: origin.S3OriginConfig ?? { OriginAccessIdentity: '' },
    OriginAccessControlId: isWeak ? '' : 'E1EXAMPLEACCESS',
  };
}
