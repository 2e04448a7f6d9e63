import { controlsOn, fail, info, pass, securityHub, unknown, type Verdict } from '../control.ts';
import { type HttpApi, type HttpStage, readHttpApis } from '../resources/http-apis.ts';
import {
  type DomainName,
  type RestApi,
  type RestStage,
  readDomainNames,
  readRestApis,
} from '../resources/rest-apis.ts';
import { checkedService } from '../service.ts';

const restApi = controlsOn<RestApi>('apigateway', 'AWS::ApiGateway::RestApi');
const restStage = controlsOn<RestStage>('apigateway', 'AWS::ApiGateway::Stage');
const anyStage = controlsOn<RestStage | HttpStage>('apigateway', 'AWS::ApiGateway::Stage', 'AWS::ApiGatewayV2::Stage');
const httpApi = controlsOn<HttpApi>('apigateway', 'AWS::ApiGatewayV2::Api');
const httpStage = controlsOn<HttpStage>('apigateway', 'AWS::ApiGatewayV2::Stage');
const domainName = controlsOn<DomainName>('apigateway', 'AWS::ApiGateway::DomainName');

/**
 * No API tells what a policy accepts, but its name says the oldest version: TLS_1_0, SecurityPolicy_TLS13_1_2_2021_06,
 * or for edge-optimised endpoints SecurityPolicy_TLS12_2018_EDGE.
 */
function judgePolicy(name: string): Verdict {
  if (/^TLS_1_[01]$|_TLS13_1_[01]_/.test(name)) return fail(`accepts ${name}`);
  return /^TLS_1_2$|^SecurityPolicy_TLS1[23]_/.test(name) ? pass(name) : unknown('a policy that is not known');
}

const POLICY_URL =
  'https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html';

export const apigateway = checkedService(
  'apigateway',
  [
    { types: ['AWS::ApiGateway::RestApi', 'AWS::ApiGateway::Stage'], read: readRestApis },
    { types: ['AWS::ApiGatewayV2::Api', 'AWS::ApiGatewayV2::Stage'], read: readHttpApis },
    { types: ['AWS::ApiGateway::DomainName'], read: readDomainNames },
  ],
  [
    anyStage({
      id: 'APIGateway.1',
      title: 'REST and WebSocket APIs log their execution',
      severity: 'MEDIUM',
      when: (stage) => !('ProtocolType' in stage) || stage.ProtocolType === 'WEBSOCKET',
      fields: ['LoggingLevel'],
      remediation: 'Set the logging level of the stage to ERROR or INFO.',
      url: securityHub('apigateway', 'APIGateway.1'),
      judge: ({ LoggingLevel }) =>
        /^(ERROR|INFO)$/.test(LoggingLevel) ? pass(LoggingLevel) : fail('execution not logged'),
    }),
    restStage({
      id: 'APIGateway.2',
      title: 'REST API stages show a client certificate to their backends',
      severity: 'MEDIUM',
      fields: ['ClientCertificateId'],
      remediation: 'Generate a client certificate, set it on the stage and let HTTP backends demand it.',
      url: securityHub('apigateway', 'APIGateway.2'),
      judge: ({ ClientCertificateId: id }) =>
        id === null ? fail('no client certificate') : pass('client certificate'),
    }),
    restStage({
      id: 'APIGateway.4',
      title: 'REST API stages are behind a web ACL of WAF',
      severity: 'MEDIUM',
      fields: ['WebAclArn'],
      remediation: 'Associate a web ACL of AWS WAF with the stage.',
      url: securityHub('apigateway', 'APIGateway.4'),
      judge: ({ WebAclArn }) => (WebAclArn === null ? fail('no web ACL') : pass('web ACL')),
    }),
    restStage({
      id: 'APIGateway.5',
      title: 'REST API stages encrypt what they cache',
      severity: 'MEDIUM',
      fields: ['CacheClusterEnabled', 'MethodSettings'],
      remediation: 'Turn on encryption of cache data in the settings of the stage.',
      url: securityHub('apigateway', 'APIGateway.5'),
      judge: ({ CacheClusterEnabled, MethodSettings }) => {
        const cached = MethodSettings.filter(({ cachingEnabled }) => cachingEnabled === true);
        if (!CacheClusterEnabled || cached.length === 0) return info('caches nothing');
        return cached.every((setting) => setting.cacheDataEncrypted === true)
          ? pass('encrypted')
          : fail('caches in clear');
      },
    }),
    // Browsers ask by OPTIONS before they authenticate; of a WebSocket API only $connect can authorise.
    httpApi({
      id: 'APIGateway.8',
      title: 'Routes of HTTP and WebSocket APIs authorise their callers',
      severity: 'MEDIUM',
      fields: ['Routes'],
      remediation: 'Set an authorisation type on every route: IAM, JWT or a Lambda authoriser.',
      url: securityHub('apigateway', 'APIGateway.8'),
      judge: ({ Routes }) => {
        const isSocket = Routes.some(({ RouteKey }) => RouteKey === '$connect');
        const judged = Routes.filter(({ RouteKey = '' }) =>
          isSocket ? RouteKey === '$connect' : !RouteKey.startsWith('OPTIONS '),
        );
        const open = judged.filter(({ AuthorizationType = 'NONE' }) => AuthorizationType === 'NONE').length;
        return open === 0 ? pass('authorised') : fail(`${open} of ${judged.length} routes open to everyone`);
      },
    }),
    httpStage({
      id: 'APIGateway.9',
      title: 'Stages of HTTP and WebSocket APIs log access',
      severity: 'MEDIUM',
      fields: ['AccessLogDestination'],
      remediation: 'Set a log group or a Firehose stream for the access log of the stage.',
      url: securityHub('apigateway', 'APIGateway.9'),
      judge: ({ AccessLogDestination: to }) => (to === null ? fail('access not logged') : pass('logged')),
    }),
    domainName({
      id: 'OPS.APIGW.1',
      title: 'Custom domain names accept TLS 1.2 and newer only',
      severity: 'MEDIUM',
      fields: ['SecurityPolicy'],
      remediation: 'Set a security policy of TLS 1.2 or newer on the domain name.',
      url: POLICY_URL,
      judge: ({ SecurityPolicy }) => judgePolicy(SecurityPolicy),
    }),
    restApi({
      id: 'OPS.APIGW.2',
      title: 'Default endpoints of REST APIs accept TLS 1.2 and newer only',
      severity: 'LOW',
      when: ({ DisableExecuteApiEndpoint }) => DisableExecuteApiEndpoint !== true,
      fields: ['SecurityPolicy'],
      remediation: 'Set a security policy of TLS 1.2 or newer on the API, or disable its default endpoint.',
      url: POLICY_URL,
      judge: ({ SecurityPolicy: name }) => (name === null ? info('no policy chosen') : judgePolicy(name)),
    }),
  ],
);
