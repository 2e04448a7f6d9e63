import {
  type Stage as AwsRestStage,
  GetDomainNamesCommand,
  GetRestApisCommand,
  GetStagesCommand,
} from '@aws-sdk/client-api-gateway';
import {
  GetApisCommand,
  GetStagesCommand as GetHttpStagesCommand,
  GetRoutesCommand,
} from '@aws-sdk/client-apigatewayv2';
import { ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import {
  DescribeLoadBalancersCommand as DescribeClassicCommand,
  DescribeLoadBalancerPoliciesCommand,
} from '@aws-sdk/client-elastic-load-balancing';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeSSLPoliciesCommand,
  type Listener,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { readDistributions } from '../../../../shared/security/resources/cloudfront.ts';
import {
  askNetwork,
  checksOf,
  cloudfront,
  detailOf,
  elb,
  elbv2,
  failing,
  httpApis,
  inputsOf,
  issuesOf,
  readingOf,
  restApis,
  useEmptyAws,
} from '../../../support/checked-estate.ts';

const toHttps = [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', StatusCode: 'HTTP_301' } }] as const;
const toHttp = [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTP', StatusCode: 'HTTP_301' } }] as const;
const refuse = [{ Type: 'fixed-response' }] as const;
const forward = [{ Type: 'forward' }] as const;

/** Load balancers by name, whose ARN is the name too, each with its listeners. */
function givenBalancers(listeners: Readonly<Record<string, object[]>>) {
  const LoadBalancers = Object.keys(listeners).map((name) => ({ LoadBalancerName: name, LoadBalancerArn: name }));
  elbv2.on(DescribeLoadBalancersCommand).resolves({ LoadBalancers });
  elbv2
    .on(DescribeListenersCommand)
    .callsFake(({ LoadBalancerArn }) => ({ Listeners: listeners[LoadBalancerArn as string] as Listener[] }));
}

const http = (ListenerArn: string, DefaultActions?: readonly object[]) => {
  return { Protocol: 'HTTP', Port: 80, ListenerArn, DefaultActions };
};

describe('CheckNetworkSecurity on load balancers', () => {
  useEmptyAws();

  it('judges every page of listeners by every page of their TLS policies', async () => {
    elbv2.on(DescribeLoadBalancersCommand).resolves({
      LoadBalancers: [{ LoadBalancerName: 'shop', LoadBalancerArn: 'arn:shop', Type: 'network' }],
    });
    elbv2.on(DescribeListenersCommand).callsFake(({ Marker }) => ({
      Listeners: [
        Marker === undefined
          ? { Protocol: 'TLS', Port: 443, SslPolicy: 'new' }
          : { Protocol: 'TLS', Port: 8443, SslPolicy: 'old' },
        { Protocol: 'TLS', Port: 9443, SslPolicy: 'new' },
      ],
      NextMarker: Marker === undefined ? 'page-2' : undefined,
    }));
    elbv2.on(DescribeSSLPoliciesCommand).callsFake(({ Marker }) => ({
      SslPolicies: [
        Marker === undefined
          ? { Name: 'new', SslProtocols: ['TLSv1.2'] }
          : { Name: 'old', SslProtocols: ['TLSv1.1', 'TLSv1.2'] },
      ],
      NextMarker: Marker === undefined ? 'page-2' : undefined,
    }));
    const answer = await askNetwork('elbv2');
    expect(issuesOf(answer, 'shop')).toEqual(['ELB.17: 8443 accepts TLSv1.1']);
    // ELB.1 is about application load balancers.
    expect(checksOf(answer, 'shop')).toEqual({ 'ELB.17': 'fail', 'ELB.18': 'pass' });
    const listeners = { LoadBalancerArn: 'arn:shop', PageSize: 400 };
    expect(inputsOf(elbv2, DescribeListenersCommand)).toEqual([listeners, { ...listeners, Marker: 'page-2' }]);
    const policies = { Names: ['new', 'old'], PageSize: 400 };
    expect(inputsOf(elbv2, DescribeSSLPoliciesCommand)).toEqual([policies, { ...policies, Marker: 'page-2' }]);
  });

  it('asks for no TLS policy where no listener has one, and cannot tell what such a listener accepts', async () => {
    givenBalancers({ bare: [{ Protocol: 'HTTPS', Port: 443 }] });
    const answer = await askNetwork('elbv2');
    expect(issuesOf(answer, 'bare')).toEqual(['ELB.17: AWS did not say the protocols of 443']);
    expect(inputsOf(elbv2, DescribeSSLPoliciesCommand)).toEqual([]);
  });

  it('leaves open only what was denied: listeners, TLS policies or rules', async () => {
    givenBalancers({
      shut: [],
      tls: [{ Protocol: 'HTTPS', Port: 443, SslPolicy: 'new' }],
      plain: [http('plain', toHttps)],
      open: [http('open', forward)],
    });
    elbv2.on(DescribeListenersCommand, { LoadBalancerArn: 'shut' }).rejects(failing('AccessDenied'));
    elbv2.on(DescribeSSLPoliciesCommand).rejects(failing('AccessDenied'));
    elbv2.on(DescribeRulesCommand).rejects(failing('AccessDenied'));
    const answer = await askNetwork('elbv2');
    expect(issuesOf(answer, 'shut')).toContain('ELB.18: Listeners not read: access_denied');
    expect(detailOf(answer, 'tls')).toMatchObject({
      issues: ['ELB.17: TLS policy of 443 not read: access_denied'],
      checks: { 'ELB.1': 'pass', 'ELB.18': 'pass' },
    });
    expect(detailOf(answer, 'plain')).toMatchObject({
      issues: ['ELB.1: rules of 80 not read: access_denied', 'ELB.18: rules of 80 not read: access_denied'],
      checks: { 'ELB.17': 'info' },
    });
    expect(issuesOf(answer, 'open')).toContain('ELB.1: 80 serves plain HTTP');
  });

  it('takes for a redirect only what sends every request on to HTTPS', async () => {
    givenBalancers({
      redirecting: [http('redirecting', toHttps)],
      'to-http': [http('to-http', toHttp)],
      'to-both': [http('to-both', toHttps)],
      late: [http('late', toHttps)],
      refusing: [http('refusing', refuse)],
      silent: [http('silent', undefined)],
      signing: [http('signing', [{ Type: 'authenticate-oidc' }, ...toHttps])],
    });
    const rules: Readonly<Record<string, object[]>> = {
      redirecting: [{ Actions: refuse }, { Actions: toHttps }],
      'to-both': [{ Actions: toHttp }],
      late: [{}],
    };
    elbv2.on(DescribeRulesCommand).callsFake(({ ListenerArn, Marker }) => {
      // The rules that matter stand on the second page.
      const found = Marker === undefined ? [{ Actions: toHttps }] : (rules[ListenerArn as string] ?? []);
      const isAlone = ListenerArn === 'refusing';
      return { Rules: isAlone ? [] : found, NextMarker: Marker === undefined && !isAlone ? 'page-2' : undefined };
    });
    const answer = await askNetwork('elbv2');
    const issue = (id: string) => issuesOf(answer, id)?.find((each) => each.startsWith('ELB.1:'));
    expect(issue('redirecting')).toBeUndefined();
    expect(issue('to-http')).toBe('ELB.1: 80 serves plain HTTP');
    expect(issue('to-both')).toBe('ELB.1: rules of 80 serve plain HTTP');
    expect(issue('late')).toBe('ELB.1: rules of 80 serve plain HTTP');
    expect(issue('refusing')).toBe('ELB.1: 80 serves plain HTTP');
    expect(issue('silent')).toBe('ELB.1: AWS did not say what 80 does');
    expect(issue('signing')).toBeUndefined();
    const asked = { ListenerArn: 'redirecting', PageSize: 400 };
    const inputs = inputsOf(elbv2, DescribeRulesCommand);
    expect(inputs.filter(({ ListenerArn }) => ListenerArn === 'redirecting')).toEqual([
      asked,
      { ...asked, Marker: 'page-2' },
    ]);
    expect(inputs.map(({ ListenerArn }) => ListenerArn)).not.toContain('silent');
  });

  it('reads the TLS of a classic load balancer by its policies, each asked for once', async () => {
    const listener = (Protocol: string, LoadBalancerPort: number, PolicyNames?: string[]) => ({
      Listener: { Protocol, LoadBalancerPort, InstancePort: 80, SSLCertificateId: 'arn:aws:acm:us-east-1:1:c/1' },
      PolicyNames,
    });
    elb.on(DescribeClassicCommand).resolves({
      LoadBalancerDescriptions: [
        {
          LoadBalancerName: 'two',
          ListenerDescriptions: [listener('https', 443, ['ours', 'sticky']), listener('ssl', 8443, ['ours'])],
        },
        { LoadBalancerName: 'sticky', ListenerDescriptions: [listener('HTTPS', 443, ['sticky'])] },
        { LoadBalancerName: 'denied', ListenerDescriptions: [listener('HTTPS', 443, ['denied'])] },
        { LoadBalancerName: 'mixed', ListenerDescriptions: [listener('http', 80), listener('SSL', 443, ['ours'])] },
        { LoadBalancerName: 'odd', ListenerDescriptions: [{}] },
        { LoadBalancerName: 'silent' },
      ],
    });
    const attribute = (AttributeName?: string, AttributeValue = 'true') => ({ AttributeName, AttributeValue });
    elb.on(DescribeLoadBalancerPoliciesCommand).callsFake(({ PolicyNames }) => {
      if (PolicyNames[0] === 'denied') throw failing('AccessDenied');
      if (PolicyNames[0] === 'sticky')
        return { PolicyDescriptions: [{}, { PolicyAttributeDescriptions: [attribute()] }] };
      const on = [
        attribute('Protocol-TLSv1.2'),
        attribute('Server-Defined-Cipher-Order'),
        attribute('Old-Protocol-SSLv3'),
      ];
      return { PolicyDescriptions: [{ PolicyAttributeDescriptions: [...on, attribute('Protocol-SSLv3', 'false')] }] };
    });
    const answer = await askNetwork('elb');
    expect(checksOf(answer, 'two')).toEqual({ 'ELB.2': 'pass', 'ELB.3': 'pass', 'ELB.8': 'pass' });
    expect(issuesOf(answer, 'sticky')).toEqual(['ELB.8: AWS did not say Protocols']);
    expect(issuesOf(answer, 'denied')).toEqual(['ELB.8: Protocols not read: access_denied']);
    expect(issuesOf(answer, 'mixed')).toEqual(['ELB.3: HTTP on 80']);
    expect(checksOf(answer, 'mixed')).toMatchObject({ 'ELB.8': 'pass' });
    expect(checksOf(answer, 'odd')).toEqual({ 'ELB.2': 'info', 'ELB.3': 'fail', 'ELB.8': 'info' });
    expect(issuesOf(answer, 'silent')).toContain('ELB.3: AWS did not say Listeners');
    const asked = inputsOf(elb, DescribeLoadBalancerPoliciesCommand);
    expect(asked).toContainEqual({ LoadBalancerName: 'two', PolicyNames: ['ours', 'sticky'] });
    expect(asked).toHaveLength(4);
  });
});

describe('CheckNetworkSecurity on API Gateway', () => {
  useEmptyAws();

  it('reads each stage of a REST API, with what AWS leaves out as not set', async () => {
    const stages: Readonly<Record<string, AwsRestStage>> = {
      full: {
        clientCertificateId: 'c1',
        webAclArn: 'arn:acl',
        cacheClusterEnabled: true,
        methodSettings: { '*/*': { loggingLevel: 'ERROR', cachingEnabled: true, cacheDataEncrypted: true } },
      },
      partly: {
        cacheClusterEnabled: true,
        methodSettings: {
          '*/*': { loggingLevel: 'INFO', cachingEnabled: true, cacheDataEncrypted: false },
          'orders/GET': { loggingLevel: 'OFF' },
        },
      },
      methods: { methodSettings: { 'orders/GET': { loggingLevel: 'INFO', cachingEnabled: true } } },
      unset: { methodSettings: { '*/*': { cachingEnabled: true } } },
      bare: {},
    };
    restApis.on(GetRestApisCommand).resolves({
      items: [
        { id: 'r1', name: 'orders', securityPolicy: 'TLS_1_0' },
        { id: 'r2', disableExecuteApiEndpoint: true },
      ],
    });
    restApis.on(GetStagesCommand).callsFake(({ restApiId }) => ({
      item:
        restApiId === 'r1' ? Object.entries(stages).map(([stageName, stage]) => ({ stageName, ...stage })) : undefined,
    }));
    const answer = await askNetwork('apigateway');
    const verdicts = Object.keys(stages).map((stage) => [
      stage,
      ...Object.entries(checksOf(answer, `r1/${stage}`) ?? {})
        .sort()
        .map(([, state]) => state),
    ]);
    expect(Object.keys(checksOf(answer, 'r1/full') ?? {}).sort()).toEqual([
      'APIGateway.1',
      'APIGateway.2',
      'APIGateway.4',
      'APIGateway.5',
    ]);
    expect(verdicts).toEqual([
      ['full', 'pass', 'pass', 'pass', 'pass'],
      ['partly', 'fail', 'fail', 'fail', 'fail'],
      ['methods', 'fail', 'fail', 'fail', 'info'],
      ['unset', 'fail', 'fail', 'fail', 'info'],
      ['bare', 'fail', 'fail', 'fail', 'info'],
    ]);
    expect(detailOf(answer, 'r1/full')).toMatchObject({
      type: 'AWS::ApiGateway::Stage',
      name: 'orders',
      arn: 'arn:aws:apigateway:us-east-1::/restapis/r1/stages/full',
    });
    expect(issuesOf(answer, 'r1')).toEqual(['OPS.APIGW.2: accepts TLS_1_0']);
    expect(detailOf(answer, 'r2')).toEqual({});
    expect(inputsOf(restApis, GetStagesCommand)).toEqual([{ restApiId: 'r1' }, { restApiId: 'r2' }]);
  });

  it('stands `*` for the stages of an API that were denied, unknown in every respect', async () => {
    restApis.on(GetRestApisCommand).resolves({ items: [{ id: 'r1', name: 'orders' }] });
    restApis.on(GetStagesCommand).rejects(failing('AccessDeniedException'));
    httpApis
      .on(GetApisCommand)
      .resolves({ Items: [{ ApiId: 'w1', Name: 'chat', ProtocolType: 'WEBSOCKET' } as never] });
    httpApis.on(GetHttpStagesCommand).rejects(failing('AccessDeniedException'));
    const answer = await askNetwork('apigateway');
    expect(detailOf(answer, 'r1/*')).toMatchObject({
      type: 'AWS::ApiGateway::Stage',
      name: 'orders',
      state: 'unknown',
    });
    expect(issuesOf(answer, 'r1/*')).toEqual([
      'APIGateway.1: LoggingLevel not read: access_denied',
      'APIGateway.2: ClientCertificateId not read: access_denied',
      'APIGateway.4: WebAclArn not read: access_denied',
      'APIGateway.5: CacheClusterEnabled not read: access_denied',
    ]);
    expect(detailOf(answer, 'w1/*')).toMatchObject({
      type: 'AWS::ApiGatewayV2::Stage',
      name: 'chat',
      state: 'unknown',
    });
    expect(issuesOf(answer, 'w1/*')).toEqual([
      'APIGateway.1: LoggingLevel not read: access_denied',
      'APIGateway.9: AccessLogDestination not read: access_denied',
    ]);
    expect(checksOf(answer, 'r1')).toEqual({ 'OPS.APIGW.2': 'info' });
  });

  it('reads every page of the routes and the stages of an HTTP or a WebSocket API', async () => {
    httpApis.on(GetApisCommand).resolves({
      Items: [
        { ApiId: 'h1', Name: 'hooks', ProtocolType: 'HTTP' },
        { ApiId: 'w1', Name: 'chat', ProtocolType: 'WEBSOCKET' },
        { ApiId: 'd1', Name: 'denied', ProtocolType: 'HTTP' },
      ] as never,
    });
    const page = (NextToken: string | undefined, first: object, last: object) => ({
      Items: [NextToken === undefined ? first : last] as never,
      NextToken: NextToken === undefined ? 'page-2' : undefined,
    });
    httpApis.on(GetRoutesCommand).callsFake(({ ApiId, NextToken }) => {
      if (ApiId === 'd1') throw failing('AccessDeniedException');
      if (ApiId === 'w1') return { Items: [{ RouteKey: '$connect', AuthorizationType: 'AWS_IAM' }] };
      return page(NextToken, { RouteKey: 'GET /', AuthorizationType: 'JWT' }, { RouteKey: 'POST /' });
    });
    httpApis.on(GetHttpStagesCommand).callsFake(({ ApiId, NextToken }) => {
      if (ApiId === 'd1') return {};
      const AccessLogSettings = { DestinationArn: 'arn:log-group' };
      const DefaultRouteSettings = { LoggingLevel: 'INFO' };
      return page(
        NextToken,
        { StageName: 'live', AccessLogSettings, DefaultRouteSettings },
        { StageName: 'test', AccessLogSettings: {}, DefaultRouteSettings: {} },
      );
    });
    const answer = await askNetwork('apigateway');
    expect(issuesOf(answer, 'h1')).toEqual(['APIGateway.8: 1 of 2 routes open to everyone']);
    expect(checksOf(answer, 'w1')).toEqual({ 'APIGateway.8': 'pass' });
    expect(issuesOf(answer, 'd1')).toEqual(['APIGateway.8: Routes not read: access_denied']);
    expect(checksOf(answer, 'h1/live')).toEqual({ 'APIGateway.9': 'pass' });
    expect(checksOf(answer, 'h1/test')).toEqual({ 'APIGateway.9': 'fail' });
    expect(checksOf(answer, 'w1/live')).toEqual({ 'APIGateway.1': 'pass', 'APIGateway.9': 'pass' });
    expect(checksOf(answer, 'w1/test')).toEqual({ 'APIGateway.1': 'fail', 'APIGateway.9': 'fail' });
    expect(detailOf(answer, 'w1/live')).toMatchObject({
      type: 'AWS::ApiGatewayV2::Stage',
      name: 'chat',
      arn: 'arn:aws:apigateway:us-east-1::/apis/w1/stages/live',
    });
    const asked = { ApiId: 'h1', MaxResults: '500' };
    for (const command of [GetRoutesCommand, GetHttpStagesCommand])
      expect(inputsOf(httpApis, command).filter(({ ApiId }) => ApiId === 'h1')).toEqual([
        asked,
        { ...asked, NextToken: 'page-2' },
      ]);
  });

  it('names a custom domain by the ARN that AWS gives, where it gives one', async () => {
    restApis.on(GetDomainNamesCommand).resolves({
      items: [{ domainName: 'api.example.com', domainNameArn: 'arn:given', securityPolicy: 'TLS_1_2' }],
    });
    const answer = await askNetwork('apigateway');
    expect(detailOf(answer, 'api.example.com')).toMatchObject({ arn: 'arn:given', checks: { 'OPS.APIGW.1': 'pass' } });
  });
});

describe('CheckNetworkSecurity on CloudFront', () => {
  useEmptyAws();

  it('names a distribution by its alias, its comment or its domain, and judges all its behaviours', async () => {
    const DomainName = 'd1.cloudfront.net';
    const only = { ViewerProtocolPolicy: 'https-only' };
    const all = { ViewerProtocolPolicy: 'allow-all' };
    cloudfront.on(ListDistributionsCommand).resolves({
      DistributionList: {
        Items: [
          {
            Id: 'E1',
            Aliases: { Items: ['shop.example.com', 'www.example.com'] },
            Comment: 'the shop',
            DomainName,
            DefaultCacheBehavior: only,
            CacheBehaviors: { Items: [only, all] },
          },
          { Id: 'E2', Aliases: { Items: [] }, Comment: 'reports', DomainName, DefaultCacheBehavior: only },
          { Id: 'E3', Aliases: {}, Comment: '', DomainName, CacheBehaviors: { Items: [only] } },
          {
            Id: 'E4',
            DefaultCacheBehavior: all,
            CacheBehaviors: {},
            Origins: { Items: [{ S3OriginConfig: { OriginAccessIdentity: '' } }] },
            ViewerCertificate: { CloudFrontDefaultCertificate: true },
            WebACLId: 'acl',
          },
        ],
      } as never,
    });
    const answer = await askNetwork('cloudfront');
    expect(['E1', 'E2', 'E3', 'E4'].map((id) => detailOf(answer, id).name)).toEqual([
      'shop.example.com',
      'reports',
      DomainName,
      undefined,
    ]);
    expect(['E1', 'E2', 'E3', 'E4'].map((id) => checksOf(answer, id)?.['CloudFront.3'])).toEqual([
      'fail',
      'pass',
      'unknown',
      'fail',
    ]);
    expect(checksOf(answer, 'E4')).toMatchObject({
      'CloudFront.6': 'pass',
      'CloudFront.7': 'fail',
      'CloudFront.13': 'fail',
    });
  });

  it.each([
    ['aws', 'us-east-1', 'the same whichever Region is asked for'],
    ['aws-cn', 'cn-northwest-1', 'in China'],
  ])('asks in partition %s the Region %s: %s', async (partition, home) => {
    cloudfront.on(ListDistributionsCommand).resolves({ DistributionList: { Items: [{ Id: 'E1' }] } as never });
    const self = { partition, region: 'eu-west-1', account: '999999999999' };
    const distributions = await readDistributions(readingOf({ self }));
    expect(distributions.map(({ type, id }) => [type, id])).toEqual([['AWS::CloudFront::Distribution', 'E1']]);
    const [call] = cloudfront.commandCalls(ListDistributionsCommand);
    const client = call?.thisValue as { config: { region: () => Promise<string> } };
    expect(await client.config.region()).toBe(home);
  });

  it('asks for no distribution in GovCloud, which has none', async () => {
    const self = { partition: 'aws-us-gov', region: 'us-gov-west-1', account: '999999999999' };
    expect(await readDistributions(readingOf({ self }))).toEqual([]);
    expect(cloudfront.calls()).toEqual([]);
  });
});
