import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { catalog } from '../../schemas/catalog.ts';
import type { Tool } from '../../schemas/define-tool.ts';
import { type GatewaySchema, toGatewayTool } from '../../schemas/gateway-schema.ts';

const schemaOf = (input: z.ZodObject) =>
  toGatewayTool({ name: 't', description: 'd', input } as unknown as Tool).inputSchema;
const field = (type: z.ZodType) => schemaOf(z.strictObject({ field: type })).properties?.field;

describe('toGatewayTool', () => {
  it('says in words what the keywords cannot', () => {
    expect(field(z.enum(['a', 'b']).default('a').describe('Which.'))).toEqual({
      type: 'string',
      description: 'Which. One of: a, b. Default: a.',
    });
    expect(field(z.int().min(1).max(9).default(5))).toEqual({ type: 'integer', description: '1–9. Default: 5.' });
    expect(field(z.array(z.string()).max(3))).toEqual({
      type: 'array',
      description: 'At most 3 items.',
      items: { type: 'string' },
    });
    expect(field(z.string().min(3).max(63))).toEqual({ type: 'string', description: '3–63 characters.' });
    expect(field(z.int())).toEqual({ type: 'integer' });
    expect(field(z.looseObject({}))).toEqual({ type: 'object' });
  });

  it('keeps what is required and nests', () => {
    expect(
      schemaOf(z.strictObject({ a: z.string(), b: z.number().optional(), c: z.strictObject({ d: z.boolean() }) })),
    ).toEqual({
      type: 'object',
      properties: {
        a: { type: 'string' },
        b: { type: 'number' },
        c: { type: 'object', properties: { d: { type: 'boolean' } }, required: ['d'] },
      },
      required: ['a', 'c'],
    });
  });

  it.each([
    ['a union', z.union([z.string(), z.number()])],
    ['null', z.string().nullable()],
    ['a map', z.record(z.string(), z.string())],
    ['a pattern', z.string().regex(/^x$/)],
    ['a format', z.email()],
    ['a date', z.date()],
    ['a constant', z.literal('x')],
    ['anything', z.unknown()],
    ['a tuple', z.tuple([z.string()])],
    ['a multiple', z.number().multipleOf(60)],
  ])('throws on %s, rather than lose it', (_, type) => {
    expect(() => field(type)).toThrow();
  });
});

describe.each(catalog.map((tool) => [tool.name, toGatewayTool(tool)] as const))('%s', (_, definition) => {
  it('uses the five keywords and the six types only', () => {
    const visit = (schema: GatewaySchema): void => {
      expect(['type', 'description', 'properties', 'required', 'items']).toEqual(
        expect.arrayContaining(Object.keys(schema)),
      );
      expect(['string', 'number', 'integer', 'boolean', 'object', 'array']).toContain(schema.type);
      for (const property of Object.values(schema.properties ?? {})) visit(property);
      if (schema.items !== undefined) visit(schema.items);
    };
    visit(definition.inputSchema);
    expect(definition.inputSchema.type).toBe('object');
  });

  it('has words that a stranger did not hide anything in', () => {
    expect(JSON.stringify(definition)).toMatch(/^[\x20-\x7e–…’]*$/);
  });
});
