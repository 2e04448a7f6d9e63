import type * as z from 'zod';
import type { AnswerOf, ItemTypeOf, ListOutput, Tool } from '../schemas/define-tool.ts';
import { organizationClient } from './accounts.ts';
import { AnswerBudget } from './answer-budget.ts';
import { clientFor } from './assume-role.ts';
import type { AwsClient, ClientClass } from './aws-clients.ts';
import type { Call, Cell } from './call.ts';
import { cursorBinding, openCursor, type Position, sealCursor } from './cursor.ts';
import { ToolError } from './errors.ts';
import { faultsOf, joinFailures, toFailure } from './failures.ts';
import { fanOut, type Outcome } from './fan-out.ts';
import { selectFields } from './item-fields.ts';
import { expandTargets, type Targets, toCells } from './targets.ts';
import { type Handler, toolHandler } from './tool-handler.ts';

/** What a handler may give of an item: AWS omits fields and gives dates. */
export type Loose<T> =
  | (T extends string
      ? T | Date
      : T extends readonly (infer E)[]
        ? readonly Loose<E>[]
        : T extends object
          ? { [K in keyof T]?: Loose<T[K]> }
          : T)
  | undefined
  | null;

export interface PageRequest {
  /** AWS's token, absent for the first page. */
  readonly token: string | undefined;
  /** Items still wanted: ask AWS for about so many, within the API's bounds. */
  readonly size: number;
}

export interface Page<Item> {
  readonly items: readonly Loose<Item>[];
  readonly next?: string | undefined;
}

/** The account and Region at hand, for handlers that ask more than one service. */
export interface CellAccess extends Cell {
  /** A client with the same session, in this Region or another configured one. */
  client<C extends AwsClient>(Class: ClientClass<C>, region?: string): Promise<C>;
  readonly call: Call;
}

export function cellAccess(cell: Cell, call: Call): CellAccess {
  return {
    ...cell,
    call,
    client: (Class, region) => clientFor(Class, region === undefined ? cell : { ...cell, region }, call),
  };
}

interface ListInput {
  account_id?: string | undefined;
  region?: string | undefined;
  max_results: number;
  next_token?: string | undefined;
  fields?: string[] | undefined;
}

export interface ListOptions {
  /**
   * `account`: the service answers once per account for all Regions; `region` in the input is then a filter of the
   * handler's. `organization`: there is one answer, asked with the credentials for the organization.
   */
  readonly scope?: 'cell' | 'account' | 'organization';
}

/** An answer that tells of so many failed cells is full: at about 5 tokens each when joined, they are a third of it. */
const MAX_FAILED_CELLS = 300;

/** The pages of one cell as they arrived. */
interface CellPages {
  readonly pages: {
    readonly token: string | undefined;
    readonly size: number;
    readonly items: Record<string, unknown>[];
  }[];
  next: string | undefined;
}

/**
 * A handler for a list over accounts and Regions. `fetchPage` gets one AWS page of one account and Region; paging,
 * several cells, partial failure, projection, budget and cursor are around it.
 */
export function listHandler<Input extends z.ZodObject, Out extends ListOutput, C extends AwsClient>(
  tool: Tool<Input, Out>,
  Class: ClientClass<C>,
  fetchPage: (input: z.output<Input>, client: C, page: PageRequest, cell: CellAccess) => Promise<Page<ItemTypeOf<Out>>>,
  { scope = 'cell' }: ListOptions = {},
): Handler<AnswerOf<Out>> {
  return toolHandler(tool, async (input, call) => {
    const { max_results, next_token, fields: asked } = input as ListInput;
    const fields = selectFields(tool.output, asked);
    const binding = cursorBinding(tool.name, input as Record<string, unknown>);
    const start =
      next_token === undefined ? undefined : openCursor(next_token, call.configuration.cursorSecret, binding);
    const targets = await targetsOf(input as ListInput, call, scope);
    const cells = from(start, toCells(targets));
    const outcomes = await fanOut<Cell, CellPages>({
      cells,
      emptyResult: () => ({ pages: [], next: undefined }),
      ask: async (cell, result) => {
        const client =
          scope === 'organization'
            ? await organizationClient(Class, call, tool.ownIam ?? [])
            : await clientFor(Class, cell, call);
        const access = cellAccess(cell, call);
        const begin = cell === cells[0] ? start : undefined;
        await readPages(result, begin, max_results, pageLimit(asked), async (page) => {
          const { items, next } = await fetchPage(input, client, page, access);
          return { items: items.map((item) => fields.of(item)), next };
        });
      },
      isEnough: (results, failed) =>
        failed >= MAX_FAILED_CELLS ||
        results.reduce((sum, { pages }) => sum + countItems(pages), 0) - (start?.offset ?? 0) >= max_results,
      ...faultsOf(call),
    });
    return assemble({
      tool: tool as unknown as Tool<z.ZodObject, ListOutput>,
      call,
      targets,
      cells,
      outcomes,
      start,
      binding,
      max: max_results,
      scope,
    }) as AnswerOf<Out>;
  });
}

async function targetsOf(input: ListInput, call: Call, scope: ListOptions['scope']): Promise<Targets> {
  if (scope === 'cell') return expandTargets(input, call);
  if (scope === 'organization') {
    const { managementAccountId, homeRegion } = call.configuration;
    const account = managementAccountId ?? call.self.account;
    return { accounts: [account], regions: [homeRegion], asked: { account_id: account, region: homeRegion } };
  }
  const targets = await expandTargets({ ...input, region: input.region ?? 'all' }, call);
  return { ...targets, regions: [call.configuration.homeRegion] };
}

