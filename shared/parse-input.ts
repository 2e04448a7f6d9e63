import type * as z from 'zod';
import { ToolError } from './errors.ts';
import { quote } from './targets.ts';

/** An event beyond these bounds is no honest question: 300 metric queries fit. */
const MAX_EVENT_CHARACTERS = 64 * 1_024;
/** The event, arguments of another tool in it, metric queries, one of them, its MetricStat, Metric, Dimensions, one of them. */
const MAX_DEPTH = 8;

/**
 * The arguments of a call, strictly parsed; throws `invalid_input` naming the field and the rule. Never echoes more than
 * 60 characters of a value.
 */
export function parseInput<Input extends z.ZodObject>(input: Input, event: unknown): z.output<Input> {
  if (typeof event !== 'object' || event === null || Array.isArray(event))
    throw invalid('The arguments must be a JSON object.');
  if (isDeeper(event, MAX_DEPTH)) throw invalid(`The arguments are nested more than ${MAX_DEPTH} deep.`);
  const parsed = input.safeParse(event);
  // After the parse, so that an oversized list is named by its own rule first.
  if (!parsed.success) throw toInvalid(parsed.error, Object.keys(input.shape));
  if (JSON.stringify(event).length > MAX_EVENT_CHARACTERS)
    throw invalid(`The arguments are larger than ${MAX_EVENT_CHARACTERS / 1_024} KB.`);
  return parsed.data;
}

/** Looks at every value, and no deeper than it must: what is deep would end the stack of whatever reads it next. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}

function toInvalid({ issues }: z.core.$ZodError, valid: readonly string[]): ToolError {
  // A refusal has at least one reason; the first is enough to go on with.
  const [issue] = issues as [z.core.$ZodIssue];
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.slice(0, 5);
    const where = path === '' ? `Valid arguments: ${valid.join(', ')}.` : `In ${short(path)}.`;
    return invalid(`Unknown argument ${keys.map(quote).join(', ')}. ${where}`, keys[0]);
  }
  return invalid(`${short(path || 'event')}: ${issue.message}.`, path);
}

function invalid(message: string, field = ''): ToolError {
  return new ToolError('invalid_input', message, { field: short(field || 'event') });
}

/** A name that the caller may have chosen, short enough to echo. */
function short(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}
