import {
  type FunctionConfiguration,
  FunctionConfiguration$,
  GetFunctionCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { listLambdaFunctions } from '../../schemas/list-lambda-functions.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';
import { plantedAnswer, plantedPathsIn } from '../support/planted-answer.ts';
import { walk } from '../support/walk.ts';

const lambda = mockClient(LambdaClient);

interface Answer {
  function_count: number;
  functions: Record<string, unknown>[];
  next_token?: string;
  error?: { code: string; message: string; action?: string };
}

const { input, output } = listLambdaFunctions.example;

const exampleFunction: FunctionConfiguration = {
  FunctionName: 'ledger-monthly-close',
  FunctionArn: 'arn:aws:lambda:us-east-1:111111111111:function:ledger-monthly-close',
  Runtime: 'python3.8',
  Handler: 'app.handler',
  MemorySize: 512,
  Timeout: 900,
  CodeSize: 48213,
  LastModified: '2026-03-14T09:26:53.000+0000',
  Architectures: ['x86_64'],
  PackageType: 'Zip',
  Environment: { Variables: { DATABASE_PASSWORD: 'CANARY' } },
};
const named = (FunctionName: string, more: FunctionConfiguration = {}) => ({
  ...exampleFunction,
  FunctionName,
  ...more,
});

describe('list_lambda_functions', () => {
  useMockedAws();
  beforeEach(() => void lambda.reset());

  const ask = (more: object = {}) => callTool<Answer>(listLambdaFunctions, { account_id: input.account_id, ...more });
  const names = ({ functions }: Answer) => functions.map(({ FunctionName }) => FunctionName);
  const sizes = () => lambda.commandCalls(ListFunctionsCommand).map((call) => call.args[0].input.MaxItems);

  it('answers the documented example', async () => {
    lambda.on(ListFunctionsCommand).resolves({ Functions: [named('other', { Runtime: 'java21' }), exampleFunction] });
    expect(await callTool(listLambdaFunctions, input)).toEqual(output);
  });

  it('filters by runtime and by the beginning of the name', async () => {
    lambda.on(ListFunctionsCommand).resolves({
      Functions: [
        named('pay-1'),
        named('pay-2', { Runtime: 'java21' }),
        named('repay-3'),
        { FunctionName: 'pay-image' },
        {},
      ],
    });
    expect(names(await ask({ runtime: 'python3.8' }))).toEqual(['pay-1', 'repay-3']);
    expect(names(await ask({ name_prefix: 'pay-' }))).toEqual(['pay-1', 'pay-2', 'pay-image']);
    expect(names(await ask({ name_prefix: 'pay-', runtime: 'java21' }))).toEqual(['pay-2']);
  });

  it('asks for at most 50 at once, the bound of the API, and for full pages when it filters', async () => {
    lambda.on(ListFunctionsCommand).resolves({});
    await ask({ max_results: 3 });
    await ask({ max_results: 1_000 });
    await ask({ max_results: 3, runtime: 'python3.8' });
    await ask({ max_results: 3, name_prefix: 'pay' });
    expect(sizes()).toEqual([3, 50, 50, 50]);
  });

  it.each([
    ['all', {}, 180],
    ['those of one runtime', { runtime: 'java21' }, 60],
  ])('walks %s through the marker, each exactly once', async (_, filter, count) => {
    const all = Array.from({ length: 180 }, (_, index) =>
      named(`f-${index}`, { Runtime: index % 3 === 0 ? 'java21' : 'python3.8' }),
    );
    lambda.on(ListFunctionsCommand).callsFake(async ({ Marker, MaxItems }) => {
      const from = Number(Marker ?? 0);
      const end = from + MaxItems;
      return { Functions: all.slice(from, end), NextMarker: end < all.length ? String(end) : undefined };
    });
    const answers = await walk(ask, { ...filter, max_results: 7 });
    for (const answer of answers) expect(answer.function_count).toBe(answer.functions.length);
    const seen = answers.flatMap(names);
    expect(new Set(seen).size).toBe(count);
    expect(seen).toHaveLength(count);
  });

  it('asks each listed function for its state only on request, and leaves out one deleted meanwhile', async () => {
    lambda.on(ListFunctionsCommand).resolves({ Functions: [named('a'), named('gone'), named('b')] });
    lambda.on(GetFunctionCommand).callsFake(async ({ FunctionName }) => {
      if (FunctionName === 'gone') throw Object.assign(new Error('gone'), { name: 'ResourceNotFoundException' });
      return { Configuration: { State: FunctionName === 'a' ? 'Active' : 'Inactive' } };
    });
    expect((await ask()).functions[0]).not.toHaveProperty('State');
    expect(lambda.commandCalls(GetFunctionCommand)).toHaveLength(0);
    expect((await ask({ fields: ['FunctionName', 'State'] })).functions).toEqual([
      { FunctionName: 'a', State: 'Active' },
      { FunctionName: 'b', State: 'Inactive' },
    ]);
  });

  it('says that the state could not be read instead of leaving it out', async () => {
    lambda.on(ListFunctionsCommand).resolves({ Functions: [named('a')] });
    const denied = Object.assign(new Error('User: x is not authorized to perform: lambda:GetFunction'), {
      name: 'AccessDeniedException',
    });
    lambda.on(GetFunctionCommand).rejects(denied);
    expect((await ask({ fields: ['State'] })).error).toMatchObject({
      code: 'access_denied',
      action: 'lambda:GetFunction',
    });
  });

  it('leaves out what AWS omits', async () => {
    lambda.on(ListFunctionsCommand).resolves({ Functions: [{ FunctionName: 'image', LastModified: 'soon' }, {}] });
    expect((await ask()).functions).toEqual([{ FunctionName: 'image' }, {}]);
  });

  it('lets out the declared fields of a function and no others: no environment, not even its names', async () => {
    const Configuration = plantedAnswer(FunctionConfiguration$) as FunctionConfiguration;
    lambda.on(ListFunctionsCommand).resolves({ Functions: [Configuration] });
    lambda.on(GetFunctionCommand).resolves({ Configuration, Code: { Location: 'CANARY<Code.Location>' } });
    const fields = Object.keys(listLambdaFunctions.output.item.shape);
    expect(plantedPathsIn(await ask({ fields }))).toEqual([
      'Architectures',
      'FunctionName',
      'Handler',
      'PackageType',
      'Runtime',
      'State',
    ]);
  });
});