/** The cells that are still to be asked: the cursor's own first. Its account and Region are checked again by being found. */
function from(start: Position | undefined, cells: readonly Cell[]): readonly Cell[] {
  if (start === undefined) return cells;
  const index = cells.findIndex(({ account, region }) => account === start.account && region === start.region);
  if (index === -1) {
    throw new ToolError(
      'invalid_input',
      'next_token points to an account or Region that may no longer be read. Repeat the call without next_token.',
      { field: 'next_token' },
    );
  }
  return cells.slice(index);
}

/** An item in full is some 250 bytes or more, so no answer holds more than this; a larger page would be read for nothing. */
function pageLimit(fields: readonly string[] | undefined): number {
  return fields !== undefined && fields.length <= 4 ? 1_000 : 250;
}

async function readPages(
  result: CellPages,
  start: Position | undefined,
  wanted: number,
  limit: number,
  fetch: (page: PageRequest) => Promise<{ items: Record<string, unknown>[]; next: string | undefined }>,
): Promise<void> {
  let token = start?.token;
  let size = start?.size ?? Math.min(wanted, limit);
  let missing = wanted + (start?.offset ?? 0);
  const seen = new Set([token]);
  do {
    result.next = token;
    const { items, next } = await fetch({ token, size });
    result.pages.push({ token, size, items });
    missing -= items.length;
    // An empty text is the end, as in several of AWS's own pagers.
    token = next === '' ? undefined : next;
    result.next = token;
    if (token !== undefined && seen.has(token))
      throw new ToolError('unavailable', 'AWS gave the same page again: the rest of this list cannot be read now.');
    seen.add(token);
    size = Math.min(Math.max(1, missing), limit);
  } while (token !== undefined && missing > 0);
}

function countItems(pages: CellPages['pages']): number {
  return pages.reduce((sum, { items }) => sum + items.length, 0);
}

interface Assembly {
  readonly tool: Tool<z.ZodObject, ListOutput>;
  readonly call: Call;
  readonly targets: Targets;
  readonly cells: readonly Cell[];
  readonly outcomes: readonly Outcome<Cell, CellPages>[];
  readonly start: Position | undefined;
  readonly binding: string;
  readonly max: number;
  readonly scope: ListOptions['scope'];
}

/** Puts the outcomes together in order until the answer is full; the cursor says where to go on. */
function assemble({
  tool,
  call,
  targets,
  cells,
  outcomes,
  start,
  binding,
  max,
  scope,
}: Assembly): Record<string, unknown> {
  const single = targets.accounts.length === 1 && targets.regions.length === 1;
  const { one, many } = tool.output;
  const failed = outcomes.filter(({ failure }) => failure !== undefined).length;
  call.audit.note({ cells: outcomes.length, failed_cells: failed });

  const [only] = outcomes;
  if (single && only?.failure !== undefined && only.result.pages.length === 0) throw only.failure;

  // The page that a single cell did not give in time is where the next answer begins: that is no failure.
  const late = single && only?.failure?.code === 'timeout';
  // Every failure that is known is told at once, also of cells whose items come in a later answer.
  const failures = late
    ? []
    : joinFailures(outcomes.flatMap(({ cell, failure }) => (failure ? toFailure(cell, failure) : [])));
  const budget = new AnswerBudget(max > 50 ? 'bytes' : 'tokens');
  budget.take({ ...targets.asked, [`${one}_count`]: max, [many]: [], complete: false, failures, next_token: '' });
  budget.reserve(cursorCharacters(outcomes));
  const items: Record<string, unknown>[] = [];
  let stopped: Omit<Position, 'incomplete'> | undefined;

  fill: for (const [index, { cell, result, failure }] of outcomes.entries()) {
    for (const [number, page] of result.pages.entries()) {
      const skipped = index === 0 && number === 0 ? (start?.offset ?? 0) : 0;
      for (let offset = skipped; offset < page.items.length; offset++) {
        const own = page.items[offset] as Record<string, unknown>;
        const item = single
          ? own
          : { AccountId: cell.account, ...(scope === 'account' ? {} : { Region: cell.region }), ...own };
        const fits = items.length === 0 ? budget.fit(item) : budget.take(item) && item;
        if (items.length >= max || fits === false) {
          stopped = { ...cell, token: page.token, size: page.size, offset };
          break fill;
        }
        items.push(fits);
      }
    }
    if (result.next !== undefined && (failure === undefined || late)) {
      stopped = { ...cell, token: result.next, size: max, offset: 0 };
      break;
    }
  }
  const unasked = cells[outcomes.length];
  if (stopped === undefined && unasked !== undefined) stopped = { ...unasked, size: max, offset: 0 };

  const incomplete = failures.length > 0 || start?.incomplete === true;
  const complete = !incomplete && stopped === undefined;
  const next = stopped && sealCursor({ ...stopped, incomplete }, call.configuration.cursorSecret, binding);
  call.audit.note({ items: items.length });
  return {
    ...targets.asked,
    [`${one}_count`]: items.length,
    [many]: items,
    ...(single && !incomplete ? {} : { complete }),
    ...(failures.length > 0 ? { failures } : {}),
    ...(next === undefined ? {} : { next_token: next }),
  };
}

/** The length of the cursor that may follow: the longest AWS token seen, sealed and written in base64. */
function cursorCharacters(outcomes: readonly Outcome<Cell, CellPages>[]): number {
  const tokens = outcomes.flatMap(({ result }) => [result.next, ...result.pages.map(({ token }) => token)]);
  const longest = Math.max(0, ...tokens.map((token) => token?.length ?? 0));
  return Math.ceil((longest + 220) * (4 / 3));
}
