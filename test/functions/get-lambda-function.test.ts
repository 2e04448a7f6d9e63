import {
  type FunctionUrlConfig,
  FunctionUrlConfig$,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  type GetFunctionResponse,
  GetFunctionResponse$,
  GetPolicyCommand,
  LambdaClient,
  ListFunctionUrlConfigsCommand,
} from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { getLambdaFunction } from '../../schemas/get-lambda-function.ts';
import { callTool, stsMock, useMockedAws } from '../support/mock-aws.ts';
import { plantedAnswer, plantedPathsIn } from '../support/planted-answer.ts';

const lambda = mockClient(LambdaClient);

interface Answer {
  function: Record<string, unknown>;
  function_count?: number;
  functions?: Record<string, unknown>[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string }[];
  error?: { code: string; field?: string; message: string };
}

const { input, output } = getLambdaFunction.example;
const ARN = 'arn:aws:lambda:us-east-1:111111111111:function:checkout-authorize';

const exampleFunction: GetFunctionResponse = {
  Configuration: {
    FunctionName: 'checkout-authorize',
    FunctionArn: ARN,
    Version: '$LATEST',
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    PackageType: 'Zip',
    Architectures: ['arm64'],
    MemorySize: 1024,
    EphemeralStorage: { Size: 512 },
    Timeout: 30,
    CodeSize: 48213,
    LastModified: '2026-03-14T09:26:53.000+0000',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Role: 'arn:aws:iam::111111111111:role/lambda-execution',
    Environment: { Variables: { DATABASE_PASSWORD: 'CANARY', TABLE_NAME: 'CANARY' } },
    VpcConfig: { VpcId: '', SubnetIds: [], SecurityGroupIds: [] },
    TracingConfig: { Mode: 'Active' },
    LoggingConfig: { LogFormat: 'JSON', LogGroup: '/aws/lambda/checkout-authorize' },
  },
  Code: { RepositoryType: 'S3', Location: 'https://awslambda-tasks.s3.amazonaws.com/x?X-Amz-Signature=CANARY' },
  Tags: { Environment: 'prod' },
};

