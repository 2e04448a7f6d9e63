import { beforeEach, describe, expect, it } from 'vitest';
import { catalog } from '../../schemas/catalog.ts';
import type { Tool } from '../../schemas/define-tool.ts';
import { type ArgumentSchema, argumentsOf, eventWith, leastValue } from '../support/argument-places.ts';
import { ask, configure, inFakeAws } from '../support/in-fake-aws.ts';

const aws = inFakeAws({ contextStore: { bucket: 'context', ttlHours: 24 } });

/** A bound of a value: where it stands, the last value that fits and the first that does not. */
interface Bound {
  readonly where: string;
  readonly at: unknown;
  readonly beyond: unknown;
}
/** How the longest text of an argument begins, where a shorter form is bounded otherwise. */
const LONG: Readonly<Record<string, string>> = { cluster: 'arn:aws:ecs:eu-west-1:111111111111:cluster/' };

/** Every bound that a schema sets, at every depth. */
function boundsOf(schema: ArgumentSchema, where: string): Bound[] {
  const { minimum, maximum, minItems, maxItems, minLength, maxLength, items, properties = {} } = schema;
  const bounds: Bound[] = [];
  const add = (name: string, limit: number | undefined, step: number, value: (size: number) => unknown) => {
    // What JSON itself cannot say is no bound of ours.
    if (limit === undefined || !Number.isSafeInteger(limit + step)) return;
    if (limit + step < 0 && name !== 'minimum') return;
    bounds.push({ where: `${where} ${name} ${limit}`, at: value(limit), beyond: value(limit + step) });
  };
  add('minimum', minimum, -1, (size) => size);
  add('maximum', maximum, 1, (size) => size);
  add('minLength', minLength, -1, (size) => 'a'.repeat(size));
  add('maxLength', maxLength, 1, (size) => (LONG[where] ?? '').padEnd(size, 'a'));
  if (items !== undefined) {
    const one = leastValue(items as ArgumentSchema);
    add('minItems', minItems, -1, (size) => Array(size).fill(one));
    add('maxItems', maxItems, 1, (size) => Array(size).fill(one));
    for (const bound of boundsOf(items as ArgumentSchema, `${where}.0`))
      bounds.push({ ...bound, at: [bound.at], beyond: [bound.beyond] });
  }
  for (const [name, property] of Object.entries(properties)) {
    const rest = leastValue(schema) as object;
    for (const bound of boundsOf(property as ArgumentSchema, `${where}.${name}`))
      bounds.push({ ...bound, at: { ...rest, [name]: bound.at }, beyond: { ...rest, [name]: bound.beyond } });
  }
  return bounds;
}

/** The documented event, made `characters` long by white space around an argument that is trimmed or searched for. */
function eventOfSize({ example, input }: Tool, characters: number): object {
  const argument = 'account_id' in input.shape ? 'account_id' : 'name_contains';
  const event = { ...(example.input as Record<string, unknown>) };
  const text = event[argument];
  event[argument] = `${text}${' '.repeat(characters - JSON.stringify(event).length)}`;
  return event;
}

/** An object whose innermost value stands `levels` deep. */
const nested = (levels: number): unknown => (levels === 0 ? 'x' : { a: nested(levels - 1) });

const refused = async (tool: Tool, event: object) => {
  const before = aws().requests.length;
  const { error } = await ask(tool, event);
  expect(error?.code, JSON.stringify(event).slice(0, 300)).toBe('invalid_input');
  expect(aws().requests.length).toBe(before);
  return error;
};
const accepted = async (tool: Tool, event: object) => {
  const before = aws().requests.length;
  const { error } = await ask(tool, event);
  expect(error?.code, `${error?.message} ${JSON.stringify(event).slice(0, 300)}`).not.toBe('invalid_input');
  expect(aws().requests.length, 'AWS was asked').toBeGreaterThan(before);
};

describe.each(catalog.map((tool) => [tool.name, tool] as const))('%s', (_, tool) => {
  beforeEach(() => {
    // A configured list of accounts is given without a question to AWS.
    if (tool.name === 'list_accounts') configure(aws(), { accounts: 'organization' });
  });
  const bounds = argumentsOf(tool).flatMap(([name, schema]) => boundsOf(schema, name));

  it.each(bounds.map((bound) => [bound.where, bound] as const))('3.8 %s', async (where, { at, beyond }) => {
    const [path = ''] = where.split(' ');
    const [argument = ''] = path.split('.');
    const error = await refused(tool, eventWith(tool, argument, beyond));
    expect(error?.field).toBe(path);
    await accepted(tool, eventWith(tool, argument, at));
  });

  it('3.8 64 KB of arguments, and not a character more', async () => {
    const limit = 64 * 1_024;
    expect(await refused(tool, eventOfSize(tool, limit + 1))).toMatchObject({
      field: 'event',
      message: expect.stringContaining('64 KB'),
    });
    await accepted(tool, eventOfSize(tool, limit));
  });

  it('3.8 eight levels of arguments, and not one more, wherever the deepest stands', async () => {
    const argument = tool.name === 'aggregate_results' ? 'arguments' : 'unknown';
    const deep = (levels: number) => ({ ...(tool.example.input as object), [argument]: nested(levels - 1) });
    const tooDeep = { field: 'event', message: expect.stringContaining('nested') };
    expect(await refused(tool, deep(9))).toMatchObject(tooDeep);
    const many = Array<unknown>(2_000).fill(0);
    expect(await refused(tool, { ...(tool.example.input as object), [argument]: [...many, nested(7)] })).toMatchObject(
      tooDeep,
    );
    // Eight are one too many only where they are an argument that the tool does not have.
    if (argument === 'arguments') await accepted(tool, deep(8));
    else expect(await refused(tool, deep(8))).toMatchObject({ field: argument });
  });
});

it('3.8 the bounds of every tool that gives a list hold max_results', () => {
  const names = catalog.filter(({ input }) => 'next_token' in input.shape).map(({ name }) => name);
  const bounded = catalog.filter((tool) =>
    argumentsOf(tool).some(
      ([name, { minimum, maximum }]) => name === 'max_results' && minimum === 1 && maximum === 1_000,
    ),
  );
  expect(bounded.map(({ name }) => name)).toEqual(names);
});
