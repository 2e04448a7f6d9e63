import type { StoredContext } from './context-store.ts';

/** One thing to give: a result as such, or a row of it. */
export interface Entry {
  readonly kind: 'contexts' | 'data';
  readonly value: Record<string, unknown>;
}

/** What is longer than this, in characters of JSON, is left to `detailed`: lists of controls, of advice. */
const MAX_SUMMARY_VALUE = 400;

/** Results first, then their rows when asked for: one sequence, so that a cursor goes on by position. */
export function toEntries(contexts: readonly StoredContext[], detailed: boolean, now: number): Entry[] {
  const results = contexts.map((context): Entry => ({ kind: 'contexts', value: toResult(context, detailed, now) }));
  return detailed ? [...results, ...contexts.flatMap(toRows)] : results;
}

function toResult({ account_id, region, details: _rows, ...context }: StoredContext, detailed: boolean, now: number) {
  const age = Math.max(0, Math.round((now - Date.parse(context.stored_at)) / 1_000));
  return {
    AccountId: account_id,
    Region: region,
    tool: context.tool,
    stored_at: context.stored_at,
    age_seconds: age,
    ttl_hours: context.ttl_hours,
    expired: age > context.ttl_hours * 3_600,
    asked: context.asked,
    summary: detailed ? context.summary : short(context.summary),
  };
}

function short(summary: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(summary).filter(([, value]) => JSON.stringify(value).length <= MAX_SUMMARY_VALUE),
  );
}

function toRows({ account_id, region, tool, details }: StoredContext): Entry[] {
  return details.map((row) => ({ kind: 'data', value: { AccountId: account_id, Region: region, tool, ...row } }));
}

/** What to say where nothing is stored: the call that would fill it. */
export function nothingStored(tool = 'CheckSecurityServices, CheckStorageEncryption or CheckNetworkSecurity'): string {
  return `Nothing is stored here. Call ${tool} for this account and Region first; store_in_context is on by default.`;
}
