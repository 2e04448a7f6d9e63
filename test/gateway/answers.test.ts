import { describe, expect, it } from 'vitest';
import type { Invoke, InvokeResult } from '../../scripts/local/functions.ts';
import type { CallRecord } from '../../scripts/local/gateway/call-record.ts';
import { callRequest, connect, gatewayFor, post, textOf } from '../support/gateway-fixture.ts';

const args = { account_id: '111111111111', region: 'us-east-1, eu-west-1' };
const GENERIC = 'An internal error occurred. Please retry later.';
const failed: InvokeResult = { payload: {}, functionError: 'Unhandled', errorMessage: 'RequestId: 1 Error: timed out' };

async function call(invoke: Invoke, debug = false) {
  const records: CallRecord[] = [];
  const gateway = await gatewayFor({
    invoke,
    debug,
    account: '222222222222',
    onCall: (record) => records.push(record),
  });
  const client = await connect(gateway);
  const result = await client.callTool({ name: 'get-thing___get_thing', arguments: args });
  return { result, record: records[0], count: records.length };
}

describe('an answer is one JSON text, never unwrapped', () => {
  it.each([
    [{ instances: [], complete: true }],
    [{ statusCode: 500, body: '{"a":1}' }],
    [{ content: [{ type: 'text', text: 'x' }], isError: true }],
    ['good'],
    [null],
    [[1, 2]],
    [0],
    [{ text: '\u2028"\\\u0000 ü 😀' }],
  ])('%j', async (payload) => {
    const { result } = await call(async () => ({ payload }));
    expect(result).toMatchObject({ isError: false, content: [{ type: 'text', text: JSON.stringify(payload) }] });
    expect(result).not.toHaveProperty('structuredContent');
  });

  it('is that on the wire, byte for byte', async () => {
    const gateway = await gatewayFor({ invoke: async () => ({ payload: 'good' }) });
    const response = await post(gateway, callRequest(args, 1));
    expect(await response.json()).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { isError: false, content: [{ type: 'text', text: '"good"' }] },
    });
  });
});

describe('a function that fails', () => {
  it.each([
    ['by a function error', async () => failed],
    [
      'because it could not be invoked',
      async () => {
        throw new Error('no such file');
      },
    ],
  ] as [string, Invoke][])('%s: the generic text', async (_, invoke) => {
    const { result, record } = await call(invoke);
    expect(result).toMatchObject({ isError: true, content: [{ type: 'text', text: GENERIC }] });
    expect(result._meta?.debug).toBeUndefined();
    expect(record?.outcome).toBe('failed');
  });

  it('with the debug level: its cause, twice', async () => {
    const { result } = await call(async () => failed, true);
    const text =
      'Error while invoking Lambda function arn:aws:lambda:us-east-1:222222222222:function:central-ops-get-thing: RequestId: 1 Error: timed out';
    expect(result).toMatchObject({ isError: true, _meta: { debug: { type: 'text', text } } });
    expect(textOf(result)).toBe(text);
  });

  it('with a client context that Lambda would refuse', async () => {
    const gateway = await gatewayFor({ debug: true });
    const response = await post(gateway, callRequest(args, 'm'.repeat(2_500)));
    expect(await response.json()).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringContaining('client context') }] },
    });
    const fits = await post(gateway, callRequest(args, 'm'.repeat(2_000)));
    expect(await fits.json()).toMatchObject({ result: { isError: false } });
  });
});

describe('the record of a call', () => {
  it.each([
    ['ok', { instances: [] }],
    ['partial', { instances: [], complete: false }],
    ['throttled', { error: { code: 'throttled', message: '' } }],
    ['ok', null],
  ])('says %s for %j', async (outcome, payload) => {
    const { record, count } = await call(async () => ({ payload }));
    expect(count).toBe(1);
    expect(record).toEqual({ tool: 'get_thing', ...args, outcome, milliseconds: expect.any(Number) });
  });

  it('holds no text that could move a terminal', async () => {
    const records: CallRecord[] = [];
    const gateway = await gatewayFor({ onCall: (record) => records.push(record) });
    await post(gateway, callRequest({ account_id: '\u001b[2Jx', region: 'r\n' }));
    expect(records).toEqual([{ tool: 'get_thing', outcome: 'ok', milliseconds: expect.any(Number) }]);
  });
});
