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
  for (const [piece, word, capitals, foreign] of json.matchAll(PIECES))
    tokens += Math.ceil(piece.length / (word ? 7 : capitals ? 4 : foreign ? 1 : 3));
  return tokens;
}

const PIECES = /( ?[A-Z]?[a-z]+)|( ?[A-Z]+)|([\u0080-\uffff]+)|[0-9]+|[^A-Za-z0-9\u0080-\uffff]+/g;

/** Counts what has been put into an answer. By default in tokens; in bytes when more was asked for explicitly. */
export class AnswerBudget {
  readonly #limit: number;
  readonly #cost: (json: string) => number;
  /** Characters of sealed text for one of what is counted: it is random base64, measured 1.5 a token at worst. */
  readonly #sealedCharacters: number;
  #spent = 0;

  /** The budget of an answer of at most so many items: more than the default number says that more text is wanted. */
  constructor(most = DEFAULT_ITEMS) {
    const large = most > DEFAULT_ITEMS;
    this.#limit = large ? MAX_BYTES : DEFAULT_TOKENS;
    this.#cost = large ? Buffer.byteLength : estimateTokens;
    this.#sealedCharacters = large ? 1 : 1.5;
  }

  /** More characters than such an answer can hold, for stopping to read in time. */
  static mostCharacters(items: number): number {
    // No JSON of ours has more than five characters a token.
    return items > DEFAULT_ITEMS ? MAX_BYTES : DEFAULT_TOKENS * 5;
  }

  /** Sets aside room for text that is added later, such as a cursor of so many characters. */
  reserve(characters: number): void {
    this.#spent += Math.ceil(characters / this.#sealedCharacters);
  }

  /** Counts what stands in the answer in any case, whether or not there is room for it. */
  spend(value: unknown): void {
    this.#spent += this.#costOf(value);
  }

  /** Takes the value if there is room for it, and says whether it did. */
  take(value: unknown): boolean {
    const cost = this.#costOf(value);
    if (this.#spent + cost > this.#limit) return false;
    this.#spent += cost;
    return true;
  }

  /** The comma before the next item counts too. */
  #costOf(value: unknown): number {
    return this.#cost(`${JSON.stringify(value)},`);
  }

  /**
   * Halves the longest list or map of an item until it fits, and says in `Truncated` what was cut. Used where an item
   * must be given, so that a walk always makes progress; after one that cannot be cut enough, nothing has room.
   */
  fit<Item extends Record<string, unknown>>(item: Item): Item {
    let cut = item;
    let given = item;
    while (!this.take(given)) {
      const field = longestField(cut);
      if (field === undefined) {
        this.#spent = this.#limit;
        break;
      }
      cut = { ...cut, [field]: halve(cut[field] as object) };
      const fields = Object.keys(item).filter((name) => cut[name] !== item[name]);
      given = { ...cut, Truncated: fields.map((name) => `${name}: ${lengthOf(cut[name])} of ${lengthOf(item[name])}`) };
    }
    return given;
  }
}

/** The list or map of most text. */
function longestField(item: Record<string, unknown>): string | undefined {
  const lists = Object.entries(item).filter(([, value]) => lengthOf(value) > 1);
  const sizes = lists.map(([field, value]) => ({ field, characters: JSON.stringify(value).length }));
  return sizes.sort((a, b) => b.characters - a.characters)[0]?.field;
}

/** How many entries a list or a map has. */
function lengthOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

function halve(value: object): object {
  const kept = Math.floor(lengthOf(value) / 2);
  return Array.isArray(value) ? value.slice(0, kept) : Object.fromEntries(Object.entries(value).slice(0, kept));
}
