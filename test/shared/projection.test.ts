import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { project } from '../../shared/projection.ts';

const CANARY = 'CANARY-secret';

describe('project', () => {
  it('keeps the declared fields, at every depth, and no others', () => {
    const schema = z.strictObject({
      Name: z.string(),
      Rules: z.array(z.strictObject({ Port: z.number() })),
      Endpoint: z.strictObject({ Address: z.string() }).optional(),
    });
    const value = {
      Name: 'api',
      Password: CANARY,
      Rules: [
        { Port: 443, Secret: CANARY },
        { Port: 80, More: { Secret: [CANARY] } },
      ],
      Endpoint: { Address: 'host', Credentials: { Token: CANARY } },
      [CANARY]: 1,
    };
    const projected = project(schema, value);
    expect(projected).toEqual({
      Name: 'api',
      Rules: [{ Port: 443 }, { Port: 80 }],
      Endpoint: { Address: 'host' },
    });
    expect(JSON.stringify(projected)).not.toContain(CANARY);
  });

  it.each<[string, z.ZodType, unknown]>([
    ['an object for a string', z.string(), { Secret: CANARY }],
    ['an object with its own toString for a string', z.string(), { toString: () => CANARY }],
    ['an object with toJSON for a string', z.string(), { toJSON: () => CANARY }],
    ['a list for a string', z.string(), [CANARY]],
    ['a number for a string', z.string(), 7],
    ['a string for a number', z.number(), CANARY],
    ['a numeric string for a number', z.number(), '7'],
    ['NaN', z.number(), Number.NaN],
    ['Infinity', z.number(), Number.POSITIVE_INFINITY],
    ['a bigint', z.number(), 7n],
    ['a number for a boolean', z.boolean(), 1],
    ['an object for an enumeration', z.enum(['on']), { Secret: CANARY }],
    ['a string for a boolean', z.boolean(), 'true'],
    ['a string for an object', z.strictObject({ length: z.number() }), CANARY],
    ['a string for a list', z.array(z.string()), CANARY],
    ['an object for a list', z.array(z.string()), { 0: CANARY, length: 1 }],
    ['a string for a map', z.record(z.string(), z.string()), CANARY],
    ['a function', z.strictObject({}), () => CANARY],
    ['a symbol', z.string(), Symbol(CANARY)],
    ['null where none is declared', z.string(), null],
    ['nothing', z.string(), undefined],
    ['a date for an enumeration', z.enum(['on']), new Date(0)],
    ['a date for a number', z.number(), new Date(0)],
    ['a date that is none', z.string(), new Date(Number.NaN)],
    ['a type that it does not know', z.unknown(), CANARY],
    ['any', z.any(), { Secret: CANARY }],
  ])('leaves out %s', (_name, schema, value) => {
    expect(project(schema, value)).toBeUndefined();
    expect(project(z.strictObject({ field: schema }), { field: value, rest: CANARY })).toEqual({});
  });

  it('gives null where null is declared, and nothing else', () => {
    expect(project(z.string().nullable(), null)).toBeNull();
    expect(project(z.strictObject({ a: z.string().nullable() }), { a: null })).toEqual({ a: null });
    expect(project(z.string().nullable(), { Secret: CANARY })).toBeUndefined();
    expect(project(z.string().nullable().optional(), undefined)).toBeUndefined();
  });

  it('writes dates as ISO 8601 in UTC', () => {
    const schema = z.strictObject({ at: z.string(), all: z.array(z.string()) });
    const at = new Date('2026-11-02T09:30:00+01:00');
    expect(project(schema, { at, all: [at, new Date(Number.NaN)] })).toEqual({
      at: '2026-11-02T08:30:00.000Z',
      all: ['2026-11-02T08:30:00.000Z'],
    });
  });

  it('shows invisible characters in values, in keys and in enumerations of a newer AWS', () => {
    const schema = z.strictObject({ Name: z.string(), Tags: z.record(z.string(), z.string()), State: z.enum(['on']) });
    expect(project(schema, { Name: 'a\u200bb', Tags: { 'k\u202e': 'v\u{e0041}' }, State: 'brand\u200bnew' })).toEqual({
      Name: 'a\\u{200b}b',
      Tags: { 'k\\u{202e}': 'v\\u{e0041}' },
      State: 'brand\\u{200b}new',
    });
  });

  it.each(['__proto__', 'constructor', 'prototype', 'toString'])('keeps a tag named %s as a tag', (key) => {
    const value = JSON.parse(`{"Tags": {${JSON.stringify(key)}: "x", "a": "b"}}`);
    const projected = project(z.strictObject({ Tags: z.record(z.string(), z.string()) }), value);
    expect(JSON.stringify(projected)).toBe(JSON.stringify(value));
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });

  it('pollutes no prototype by a map under __proto__', () => {
    const schema = z.record(z.string(), z.record(z.string(), z.string()));
    const projected = project(schema, JSON.parse('{"__proto__": {"polluted": "yes"}}'));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(JSON.stringify(projected)).toBe('{"__proto__":{"polluted":"yes"}}');
  });

  it('reads own fields only: a declared field is not taken from a prototype', () => {
    const schema = z.strictObject({ constructor: z.string(), Name: z.string(), toString: z.string() });
    expect(project(schema, Object.create({ Name: CANARY }))).toEqual({});
    expect(project(schema, JSON.parse(`{"__proto__": {"Name": "${CANARY}"}}`))).toEqual({});
  });

  it('leaves out what does not fit in lists and maps, and keeps the rest in order', () => {
    expect(project(z.array(z.string()), ['a', { Secret: CANARY }, null, 'b', 7])).toEqual(['a', 'b']);
    expect(project(z.record(z.string(), z.number()), { a: 1, b: CANARY, c: 2 })).toEqual({ a: 1, c: 2 });
    expect(project(z.array(z.strictObject({ a: z.string() })), [{}, { b: CANARY }])).toEqual([{}, {}]);
  });

  it('has no key for what it leaves out', () => {
    const map = z.record(z.string(), z.number());
    const schema = z.strictObject({ Name: z.string(), Size: z.number(), Counts: map });
    const projected = project(schema, { Name: 'a', Size: CANARY, Counts: { x: 1, y: CANARY } }) as { Counts: object };
    expect(Object.keys(projected)).toEqual(['Name', 'Counts']);
    expect(Object.keys(projected.Counts)).toEqual(['x']);
  });

  it('keeps numbers and truths, zero and false too', () => {
    const schema = z.strictObject({ Size: z.number(), Open: z.boolean(), Shut: z.boolean() });
    expect(project(schema, { Size: 0, Open: true, Shut: false })).toEqual({ Size: 0, Open: true, Shut: false });
  });

  it('keeps the places of a tuple', () => {
    const point = z.tuple([z.string(), z.number().nullable()]);
    expect(project(point, [new Date(0), 7])).toEqual(['1970-01-01T00:00:00.000Z', 7]);
    expect(project(point, ['t', CANARY])).toEqual(['t', null]);
    expect(project(point, ['t', 7, CANARY])).not.toContain(CANARY);
  });

  it('takes the first form of a union that fits', () => {
    const schema = z.union([z.number(), z.string()]);
    expect(project(schema, 7)).toBe(7);
    expect(project(schema, 'seven')).toBe('seven');
    expect(project(schema, { Secret: CANARY })).toBeUndefined();
  });

  it('sees through optional and default', () => {
    expect(project(z.string().optional(), 'a')).toBe('a');
    expect(project(z.strictObject({ a: z.string().default(CANARY) }), {})).toEqual({});
  });

  it('never lets an undeclared value out, whatever AWS gives', () => {
    const schema = z.strictObject({
      Name: z.string(),
      Size: z.number().nullable(),
      Tags: z.record(z.string(), z.string()),
      Rules: z.array(z.strictObject({ Port: z.number(), Open: z.boolean().optional() })),
      Point: z.tuple([z.number(), z.boolean()]),
    });
    // The canary stands where no text is declared: anywhere but in Name and Tags.
    const anything = fc.anything({
      key: fc.oneof(fc.constantFrom('Name', 'Size', 'Rules', 'Port', 'Open', '__proto__'), fc.string()),
      values: [fc.constant(CANARY), fc.integer(), fc.boolean(), fc.constant(null)],
      withDate: true,
    });
    const value = fc.record({ Size: anything, Rules: anything, Point: anything, Rest: anything });
    fc.assert(
      fc.property(value, (given) => {
        expect(JSON.stringify(project(schema, given))).not.toContain(CANARY);
      }),
    );
  });

  it('answers what its own schema accepts', () => {
    const schema = z.strictObject({
      Name: z.string().optional(),
      Tags: z.record(z.string(), z.string()).optional(),
      Rules: z.array(z.strictObject({ Port: z.number().optional() })).optional(),
    });
    fc.assert(
      fc.property(fc.record({ Name: fc.anything(), Tags: fc.anything(), Rules: fc.anything() }), (given) => {
        expect(schema.safeParse(JSON.parse(JSON.stringify(project(schema, given)))).error).toBeUndefined();
      }),
    );
  });
});
