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
import { openMotoAccounts } from '../../scripts/local/simulator/moto-account.ts';
import type { EstateAccess } from '../support/estate.ts';

/** What moto holds, read past the proxy: how many resources of each service there are. */
export async function networkResources({ demo, estate }: EstateAccess): Promise<Record<string, number>> {
  const accounts = openMotoAccounts(demo.motoUrl);
  const counts: Record<string, number> = { elb: 0, elbv2: 0, vpc: 0, security_groups: 0, apigateway: 0, cloudfront: 0 };
  const add = (service: string, found: readonly unknown[] = []) => {
    counts[service] = (counts[service] ?? 0) + found.length;
  };
  for (const { id } of estate.accounts.filter(({ reachable }) => reachable)) {
    for (const region of estate.regions) {
      const at = accounts.as(id, region);
      const classic = await new ElasticLoadBalancingClient(at).send(new DescribeClassicCommand({}));
      add('elb', classic.LoadBalancerDescriptions);
      const balancers = await new ElasticLoadBalancingV2Client(at).send(new DescribeLoadBalancersCommand({}));
      add('elbv2', balancers.LoadBalancers);
      const client = new ec2.EC2Client(at);
      add('vpc', (await client.send(new ec2.DescribeVpcsCommand({}))).Vpcs);
      add('vpc', (await client.send(new ec2.DescribeSubnetsCommand({}))).Subnets);
      add('vpc', (await client.send(new ec2.DescribeNetworkAclsCommand({}))).NetworkAcls);
      add('vpc', (await client.send(new ec2.DescribeVpcEndpointsCommand({}))).VpcEndpoints);
      add('vpc', ['block public access']);
      add('security_groups', (await client.send(new ec2.DescribeSecurityGroupsCommand({}))).SecurityGroups);
      const gateway = new APIGatewayClient(at);
      const { items = [] } = await gateway.send(new GetRestApisCommand({}));
      add('apigateway', items);
      for (const { id: restApiId } of items)
        add('apigateway', (await gateway.send(new GetStagesCommand({ restApiId }))).item);
      add('apigateway', (await gateway.send(new GetDomainNamesCommand({}))).items);
      const gatewayV2 = new ApiGatewayV2Client(at);
      const { Items = [] } = await gatewayV2.send(new GetApisCommand({}));
      const http = Items.filter(({ ProtocolType }) => ProtocolType === 'HTTP');
      add('apigateway', http);
      for (const { ApiId } of http)
        add('apigateway', (await gatewayV2.send(new GetHttpStagesCommand({ ApiId }))).Items);
    }
    const cloudfront = new CloudFrontClient(accounts.as(id));
    add('cloudfront', (await cloudfront.send(new ListDistributionsCommand({}))).DistributionList?.Items);
  }
  accounts.close();
  return counts;
}
