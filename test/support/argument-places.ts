import * as z from 'zod';
import type { Tool } from '../../schemas/define-tool.ts';

export type ArgumentSchema = z.core.JSONSchema.BaseSchema;

/** The arguments that a tool takes, as JSON Schema. */
export function argumentsOf({ input }: Pick<Tool, 'input'>): [string, ArgumentSchema][] {
  const { properties = {} } = z.toJSONSchema(input, { io: 'input' });
  return Object.entries(properties) as [string, ArgumentSchema][];
}

/** Arguments beside which the documented ones are refused. */
const ALONE: Readonly<Record<string, readonly string[]>> = {
  expression: ['namespace', 'metric_name', 'dimensions'],
  metric_data_queries: ['namespace', 'metric_name', 'dimensions'],
};

/** The documented event with one argument of another value. */
export function eventWith({ example }: Pick<Tool, 'example'>, argument: string, value: unknown): object {
  const left = Object.entries(example.input as object).filter(([name]) => !ALONE[argument]?.includes(name));
  return { ...Object.fromEntries(left), [argument]: value };
}

/** The documented event with a text in each place where the arguments hold one, one place at a time. */
export function eventsWithText(tool: Tool, text: string): object[] {
  return argumentsOf(tool).flatMap(([argument, schema]) =>
    valuesWithText(schema, text).map((value) => eventWith(tool, argument, value)),
  );
}

function valuesWithText(schema: ArgumentSchema, text: string): unknown[] {
  const { type, items, properties = {}, additionalProperties } = schema;
  if (type === 'string') return [text];
  if (type === 'array') return valuesWithText(items as ArgumentSchema, text).map((value) => [value]);
  if (type !== 'object') return [];
  const rest = leastValue(schema) as object;
  const declared = Object.entries(properties).flatMap(([name, property]) =>
    valuesWithText(property as ArgumentSchema, text).map((value) => ({ ...rest, [name]: value })),
  );
  return additionalProperties === false ? declared : [...declared, { more: text }, { [text]: 'more' }];
}

/** The least value that a schema takes. */
export function leastValue(schema: ArgumentSchema): unknown {
  const { type, enum: choices, items, properties = {}, required = [], minItems = 0, minLength = 1 } = schema;
  if (choices !== undefined) return choices[0];
  if (type === 'string') return 'a'.repeat(minLength);
  if (type === 'integer') return 1;
  if (type === 'array') return Array(minItems).fill(leastValue(items as ArgumentSchema));
  if (type !== 'object') return true;
  return Object.fromEntries(required.map((name) => [name, leastValue(properties[name] as ArgumentSchema)]));
}
