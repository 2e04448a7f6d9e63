import type { Tool } from '../../../schemas/define-tool.ts';

/** One call, for a live log. */
export interface CallRecord {
  /** The tool's own name, without its target. */
  readonly tool: string;
  readonly account_id?: string;
  readonly region?: string;
  /** `ok`, `partial`, the code of an error answer, `rejected` (arguments against the schema) or `failed` (no answer). */
  readonly outcome: string;
  readonly milliseconds: number;
}

/** `started` is a reading of performance.now(). */
export function recordOf(tool: Pick<Tool, 'name'>, args: unknown, outcome: string, started: number): CallRecord {
  return { tool: tool.name, ...asked(args), outcome, milliseconds: Math.round(performance.now() - started) };
}

/** The outcome that an answer of a tool tells by itself. */
export function outcomeOf(payload: unknown): string {
  const { error, complete } = (payload ?? {}) as { error?: { code?: unknown }; complete?: unknown };
  if (typeof error?.code === 'string') return error.code;
  return complete === false ? 'partial' : 'ok';
}

/** Where the call looks. The record may be printed to a terminal, so only what such values consist of. */
function asked(args: unknown): Pick<CallRecord, 'account_id' | 'region'> {
  const { account_id, region } = (args ?? {}) as Record<string, unknown>;
  const plain = (value: unknown): value is string => typeof value === 'string' && /^[\w, -]{1,200}$/.test(value);
  return { ...(plain(account_id) ? { account_id } : {}), ...(plain(region) ? { region } : {}) };
}
