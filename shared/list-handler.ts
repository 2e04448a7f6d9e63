import type * as z from 'zod';
import type { AnswerOf, ItemTypeOf, ListOutput, Tool } from '../schemas/define-tool.ts';
import { organizationClient } from './accounts.ts';
import { AnswerBudget } from './answer-budget.ts';
import { assembleList, type CellPages } from './assemble-list.ts';
import { clientFor } from './assume-role.ts';
import type { AwsClient, ClientClass } from './aws-clients.ts';
import type { Call, Cell } from './call.ts';
import { cursorBinding, openCursor, type Position } from './cursor.ts';
import { ToolError } from './errors.ts';
import { faultsOf } from './failures.ts';
import { fanOut } from './fan-out.ts';
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
      emptyResult: () => ({ pages: [], next: undefined, count: 0, characters: 0 }),
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
        failed >= MAX_FAILED_CELLS || isFull(sum(results, 'count'), sum(results, 'characters'), max_results),
      ...faultsOf(call),
    });
    return assembleList({
      output: tool.output,
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
  // A page that was given in part is asked for again as it was; a new one by what is wanted now.
  let size = start !== undefined && start.offset > 0 ? start.size : Math.min(wanted, limit);
  let given = start?.offset ?? 0;
  const seen = new Set([token]);
  do {
    result.next = token;
    const { items, next } = await fetch({ token, size });
    result.pages.push({ token, size, items });
    const fresh = items.slice(given);
    result.count += fresh.length;
    result.characters += JSON.stringify(fresh).length;
    given = 0;
    // An empty text is the end, as in several of AWS's own pagers.
    token = next === '' ? undefined : next;
    result.next = token;
    if (token !== undefined && seen.has(token))
      throw new ToolError('unavailable', 'AWS gave the same page again: the rest of this list cannot be read now.');
    seen.add(token);
    size = Math.min(Math.max(1, wanted - result.count), limit);
  } while (token !== undefined && !isFull(result.count, result.characters, wanted));
}

/** Whether an answer could hold no more, by the number of items asked for or by its size. */
function isFull(count: number, characters: number, wanted: number): boolean {
  return count >= wanted || characters >= AnswerBudget.mostCharacters(wanted);
}

function sum(results: readonly CellPages[], what: 'count' | 'characters'): number {
  return results.reduce((total, result) => total + result[what], 0);
}
