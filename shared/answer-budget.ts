/** What an answer may cost by default, in tokens of o200k. */
export const DEFAULT_TOKENS = 5_000;
/** Items of an answer by default. */
const DEFAULT_ITEMS = 50;
/** What an answer may be when the caller asks for more than the default number of items, in bytes. */
export const MAX_BYTES = 64 * 1_024;

/**
 * About how many o200k tokens a JSON text is. The tokenizer itself would be megabytes in every bundle; this counts what
 * it does: words with the space before them, digits by three, punctuation by three. Held by a test to at most 3 % below
 * and 35 % above the real count.
 */
export function estimateTokens(json: string): number {
  let tokens = 0;
  for (const [piece] of json.matchAll(PIECES)) {
    const last = piece.charCodeAt(piece.length - 1);
    if (last >= 97 && last <= 122) tokens += Math.ceil(piece.length / 7);
    else if (last >= 65 && last <= 90) tokens += Math.ceil(piece.length / 4);
    else if (last > 127) tokens += piece.length;
    else tokens += Math.ceil(piece.length / 3);
  }
  return tokens;
}

const PIECES = / ?[A-Z]?[a-z]+| ?[A-Z]+|[0-9]+|[\u0080-\uffff]+|[^A-Za-z0-9\u0080-\uffff]+/g;

/** Counts what has been put into an answer. By default in tokens; in bytes when more was asked for explicitly. */
export class AnswerBudget {
  readonly #limit: number;
  readonly #cost: (json: string) => number;
  #spent = 0;

  /** The budget of an answer of at most so many items: more than the default number says that more text is wanted. */
  static forItems(most: number): AnswerBudget {
    return new AnswerBudget(most > DEFAULT_ITEMS ? 'bytes' : 'tokens');
  }

  /** More characters than such an answer can hold, for stopping to read in time. */
  static mostCharacters(items: number): number {
    // No JSON of ours has more than five characters a token.
    return items > DEFAULT_ITEMS ? MAX_BYTES : DEFAULT_TOKENS * 5;
  }

  constructor(unit: 'tokens' | 'bytes') {
    this.#limit = unit === 'tokens' ? DEFAULT_TOKENS : MAX_BYTES;
    this.#cost = unit === 'tokens' ? estimateTokens : Buffer.byteLength;
  }

  /** Sets aside room for text that is added later, such as a cursor of so many characters. */
  reserve(characters: number): void {
    // Sealed text is random base64: measured 1.5 characters a token at worst.
    this.#spent += this.#limit === MAX_BYTES ? characters : Math.ceil(characters / 1.5);
  }

  /** Takes the value if there is room for it, and says whether it did. */
  take(value: unknown): boolean {
    // The comma before the next item counts too.
    const cost = this.#cost(`${JSON.stringify(value)},`);
    if (this.#spent + cost > this.#limit) return false;
    this.#spent += cost;
    return true;
  }

  /**
   * Cuts the longest lists and maps of an item that does not fit an answer by itself, and says in `Truncated` what was
   * cut. Used for the first item only, so that a walk always makes progress.
   */
  fit<Item extends Record<string, unknown>>(item: Item): Item {
    if (this.take(item)) return item;
    let cut: Item = item;
    const full = new Map<string, number>();
    for (let rounds = 0; rounds < 40; rounds++) {
      const [field, length] = longestField(cut);
      if (field === undefined || length < 2) break;
      if (!full.has(field)) full.set(field, length);
      const kept = Math.floor(length / 2);
      cut = { ...cut, [field]: shorten(cut[field], kept) };
      cut = { ...cut, Truncated: [...full].map(([name, all]) => `${name}: ${lengthOf(cut[name])} of ${all}`) };
      if (this.take(cut)) return cut;
    }
    this.#spent = this.#limit;
    return cut;
  }
}

function longestField(item: Record<string, unknown>): [string | undefined, number] {
  let longest: [string | undefined, number] = [undefined, 0];
  let size = 0;
  for (const [field, value] of Object.entries(item)) {
    if (field === 'Truncated' || typeof value !== 'object' || value === null || lengthOf(value) < 2) continue;
    const characters = JSON.stringify(value).length;
    if (characters > size) {
      longest = [field, lengthOf(value)];
      size = characters;
    }
  }
  return longest;
}

function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

function shorten(value: unknown, kept: number): unknown {
  if (Array.isArray(value)) return value.slice(0, kept);
  return Object.fromEntries(Object.entries(value as object).slice(0, kept));
}
