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
import { describe, expect, it } from 'vitest';
import { readDistributions } from '../../../../shared/security/resources/cloudfront.ts';
import {
  askNetwork,
  checksOf,
  cloudfront,
  detailOf,
  httpApis,
  inputsOf,
  issuesOf,
  readingOf,
  restApis,
  useEmptyAws,
} from '../../../support/checked-estate.ts';
import { failing } from '../../../support/mock-aws.ts';

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
    expect(answer.resource_details.filter(({ id }) => id?.startsWith('r2'))).toEqual([]);
    expect(inputsOf(restApis, GetStagesCommand)).toEqual([{ restApiId: 'r1' }, { restApiId: 'r2' }]);
  });

  it('tells the stages of an API that were denied as one, unknown in every respect', async () => {
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
      return page(NextToken, { StageName: 'live', AccessLogSettings, DefaultRouteSettings }, { StageName: 'test' });
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
    ['aws', 'us-east-1'],
    ['aws-cn', 'cn-northwest-1'],
  ])('asks in partition %s the one Region %s, wherever the account is checked', async (partition, home) => {
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
