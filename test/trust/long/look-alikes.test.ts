import { describe, expect, it } from 'vitest';
import { catalog } from '../../../schemas/catalog.ts';
import type { Tool } from '../../../schemas/define-tool.ts';
import { ask, inFakeAws } from '../../support/in-fake-aws.ts';
import { lookAlikes, OTHER_DIGITS } from '../../support/look-alikes.ts';

const aws = inFakeAws();
const ACCOUNT = '111111111111';
const REGION = 'us-east-1';
const has = (tool: Tool, argument: string) => argument in tool.input.shape;

/** Names that every object answers to, and those that JSON and promises look for. */
const PROTOTYPE_KEYS = [...Object.getOwnPropertyNames(Object.prototype), 'prototype', 'toJSON', 'then'];
const POLLUTION = '{"polluted":true,"account_id":"all","constructor":{"prototype":{"polluted":true}}}';

/** An event as a caller writes it: JSON, in which `__proto__` is a key like others. */
const withText = (event: object, key: string, value: string) =>
  JSON.parse(`${JSON.stringify(event).slice(0, -1)},${JSON.stringify(key)}:${value}}`) as object;

async function refuses(tool: Tool, event: object, field?: string): Promise<void> {
  const { error } = await ask(tool, event);
  expect(error?.code, JSON.stringify(event)).toBe('invalid_input');
  if (field !== undefined) expect(error?.field, error?.message).toBe(field);
}

describe.each(catalog.map((tool) => [tool.name, tool] as const))('%s', (_, tool) => {
  const example = tool.example.input as Record<string, unknown>;

  it('3.4 keys of prototypes beside the arguments are refused by their names, and no prototype is changed', async () => {
    const before = PROTOTYPE_KEYS.map((key) => (Object.prototype as Record<string, unknown>)[key]);
    for (const key of PROTOTYPE_KEYS)
      for (const value of [POLLUTION, '"x"', 'null', '[]']) await refuses(tool, withText(example, key, value), key);
    expect(PROTOTYPE_KEYS.map((key) => (Object.prototype as Record<string, unknown>)[key])).toEqual(before);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(aws().requests).toEqual([]);
  });

  it('3.4 keys of prototypes as values choose nothing', async () => {
    // The name of the tool that aggregate_results asks is checked by Lambda, which knows no such function.
    const choosing = ['account_id', 'region', 'service', 'status', 'state', 'alarm_type', 'min_severity', 'next_token'];
    const lists = ['fields', 'services'];
    for (const key of PROTOTYPE_KEYS) {
      for (const argument of choosing.filter((each) => has(tool, each)))
        await refuses(tool, { ...example, [argument]: key }, argument);
      for (const argument of lists.filter((each) => has(tool, each))) {
        const { error } = await ask(tool, { ...example, [argument]: [key] });
        expect([error?.code, error?.field?.split('.')[0]], key).toEqual(['invalid_input', argument]);
      }
    }
    expect(aws().requests).toEqual([]);
  });

  it('3.4 an event whose own prototype carries the arguments is an empty one', async () => {
    const { error } = await ask(tool, JSON.parse(`{"__proto__":${JSON.stringify(example)}}`));
    expect(error?.code).toBe('invalid_input');
    expect(aws().requests).toEqual([]);
  });

  it.runIf(has(tool, 'account_id'))('3.5 digits of other scripts and look-alikes are no account ID', async () => {
    const scripts = OTHER_DIGITS.flatMap(([, one = '']) => [one.repeat(12), ACCOUNT.replace(/1$/, one)]);
    for (const account_id of [...scripts, ...lookAlikes(ACCOUNT), ...lookAlikes('all')]) {
      await refuses(tool, { ...example, account_id }, 'account_id');
      await refuses(tool, { ...example, account_id: `${ACCOUNT},${account_id}` }, 'account_id');
      if (has(tool, 'finding_account_id'))
        await refuses(tool, { ...example, finding_account_id: account_id }, 'finding_account_id');
    }
    expect(aws().requests).toEqual([]);
  });

  it.runIf(has(tool, 'region'))('3.5 look-alikes are no Region', async () => {
    const scripts = OTHER_DIGITS.map((digits) => `us-east-${digits[1]}`);
    for (const region of [...scripts, ...lookAlikes(REGION), ...lookAlikes('all')]) {
      await refuses(tool, { ...example, region }, 'region');
      await refuses(tool, { ...example, region: `${REGION},${region}` }, 'region');
    }
    expect(aws().requests).toEqual([]);
  });
});

describe.each([
  ['get_lambda_function', 'function_name', `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`],
  ['list_ecs_clusters', 'cluster_names', `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/c`],
  ['list_ecs_services', 'cluster', `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/c`],
  ['list_ecs_services', 'service_names', `arn:aws:ecs:${REGION}:${ACCOUNT}:service/c/s`],
])('%s', (name, argument, arn) => {
  it(`3.5 look-alikes of an ARN in ${argument} are refused`, async () => {
    const tool = catalog.find((each) => each.name === name) as Tool;
    const event = { ...(tool.example.input as object), account_id: ACCOUNT, region: REGION };
    const scripts = OTHER_DIGITS.map((digits) => arn.replace(ACCOUNT, `11111111111${digits[1]}`));
    for (const other of [...scripts, ...lookAlikes(arn)])
      await refuses(tool, { ...event, [argument]: argument.endsWith('s') ? [other] : other }, argument);
    expect(aws().requests).toEqual([]);
  });
});

it('3.4, 3.5 the corpora are as large as they are said to be', () => {
  expect(PROTOTYPE_KEYS.length * 4).toBeGreaterThanOrEqual(40);
  expect(OTHER_DIGITS.length).toBeGreaterThanOrEqual(70);
  expect(OTHER_DIGITS.every((digits) => digits.length === 10)).toBe(true);
  expect(lookAlikes(REGION).length).toBeGreaterThanOrEqual(70);
});
