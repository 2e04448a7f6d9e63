import { AnswerBudget } from './answer-budget.ts';
import type { Call } from './call.ts';
import { sealCursor } from './cursor.ts';

/** A cursor over rows holds a position and no token of AWS: base64 of some 200 bytes. */
const CURSOR_CHARACTERS = 320;

export interface RowPaging {
  /** Rows given by earlier answers. */
  readonly offset: number;
  /** Rows at most. */
  readonly max: number;
  /** What the answer holds beside the rows. */
  readonly envelope: object;
  /** What the next cursor is bound to. */
  readonly binding: string;
  readonly call: Call;
}

/**
 * The next rows of a list that each answer makes anew in the same order, as many as there is room for beside the
 * envelope. At least one is given, cut where it must be, so that a walk makes progress.
 */
export function pageOfRows<Row>(
  rows: readonly Row[],
  toItem: (row: Row) => Record<string, unknown>,
  { offset, max, envelope, binding, call }: RowPaging,
): { items: Record<string, unknown>[]; next: { next_token?: string } } {
  const budget = new AnswerBudget(max);
  budget.spend(envelope);
  budget.reserve(CURSOR_CHARACTERS);
  const items: Record<string, unknown>[] = [];
  for (const row of rows.slice(offset, offset + max)) {
    const item = toItem(row);
    const taken = items.length === 0 ? budget.fit(item) : budget.take(item) && item;
    if (taken === false) break;
    items.push(taken);
  }
  const end = offset + items.length;
  if (end >= rows.length) return { items, next: {} };
  // The rows are of all cells together: of a position only the offset counts.
  const position = { account: '', region: '', size: 1, offset: end, incomplete: false };
  return { items, next: { next_token: sealCursor(position, call.configuration.cursorSecret, binding) } };
}
