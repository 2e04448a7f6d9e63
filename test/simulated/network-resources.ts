import {
  APIGatewayClient,
  GetDomainNamesCommand,
  GetRestApisCommand,
  GetStagesCommand,
} from '@aws-sdk/client-api-gateway';
import {
  ApiGatewayV2Client,
  GetApisCommand,
  GetStagesCommand as GetHttpStagesCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CloudFrontClient, ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import * as ec2 from '@aws-sdk/client-ec2';
import {
  DescribeLoadBalancersCommand as DescribeClassicCommand,
  ElasticLoadBalancingClient,
} from '@aws-sdk/client-elastic-load-balancing';
import { DescribeLoadBalancersCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { MotoAccountConfig } from '../../scripts/local/simulator/moto-account.ts';
import type { EstateAccess } from '../support/estate.ts';
import { truthOfAccounts, truthOfCells } from '../support/truth.ts';

/** The service of each resource that there is. */
type Services = readonly string[];

/** What moto holds: how many resources of each service there are. */
export async function networkResources(access: EstateAccess): Promise<Record<string, number>> {
  const inCells = await truthOfCells(access, async (at) =>
    (await Promise.all([loadBalancers(at), networks(at), restApis(at), httpApis(at)])).flat(),
  );
  const inAccounts = await truthOfAccounts(access, async (at) => {
    const { DistributionList } = await new CloudFrontClient(at).send(new ListDistributionsCommand({}));
    return each('cloudfront', DistributionList?.Items);
  });
  const counts: Record<string, number> = { elb: 0, elbv2: 0, vpc: 0, security_groups: 0, apigateway: 0, cloudfront: 0 };
  for (const service of [...inCells, ...inAccounts]) counts[service] = (counts[service] ?? 0) + 1;
  return counts;
}

function each(service: string, found: readonly unknown[] = []): Services {
  return found.map(() => service);
}

async function loadBalancers(at: MotoAccountConfig): Promise<Services> {
  const classic = await new ElasticLoadBalancingClient(at).send(new DescribeClassicCommand({}));
  const others = await new ElasticLoadBalancingV2Client(at).send(new DescribeLoadBalancersCommand({}));
  return [...each('elb', classic.LoadBalancerDescriptions), ...each('elbv2', others.LoadBalancers)];
}

async function networks(at: MotoAccountConfig): Promise<Services> {
  const client = new ec2.EC2Client(at);
  return [
    ...each('vpc', (await client.send(new ec2.DescribeVpcsCommand({}))).Vpcs),
    ...each('vpc', (await client.send(new ec2.DescribeSubnetsCommand({}))).Subnets),
    ...each('vpc', (await client.send(new ec2.DescribeNetworkAclsCommand({}))).NetworkAcls),
    ...each('vpc', (await client.send(new ec2.DescribeVpcEndpointsCommand({}))).VpcEndpoints),
    ...each('vpc', ['block public access']),
    ...each('security_groups', (await client.send(new ec2.DescribeSecurityGroupsCommand({}))).SecurityGroups),
  ];
}

async function restApis(at: MotoAccountConfig): Promise<Services> {
  const client = new APIGatewayClient(at);
  const { items = [] } = await client.send(new GetRestApisCommand({}));
  const stages = await Promise.all(items.map(({ id: restApiId }) => client.send(new GetStagesCommand({ restApiId }))));
  const domains = await client.send(new GetDomainNamesCommand({}));
  return each('apigateway', [...items, ...stages.flatMap(({ item = [] }) => item), ...(domains.items ?? [])]);
}

async function httpApis(at: MotoAccountConfig): Promise<Services> {
  const client = new ApiGatewayV2Client(at);
  const { Items = [] } = await client.send(new GetApisCommand({}));
  const http = Items.filter(({ ProtocolType }) => ProtocolType === 'HTTP');
  const stages = await Promise.all(http.map(({ ApiId }) => client.send(new GetHttpStagesCommand({ ApiId }))));
  return each('apigateway', [...http, ...stages.flatMap((page) => page.Items ?? [])]);
}
