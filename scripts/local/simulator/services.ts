/** How a service's answers and errors look on the wire. */
export type WireProtocol = 'ec2' | 'query' | 'json' | 'rest-json' | 'rest-xml' | 's3';

/** One AWS service as the proxy knows it. */
export type Service = {
  /** Name in the call log, in rules and in stubs. */
  name: string;
  /** Name in the SigV4 scope; several services can share one. */
  signingName: string;
  /** Package whose exported operation schemas give routes and shapes; absent when the project has no such client. */
  client?: string;
  protocol: WireProtocol;
  /** Prefix of the service's IAM actions. */
  iamPrefix: string;
  /** Error code of a throttled call where it is not the protocol's usual one. */
  throttleCode?: string;
};

const service = (
  name: string,
  protocol: WireProtocol,
  client: string | undefined,
  more: Partial<Service> = {},
): Service => ({
  name,
  protocol,
  signingName: name,
  iamPrefix: name,
  ...(client === undefined ? {} : { client: `@aws-sdk/client-${client}` }),
  ...more,
});

// Throttle codes: the exceptions that the SDK clients model, else the protocol's default.
export const services: readonly Service[] = [
  service('ec2', 'ec2', 'ec2'),
  service('sts', 'query', 'sts'),
  service('iam', 'query', 'iam'),
  service('rds', 'query', 'rds'),
  service('cloudformation', 'query', 'cloudformation'),
  service('elasticache', 'query', 'elasticache'),
  service('elasticloadbalancingv2', 'query', 'elastic-load-balancing-v2', {
    signingName: 'elasticloadbalancing',
    iamPrefix: 'elasticloadbalancing',
  }),
  service('elasticloadbalancing', 'query', 'elastic-load-balancing'),
  service('s3', 's3', 's3', { throttleCode: 'SlowDown' }),
  service('s3-control', 'rest-xml', undefined, { signingName: 's3', iamPrefix: 's3' }),
  service('cloudfront', 'rest-xml', 'cloudfront'),
  service('organizations', 'json', 'organizations', { throttleCode: 'TooManyRequestsException' }),
  service('cloudwatch', 'json', 'cloudwatch', { signingName: 'monitoring' }),
  service('cloudtrail', 'json', 'cloudtrail'),
  service('cognito-idp', 'json', 'cognito-identity-provider', { throttleCode: 'TooManyRequestsException' }),
  service('dynamodb', 'json', 'dynamodb'),
  service('ecs', 'json', 'ecs'),
  service('kms', 'json', 'kms'),
  service('logs', 'json', 'cloudwatch-logs'),
  service('ssm', 'json', 'ssm'),
  service('support', 'json', 'support'),
  service('tagging', 'json', 'resource-groups-tagging-api', { iamPrefix: 'tag', throttleCode: 'ThrottledException' }),
  service('access-analyzer', 'rest-json', 'accessanalyzer'),
  service('account', 'rest-json', 'account', { throttleCode: 'TooManyRequestsException' }),
  service('apigatewayv2', 'rest-json', 'apigatewayv2', {
    signingName: 'apigateway',
    iamPrefix: 'apigateway',
    throttleCode: 'TooManyRequestsException',
  }),
  service('apigateway', 'rest-json', 'api-gateway', { throttleCode: 'TooManyRequestsException' }),
  service('bedrock-agentcore-control', 'rest-json', 'bedrock-agentcore-control', {
    signingName: 'bedrock-agentcore',
    iamPrefix: 'bedrock-agentcore',
  }),
  service('eks', 'rest-json', 'eks'),
  service('elasticfilesystem', 'rest-json', 'efs'),
  service('guardduty', 'rest-json', 'guardduty'),
  service('inspector2', 'rest-json', 'inspector2'),
  service('lambda', 'rest-json', 'lambda', { throttleCode: 'TooManyRequestsException' }),
  service('macie2', 'rest-json', 'macie2'),
  service('resource-explorer-2', 'rest-json', 'resource-explorer-2'),
  service('securityhub', 'rest-json', 'securityhub'),
  service('trustedadvisor', 'rest-json', 'trustedadvisor'),
];

const elbVersion1 = '2012-06-01';

/**
 * The service that a request is for.
 *
 * @param signingName service of the SigV4 scope; an unknown one is taken as a JSON service of that name
 */
export function serviceOf(signingName: string, request: { path: string; host: string; version?: string }): Service {
  const name = {
    elasticloadbalancing: request.version === elbVersion1 ? 'elasticloadbalancing' : 'elasticloadbalancingv2',
    apigateway: request.path.startsWith('/v2/') ? 'apigatewayv2' : 'apigateway',
    s3: /^\d{12}\./.test(request.host) || request.path.startsWith('/v20180820/') ? 's3-control' : 's3',
    's3-control': 's3-control',
  }[signingName];
  return (
    services.find((candidate) => candidate.name === (name ?? signingName)) ??
    services.find((candidate) => candidate.signingName === signingName) ??
    service(signingName, 'json', undefined)
  );
}