const examplePolicy = {
  Version: '2012-10-17',
  Id: 'default',
  Statement: [
    {
      Sid: 'checkout-api',
      Effect: 'Allow',
      Principal: { Service: 'apigateway.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: ARN,
      Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:execute-api:us-east-1:111111111111:a1b2c3/*' } },
    },
  ],
};

const awsError = (name: string) => Object.assign(new Error('CANARY in a message of AWS'), { name });

describe('get_lambda_function', () => {
  useMockedAws();
  beforeEach(() => {
    lambda.reset();
    lambda.on(GetFunctionCommand).resolves(exampleFunction);
    lambda.on(GetFunctionConcurrencyCommand).resolves({ ReservedConcurrentExecutions: 200 });
    lambda.on(GetPolicyCommand).resolves({ Policy: JSON.stringify(examplePolicy) });
    lambda.on(ListFunctionUrlConfigsCommand).resolves({ FunctionUrlConfigs: [] });
  });

  const ask = (more: object = {}) => callTool<Answer>(getLambdaFunction, { ...input, ...more });
  const sent = () => lambda.calls().map((call) => call.args[0].input);

  it('answers the documented example', async () => {
    expect(await callTool(getLambdaFunction, input)).toEqual(output);
  });

  it('asks for its parts side by side, each once', async () => {
    let open = 0;
    let most = 0;
    const slow = async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 20));
      open--;
      return {};
    };
    for (const command of [GetFunctionCommand, GetFunctionConcurrencyCommand, GetPolicyCommand])
      lambda.on(command as never).callsFake(slow);
    lambda.on(ListFunctionUrlConfigsCommand).callsFake(slow);
    await ask();
    expect(most).toBe(4);
    expect(lambda.calls()).toHaveLength(4);
  });

  it('says null for what is not configured', async () => {
    lambda.on(GetFunctionCommand).resolves({ Configuration: { FunctionName: 'bare' } });
    lambda.on(GetFunctionConcurrencyCommand).resolves({});
    lambda.on(GetPolicyCommand).rejects(awsError('ResourceNotFoundException'));
    expect((await ask()).function).toEqual({
      FunctionName: 'bare',
      KMSKeyArn: null,
      EnvironmentVariableNames: [],
      Layers: [],
      VpcConfig: null,
      DeadLetterConfig: null,
      ReservedConcurrentExecutions: null,
      FunctionUrlConfigs: null,
      PolicyIsPublic: null,
      Policy: null,
      Tags: null,
    });
  });

  it('gives VPC, dead-letter target, layers, key and a concurrency of zero', async () => {
    lambda.on(GetFunctionConcurrencyCommand).resolves({ ReservedConcurrentExecutions: 0 });
    lambda.on(GetFunctionCommand).resolves({
      Configuration: {
        VpcConfig: { VpcId: 'vpc-1', SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
        DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:111111111111:failed' },
        Layers: [{ Arn: 'arn:aws:lambda:us-east-1:111111111111:layer:powertools:7', CodeSize: 1 }],
        KMSKeyArn: 'arn:aws:kms:us-east-1:111111111111:key/k',
      },
    });
    expect((await ask()).function).toMatchObject({
      VpcConfig: { VpcId: 'vpc-1', SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
      DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:111111111111:failed' },
      Layers: ['arn:aws:lambda:us-east-1:111111111111:layer:powertools:7'],
      KMSKeyArn: 'arn:aws:kms:us-east-1:111111111111:key/k',
      ReservedConcurrentExecutions: 0,
    });
  });

  it('names the auth type of every URL, those of aliases on a second page too', async () => {
    lambda
      .on(ListFunctionUrlConfigsCommand)
      .callsFake(async ({ Marker }) =>
        Marker === undefined
          ? { FunctionUrlConfigs: [{ FunctionArn: ARN, AuthType: 'AWS_IAM' }], NextMarker: 'more' }
          : { FunctionUrlConfigs: [{ FunctionArn: `${ARN}:live`, AuthType: 'NONE' }] },
      );
    expect((await ask()).function.FunctionUrlConfigs).toEqual([
      { AuthType: 'AWS_IAM' },
      { AuthType: 'NONE', Qualifier: 'live' },
    ]);
  });

  it('says that everybody may invoke', async () => {
    const Statement = { Effect: 'Allow', Principal: '*', Action: 'lambda:InvokeFunction' };
    lambda.on(GetPolicyCommand).resolves({ Policy: JSON.stringify({ Statement }) });
    expect((await ask()).function).toMatchObject({
      PolicyIsPublic: true,
      Policy: [{ Principal: ['*'], Action: ['lambda:InvokeFunction'], Public: true }],
    });
  });

  it.each([
    [GetPolicyCommand, 'AccessDeniedException', ['Policy', 'PolicyIsPublic'], { Policy: 'access_denied' }],
    [
      GetFunctionConcurrencyCommand,
      'TooManyRequestsException',
      ['ReservedConcurrentExecutions'],
      { ReservedConcurrentExecutions: 'throttled' },
    ],
    [
      ListFunctionUrlConfigsCommand,
      'AccessDeniedException',
      ['FunctionUrlConfigs'],
      { FunctionUrlConfigs: 'access_denied' },
    ],
  ])('gives the rest when a part is refused (%#)', async (command, name, missing, Unavailable) => {
    lambda.on(command as never).rejects(awsError(name));
    const answer = await ask();
    const rest = Object.fromEntries(
      Object.entries((output as Answer).function).filter(([field]) => !missing.includes(field)),
    );
    expect(answer.function).toEqual({ ...rest, Unavailable });
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });

  it('says which parts of GetFunction AWS left out: tags without lambda:ListTags, an environment without its key', async () => {
    lambda.on(GetFunctionCommand).resolves({
      Configuration: {
        FunctionName: 'sealed',
        Environment: { Error: { ErrorCode: 'AccessDeniedException', Message: 'CANARY' } },
      },
      TagsError: { ErrorCode: 'AccessDeniedException', Message: 'CANARY' },
    });
    const answer = await ask();
    expect(answer.function.Unavailable).toEqual({ EnvironmentVariableNames: 'access_denied', Tags: 'access_denied' });
    expect(answer.function).not.toHaveProperty('Tags');
    expect(answer.function).not.toHaveProperty('EnvironmentVariableNames');
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });

  it('says that a policy is not readable when it is no JSON', async () => {
    lambda.on(GetPolicyCommand).resolves({ Policy: '{"Statement": [' });
    expect((await ask()).function).toMatchObject({
      FunctionName: 'checkout-authorize',
      Unavailable: { Policy: 'unavailable' },
    });
  });

  it('says not_found for an unknown function, whatever its parts answer', async () => {
    lambda.on(GetFunctionCommand).rejects(awsError('ResourceNotFoundException'));
    lambda.on(GetPolicyCommand).rejects(awsError('AccessDeniedException'));
    const { error } = await ask({ function_name: 'nope' });
    expect(error?.code).toBe('not_found');
    expect(error?.message).not.toContain('CANARY');
  });

  it('finds a function wherever it is, and leaves out where it is not', async () => {
    lambda
      .on(GetFunctionCommand)
      .callsFakeOnce(async () => exampleFunction)
      .rejects(awsError('ResourceNotFoundException'));
    const answer = await ask({ account_id: 'all', region: 'all' });
    expect(answer).toMatchObject({
      function_count: 1,
      functions: [{ AccountId: '111111111111', Region: 'us-east-1', FunctionName: 'checkout-authorize' }],
      complete: true,
    });
  });

  it('takes an ARN, and asks for the name alone', async () => {
    expect(await ask({ function_name: ARN })).toEqual(output);
    expect(sent()).toEqual(Array(4).fill({ FunctionName: 'checkout-authorize' }));
  });

  it.each([
    [{ function_name: 'checkout-authorize', qualifier: 'live' }, 'live', 'live'],
    [{ function_name: 'checkout-authorize:live' }, 'live', 'live'],
    [{ function_name: `${ARN}:7` }, '7', '7'],
    [{ function_name: `${ARN}:7`, qualifier: '7' }, '7', '7'],
    [{ function_name: 'checkout-authorize', qualifier: '$LATEST' }, '$LATEST', undefined],
  ])('asks for a version or alias: %j', async (more, asked, ofPolicy) => {
    expect((await ask(more)).error).toBeUndefined();
    const FunctionName = 'checkout-authorize';
    expect(lambda.commandCalls(GetFunctionCommand)[0]?.args[0].input).toEqual({ FunctionName, Qualifier: asked });
    expect(lambda.commandCalls(GetPolicyCommand)[0]?.args[0].input).toEqual({ FunctionName, Qualifier: ofPolicy });
    expect(lambda.commandCalls(GetFunctionConcurrencyCommand)[0]?.args[0].input).toEqual({ FunctionName });
  });

  it.each([
    ['another account', { function_name: ARN.replace('111111111111', '222222222222') }, 'function_name'],
    ['another Region', { function_name: ARN.replace('us-east-1', 'eu-west-1') }, 'function_name'],
    [
      'another Region than the default one',
      { function_name: ARN.replace('us-east-1', 'eu-west-1'), region: undefined },
      'function_name',
    ],
    ['another partition', { function_name: ARN.replace('arn:aws:', 'arn:aws-cn:') }, 'function_name'],
    [
      'one account when several are asked',
      { function_name: ARN, account_id: '111111111111,222222222222' },
      'function_name',
    ],
    ['one account when all are asked', { function_name: ARN, account_id: 'all' }, 'function_name'],
    ['another service', { function_name: ARN.replace(':lambda:', ':s3:') }, 'function_name'],
    ['no function', { function_name: 'arn:aws:lambda:us-east-1:111111111111:layer:powertools:7' }, 'function_name'],
    ['a path', { function_name: '../functions' }, 'function_name'],
    ['an empty name', { function_name: '' }, 'function_name'],
    ['a strange qualifier', { qualifier: 'a b' }, 'qualifier'],
    ['two qualifiers', { function_name: `${ARN}:7`, qualifier: '8' }, 'qualifier'],
  ])('refuses a name of %s before any call', async (_, more, field) => {
    expect((await ask(more)).error).toMatchObject({ code: 'invalid_input', field });
    expect(lambda.calls()).toHaveLength(0);
    expect(stsMock.calls()).toHaveLength(0);
  });

  it('takes the ARN of the home Region without a region', async () => {
    expect((await ask({ function_name: ARN, region: undefined })).error).toBeUndefined();
  });

  it('lets out the declared fields and no others: no environment value, no code link, no condition value', async () => {
    const logged: string[] = [];
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
    (await import('../../shared/logger.ts')).divertLog((line) => logged.push(line));
    const planted = plantedAnswer(GetFunctionResponse$) as GetFunctionResponse;
    delete planted.TagsError;
    delete planted.Configuration?.Environment?.Error;
    lambda.on(GetFunctionCommand).resolves(planted);
    lambda.on(ListFunctionUrlConfigsCommand).resolves({
      FunctionUrlConfigs: [{ ...(plantedAnswer(FunctionUrlConfig$) as FunctionUrlConfig), FunctionArn: ARN }],
    });
    const Condition = { StringEquals: { 'lambda:EventSourceToken': 'CANARY<token>' } };
    const Statement = [{ ...examplePolicy.Statement[0], Resource: 'CANARY<resource>', Condition }];
    lambda.on(GetPolicyCommand).resolves({ Policy: JSON.stringify({ Id: 'CANARY<id>', Statement }) });
    const answer = await ask();
    expect(plantedPathsIn(answer)).toEqual(
      [
        'AuthType',
        'Configuration.Architectures',
        'Configuration.DeadLetterConfig.TargetArn',
        'Configuration.Description',
        '!Configuration.Environment.Variables.key',
        'Configuration.FunctionArn',
        'Configuration.FunctionName',
        'Configuration.Handler',
        'Configuration.KMSKeyArn',
        'Configuration.LastUpdateStatus',
        'Configuration.LastUpdateStatusReason',
        'Configuration.Layers.Arn',
        'Configuration.LoggingConfig.LogFormat',
        'Configuration.LoggingConfig.LogGroup',
        'Configuration.PackageType',
        'Configuration.Role',
        'Configuration.Runtime',
        'Configuration.State',
        'Configuration.StateReason',
        'Configuration.TracingConfig.Mode',
        'Configuration.Version',
        'Configuration.VpcConfig.SecurityGroupIds',
        'Configuration.VpcConfig.SubnetIds',
        'Configuration.VpcConfig.VpcId',
        'Tags.key',
        'Tags.value',
      ].sort(),
    );
    expect(answer.function.Policy).toMatchObject([{ OtherConditions: ['StringEquals lambda:EventSourceToken'] }]);
    expect(logged.join()).toContain('"outcome":"ok"');
    expect(plantedPathsIn(logged.join())).toEqual([]);
  });

  it('keeps an unforeseen fault of AWS out of the log', async () => {
    const logged: string[] = [];
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
    (await import('../../shared/logger.ts')).divertLog((line) => logged.push(line));
    lambda.on(GetFunctionCommand).rejects(awsError('StrangeException'));
    expect((await ask()).error?.code).toBe('internal');
    expect(logged.join()).toContain('"outcome":"internal"');
    expect(logged.join()).not.toContain('CANARY');
  });
});
