import { ToolError } from './errors.ts';

/** Follows AWS's page tokens, and ends instead of turning in a circle when AWS gives one a second time. */
export class PageTokens {
  readonly #seen = new Set<string | undefined>();

  /** `first` is where the reading begins; absent, it begins with the first page. */
  constructor(first?: string) {
    this.#seen.add(first);
  }

  /**
   * The token of the next page, or undefined after the last one: several services say so with an empty text.
   *
   * @throws ToolError `unavailable` when the token was followed before
   */
  after(next: string | undefined): string | undefined {
    if (next === undefined || next === '') return undefined;
    if (this.#seen.has(next))
      throw new ToolError('unavailable', 'AWS gave the same page again: the rest of this list cannot be read now.');
    this.#seen.add(next);
    return next;
  }
}

/** Every page of a list, one after the other: AWS gives the next page's token only with the page. */
export async function allPages<T>(
  fetch: (token: string | undefined) => Promise<{ items: readonly T[] | undefined; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  const tokens = new PageTokens();
  let token: string | undefined;
  do {
    const { items = [], next } = await fetch(token);
    all.push(...items);
    token = tokens.after(next);
  } while (token !== undefined);
  return all;
}
