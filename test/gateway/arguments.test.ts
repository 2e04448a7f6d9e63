import { describe, expect, it } from 'vitest';
import type { CallRecord } from '../../scripts/local/gateway/call-record.ts';
import { validateArguments } from '../../scripts/local/gateway/validate-arguments.ts';
import { connect, gatewayFor, textOf } from '../support/gateway-fixture.ts';
import { echo } from '../support/gateway-tools.ts';

const HEADING = 'JsonSchemaException - Parameter validation failed: Invalid request parameters:';
const account_id = '111111111111';

async function call(args: Record<string, unknown>) {
  let invoked = 0;
  const records: CallRecord[] = [];
  const gateway = await gatewayFor({
    invoke: (...call) => {
      invoked++;
      return echo(...call);
    },
    onCall: (record) => records.push(record),
  });
  const client = await connect(gateway);
  const result = await client.callTool({ name: 'get-thing___get_thing', arguments: args });
  return { text: textOf(result), isError: result.isError, invoked, outcome: records[0]?.outcome };
}

describe('arguments against the schema never reach the function', () => {
  it.each([
    [
      'a string for an integer',
      { account_id, max_results: '50' },
      "- Field 'max_results' has invalid type: $.max_results: string found, integer expected",
    ],
    [
      'a fraction for an integer',
      { account_id, max_results: 1.5 },
      "- Field 'max_results' has invalid type: $.max_results: number found, integer expected",
    ],
    [
      'null for a string',
      { account_id: null },
      "- Field 'account_id' has invalid type: $.account_id: null found, string expected",
    ],
    [
      'a number for a string',
      { account_id: 111111111111 },
      "- Field 'account_id' has invalid type: $.account_id: integer found, string expected",
    ],
    [
      'a string for a boolean',
      { account_id, deep: 'true' },
      "- Field 'deep' has invalid type: $.deep: string found, boolean expected",
    ],
    [
      'an object for an array',
      { account_id, filters: { Name: 'a' } },
      "- Field 'filters' has invalid type: $.filters: object found, array expected",
    ],
    [
      'an array for an object',
      { account_id, filters: [[]] },
      "- Field 'filters[0]' has invalid type: $.filters[0]: array found, object expected",
    ],
    [
      'a wrong item deep inside',
      { account_id, filters: [{ Name: 'a', Values: ['x', 7] }] },
      "- Field 'filters[0].Values[1]' has invalid type: $.filters[0].Values[1]: integer found, string expected",
    ],
    ['a missing field', {}, "- Missing required field(s): 'account_id'"],
    [
      'missing fields inside',
      { account_id, filters: [{}] },
      "- Missing required field(s): 'filters[0].Name', 'filters[0].Values'",
    ],
    [
      'several faults',
      { max_results: true, ratio: 'x' },
      [
        "- Missing required field(s): 'account_id'",
        "- Field 'max_results' has invalid type: $.max_results: boolean found, integer expected",
        "- Field 'ratio' has invalid type: $.ratio: string found, number expected",
      ].join('\n'),
    ],
  ])('%s', async (_, args, fault) => {
    expect(await call(args)).toEqual({ text: `${HEADING}\n${fault}`, isError: true, invoked: 0, outcome: 'rejected' });
  });
});

it.each<Record<string, unknown>>([
  { account_id },
  { account_id, max_results: 5.0, ratio: 3, deep: false, filters: [] },
  { account_id, ratio: 0.5, filters: [{ Name: 'a', Values: [] }] },
  // The five keywords cannot forbid these: the function's own parse does.
  { account_id, unknown: {}, constructor: 'x' },
  { account_id, filters: [{ Name: 'a', Values: [], Extra: null }] },
])('passes on %j', async (args) => {
  const { text, isError, outcome } = await call(args);
  expect({ isError, outcome, event: JSON.parse(text).event }).toEqual({ isError: false, outcome: 'ok', event: args });
});

it('takes no inherited property for a given one', () => {
  const schema = {
    type: 'object' as const,
    properties: { toString: { type: 'string' as const }, __proto__: { type: 'string' as const } },
    required: ['toString'],
  };
  expect(validateArguments(schema, {})).toContain("Missing required field(s): 'toString'");
  expect(validateArguments(schema, JSON.parse('{"toString":"x","__proto__":{}}'))).toBeUndefined();
});
