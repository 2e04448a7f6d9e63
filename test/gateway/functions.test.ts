import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { catalog } from '../../schemas/catalog.ts';
import {
  functionArn,
  functionNames,
  type InvokeOptions,
  invokeFunction,
  onLogLine,
  runHandler,
} from '../../scripts/local/functions.ts';
import { fakeTool } from '../support/gateway-tools.ts';

const tool = catalog.find(({ name }) => name === 'describe_ec2_instances') ?? fakeTool('absent');

it('knows every function by its derived name', () => {
  expect(functionNames()).toContain('central-ops-describe-ec2-instances');
  expect(functionNames()).toHaveLength(catalog.length);
});

it('derives the ARN from the configuration, an option before it', () => {
  vi.stubEnv('CENTRAL_OPS_HOME_REGION', 'eu-west-1').stubEnv('CENTRAL_OPS_MANAGEMENT_ACCOUNT_ID', '333333333333');
  onTestFinished(() => void vi.unstubAllEnvs());
  const name = 'function:central-ops-describe-ec2-instances';
  expect(functionArn(tool)).toBe(`arn:aws:lambda:eu-west-1:333333333333:${name}`);
  expect(functionArn(tool, '444444444444')).toBe(`arn:aws:lambda:eu-west-1:444444444444:${name}`);
});

it('runs a real handler, whose answer and audit line come back', async () => {
  // Read when the handler's logger is made, which is at its first call.
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  onTestFinished(() => void vi.unstubAllEnvs());
  const lines: string[] = [];
  onLogLine((line) => lines.push(line));
  const clientContext = { custom: { bedrockAgentCoreGatewayId: 'gateway-1' } };
  const { payload, functionError, requestId } = await invokeFunction(tool, { account_id: 7 }, { clientContext });
  expect(functionError).toBeUndefined();
  expect(payload).toMatchObject({ error: { code: 'invalid_input' } });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    message: 'tool call',
    tool: 'describe_ec2_instances',
    outcome: 'invalid_input',
    request_id: requestId,
    gateway_id: 'gateway-1',
  });
});

type TestHandler = Awaited<ReturnType<Parameters<typeof runHandler>[0]>>;

function run(handler: TestHandler, event: unknown = {}, options: InvokeOptions = {}) {
  return runHandler(async () => handler, { name: 'get_thing' }, event, options);
}

it('gives a handler what Lambda gives it', async () => {
  const clientContext = { custom: { a: 1 } };
  const event = { list: [1, undefined], gone: undefined, at: new Date(0) };
  const { payload, requestId } = await run(
    async (given, context) => ({ given, context, left: context?.getRemainingTimeInMillis?.() }),
    event,
    { clientContext, timeoutMs: 5_000, account: '111111111111' },
  );
  expect(payload).toMatchObject({
    given: { list: [1, null], at: '1970-01-01T00:00:00.000Z' },
    context: {
      awsRequestId: requestId,
      functionName: 'central-ops-get-thing',
      functionVersion: '$LATEST',
      invokedFunctionArn: expect.stringMatching(/^arn:aws:lambda:[\w-]+:111111111111:function:central-ops-get-thing$/),
      memoryLimitInMB: expect.stringMatching(/^\d+$/),
      clientContext,
    },
  });
  expect((payload as { left: number }).left).toSatisfy((left: number) => left > 4_000 && left <= 5_000);
});

it('protects the caller from a handler that changes its event, and the other way round', async () => {
  const event = { list: [1] };
  const answer = { list: [2] };
  const { payload } = await run(async (given) => {
    (given as typeof event).list.push(9);
    return answer;
  }, event);
  expect(event).toEqual({ list: [1] });
  expect(payload).not.toBe(answer);
});

it('counts the time down', async () => {
  const { payload } = await run(
    async (_, context) => {
      const first = context?.getRemainingTimeInMillis?.() ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 60));
      return first - (context?.getRemainingTimeInMillis?.() ?? 0);
    },
    {},
    { timeoutMs: 1_000 },
  );
  expect(payload).toBeGreaterThan(40);
});

it('leaves no timer behind that would hold the process', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  for (let count = 0; count < 5; count++) await run(async () => 1);
  expect(timers()).toBeLessThan(before + 5);
});

it('sets the environment of the function', async () => {
  onTestFinished(() => void delete process.env.CENTRAL_OPS_TEST);
  const read = async () => process.env.CENTRAL_OPS_TEST;
  expect((await run(read, {}, { environment: { CENTRAL_OPS_TEST: 'x' } })).payload).toBe('x');
  expect((await run(read, {}, { environment: { CENTRAL_OPS_TEST: undefined } })).payload).toBeNull();
});

describe('faults come back as Lambda tells them', () => {
  it('a throw', async () => {
    const result = await run(async () => {
      throw new TypeError('boom');
    });
    expect(result).toMatchObject({
      functionError: 'Unhandled',
      errorMessage: 'boom',
      payload: { errorType: 'TypeError', errorMessage: 'boom', trace: expect.arrayContaining(['TypeError: boom']) },
    });
  });

  it('a throw before any promise, and of something that is no error', async () => {
    const handler = (() => {
      throw 'text';
    }) as TestHandler;
    expect(await run(handler)).toMatchObject({ functionError: 'Unhandled', errorMessage: 'text' });
  });

  it('a timeout, whatever the handler does later', async () => {
    const result = await run(() => new Promise(() => {}), {}, { timeoutMs: 30 });
    const message = `RequestId: ${result.requestId} Error: Task timed out after 0.03 seconds`;
    expect(result).toMatchObject({
      functionError: 'Unhandled',
      payload: { errorType: 'Sandbox.Timedout', errorMessage: message },
    });
  });

  it.each([
    ['undefined is null', undefined, null],
    ['a date is its text', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['NaN is null', { n: Number.NaN }, { n: null }],
  ])('no fault: %s', async (_, answer, payload) => {
    expect(await run(async () => answer)).toMatchObject({ payload });
  });

  it('an answer that JSON cannot say, and one over 6 MB', async () => {
    expect((await run(async () => 1n)).payload).toMatchObject({ errorType: 'Runtime.MarshalError' });
    const result = await run(async () => 'x'.repeat(6_291_556));
    expect(result).toMatchObject({
      functionError: 'Unhandled',
      payload: { errorType: 'Function.ResponseSizeTooLarge' },
    });
    expect((await run(async () => 'x'.repeat(6_291_000))).functionError).toBeUndefined();
  });

  it('a function that cannot be loaded', async () => {
    const result = await invokeFunction(fakeTool('no_such_file'), {});
    expect(result).toMatchObject({ functionError: 'Unhandled', payload: { errorType: expect.any(String) } });
    expect(result.errorMessage).toContain('no-such-file');
  });
});
