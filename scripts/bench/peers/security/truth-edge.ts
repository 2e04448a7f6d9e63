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
  GetRoutesCommand,
} from '@aws-sdk/client-apigatewayv2';
import {
  DescribeLoadBalancersCommand as DescribeClassicCommand,
  DescribeLoadBalancerPoliciesCommand,
  ElasticLoadBalancingClient,
} from '@aws-sdk/client-elastic-load-balancing';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeSSLPoliciesCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { MotoAccountConfig } from '../../../local/simulator/moto-account.ts';
import type { StubRequest } from '../../../local/simulator/stub.ts';
import { listDistributions } from '../../../local/simulator/stubs-network.ts';
import type { Held } from './held.ts';

/** Newer than TLS 1.1; everything else has been withdrawn. */
const CURRENT = ['TLSv1.2', 'TLSv1.3'];

/** What fails of the load balancers and APIs of one Region, and in us-east-1 of the distributions. */
export async function edgeOf(at: MotoAccountConfig): Promise<Held[]> {
  const distributions = at.region === 'us-east-1' ? await distributionsOf(at) : [];
  return [await classicOf(at), await balancersOf(at), await restOf(at), await httpOf(at), distributions].flat();
}

async function classicOf(at: MotoAccountConfig): Promise<Held[]> {
  const elb = new ElasticLoadBalancingClient(at);
  const { LoadBalancerDescriptions = [] } = await elb.send(new DescribeClassicCommand({}));
  const held: Held[] = [];
  for (const { LoadBalancerName: resource = '', ListenerDescriptions = [] } of LoadBalancerDescriptions) {
    const inClear = ListenerDescriptions.some(({ Listener }) => !['HTTPS', 'SSL'].includes(Listener?.Protocol ?? ''));
    if (inClear) held.push({ control: 'ELB.3', resource });
    const PolicyNames = ListenerDescriptions.flatMap((each) => each.PolicyNames ?? []);
    if (PolicyNames.length === 0) continue;
    const { PolicyDescriptions = [] } = await elb.send(
      new DescribeLoadBalancerPoliciesCommand({ LoadBalancerName: resource, PolicyNames }),
    );
    const protocols = PolicyDescriptions.flatMap(({ PolicyAttributeDescriptions = [] }) => PolicyAttributeDescriptions)
      .filter(({ AttributeValue }) => AttributeValue === 'true')
      .flatMap(({ AttributeName = '' }) => /^Protocol-(.*)$/.exec(AttributeName)?.[1] ?? []);
    if (protocols.some((protocol) => !CURRENT.includes(protocol))) held.push({ control: 'ELB.8', resource });
  }
  return held;
}

async function balancersOf(at: MotoAccountConfig): Promise<Held[]> {
  const elb = new ElasticLoadBalancingV2Client(at);
  const { LoadBalancers = [] } = await elb.send(new DescribeLoadBalancersCommand({}));
  const { SslPolicies = [] } = await elb.send(new DescribeSSLPoliciesCommand({}));
  const held: Held[] = [];
  for (const { LoadBalancerArn, LoadBalancerName: resource = '', Type } of LoadBalancers) {
    const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
    // moto gives listeners without TLS a policy too.
    const policies = Listeners.flatMap(({ Protocol = '', SslPolicy = [] }) =>
      /^(HTTPS|TLS)$/.test(Protocol) ? SslPolicy : [],
    );
    const protocols = SslPolicies.filter(({ Name = '' }) => policies.includes(Name)).flatMap(
      ({ SslProtocols = [] }) => SslProtocols,
    );
    if (protocols.some((protocol) => !CURRENT.includes(protocol))) held.push({ control: 'ELB.17', resource });
    for (const { ListenerArn } of Listeners.filter(({ Protocol }) => Type === 'application' && Protocol === 'HTTP')) {
      const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
      const redirects = Rules.every(({ Actions = [] }) =>
        Actions.some(({ RedirectConfig }) => RedirectConfig?.Protocol === 'HTTPS'),
      );
      if (!redirects) held.push({ control: 'ELB.1', resource });
    }
  }
  return held;
}

