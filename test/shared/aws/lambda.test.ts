import { GetFunctionCommand, LambdaClient, ListFunctionUrlConfigsCommand } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { functionUrls, toFunction, unlessFailed, withState } from '../../../shared/aws/lambda.ts';

const lambda = mockClient(LambdaClient);
const client = new LambdaClient({ region: 'us-east-1' });
const ARN = 'arn:aws:lambda:us-east-1:111111111111:function:api';

beforeEach(() => void lambda.reset());

describe('toFunction', () => {
  it('says null for what is not configured, and a time that every reader takes', () => {
    expect(toFunction({ FunctionName: 'api', LastModified: '2026-03-14T09:26:53.000+0000' })).toEqual({
      FunctionName: 'api',
      LastModified: new Date('2026-03-14T09:26:53Z'),
      KMSKeyArn: null,
      Layers: [],
      VpcConfig: null,
      DeadLetterConfig: null,
    });
    expect(toFunction({}).LastModified).toBeUndefined();
  });

  it('takes an empty VPC and an empty dead-letter target for none', () => {
    expect(toFunction({ VpcConfig: { VpcId: '' }, DeadLetterConfig: {} })).toMatchObject({
      VpcConfig: null,
      DeadLetterConfig: null,
    });
    const VpcConfig = { VpcId: 'vpc-1' };
    const DeadLetterConfig = { TargetArn: 'arn:aws:sqs:us-east-1:111111111111:failed' };
    const configured = { VpcConfig, DeadLetterConfig, KMSKeyArn: 'key' };
    expect(toFunction({ ...configured, Layers: [{ Arn: 'layer' }] })).toMatchObject({
      ...configured,
      Layers: ['layer'],
    });
  });
});

describe('withState', () => {
  it('adds the state, and leaves out what was deleted since', async () => {
    lambda.on(GetFunctionCommand, { FunctionName: 'api' }).resolves({ Configuration: { State: 'Active' } });
    expect(await withState(client, { FunctionName: 'api', Runtime: 'nodejs22.x' })).toEqual({
      FunctionName: 'api',
      Runtime: 'nodejs22.x',
      State: 'Active',
    });
    lambda.on(GetFunctionCommand).resolves({});
    expect(await withState(client, { FunctionName: 'other' })).toEqual({ FunctionName: 'other', State: undefined });
    lambda.on(GetFunctionCommand).rejects(Object.assign(new Error('x'), { name: 'ResourceNotFoundException' }));
    expect(await withState(client, { FunctionName: 'gone' })).toBeUndefined();
  });

  it('leaves any other fault to its caller', async () => {
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    lambda.on(GetFunctionCommand).rejects(denied);
    await expect(withState(client, { FunctionName: 'api' })).rejects.toBe(denied);
    const odd = { name: 'ResourceNotFoundException' };
    lambda.on(GetFunctionCommand).callsFake(() => Promise.reject(odd));
    await expect(withState(client, { FunctionName: 'api' })).rejects.toBe(odd);
  });
});

describe('unlessFailed', () => {
  it('gives the part, or throws by the code that AWS gave in its place', () => {
    expect([unlessFailed(7, undefined), unlessFailed(7, {})]).toEqual([7, 7]);
    expect(() => unlessFailed(undefined, { ErrorCode: 'AccessDeniedException' })).toThrow(
      expect.objectContaining({ name: 'AccessDeniedException', message: 'GetFunction left out this part.' }),
    );
  });
});

describe('functionUrls', () => {
  it('gives those of every page, with the alias', async () => {
    lambda
      .on(ListFunctionUrlConfigsCommand)
      .callsFake(async ({ Marker }) =>
        Marker === undefined
          ? { FunctionUrlConfigs: [{ FunctionArn: ARN, AuthType: 'AWS_IAM' }], NextMarker: '2' }
          : { FunctionUrlConfigs: [{ FunctionArn: `${ARN}:live`, AuthType: 'NONE' }, { AuthType: 'NONE' }] },
      );
    expect(await functionUrls(client, 'api')).toEqual([
      { AuthType: 'AWS_IAM', Qualifier: undefined },
      { AuthType: 'NONE', Qualifier: 'live' },
      { AuthType: 'NONE', Qualifier: undefined },
    ]);
    expect(lambda.commandCalls(ListFunctionUrlConfigsCommand).map(({ args }) => args[0].input)).toEqual([
      { FunctionName: 'api', Marker: undefined },
      { FunctionName: 'api', Marker: '2' },
    ]);
  });

  it('says null where there is none', async () => {
    lambda.on(ListFunctionUrlConfigsCommand).resolves({});
    expect(await functionUrls(client, 'api')).toBeNull();
  });
});
