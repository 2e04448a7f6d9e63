import { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { IAMClient, ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../scripts/local/simulator/call.ts';
import { services } from '../../scripts/local/simulator/services.ts';
import { AwsError, errorAnswer } from '../../scripts/local/simulator/wire.ts';
import { FatalError, ToolError, toToolError } from '../../shared/errors.ts';

/** One operation of each service, with the errors that AWS answers it: its code on the wire and its HTTP status. */
const calls: Record<string, (client: object) => Promise<unknown>> = {
  account: (more) => new AccountClient(more).send(new ListRegionsCommand({})),
  cloudwatch: (more) => new CloudWatchClient(more).send(new DescribeAlarmsCommand({})),
  ec2: (more) => new EC2Client(more).send(new DescribeInstancesCommand({})),
  ecs: (more) => new ECSClient(more).send(new DescribeClustersCommand({})),
  eks: (more) => new EKSClient(more).send(new DescribeClusterCommand({ name: 'a' })),
  iam: (more) => new IAMClient(more).send(new ListAccountAliasesCommand({})),
  lambda: (more) => new LambdaClient(more).send(new GetFunctionCommand({ FunctionName: 'a' })),
  organizations: (more) => new OrganizationsClient(more).send(new ListAccountsCommand({})),
  rds: (more) => new RDSClient(more).send(new DescribeDBInstancesCommand({})),
  s3: (more) => new S3Client(more).send(new GetBucketTaggingCommand({ Bucket: 'bucket' })),
  sts: (more) => new STSClient(more).send(new AssumeRoleCommand({ RoleArn: 'arn', RoleSessionName: 'name' })),
};

const MESSAGE = 'CANARY: arn:aws:iam::111111111111:user/CANARY, key CANARY';

/** What the SDK throws when the service answers so. */
async function thrownBy(service: string, answer: { status: number; headers: Record<string, string>; body: Buffer }) {
  const requestHandler = {
    handle: async () => ({ response: { statusCode: answer.status, headers: answer.headers, body: answer.body } }),
  };
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  const configuration = { region: 'us-east-1', credentials, maxAttempts: 1, requestHandler };
  return calls[service]?.(configuration).then(
    () => expect.fail('The SDK did not throw.'),
    (error: unknown) => error,
  );
}

async function thrownFor(service: string, code: string, status: number, message = MESSAGE) {
  const known = services.find(({ name }) => name === service);
  return thrownBy(service, errorAnswer({ service: known } as Call, new AwsError(code, message, status)));
}

const asTool = (error: unknown, operation?: string, actions: readonly string[] = []) =>
  toToolError(error, { operation, actions });

describe('errors of AWS, as the SDK throws them', () => {
  it.each([
    ['ec2', 'InvalidInstanceID.NotFound', 400, 'not_found'],
    ['ec2', 'InvalidVpcID.NotFound', 400, 'not_found'],
    ['ec2', 'InvalidGroup.NotFound', 400, 'not_found'],
    ['ec2', 'InvalidInstanceID.Malformed', 400, 'invalid_input'],
    ['ec2', 'InvalidParameterValue', 400, 'invalid_input'],
    ['ec2', 'InvalidParameterCombination', 400, 'invalid_input'],
    ['ec2', 'MissingParameter', 400, 'invalid_input'],
    ['ec2', 'UnknownParameter', 400, 'invalid_input'],
    ['ec2', 'FilterLimitExceeded', 400, 'invalid_input'],
    ['ec2', 'InvalidNextToken', 400, 'invalid_input'],
    ['ec2', 'UnauthorizedOperation', 403, 'access_denied'],
    ['ec2', 'RequestLimitExceeded', 503, 'throttled'],
    ['ec2', 'AuthFailure', 401, 'region_not_enabled'],
    ['ec2', 'OptInRequired', 401, 'region_not_enabled'],
    ['ec2', 'RequestExpired', 400, 'unavailable'],
    ['ec2', 'InternalError', 500, 'unavailable'],
    ['ec2', 'Unavailable', 503, 'unavailable'],
    ['ec2', 'SignatureDoesNotMatch', 403, 'internal'],
    ['rds', 'DBInstanceNotFound', 404, 'not_found'],
    ['rds', 'DBInstanceNotFoundFault', 404, 'not_found'],
    ['rds', 'DBClusterNotFoundFault', 404, 'not_found'],
    ['rds', 'InvalidParameterValue', 400, 'invalid_input'],
    ['rds', 'AccessDenied', 403, 'access_denied'],
    ['rds', 'Throttling', 400, 'throttled'],
    ['rds', 'InvalidClientTokenId', 403, 'region_not_enabled'],
    ['rds', 'InternalFailure', 500, 'unavailable'],
    ['rds', 'ServiceUnavailable', 503, 'unavailable'],
    ['cloudwatch', 'InvalidParameterValue', 400, 'invalid_input'],
    ['cloudwatch', 'InvalidNextToken', 400, 'invalid_input'],
    ['cloudwatch', 'MissingParameter', 400, 'invalid_input'],
    ['cloudwatch', 'MissingRequiredParameterException', 400, 'invalid_input'],
    ['cloudwatch', 'ThrottlingException', 400, 'throttled'],
    ['cloudwatch', 'InternalServiceFault', 500, 'unavailable'],
    ['s3', 'NoSuchBucket', 404, 'not_found'],
    ['s3', 'NoSuchTagSet', 404, 'not_found'],
    ['s3', 'ServerSideEncryptionConfigurationNotFoundError', 404, 'not_found'],
    ['s3', 'OwnershipControlsNotFoundError', 404, 'not_found'],
    ['s3', 'AccessDenied', 403, 'access_denied'],
    ['s3', 'AllAccessDisabled', 403, 'access_denied'],
    ['s3', 'InvalidBucketName', 400, 'invalid_input'],
    ['s3', 'InvalidArgument', 400, 'invalid_input'],
    ['s3', 'SlowDown', 503, 'throttled'],
    // What S3 answers to a session in a Region that is off.
    ['s3', 'InvalidToken', 400, 'region_not_enabled'],
    ['s3', 'InvalidAccessKeyId', 403, 'region_not_enabled'],
    ['s3', 'NotSignedUp', 403, 'service_not_enabled'],
    ['s3', 'ExpiredToken', 400, 'unavailable'],
    ['s3', 'InternalError', 500, 'unavailable'],
    ['s3', 'RequestTimeTooSkewed', 403, 'internal'],
    ['s3', 'AuthorizationHeaderMalformed', 400, 'internal'],
    ['sts', 'AccessDenied', 403, 'access_denied'],
    ['sts', 'RegionDisabledException', 403, 'region_not_enabled'],
    ['sts', 'InvalidClientTokenId', 403, 'region_not_enabled'],
    ['sts', 'ExpiredTokenException', 400, 'unavailable'],
    ['sts', 'MalformedPolicyDocument', 400, 'invalid_input'],
    ['sts', 'ValidationError', 400, 'invalid_input'],
    ['sts', 'PackedPolicyTooLarge', 400, 'internal'],
    ['iam', 'NoSuchEntity', 404, 'not_found'],
    ['iam', 'NoSuchEntityException', 404, 'not_found'],
    ['iam', 'ServiceFailure', 500, 'unavailable'],
    ['lambda', 'ResourceNotFoundException', 404, 'not_found'],
    ['lambda', 'InvalidParameterValueException', 400, 'invalid_input'],
    ['lambda', 'TooManyRequestsException', 429, 'throttled'],
    ['lambda', 'AccessDeniedException', 403, 'access_denied'],
    ['lambda', 'KMSAccessDeniedException', 502, 'access_denied'],
    ['lambda', 'UnrecognizedClientException', 403, 'region_not_enabled'],
    ['lambda', 'MissingAuthenticationTokenException', 403, 'internal'],
    ['lambda', 'InvalidSignatureException', 403, 'internal'],
    ['lambda', 'ServiceException', 500, 'unavailable'],
    ['lambda', 'EC2ThrottledException', 502, 'throttled'],
    ['ecs', 'ClusterNotFoundException', 400, 'not_found'],
    ['ecs', 'ServiceNotFoundException', 400, 'not_found'],
    ['ecs', 'InvalidParameterException', 400, 'invalid_input'],
    ['ecs', 'ClientException', 400, 'invalid_input'],
    ['ecs', 'ServerException', 500, 'unavailable'],
    ['ecs', 'AccessDeniedException', 400, 'access_denied'],
    ['ecs', 'UnrecognizedClientException', 400, 'region_not_enabled'],
    ['ecs', 'ExpiredTokenException', 400, 'unavailable'],
    ['ecs', 'UnsupportedFeatureException', 400, 'internal'],
    ['eks', 'ResourceNotFoundException', 404, 'not_found'],
    ['eks', 'InvalidRequestException', 400, 'invalid_input'],
    ['eks', 'BadRequestException', 400, 'invalid_input'],
    ['eks', 'ServiceUnavailableException', 503, 'unavailable'],
    ['eks', 'ThrottlingException', 429, 'throttled'],
    ['organizations', 'AccountNotFoundException', 400, 'not_found'],
    ['organizations', 'ParentNotFoundException', 400, 'not_found'],
    ['organizations', 'ChildNotFoundException', 400, 'not_found'],
    ['organizations', 'AWSOrganizationsNotInUseException', 400, 'service_not_enabled'],
    ['organizations', 'AccessDeniedException', 400, 'access_denied'],
    ['organizations', 'AccessDeniedForDependencyException', 400, 'access_denied'],
    ['organizations', 'InvalidInputException', 400, 'invalid_input'],
    ['organizations', 'TooManyRequestsException', 400, 'throttled'],
    ['organizations', 'ServiceException', 500, 'unavailable'],
    ['account', 'ValidationException', 400, 'invalid_input'],
    ['account', 'InternalServerException', 500, 'unavailable'],
    ['account', 'SubscriptionRequiredException', 400, 'service_not_enabled'],
  ] as const)('%s %s (%i) is %s', async (service, code, status, expected) => {
    const error = await thrownFor(service, code, status);
    expect((error as Error).message).toContain('CANARY');
    const translated = asTool(error, 'SomeOperation', ['some:Action', 'some:OtherAction']);
    expect(translated.code).toBe(expected);
    expect(translated.retryable).toBe(['throttled', 'unavailable', 'timeout'].includes(expected));
    expect(JSON.stringify(translated.toAnswer())).not.toContain('CANARY');
    expect(translated.message).not.toContain('CANARY');
  });

  it.each([
    ['a page of HTML', 'ec2', 503, '<html><body>CANARY</body></html>'],
    ['a page of HTML', 'lambda', 503, '<html><body>CANARY</body></html>'],
    ['a page of HTML', 'rds', 502, '<html><body>CANARY</body></html>'],
    ['half an answer in XML', 'ec2', 200, '<DescribeInstancesResponse><reservationSet><item>CANARY'],
    ['half an answer in JSON', 'lambda', 200, '{"Configuration": {"FunctionName": "CANARY'],
    ['half an answer in JSON', 'ecs', 200, '{"clusters": [{"clusterName": "CANARY'],
  ])('%s from %s (%i) is unavailable', async (_, service, status, body) => {
    const error = await thrownBy(service, { status, headers: {}, body: Buffer.from(body) });
    const translated = asTool(error, 'SomeOperation');
    expect(translated.code).toBe('unavailable');
    expect(JSON.stringify(translated.toAnswer())).not.toContain('CANARY');
  });
});

describe('what else is thrown', () => {
  const shaped = (fields: object) => Object.assign(new Error('CANARY'), fields);

  it.each([
    ['a reset connection', shaped({ code: 'ECONNRESET' }), 'unavailable'],
    ['a reset connection, as the SDK names it', shaped({ name: 'TimeoutError', code: 'ECONNRESET' }), 'unavailable'],
    ['a broken pipe', shaped({ code: 'EPIPE' }), 'unavailable'],
    ['a refused connection', shaped({ code: 'ECONNREFUSED' }), 'unavailable'],
    ['an unknown host', shaped({ code: 'ENOTFOUND' }), 'unavailable'],
    ['a silent name server', shaped({ code: 'EAI_AGAIN' }), 'unavailable'],
    ['a silent host', shaped({ code: 'ETIMEDOUT' }), 'timeout'],
    ['a silent service', shaped({ name: 'TimeoutError' }), 'timeout'],
    ['the deadline', shaped({ name: 'AbortError' }), 'timeout'],
    [
      'an error of an unknown name',
      shaped({ name: 'CANARY {"a": 1}', $metadata: { httpStatusCode: 400 } }),
      'internal',
    ],
    ['undefined', undefined, 'internal'],
    ['a text', 'CANARY', 'internal'],
    ['an object', { name: 7, message: {}, code: [], $metadata: null }, 'internal'],
  ])('%s has a code of ours', (_, error, code) => {
    const translated = asTool(error);
    expect(translated.code).toBe(code);
    expect(JSON.stringify(translated.toAnswer())).not.toContain('CANARY');
  });

  it.each([
    ['TypeError', new TypeError('CANARY')],
    ['Error', new Error('CANARY')],
  ])('a %s that a request brought is unavailable', (_, error) => {
    expect(asTool(error, 'SomeOperation').code).toBe('unavailable');
    expect(asTool(Object.assign(error, { $metadata: { httpStatusCode: 200 } })).code).toBe('unavailable');
  });

  it('a TypeError of ours is internal, and a text of AWS that is no JSON unavailable', () => {
    expect(asTool(new TypeError('CANARY'))).toMatchObject({ code: 'internal', details: {} });
    expect(asTool(new TypeError('CANARY')).message).not.toContain('CANARY');
    expect(asTool(new SyntaxError('CANARY')).code).toBe('unavailable');
  });

  it('leaves an error of ours as it is', () => {
    const ours = new FatalError('internal', 'stopped');
    expect(asTool(ours)).toBe(ours);
    expect(new ToolError('throttled', 'm', { field: 'f' }).toAnswer({ account_id: '1', region: 'r' })).toEqual({
      error: { code: 'throttled', message: 'm', retryable: true, field: 'f' },
      account_id: '1',
      region: 'r',
    });
  });

  it('gives the name of an unknown error when it has the form of one', () => {
    const details = (name: string) =>
      asTool(shaped({ name, $metadata: { httpStatusCode: 400 } }), 'SomeOperation').details;
    expect(details('StrangeException')).toEqual({ aws_error: 'StrangeException' });
    expect(details(`Strange\u202e${'x'.repeat(90)}`)).toEqual({ aws_error: 'unknown' });
  });
});

describe('access_denied', () => {
  const actions = ['lambda:GetFunction', 'lambda:GetPolicy'];
  const user = 'User: arn:aws:sts::111111111111:assumed-role/CANARY/CANARY is not authorized to perform:';
  const denied = async (message: string, operation?: string, ours: readonly string[] = actions) =>
    asTool(await thrownFor('lambda', 'AccessDeniedException', 403, message), operation, ours);

  it.each([
    [
      'no identity-based policy',
      `${user} lambda:GetPolicy because no identity-based policy allows the lambda:GetPolicy action`,
    ],
    ['a resource', `${user} lambda:GetPolicy on resource: arn:CANARY because no session policy allows it`],
  ])('names the action that AWS names: %s', async (_, message) => {
    const error = await denied(message, 'GetFunction');
    expect(error.details).toEqual({ action: 'lambda:GetPolicy' });
    expect(error.message).toContain('lambda:GetPolicy');
    expect(JSON.stringify(error.toAnswer())).not.toContain('CANARY');
  });

  it('names the action of the operation when AWS names none, as EC2 does', async () => {
    expect((await denied('You are not authorized to perform this operation.', 'GetFunction')).details).toEqual({
      action: 'lambda:GetFunction',
    });
    expect((await denied('Denied.', undefined, ['lambda:GetPolicy'])).details).toEqual({ action: 'lambda:GetPolicy' });
    expect((await denied('Denied.', 'GetAlias')).details).toEqual({});
  });

  it.each([[actions], [['lambda:GetFunction']]])('names no action that is not one of ours (%j)', async (ours) => {
    const error = await denied(`${user} kms:Decrypt on resource: CANARY`, 'GetFunction', ours);
    expect(error.code).toBe('access_denied');
    expect(error.details).toEqual({});
    expect(JSON.stringify(error.toAnswer())).not.toMatch(/kms|CANARY/);
  });

  it.each([
    `${user} lambda:GetFunction on resource: CANARY with an explicit deny in a service control policy`,
    `${user} lambda:GetFunction because no service control policy allows the lambda:GetFunction action`,
  ])('tells a service control policy from a missing grant: %s', async (message) => {
    const error = await denied(message);
    expect(error.details).toEqual({ action: 'lambda:GetFunction', denied_by: 'a service control policy' });
    expect(error.message).toContain('service control policy');
    expect(error.message).not.toContain('Grant it');
    expect(JSON.stringify(error.toAnswer())).not.toContain('CANARY');
  });

  it('tells a resource control policy from a missing grant', async () => {
    const error = await denied(
      `${user} s3:GetObject on resource: CANARY with an explicit deny in a resource control policy`,
    );
    expect(error.details).toMatchObject({ denied_by: 'a resource control policy' });
    expect(error.message).toContain('It is denied by a resource control policy.');
    expect(error.message).not.toContain('Grant it');
  });
});

describe('what an answer says', () => {
  const shaped = (name: string, status = 400) =>
    Object.assign(new Error('CANARY'), { name, $metadata: { httpStatusCode: status } });

  it.each([
    [
      'ThrottlingException',
      'AWS throttled SomeOperation and retries did not help. Ask again later, or for fewer accounts and Regions.',
    ],
    ['AuthFailure', 'The Region is not enabled in this account, or it does not know the credentials.'],
    ['ExpiredToken', 'The session expired while the call ran. Ask again.'],
    ['SubscriptionRequiredException', 'The service that SomeOperation asks is not enabled in this account and Region.'],
    ['NoSuchBucket', 'AWS knows no such resource in this account and Region (SomeOperation).'],
    ['TimeoutError', 'AWS did not answer SomeOperation in time.'],
    ['ValidationException', 'AWS refused the arguments of SomeOperation: check identifiers, filter names and values.'],
    ['StrangeException', 'SomeOperation failed in a way that the tool does not know.'],
    ['AccessDenied', 'SomeOperation is denied in this account. Grant it to the role that the tools use there.'],
  ])('%s: %s', (name, message) => {
    expect(asTool(shaped(name), 'SomeOperation').message).toBe(message);
  });

  it('names the request where no operation is known', () => {
    expect(asTool(shaped('TimeoutError')).message).toBe('AWS did not answer the request in time.');
    expect(asTool(shaped('AccessDenied')).message).toMatch(/^this call is denied in this account\./);
    expect(asTool(shaped('StrangeException', 500), 'SomeOperation').message).toBe(
      'SomeOperation got no valid answer from AWS. Ask again later.',
    );
    expect(asTool(undefined).message).toBe('The tool failed by a fault of its own, which is in its log.');
  });

  it('gives the name of the refused argument error', () => {
    expect(asTool(shaped('ValidationException')).details).toEqual({ aws_error: 'ValidationException' });
  });

  it('gives no detail that is not known', () => {
    expect(Object.keys(asTool(shaped('AccessDenied'), 'SomeOperation').details)).toEqual([]);
    expect(Object.keys(asTool(shaped('AccessDenied'), 'GetA', ['s:GetA']).details)).toEqual(['action']);
  });

  it('is an error by its name', () => {
    expect(String(new ToolError('internal', 'm'))).toBe('ToolError: m');
  });
});

describe('a name decides as a whole', () => {
  const codeOf = (fields: object, operation?: string) =>
    asTool(Object.assign(new Error('CANARY'), { $metadata: { httpStatusCode: 400 } }, fields), operation).code;

  // A kind of error stands at the beginning of its name: what only contains it is another one.
  it.each([
    'NotThrottling',
    'LimitExceededExceptionOther',
    'NotAccessDenied',
    'NotAuthFailure',
    'InvalidTokenOther',
    'NotSubscriptionRequired',
    'NotFoundElsewhere',
    'NotValidation',
    'ClientExceptionOther',
    'NotExpired',
    'NotTimeoutError',
  ])('%s is not known', (name) => expect(codeOf({ name })).toBe('internal'));

  it('LimitExceededException is throttling', () =>
    expect(codeOf({ name: 'LimitExceededException' })).toBe('throttled'));

  it('a refused signature says what is wrong, and how AWS calls it', () => {
    expect(toToolError({ name: 'SignatureDoesNotMatch' }, { operation: 'ListBuckets', actions: [] })).toMatchObject({
      message: 'AWS refused the signature of ListBuckets: the clock or the credentials of the tools are wrong.',
      details: { aws_error: 'SignatureDoesNotMatch' },
    });
  });

  it('only a wrong signature by its own name is not a denial', () => {
    expect(codeOf({ name: 'NotSignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } })).toBe('access_denied');
  });

  it('any name with status 429 is throttling', () => {
    expect(codeOf({ name: 'Strange', $metadata: { httpStatusCode: 429 } })).toBe('throttled');
  });

  it('an answer of status 200 that cannot be read is unavailable, whatever its error is called', () => {
    expect(codeOf({ name: 'Strange', $metadata: { httpStatusCode: 200 } })).toBe('unavailable');
  });

  it.each([
    ['EHOSTUNREACH', 'unavailable'],
    ['E1', 'internal'],
    ['EX1', 'internal'],
    ['XEHOSTUNREACH', 'internal'],
  ])('the system code %s is %s', (code, expected) => {
    expect(codeOf({ name: 'Strange', code }, 'SomeOperation')).toBe(expected);
  });

  // Only the whole code is a broken connection; beside a TimeoutError another one is silence.
  it.each(['XECONNRESET', 'ECONNRESET2'])('%s beside a TimeoutError is a timeout', (code) => {
    expect(codeOf({ name: 'TimeoutError', code })).toBe('timeout');
  });

  it('reads no name, code or message that is not a text', () => {
    const texts = { toString: () => 'ThrottlingException' };
    expect(codeOf({ name: texts })).toBe('internal');
    const reset = { toString: () => 'ECONNRESET' };
    expect(codeOf({ name: 'Strange', code: reset })).toBe('internal');
    const message = { toString: () => 'perform: s:GetA' };
    const denied = { name: 'AccessDenied', message };
    expect(toToolError(denied, { operation: 'GetB', actions: ['s:GetA', 's:GetB'] }).details).toEqual({
      action: 's:GetB',
    });
  });

  it('reads the action that AWS names without a colon', () => {
    const denied = { name: 'AccessDenied', message: 'not authorized to perform s:GetA' };
    expect(toToolError(denied, { operation: 'GetB', actions: ['s:GetA', 's:GetB'] }).details).toEqual({
      action: 's:GetA',
    });
  });
});
