import type * as z from 'zod';
import type { AnswerOf, ItemTypeOf, ListOutput, Tool } from '../schemas/define-tool.ts';
import { organizationClient } from './accounts.ts';
import { assembleList, type CellPages } from './assemble-list.ts';
import { clientFor } from './assume-role.ts';
import type { AwsClient, ClientClass } from './aws-clients.ts';
import type { Call, Cell } from './call.ts';
import { cursorBinding, openCursor } from './cursor.ts';
import { faultsOf } from './failures.ts';
import { fanOut } from './fan-out.ts';
import { selectFields } from './item-fields.ts';
import { areFull, noPages, type PageRequest, readPages } from './read-pages.ts';
import { cellsFrom, expandTargets, type Targets, toCells } from './targets.ts';
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

export interface ListOptions<Input> {
  /** Refuses what the schema alone cannot judge, before anything is called. */
  readonly check?: (input: Input, call: Call) => void;
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
  { check, scope = 'cell' }: ListOptions<z.output<Input>> = {},
): Handler<AnswerOf<Out>> {
  return toolHandler(tool, async (input, call) => {
    const { max_results, next_token, fields: asked } = input as ListInput;
    const fields = selectFields(tool.output, asked);
    check?.(input, call);
    const binding = cursorBinding(tool.name, input as Record<string, unknown>);
    const start =
      next_token === undefined ? undefined : openCursor(next_token, call.configuration.cursorSecret, binding);
    const targets = await targetsOf(input as ListInput, call, scope);
    const cells = cellsFrom(start, toCells(targets));
    const outcomes = await fanOut<Cell, CellPages>({
      cells,
      emptyResult: noPages,
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
      isEnough: (results, failed) => failed >= MAX_FAILED_CELLS || areFull(results, max_results),
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

async function targetsOf(input: ListInput, call: Call, scope: ListOptions<unknown>['scope']): Promise<Targets> {
  if (scope === 'cell') return expandTargets(input, call);
  if (scope === 'organization') {
    const { managementAccountId, homeRegion } = call.configuration;
    const account = managementAccountId ?? call.self.account;
    return { accounts: [account], regions: [homeRegion], asked: { account_id: account, region: homeRegion } };
  }
  const targets = await expandTargets({ ...input, region: input.region ?? 'all' }, call);
  return { ...targets, regions: [call.configuration.homeRegion] };
}

/** An item in full is some 250 bytes or more, so no answer holds more than this; a larger page would be read for nothing. */
function pageLimit(fields: readonly string[] | undefined): number {
  return fields !== undefined && fields.length <= 4 ? 1_000 : 250;
}
