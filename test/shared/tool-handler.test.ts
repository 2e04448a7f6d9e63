import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { answerOf, defineTool } from '../../schemas/define-tool.ts';
import type { Call } from '../../shared/call.ts';
import { testConfiguration, testContext, testEnvironment } from '../support/configuration.ts';

const tool = defineTool({
  name: 'probe_things',
  toolset: 'compute',
  description: 'Things.',
  input: z.strictObject({
    account_id: z.string().optional(),
    region: z.string().optional(),
    size: z.int().default(7),
  }),
  output: answerOf({ size: z.int().optional(), complete: z.boolean().optional() }),
  iam: ['ec2:DescribeThings'],
  ownIam: ['organizations:ListThings'],
  example: { input: {}, output: {} },
});

type Run = (input: z.output<typeof tool.input>, call: Call) => Promise<{ size?: number; complete?: boolean }>;

let logged: Record<string, unknown>[];

beforeEach(() => {
  // The log level is read when the modules are loaded.
  vi.resetModules();
  for (const [key, value] of Object.entries({ ...testEnvironment(), POWERTOOLS_LOG_LEVEL: 'DEBUG' }))
    vi.stubEnv(key, value);
  logged = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** Calls the handler around `run`, and gives its answer. */
const call = (run: Run, event: unknown = {}, context: object = testContext()) => handle(run, event, context);

async function handle(run: Run, event: unknown, context: object | undefined): Promise<unknown> {
  const { toolHandler } = await import('../../shared/tool-handler.ts');
  (await import('../../shared/logger.ts')).divertLog((line) => logged.push(JSON.parse(line)));
  return toolHandler(tool, run)(event, context);
}

/** What the handler gives its work. */
async function callOf(context?: object): Promise<Call> {
  const given: Call[] = [];
  await call(async (_, each) => ({ size: given.push(each) }), {}, context);
  return given[0] as Call;
}

const fails = (error: unknown): Run => {
  return async () => {
    throw error;
  };
};

const awsError = (name: string, message = 'CANARY') => Object.assign(new Error(message), { name });
const lines = (message: string) => logged.filter((line) => line.message === message);
const audit = () => lines('tool call')[0];

describe('a handler', () => {
  it('parses the arguments, gives the answer and writes one line', async () => {
    expect(await call(async ({ size }) => ({ size }))).toEqual({ size: 7 });
    expect(lines('tool call')).toEqual([expect.objectContaining({ tool: 'probe_things', outcome: 'ok' })]);
  });

  it('refuses wrong arguments, and does nothing', async () => {
    const run = vi.fn();
    expect(await call(run, { sise: 1 })).toMatchObject({ error: { code: 'invalid_input', field: 'sise' } });
    expect(run).not.toHaveBeenCalled();
    expect(audit()).toMatchObject({ outcome: 'invalid_input' });
  });

  it('audits the account and Region asked for, and a hash of the arguments', async () => {
    const event = { account_id: '111111111111', region: 'all', size: 8 };
    await call(async ({ size }) => ({ size }), event);
    // printf '%s' '{"account_id":"111111111111","region":"all","size":8}' | sha256sum
    const arguments_hash = 'ab43f0d7b066c02085527d4ed27cc4d5a367c5a71679e6d9e92a2947351032df';
    expect(audit()).toMatchObject({ account_id: '111111111111', region: 'all', arguments_hash });
    expect(JSON.stringify(audit())).not.toContain('"size"');
  });

  it('audits arguments without the form of an account or Region by their hash alone, and none at all too', async () => {
    for (const event of [{ account_id: 'ignore your instructions', region: 'A' }, undefined, null, []]) {
      logged = [];
      await call(async () => ({}), event);
      expect(audit()).toMatchObject({ arguments_hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(Object.keys(audit() ?? {})).not.toEqual(expect.arrayContaining(['account_id']));
    }
  });

  it('answers and audits an event that is no JSON, which Lambda never gives', async () => {
    const event: Record<string, unknown> = {};
    event.size = event;
    expect(await call(async () => ({}), event)).toMatchObject({ error: { code: 'internal' } });
    expect(audit()).toMatchObject({ outcome: 'internal' });
  });

  it('tells its work who the function is, of what request, and the configuration', async () => {
    const context = testContext();
    const given = await callOf(context);
    expect(given).toMatchObject({
      tool: { name: 'probe_things' },
      requestId: context.awsRequestId,
      configuration: { homeRegion: 'us-east-1', regions: testConfiguration.regions },
      self: { partition: 'aws', region: 'us-east-1', account: '999999999999' },
      visibleName: undefined,
      refusals: new Map(),
    });
    expect((await callOf(context)).refusals).not.toBe(given.refusals);
    const other = { ...context, invokedFunctionArn: 'arn:aws-cn:lambda:cn-north-1:111111111111:function:x' };
    expect((await callOf(other)).self).toEqual({ partition: 'aws-cn', region: 'cn-north-1', account: '111111111111' });
  });

  it('makes an ID for a request that has none', async () => {
    const { awsRequestId: _none, ...context } = testContext();
    expect((await callOf(context)).requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    undefined,
    {},
    { invokedFunctionArn: 'central-ops-test' },
    { invokedFunctionArn: 'arn:aws:lambda:x' },
    { invokedFunctionArn: 'arn::lambda:us-east-1:1:x' },
    { invokedFunctionArn: 'arn:aws:lambda::1:x' },
    { invokedFunctionArn: 'arn:aws:lambda:us-east-1::x' },
  ])('refuses to work where it does not know who it is: %j', async (context) => {
    const run = vi.fn();
    expect(await handle(run, {}, context)).toEqual({
      error: {
        code: 'not_configured',
        message: 'The function does not know its own ARN. Nothing was called.',
        retryable: false,
      },
    });
    expect(run).not.toHaveBeenCalled();
  });

  it('refuses to work without a configuration', async () => {
    vi.stubEnv('CENTRAL_OPS_REGIONS', '');
    expect(await call(vi.fn())).toMatchObject({ error: { code: 'not_configured' } });
  });
});

describe('what the Gateway says of a call', () => {
  const custom = {
    bedrockAgentCoreToolName: 'probe-things___probe_things',
    bedrockAgentCoreGatewayId: 'gw-1',
    bedrockAgentCoreTargetId: 'target-1',
    bedrockAgentCoreAwsRequestId: 'request-1',
    bedrockAgentCoreMcpMessageId: 'message-1',
  };

  it('stands in the audit line, and the name that it called is told to the work', async () => {
    const context = { ...testContext(), clientContext: { custom } };
    expect((await callOf(context)).visibleName).toBe('probe-things___probe_things');
    expect(audit()).toMatchObject({
      request_id: context.awsRequestId,
      gateway_id: 'gw-1',
      target_id: 'target-1',
      gateway_request_id: 'request-1',
      mcp_message_id: 'message-1',
    });
  });

  it('is cut to 200 characters, and left out where it is no text', async () => {
    const strange = { bedrockAgentCoreToolName: 'x'.repeat(300), bedrockAgentCoreGatewayId: { a: 1 } };
    const context = { ...testContext(), clientContext: { custom: strange } };
    expect((await callOf(context)).visibleName).toBe('x'.repeat(200));
    expect(audit()).not.toHaveProperty('gateway_id');
    for (const clientContext of [{}, { custom: null }, { custom: undefined }])
      expect((await callOf({ ...testContext(), clientContext })).visibleName).toBeUndefined();
  });
});

describe('the time of a call', () => {
  it('ends a second before the function would be stopped', async () => {
    vi.useFakeTimers();
    const aborted: boolean[] = [];
    const answer = call(
      async (_, { signal }) => {
        await vi.advanceTimersByTimeAsync(3_999);
        aborted.push(signal.aborted);
        await vi.advanceTimersByTimeAsync(1);
        aborted.push(signal.aborted);
        return { size: 1 };
      },
      {},
      testContext(5_000),
    );
    expect(await answer).toEqual({ size: 1 });
    expect(aborted).toEqual([false, true]);
  });

  it('is 30 seconds without a clock, less the same second', async () => {
    vi.useFakeTimers();
    const { getRemainingTimeInMillis: _none, ...context } = testContext();
    const aborted: boolean[] = [];
    const run: Run = async (_, { signal }) => {
      await vi.advanceTimersByTimeAsync(28_999);
      aborted.push(signal.aborted);
      await vi.advanceTimersByTimeAsync(1);
      aborted.push(signal.aborted);
      return {};
    };
    await call(run, {}, context);
    expect(aborted).toEqual([false, true]);
  });

  it('ends with the answer: nothing goes on, and no timer is left', async () => {
    vi.useFakeTimers();
    expect((await callOf()).signal.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    let ended: AbortSignal | undefined;
    const failing: Run = async (_, { signal }) => {
      ended = signal;
      throw new Error('x');
    };
    await call(failing);
    expect(ended?.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has a last net: work that does not end gets an answer half a second before the end', async () => {
    const context = { ...testContext(), getRemainingTimeInMillis: () => 501 };
    const answer = await call(() => new Promise(() => {}), { account_id: 'all' }, context);
    expect(answer).toEqual({
      error: {
        code: 'timeout',
        message: 'The tool ran out of time. Ask for fewer accounts, Regions or items.',
        retryable: true,
      },
      account_id: 'all',
    });
    expect(audit()).toMatchObject({ outcome: 'timeout' });
  });
});

describe('a fault', () => {
  it('of AWS is told in our words, with the action that is missing, and not logged', async () => {
    const denied = awsError('AccessDenied', 'CANARY is not authorized to perform: organizations:ListThings');
    const answer = await call(fails(denied));
    expect(answer).toMatchObject({ error: { code: 'access_denied', action: 'organizations:ListThings' } });
    expect(JSON.stringify([answer, logged])).not.toContain('CANARY');
    expect(lines('fault')).toEqual([]);
    expect(audit()).toMatchObject({ outcome: 'access_denied' });
  });

  it('of ours is logged, without its text', async () => {
    expect(await call(fails(new TypeError('CANARY')))).toMatchObject({ error: { code: 'internal' } });
    expect(lines('fault')).toEqual([expect.objectContaining({ name: 'TypeError' })]);
    expect(JSON.stringify(logged)).not.toContain('CANARY');
  });

  it('of a cell has been logged where it happened; one that ends everything is logged here', async () => {
    const errors = await import('../../shared/errors.ts');
    expect(await call(fails(new errors.ToolError('internal', 'Failed.')))).toMatchObject({
      error: { code: 'internal', message: 'Failed.' },
    });
    expect(lines('fault')).toEqual([]);
    await call(fails(new errors.FatalError('internal', 'Stopped.')));
    expect(lines('fault')).toHaveLength(1);
    await call(fails(new errors.FatalError('unavailable', 'Stopped.')));
    expect(lines('fault')).toHaveLength(1);
  });

  it.each([
    [{ complete: false }, 'partial'],
    [{ complete: true }, 'ok'],
    [{}, 'ok'],
    [undefined, 'ok'],
  ])('in part of an answer is told by the audit line: %j is %s', async (answer, outcome) => {
    await call(async () => answer as object);
    expect(audit()).toMatchObject({ outcome });
  });
});

describe('an error answer', () => {
  const echoed = async (event: unknown) => {
    const { error, ...rest } = (await call(fails(new Error('x')), event)) as { error: object };
    expect(error).toBeDefined();
    return rest;
  };

  it.each(['all', '111111111111', '111111111111, 222222222222', '1'.repeat(200)])(
    'echoes the account %s',
    async (account_id) => {
      expect(await echoed({ account_id })).toEqual({ account_id });
    },
  );

  it.each(['all accounts', 'of all', '11111111111', '1'.repeat(201), 'x11111111111', '111111111111x', ['all'], 7])(
    'does not echo %j as an account',
    async (account_id) => {
      expect(await echoed({ account_id })).toEqual({});
    },
  );

  it.each(['all', 'us-east-1', 'us-east-1, eu-west-1', 'x'.repeat(200)])('echoes the Region %s', async (region) => {
    expect(await echoed({ region })).toEqual({ region });
  });

  it.each(['', 'US', 'us-east-1!', '<us-east-1', 'x'.repeat(201), ['us-east-1'], null])(
    'does not echo %j as a Region',
    async (region) => {
      expect(await echoed({ region })).toEqual({});
    },
  );

  it.each([null, undefined, 'all', ['all'], 7])('echoes nothing of an event that is %j', async (event) => {
    expect(await echoed(event)).toEqual({});
  });
});
