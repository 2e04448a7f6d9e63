import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrowSchema } from '../../../scripts/bridges/narrow-schema.ts';
import { lintTools } from '../../../scripts/gateway/lint-schema.ts';
import { toTarget } from './schema-case.ts';

const argument = (schema: unknown, defs: object = {}) =>
  narrowSchema({ type: 'object', properties: { a: schema }, $defs: defs }).properties?.a;

describe('an argument in the Gateway’s five keywords', () => {
  it.each<[string, unknown, object]>([
    ['an enum', { type: 'string', enum: ['x', 'y'] }, { type: 'string', description: 'One of: x, y.' }],
    ['a constant', { const: 'x' }, { type: 'string', description: 'Always: x.' }],
    ['bounds', { type: 'integer', minimum: 1, maximum: 9 }, { type: 'integer', description: '1–9.' }],
    ['open bounds', { type: 'number', exclusiveMinimum: 0 }, { type: 'number', description: 'More than 0.' }],
    [
      'a default',
      { type: 'boolean', default: false, description: 'Deep' },
      { type: 'boolean', description: 'Deep. Default: false.' },
    ],
    ['an empty default', { type: 'string', default: '' }, { type: 'string' }],
    ['a format', { type: 'string', format: 'uri' }, { type: 'string', description: 'Format: uri.' }],
    ['a pattern', { type: 'string', pattern: '^a$' }, { type: 'string', description: 'Pattern: ^a$.' }],
    [
      'null beside a type',
      { anyOf: [{ type: 'string' }, { type: 'null' }], default: null, title: 'A' },
      { type: 'string' },
    ],
    ['null in a list of types', { type: ['integer', 'null'] }, { type: 'integer' }],
    ['numbers of two kinds', { type: ['integer', 'number'] }, { type: 'number' }],
    ['text or a number', { anyOf: [{ type: 'string' }, { type: 'integer' }] }, { type: 'string' }],
    [
      'one or many',
      { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
      { type: 'array', items: { type: 'string' } },
    ],
    [
      'constants of a union',
      { oneOf: [{ const: 'x' }, { const: 'y' }] },
      { type: 'string', description: 'One of: x, y.' },
    ],
    [
      'a map',
      { type: 'object', additionalProperties: { type: 'number' } },
      { type: 'object', description: 'Keys of your choice, each value: number.' },
    ],
    ['an open object', { type: 'object' }, { type: 'object' }],
    [
      'a tuple',
      { type: 'array', prefixItems: [{ type: 'number' }, { type: 'integer' }] },
      { type: 'array', items: { type: 'number' }, description: 'In this order: 1. number; 2. integer.' },
    ],
    [
      'allOf with one part',
      { allOf: [{ type: 'string', description: 'Inner.' }], description: 'Outer.' },
      { type: 'string', description: 'Outer. Inner.' },
    ],
    [
      'an emptied array default',
      { type: 'array', items: { type: 'string' }, default: [] },
      { type: 'array', items: { type: 'string' }, description: 'Default: [].' },
    ],
  ])('%s', (_, schema, narrowed) => {
    expect(argument(schema)).toEqual(narrowed);
  });

  it('reads references within the document, as often as they are used', () => {
    const name = { type: 'string', description: 'A name.' };
    expect(
      argument(
        { $ref: '#/$defs/pair' },
        {
          name,
          pair: {
            type: 'object',
            properties: { x: { $ref: '#/$defs/name' }, y: { $ref: '#/$defs/name' } },
            required: ['x'],
          },
        },
      ),
    ).toEqual({
      type: 'object',
      properties: { x: name, y: name },
      required: ['x'],
    });
    expect(argument({ $ref: '#/$defs/a~1b%20c' }, { 'a/b c': { type: 'integer' } })).toEqual({ type: 'integer' });
  });

  it('puts objects together that must all fit', () => {
    const parts = [{ $ref: '#/$defs/x' }, { type: 'object', properties: { y: { type: 'number' } }, required: ['y'] }];
    expect(argument({ allOf: parts }, { x: { type: 'object', properties: { x: { type: 'string' } } } })).toEqual({
      type: 'object',
      properties: { x: { type: 'string' }, y: { type: 'number' } },
      required: ['y'],
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['anything', {}, /^a: it may be anything$/],
    ['anything in a list', { type: 'array' }, /^a\[\]: it may be anything$/],
    [
      'objects of several kinds',
      {
        anyOf: [
          { type: 'object', properties: { x: { type: 'string' } } },
          { type: 'object', properties: { y: { type: 'string' } } },
        ],
      },
      /^a: it is one of several kinds of object$/,
    ],
    [
      'a list or an object',
      { anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'object' }] },
      /^a: it is one of several types: array, object$/,
    ],
    ['a condition', { type: 'string', not: { const: 'x' } }, /^a: "not" has no form/],
    ['another document', { $ref: 'https://example.com/schema.json' }, /^a: it refers to another document$/],
    ['a reference to nothing', { $ref: '#/$defs/none' }, /^a: it refers to what is not there$/],
    ['what every object has', { $ref: '#/__proto__' }, /^a: it refers to what is not there$/],
    ['an unknown type', { type: 'file' }, /^a: its type is unknown$/],
    ['only null', { anyOf: [{ type: 'null' }] }, /^a: it may only be null$/],
    [
      'an undescribed requirement',
      { type: 'object', properties: {}, required: ['z'] },
      /^a: it requires z, which it does not describe$/,
    ],
  ])('is refused by its name and the reason: %s', (_, schema, message) => {
    expect(() => argument(schema)).toThrow(message);
  });
});

describe('a hostile schema', () => {
  it('that refers to itself is refused, straight or round a corner', () => {
    const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } } };
    expect(() => argument({ $ref: '#/$defs/node' }, { node })).toThrow('a.next: it refers to itself');
    const round = {
      left: { type: 'array', items: { $ref: '#/$defs/right' } },
      right: { anyOf: [{ $ref: '#/$defs/left' }] },
    };
    expect(() => argument({ $ref: '#/$defs/left' }, round)).toThrow('a[]: it refers to itself');
    expect(() => argument({ $ref: '#' })).toThrow('it refers to itself');
    expect(() => argument({ $ref: '#/$defs/loop' }, { loop: { $ref: '#/$defs/loop' } })).toThrow('it refers to itself');
  });

  it('that is deep, or multiplies by its references, ends at a bound', () => {
    let deep: object = { type: 'string' };
    for (let level = 0; level < 5_000; level += 1) deep = { type: 'object', properties: { x: deep } };
    expect(() => argument(deep)).toThrow('it is nested more than 12 deep');
    const laughs = Object.fromEntries(
      Array.from({ length: 10 }, (_, level) => {
        const next = level === 9 ? { type: 'string' } : { $ref: `#/$defs/l${level + 1}` };
        const properties = Object.fromEntries(Array.from({ length: 10 }, (_each, index) => [`p${index}`, next]));
        return [`l${level}`, { type: 'object', properties }];
      }),
    );
    expect(() => argument({ $ref: '#/$defs/l0' }, laughs)).toThrow('the schema has more than 1000 parts');
  });

  it('cannot reach the prototype, nor hide in a name', () => {
    const properties = JSON.parse('{"__proto__":{"type":"string"}}') as object;
    expect(() => argument({ type: 'object', properties })).toThrow('a.__proto__: its name cannot be written safely');
    expect(() => argument({ type: 'object', properties: { 'x\u202ey': { type: 'string' } } })).toThrow(
      'a.x\\u{202e}y: its name cannot be written safely',
    );
    const harmless = argument({ type: 'object', properties: { constructor: { type: 'string' } } });
    expect(Object.keys(harmless?.properties ?? {})).toEqual(['constructor']);
  });

  it('has its invisible characters shown and a megabyte of description cut, with the number of what is missing', () => {
    const description = `Safe\u{e0041}. ${'x'.repeat(1_000_000)}`;
    const text = argument({ type: 'string', description, enum: ['a\u200bb'] })?.description ?? '';
    expect(text).toMatch(/^Safe\\u\{e0041\}\. x+… \(9\d{5} more characters\) One of: a\\u\{200b\}b\.$/);
    expect(text.length).toBeLessThan(600);
  });

  it('of any form is narrowed to what the Gateway takes, or refused by name; never anything else', () => {
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof(
        { maxDepth: 4 },
        fc.record(
          {
            type: fc.constantFrom('string', 'integer', 'null', 'weird', ['string', 'null']),
            enum: fc.array(fc.jsonValue(), { maxLength: 2 }),
            default: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
        fc.record(
          {
            type: fc.constant('object'),
            properties: fc.dictionary(fc.string({ maxLength: 4 }), tie('schema'), { maxKeys: 3 }),
            required: fc.array(fc.string({ maxLength: 1 }), { maxLength: 1 }),
            additionalProperties: tie('schema'),
          },
          { requiredKeys: ['type'] },
        ),
        fc.record({ type: fc.constant('array'), items: tie('schema') }, { requiredKeys: [] }),
        fc.record({ anyOf: fc.array(tie('schema'), { maxLength: 3 }) }),
        fc.record({ allOf: fc.array(tie('schema'), { maxLength: 2 }) }),
        fc.record({ $ref: fc.constantFrom('#', '#/$defs/one', '#/properties/a', 'x') }),
        fc.jsonValue(),
      ),
    }));
    let narrowed = 0;
    fc.assert(
      fc.property(schema, schema, (a, one) => {
        try {
          const inputSchema = narrowSchema({ type: 'object', properties: { a }, $defs: { one } });
          expect(lintTools('target', toTarget({ name: 'tool', description: 'A tool.', inputSchema }))).toEqual([]);
          narrowed += 1;
        } catch (error) {
          expect(error).toMatchObject({ name: 'CannotSay' });
        }
      }),
      { seed: 20_261_127, numRuns: 600 },
    );
    expect(narrowed).toBeGreaterThan(60);
  });
});