async function restOf(at: MotoAccountConfig): Promise<Held[]> {
  const gateway = new APIGatewayClient(at);
  const { items: apis = [] } = await gateway.send(new GetRestApisCommand({}));
  const held: Held[] = [];
  for (const { id: restApiId, name } of apis) {
    const aliases = [name];
    const { item: stages = [] } = await gateway.send(new GetStagesCommand({ restApiId }));
    for (const { stageName, methodSettings = {}, cacheClusterEnabled } of stages) {
      const resource = `${restApiId}/${stageName}`;
      const methods = Object.values(methodSettings);
      const logged = methods.some(({ loggingLevel = 'OFF' }) => loggingLevel !== 'OFF');
      if (!logged) held.push({ control: 'APIGateway.1', resource, aliases });
      const inClear = methods.some(({ cachingEnabled, cacheDataEncrypted }) => cachingEnabled && !cacheDataEncrypted);
      if (cacheClusterEnabled && inClear) held.push({ control: 'APIGateway.5', resource, aliases });
    }
  }
  const { items: names = [] } = await gateway.send(new GetDomainNamesCommand({}));
  for (const { domainName: resource = '', securityPolicy } of names) {
    if (securityPolicy === 'TLS_1_0') held.push({ control: 'OPS.APIGW.1', resource });
  }
  return held;
}

async function httpOf(at: MotoAccountConfig): Promise<Held[]> {
  const gateway = new ApiGatewayV2Client(at);
  const { Items: apis = [] } = await gateway.send(new GetApisCommand({}));
  const held: Held[] = [];
  for (const { ApiId = '', Name } of apis) {
    const { Items: routes = [] } = await gateway.send(new GetRoutesCommand({ ApiId }));
    const open = routes.some(({ AuthorizationType = 'NONE' }) => AuthorizationType === 'NONE');
    if (open) held.push({ control: 'APIGateway.8', resource: ApiId, aliases: [Name] });
    const { Items: stages = [] } = await gateway.send(new GetHttpStagesCommand({ ApiId }));
    for (const { StageName, AccessLogSettings } of stages) {
      const resource = `${ApiId}/${StageName}`;
      if (!AccessLogSettings?.DestinationArn) held.push({ control: 'APIGateway.9', resource, aliases: [Name] });
    }
  }
  return held;
}

async function distributionsOf(moto: MotoAccountConfig): Promise<Held[]> {
  // The stub gives the access control that moto forgets.
  const { DistributionList } = await listDistributions({ moto } as StubRequest);
  return DistributionList.Items.flatMap(({ Id: resource = '', ...each }) => {
    const { DefaultCacheBehavior, ViewerCertificate, Origins, Comment } = each;
    const aliases = [Comment];
    const all = Origins?.Items ?? [];
    const custom = all.flatMap(({ CustomOriginConfig = [] }) => CustomOriginConfig);
    const withoutControl = all.filter(({ OriginAccessControlId }) => !OriginAccessControlId);
    const controls: Record<string, boolean> = {
      'CloudFront.3': DefaultCacheBehavior?.ViewerProtocolPolicy === 'allow-all',
      'CloudFront.9': custom.some(({ OriginProtocolPolicy }) => OriginProtocolPolicy === 'http-only'),
      'CloudFront.10': custom.some(({ OriginSslProtocols }) => OriginSslProtocols?.Items?.includes('SSLv3')),
      'CloudFront.13': withoutControl.some(({ S3OriginConfig }) => S3OriginConfig?.OriginAccessIdentity === ''),
      'CloudFront.15': !/^TLSv1\.(2_202[1-9]|3)/.test(ViewerCertificate?.MinimumProtocolVersion ?? ''),
      'CloudFront.16': withoutControl.some(({ DomainName = '' }) => DomainName.includes('.lambda-url.')),
    };
    const held: Held[] = Object.entries(controls).flatMap(([control, fails]) =>
      fails ? { control, resource, aliases } : [],
    );
    // To S3 a distribution speaks as its viewers do. The control is about other origins, and Prowler's check about all.
    const followsViewers = controls['CloudFront.3'] && custom.length < all.length;
    return followsViewers ? [...held, { control: 'CloudFront.9', resource, beside: true }] : held;
  });
}
