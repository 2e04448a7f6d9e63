import { PageTokens } from './all-pages.ts';
import { AnswerBudget } from './answer-budget.ts';
import type { CellPages } from './assemble-list.ts';
import type { Position } from './cursor.ts';

export interface PageRequest {
  /** AWS's token, absent for the first page. */
  readonly token: string | undefined;
  /** Items still wanted: ask AWS for about so many, within the API's bounds. */
  readonly size: number;
}

/** What a cell has given before it is asked. */
export function noPages(): CellPages {
  return { pages: [], next: undefined, count: 0, characters: 0 };
}

/**
 * Reads the pages of one cell into `result`, from where the cursor points, until the list ends or an answer of `wanted`
 * items could hold no more. `limit` bounds the page size. What was read before a fault stays in `result`.
 */
export async function readPages(
  result: CellPages,
  start: Position | undefined,
  wanted: number,
  limit: number,
  fetch: (page: PageRequest) => Promise<{ items: Record<string, unknown>[]; next: string | undefined }>,
): Promise<void> {
  let token = start?.token;
  // A page that was given in part is asked for again as it was; a new one by what is wanted now.
  let size = start !== undefined && start.offset > 0 ? start.size : Math.min(wanted, limit);
  let given = start?.offset ?? 0;
  const tokens = new PageTokens(token);
  do {
    result.next = token;
    const { items, next } = await fetch({ token, size });
    result.pages.push({ token, size, items });
    const fresh = items.slice(given);
    result.count += fresh.length;
    result.characters += JSON.stringify(fresh).length;
    given = 0;
    // Before the check of the token: a page that came is not read again because the next one cannot be.
    result.next = next;
    token = tokens.after(next);
    result.next = token;
    size = Math.min(Math.max(1, wanted - result.count), limit);
  } while (token !== undefined && !isFull(result.count, result.characters, wanted));
}

/** Whether an answer could hold no more, by the number of items asked for or by its size. */
function isFull(count: number, characters: number, wanted: number): boolean {
  return count >= wanted || characters >= AnswerBudget.mostCharacters(wanted);
}

/** Whether the cells read so far fill an answer. */
export function areFull(results: readonly CellPages[], wanted: number): boolean {
  const sum = (what: 'count' | 'characters') => results.reduce((total, result) => total + result[what], 0);
  return isFull(sum('count'), sum('characters'), wanted);
}
