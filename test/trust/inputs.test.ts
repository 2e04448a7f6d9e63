import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../schemas/catalog.ts';
import { HOSTILE_REGIONS } from '../support/hostile-regions.ts';
import { ask, inFakeAws } from '../support/in-fake-aws.ts';
import { cases } from '../support/proof-size.ts';

const aws = inFakeAws();
const marker = 'M'.repeat(90);

/** A value that a field of some tool might be given by mistake or by malice. */
const anyValue = fc.oneof(
  fc.anything({ maxDepth: 3, maxKeys: 4 }).filter((value) => JSON.stringify(value) !== undefined),
  fc.string({ maxLength: 300 }),
  fc.constantFrom(
    marker,
    '',
    ' ',
    'all',
    'ALL',
    '111111111111',
    '１１１１１１１１１１１１',
    'us-east-1\n',
    '../../etc',
    '__proto__',
    '%00',
    '$(id)',
    '{{1}}',
  ),
  fc.integer(),
  fc.double(),
  fc.constant(null),
);

/** The documented call with some of its fields changed, removed or added; now and then anything at all. */
function events(example: object) {
  const names = [
    ...Object.keys(example),
    'account_id',
    'region',
    'next_token',
    'fields',
    'max_results',
    'unknown',
    '__proto__',
    'constructor',
  ];
  const change = fc.tuple(fc.constantFrom(...names), fc.option(anyValue, { freq: 8, nil: undefined }));
  const near = fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    const entries = new Map<string, unknown>(Object.entries(example));
    for (const [name, value] of changes) value === undefined ? entries.delete(name) : entries.set(name, value);
    // Own properties whatever their names, as JSON.parse makes them.
    return JSON.parse(
      `{${[...entries].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`,
    ) as unknown;
  });
  const anything = fc.anything().map((value) => JSON.parse(JSON.stringify(value) ?? 'null') as unknown);
  return fc.oneof({ weight: 4, arbitrary: near }, anything);
}

describe.each(catalog.map((tool) => [tool.name, tool] as const))('%s', (name, tool) => {
  it('3.1 10,000 fuzzed inputs: no throw, no call for an invalid one, and each refusal names field and rule', async () => {
    const samples = fc.sample(events(tool.example.input as object), { numRuns: cases(40, 10_500), seed: 31 });
    const prototype = Object.getOwnPropertyNames(Object.prototype).length;
    let refused = 0;
    for (const event of samples) {
      const before = aws().requests.length;
      const { error } = await ask(tool, event, 3_000);
      // What is left is valid: it may be asked, and is denied here.
      if (error?.code !== 'invalid_input') continue;
      refused++;
      expect(aws().requests.length, `${name} asked AWS for ${JSON.stringify(event)}`).toBe(before);
      expect(error.field, error.message).toBeTruthy();
      expect(error.message).not.toContain(marker);
    }
    expect(refused).toBeGreaterThan(samples.length / 2);
    expect(Object.getOwnPropertyNames(Object.prototype).length).toBe(prototype);
  });

  it('3.2 hostile Region values: not one request', async () => {
    if (!('region' in tool.input.shape)) return;
    for (const region of HOSTILE_REGIONS.slice(0, cases(60, 1_000))) {
      const { error } = await ask(tool, { ...(tool.example.input as object), region });
      expect(error?.code, JSON.stringify(region)).toBe('invalid_input');
    }
    expect(aws().requests).toEqual([]);
  });
});

it('3.2 the hostile Regions are a thousand, all different', () => {
  expect(new Set(HOSTILE_REGIONS).size).toBe(1_000);
});
