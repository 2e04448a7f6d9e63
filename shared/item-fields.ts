import * as z from 'zod';
import type { ListOutput, ObjectOutput } from '../schemas/define-tool.ts';
import { ToolError } from './errors.ts';
import { project } from './projection.ts';

export interface Fields {
  /** The item with the selected fields only, projected and neutralised. */
  of(item: unknown): Record<string, unknown>;
}

/** Which fields of an item are given: those asked for, or the declared default. Throws `invalid_input` for unknown names. */
export function selectFields(
  { item, defaultFields }: ListOutput | ObjectOutput,
  asked: readonly string[] | undefined,
): Fields {
  const declared = Object.keys(item.shape);
  const unknown = asked?.filter((name) => !declared.includes(name)) ?? [];
  if (unknown.length > 0) {
    const names = unknown.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 60)));
    throw new ToolError(
      'invalid_input',
      `fields: unknown ${names.join(', ')}. Valid fields: ${declared.filter((name) => name !== 'Truncated').join(', ')}.`,
      { field: 'fields' },
    );
  }
  const kept = asked ?? defaultFields;
  const schema = z.strictObject(Object.fromEntries(Object.entries(item.shape).filter(([name]) => kept.includes(name))));
  return { of: (value) => project(schema, value) as Record<string, unknown> };
}
