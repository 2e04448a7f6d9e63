import type * as z from 'zod';
import { ToolError } from './errors.ts';
import { quote } from './targets.ts';

/** An event beyond these bounds is no honest question: 20 filters of 100 values fit many times. */
const MAX_EVENT_CHARACTERS = 64 * 1_024;
const MAX_DEPTH = 8;

/**
 * The arguments of a call, strictly parsed; throws `invalid_input` naming the field and the rule. Never echoes more than
 * 60 characters of a value.
 */
export function parseInput<Input extends z.ZodObject>(input: Input, event: unknown): z.output<Input> {
  if (typeof event !== 'object' || event === null || Array.isArray(event))
    throw invalid('event', 'The arguments must be a JSON object.');
  if (depth(event) > MAX_DEPTH) throw invalid('event', `The arguments are nested more than ${MAX_DEPTH} deep.`);
  const parsed = input.safeParse(event);
  // After the parse, so that an oversized list is named by its own rule first.
  if (!parsed.success) throw toInvalid(parsed.error.issues[0], Object.keys(input.shape));
  if (JSON.stringify(event).length > MAX_EVENT_CHARACTERS)
    throw invalid('event', `The arguments are larger than ${MAX_EVENT_CHARACTERS / 1_024} KB.`);
  return parsed.data;
}

function depth(value: unknown, level = 1): number {
  if (typeof value !== 'object' || value === null || level > MAX_DEPTH) return level;
  return Math.max(
    level,
    ...Object.values(value)
      .slice(0, 2_000)
      .map((each) => depth(each, level + 1)),
  );
}

function toInvalid(issue: z.core.$ZodIssue | undefined, valid: readonly string[]): ToolError {
  if (issue?.code === 'unrecognized_keys') {
    const keys = issue.keys.slice(0, 5);
    const names = keys.map(quote).join(', ');
    const where = issue.path.length === 0 ? `Valid arguments: ${valid.join(', ')}.` : `In ${issue.path.join('.')}.`;
    return invalid(keys[0] || 'event', `Unknown argument ${names}. ${where}`);
  }
  const field = issue?.path.join('.') || 'event';
  return invalid(field.slice(0, 60), `${field.slice(0, 60)}: ${issue?.message ?? 'is not valid'}.`);
}

function invalid(field: string, message: string): ToolError {
  return new ToolError('invalid_input', message, { field: field.length > 60 ? `${field.slice(0, 60)}…` : field });
}
