import { Unread } from '../../../../shared/security/control.ts';
import { apigateway } from '../../../../shared/security/controls/apigateway.ts';
import type { HttpApi, HttpStage } from '../../../../shared/security/resources/http-apis.ts';
import type { DomainName, RestApi, RestStage } from '../../../../shared/security/resources/rest-apis.ts';
import { testControls } from '../../../support/control-cases.ts';

const denied = new Unread('access_denied');

const stage = (more: Partial<RestStage> = {}): RestStage => ({
  type: 'AWS::ApiGateway::Stage',
  id: 'a1/live',
  LoggingLevel: 'INFO',
  ClientCertificateId: 'c1',
  WebAclArn: 'arn:aws:wafv2:us-east-1:111111111111:regional/webacl/a/1',
  CacheClusterEnabled: true,
  MethodSettings: [{ cachingEnabled: true, cacheDataEncrypted: true }],
  ...more,
});
const httpStage = (more: Partial<HttpStage> = {}): HttpStage => ({
  type: 'AWS::ApiGatewayV2::Stage',
  id: 'a2/live',
  ProtocolType: 'HTTP',
  AccessLogDestination: 'arn:aws:logs:us-east-1:111111111111:log-group:api',
  LoggingLevel: 'OFF',
  ...more,
});
const routes = (...given: (readonly [key: string, authorization?: string])[]): HttpApi => ({
  type: 'AWS::ApiGatewayV2::Api',
  id: 'a2',
  ProtocolType: 'HTTP',
  Routes: given.map(([RouteKey, AuthorizationType]) => ({ RouteKey, AuthorizationType }) as never),
});
const domain = (SecurityPolicy?: string): DomainName => ({
  type: 'AWS::ApiGateway::DomainName',
  id: 'api.example.com',
  SecurityPolicy,
});
const api = (SecurityPolicy: RestApi['SecurityPolicy'], DisableExecuteApiEndpoint = false): RestApi => ({
  type: 'AWS::ApiGateway::RestApi',
  id: 'a1',
  SecurityPolicy,
  DisableExecuteApiEndpoint,
});

testControls(apigateway, {
  'APIGateway.1': {
    passing: stage(),
    failing: stage({ LoggingLevel: 'OFF' }),
    undecidable: stage({ LoggingLevel: denied }),
    more: [
      ['judges WebSocket APIs', httpStage({ ProtocolType: 'WEBSOCKET' }), 'fail'],
      ['is not about HTTP APIs, which have no such log', httpStage(), 'none'],
    ],
  },
  'APIGateway.2': {
    passing: stage(),
    failing: stage({ ClientCertificateId: null }),
    undecidable: stage({ ClientCertificateId: denied }),
  },
  'APIGateway.4': {
    passing: stage(),
    failing: stage({ WebAclArn: null }),
    undecidable: stage({ WebAclArn: denied }),
  },
  'APIGateway.5': {
    passing: stage(),
    failing: stage({ MethodSettings: [{ cachingEnabled: true, cacheDataEncrypted: false }] }),
    undecidable: stage({ MethodSettings: denied }),
    more: [
      ['finds one method of many', stage({ MethodSettings: [{ cachingEnabled: true }, {}] }), 'fail'],
      ['informs without a cache', stage({ CacheClusterEnabled: false }), 'info'],
      ['informs where nothing is cached', stage({ MethodSettings: [{ cachingEnabled: false }] }), 'info'],
    ],
  },
  'APIGateway.8': {
    passing: routes(['GET /orders', 'JWT'], ['OPTIONS /orders']),
    failing: routes(['GET /orders', 'JWT'], ['$default', 'NONE']),
    undecidable: { ...routes(), Routes: denied },
    more: [
      ['takes no type for none', routes(['POST /orders']), 'fail'],
      ['judges a WebSocket API by its $connect', routes(['$connect', 'AWS_IAM'], ['$default', 'NONE']), 'pass'],
      ['finds an open $connect', routes(['$connect', 'NONE'], ['$default', 'NONE']), 'fail'],
    ],
  },
  'APIGateway.9': {
    passing: httpStage(),
    failing: httpStage({ AccessLogDestination: null }),
    undecidable: httpStage({ AccessLogDestination: denied }),
  },
  'OPS.APIGW.1': {
    passing: domain('TLS_1_2'),
    failing: domain('TLS_1_0'),
    undecidable: domain('SecurityPolicy_NEW'),
    more: [
      ['takes the policies of TLS 1.3', domain('SecurityPolicy_TLS13_1_3_2025_09'), 'pass'],
      ['takes the policies of 2025 with TLS 1.2', domain('SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09'), 'pass'],
      ['takes the policies of edge-optimised domains', domain('SecurityPolicy_TLS12_PFS_2025_EDGE'), 'pass'],
      ['would find TLS 1.0 in the newer form of the name', domain('SecurityPolicy_TLS13_1_0_2027_01'), 'fail'],
    ],
  },
  'OPS.APIGW.2': {
    passing: api('SecurityPolicy_TLS13_1_2_2021_06'),
    failing: api('TLS_1_0'),
    undecidable: api(denied),
    more: [
      ['is not about an endpoint that is disabled', api('TLS_1_0', true), 'none'],
      ['informs of an API without a choice', api(null), 'info'],
    ],
  },
});
