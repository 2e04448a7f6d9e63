import {
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  ListFunctionsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CallRecord } from '../../scripts/local/gateway/call-record.ts';
import type { Gateway } from '../../scripts/local/gateway/gateway.ts';
import { gatewayFor } from '../support/gateway-fixture.ts';
import { echo } from '../support/gateway-tools.ts';

const FunctionName = 'central-ops-get-thing';

function clientFor({ url }: Gateway): LambdaClient {
  const lambda = new LambdaClient({
    endpoint: new URL(url).origin,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  onTestFinished(() => lambda.destroy());
  return lambda;
}

async function invoke(gateway: Gateway, input: Partial<InvokeCommandInput> = {}) {
  const { Payload, ...answer } = await clientFor(gateway).send(new InvokeCommand({ FunctionName, ...input }));
  const text = Buffer.from(Payload ?? []).toString();
  return { ...answer, payload: text === '' ? undefined : JSON.parse(text) };
}

it.each([
  FunctionName,
  `${FunctionName}:$LATEST`,
  `${FunctionName}:live`,
  `arn:aws:lambda:us-east-1:111111111111:function:${FunctionName}`,
  `arn:aws-cn:lambda:cn-north-1:111111111111:function:${FunctionName}:7`,
  `111111111111:function:${FunctionName}`,
])('LambdaClient invokes %s', async (name) => {
  const answer = await invoke(await gatewayFor(), { FunctionName: name, Payload: Buffer.from('{"a":1}') });
  expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  expect(answer.FunctionError).toBeUndefined();
  expect(answer.payload).toMatchObject({ tool: 'get_thing', event: { a: 1 } });
});

it('passes the client context on, and an empty event for no payload', async () => {
  const context = { custom: { bedrockAgentCoreToolName: 'x___y' } };
  const ClientContext = Buffer.from(JSON.stringify(context)).toString('base64');
  const { payload } = await invoke(await gatewayFor(), { ClientContext });
  expect(payload).toMatchObject({ event: {}, options: { clientContext: context } });
});

it("gives a function's error as Lambda does", async () => {
  const payload = { errorType: 'Error', errorMessage: 'boom', trace: [] };
  const gateway = await gatewayFor({
    invoke: async () => ({ payload, functionError: 'Unhandled', errorMessage: 'boom' }),
  });
  expect(await invoke(gateway)).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled', payload });
});

describe('the other invocation types', () => {
  it('Event answers 202 at once, runs without client context, and survives a failure', async () => {
    const { promise: ran, resolve } = Promise.withResolvers<unknown>();
    const gateway = await gatewayFor({
      invoke: async (...call) => {
        resolve((await echo(...call)).payload);
        throw new Error('later');
      },
    });
    const ClientContext = Buffer.from('{}').toString('base64');
    const answer = await invoke(gateway, { InvocationType: 'Event', Payload: Buffer.from('{"a":1}'), ClientContext });
    expect([answer.StatusCode, answer.payload]).toEqual([202, undefined]);
    expect(await ran).toEqual({ tool: 'get_thing', event: { a: 1 }, options: {} });
    expect((await invoke(gateway, { InvocationType: 'DryRun' })).StatusCode).toBe(204);
  });

  it('DryRun answers 204 and runs nothing', async () => {
    const gateway = await gatewayFor({ invoke: () => Promise.reject(new Error('ran')) });
    expect((await invoke(gateway, { InvocationType: 'DryRun' })).StatusCode).toBe(204);
  });
});

describe('refusals', () => {
  it.each(['central-ops-no-such', 'get-thing', `arn:aws:s3:us-east-1:111111111111:function:${FunctionName}`, '%zz'])(
    'an unknown function: %s',
    async (name) => {
      const gateway = await gatewayFor();
      await expect(invoke(gateway, { FunctionName: name })).rejects.toBeInstanceOf(ResourceNotFoundException);
    },
  );

  it.each([
    ['a payload that is no JSON', { Payload: Buffer.from('{') }, 'InvalidRequestContentException'],
    ['a client context that is none', { ClientContext: 'e30' + 'x' }, 'InvalidRequestContentException'],
    ['one over the limit', { ClientContext: Buffer.alloc(2_700).toString('base64') }, 'InvalidRequestContentException'],
    ['an unknown type', { InvocationType: 'Later' as 'Event' }, 'InvalidParameterValueException'],
  ])('%s', async (_, input, name) => {
    await expect(invoke(await gatewayFor(), input)).rejects.toMatchObject({ name });
  });

  it('another operation', async () => {
    const lambda = clientFor(await gatewayFor());
    await expect(lambda.send(new ListFunctionsCommand())).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });
});

it('is recorded as a call', async () => {
  const records: CallRecord[] = [];
  const gateway = await gatewayFor({ onCall: (record) => records.push(record) });
  await invoke(gateway, { Payload: Buffer.from('{"account_id":"all"}') });
  expect(records).toMatchObject([{ tool: 'get_thing', account_id: 'all', outcome: 'ok' }]);
});
