import * as z from 'zod';
import { redactNamed } from './credentials-in-text.ts';
import { neutralise } from './untrusted-text.ts';

/**
 * A value reduced to what its schema declares: the allow-list that keeps secrets in. Undeclared fields and values of
 * another type are left out, dates become ISO 8601, text is neutralised. Returns undefined when nothing is left.
 */
export function project(schema: z.ZodType, value: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return project(schema.unwrap() as z.ZodType, value);
  if (schema instanceof z.ZodNullable) return value === null ? null : project(schema.unwrap() as z.ZodType, value);
  if (value === null) return undefined;
  if (schema instanceof z.ZodObject) return typeof value === 'object' ? projectObject(schema, value) : undefined;
  if (schema instanceof z.ZodArray) return Array.isArray(value) ? projectArray(schema, value) : undefined;
  if (schema instanceof z.ZodTuple)
    return Array.isArray(value)
      ? schema.def.items.map((item, index) => project(item as z.ZodType, value[index]) ?? null)
      : undefined;
  if (schema instanceof z.ZodRecord) return typeof value === 'object' ? projectRecord(schema, value) : undefined;
  if (schema instanceof z.ZodUnion)
    return schema.options.map((option) => project(option as z.ZodType, value)).find((each) => each !== undefined);
  if (schema instanceof z.ZodNumber) return Number.isFinite(value) ? value : undefined;
  if (schema instanceof z.ZodBoolean) return typeof value === 'boolean' ? value : undefined;
  if (schema instanceof z.ZodString && value instanceof Date)
    return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral)
    return typeof value === 'string' ? neutralise(value) : undefined;
  return undefined;
}

function projectObject(schema: z.ZodObject, value: object): Record<string, unknown> {
  const projected: Record<string, unknown> = {};
  for (const [key, type] of Object.entries(schema.shape)) {
    const kept = Object.hasOwn(value, key)
      ? project(type as z.ZodType, (value as Record<string, unknown>)[key])
      : undefined;
    if (kept !== undefined) projected[key] = kept;
  }
  return projected;
}

function projectArray(schema: z.ZodArray, value: readonly unknown[]): unknown[] {
  return value.map((each) => project(schema.element as z.ZodType, each)).filter((each) => each !== undefined);
}

function projectRecord(schema: z.ZodRecord, value: object): Record<string, unknown> {
  // Keys are text of strangers too; a null prototype keeps a key such as __proto__ a key.
  const projected: Record<string, unknown> = Object.create(null);
  for (const [key, each] of Object.entries(value)) {
    const kept = project(schema.valueType as z.ZodType, typeof each === 'string' ? redactNamed(key, each) : each);
    if (kept !== undefined) projected[neutralise(key)] = kept;
  }
  return projected;
}
