import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ToolError } from '../../shared/errors.ts';
import { invokeTool } from '../../shared/invoke-tool.ts';
import { testCall } from '../support/call.ts';
import { useMockedAws } from '../support/mock-aws.ts';

const lambda = mockClient(LambdaClient);

function answers(answer: object): void {
  lambda.on(InvokeCommand).resolves({ Payload: Buffer.from(JSON.stringify(answer)) as never });
}

async function failure(): Promise<unknown> {
  return invokeTool('list_things', {}, testCall()).then(
    () => expect.unreachable('It did not fail.'),
    (error) => error,
  );
}

describe('invokeTool', () => {
  useMockedAws();
  beforeEach(() => void lambda.reset());

  it("runs the tool's function with the event, and gives its answer", async () => {
    answers({ things: [], note: 'ü' });
    const call = testCall({ self: { partition: 'aws', region: 'eu-west-1', account: '999999999999' } });
    expect(await invokeTool('list_things', { account_id: 'all' }, call)).toEqual({ things: [], note: 'ü' });
    const [sent] = lambda.commandCalls(InvokeCommand);
    expect(sent?.args[0].input).toEqual({ FunctionName: 'central-ops-list-things', Payload: '{"account_id":"all"}' });
    // A function may take minutes, where other requests of ours have seconds.
    expect(sent?.args).toEqual([expect.anything(), expect.objectContaining({ requestTimeout: 120_000 })]);
    expect(await sent?.thisValue.config.region()).toBe('eu-west-1');
  });

  it.each([
    [{ CENTRAL_OPS_INVOKE_ENDPOINT: 'http://127.0.0.1:1', AWS_ENDPOINT_URL: 'http://127.0.0.1:2' }, 1],
    [{ CENTRAL_OPS_INVOKE_ENDPOINT: '', AWS_ENDPOINT_URL: 'http://127.0.0.1:2' }, 2],
  ])('asks the local gateway, or else where everything is asked: %j', async (environment, port) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    answers({});
    await invokeTool('list_things', {}, testCall());
    expect(await lambda.call(0).thisValue.config.endpoint()).toMatchObject({ hostname: '127.0.0.1', port });
  });

  it("throws the tool's own error as it is", async () => {
    answers({ error: { code: 'throttled', message: 'Later.', retryable: true, action: 'ec2:X' }, account_id: '1' });
    const error = await failure();
    expect(error).toBeInstanceOf(ToolError);
    expect(error).toMatchObject({ code: 'throttled', message: 'Later.' });
    expect((error as ToolError).details).toEqual({ action: 'ec2:X' });
  });

  it('says when there is no such tool', async () => {
    lambda.on(InvokeCommand).rejects(Object.assign(new Error('CANARY'), { name: 'ResourceNotFoundException' }));
    expect(await failure()).toMatchObject({
      code: 'invalid_input',
      message: 'tool: there is no such tool, or its function is not deployed.',
      details: { field: 'tool' },
    });
  });

  it('leaves any other fault to the boundary', async () => {
    const throttled = Object.assign(new Error('slow'), { name: 'TooManyRequestsException' });
    lambda.on(InvokeCommand).rejects(throttled);
    expect(await failure()).toBe(throttled);
    lambda.on(InvokeCommand).callsFake(() => Promise.reject({ name: 'ResourceNotFoundException' }));
    expect(await failure()).toEqual({ name: 'ResourceNotFoundException' });
  });

  it.each([
    ['crashed', { FunctionError: 'Unhandled', Payload: Buffer.from('{"errorMessage":"CANARY"}') as never }],
    ['said nothing', {}],
  ])('names the function that %s, and nothing of what it said', async (_, output) => {
    lambda.on(InvokeCommand).resolves(output);
    expect(await failure()).toMatchObject({ code: 'internal', message: 'The function of list_things failed.' });
  });
});
