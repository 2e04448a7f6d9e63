import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { Inventory } from '../../../schemas/list-services-in-region.ts';
import { allPages } from '../../all-pages.ts';
import type { Call, Cell } from '../../call.ts';
import { FatalError, type ToolError } from '../../errors.ts';
import { faultsOf } from '../../failures.ts';
import { fanOut, type Outcome } from '../../fan-out.ts';
import { Reading } from '../reading.ts';
import { countIndexed, defaultView, indexOf } from './resource-explorer.ts';
import { Tally } from './tally.ts';

/** The API's maximum. */
const TAGGED = 100;

const NOTES = {
  noIndex: 'No Resource Explorer index here: only resources that have or had tags are counted.',
  noView: 'Resource Explorer has no default view here: only resources that have or had tags are counted.',
  unread: 'Resource Explorer could not be read: only resources that have or had tags are counted.',
  filtered: 'The default view of Resource Explorer leaves resources out.',
} as const;

/** What was counted in a cell, also when it ended before its end. */
export interface Counting {
  readonly tally: Tally;
  source?: Inventory['source'];
  index?: Inventory['index'];
  note?: string;
  /** Why Resource Explorer was not used although it may be there. */
  fault?: ToolError;
  isDone: boolean;
}

/** Counts the resources of every cell side by side. */
export function readInventories(cells: readonly Cell[], call: Call): Promise<Outcome<Cell, Counting>[]> {
  const accounts = new Map<string, Reading>();
  return fanOut<Cell, Counting>({
    cells,
    emptyResult: () => ({ tally: new Tally(), isDone: false }),
    ask: async (cell, result) => {
      const reading = new Reading(cell, call);
      const account = accounts.get(cell.account) ?? reading;
      accounts.set(cell.account, account);
      const view = await explorerView(reading, account, result);
      if (view !== undefined) {
        result.source = 'resource-explorer';
        await countIndexed(reading, view, result.tally);
      } else {
        result.source = 'resource-groups-tagging-api';
        await countTagged(reading, result.tally);
      }
      result.isDone = true;
    },
    ...faultsOf(call),
  });
}

/** The view to count with, or the note why there is none. A denial is told, and the other source used. */
async function explorerView(cell: Reading, account: Reading, result: Counting): Promise<string | undefined> {
  try {
    const index = await indexOf(cell, account);
    if (index?.Type !== undefined) result.index = index.Type;
    const view = index && (await defaultView(cell));
    if (view === undefined) result.note = index === undefined ? NOTES.noIndex : NOTES.noView;
    else if (view.hides !== '') result.note = NOTES.filtered;
    return view?.arn;
  } catch (error) {
    const fault = faultsOf(cell.call).toFailure(error);
    const isClosed = fault.code === 'role_not_assumable' || fault.code === 'region_not_enabled';
    if (error instanceof FatalError || isClosed || cell.call.signal.aborted) throw error;
    result.fault = fault;
    result.note = NOTES.unread;
    return undefined;
  }
}

async function countTagged(cell: Reading, tally: Tally): Promise<void> {
  const tagging = await cell.client(ResourceGroupsTaggingAPIClient);
  await allPages(async (PaginationToken) => {
    const page = await tagging.send(new GetResourcesCommand({ ResourcesPerPage: TAGGED, PaginationToken }));
    for (const { ResourceARN = '' } of page.ResourceTagMappingList ?? []) tally.add(ResourceARN);
    return { items: [], next: page.PaginationToken };
  });
}
