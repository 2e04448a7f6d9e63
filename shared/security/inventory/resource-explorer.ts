import {
  GetDefaultViewCommand,
  GetViewCommand,
  type Index,
  ListIndexesCommand,
  ListResourcesCommand,
  ResourceExplorer2Client,
} from '@aws-sdk/client-resource-explorer-2';
import { allPages } from '../../all-pages.ts';
import { operationOf } from '../../aws-clients.ts';
import { toToolError } from '../../errors.ts';
import type { Reading } from '../reading.ts';
import type { Tally } from './tally.ts';

/** The API's maxima. */
const INDEXES = 100;
const RESOURCES = 1_000;

/**
 * The index that holds a Region's resources: its own, LOCAL or AGGREGATOR. An aggregator elsewhere has only what the
 * Region's own index gave it, so without one there is nothing.
 */
export async function indexOf(cell: Reading, account: Reading): Promise<Index | undefined> {
  const all = await account.once('indexes', async () => {
    const explorer = await account.client(ResourceExplorer2Client);
    return allPages(async (NextToken) => {
      const page = await explorer.send(new ListIndexesCommand({ MaxResults: INDEXES, NextToken }));
      return { items: page.Indexes, next: page.NextToken };
    });
  });
  return all.find(({ Region }) => Region === cell.region);
}

/** The view that searches go through by default, and what it leaves out; undefined where there is none. */
export async function defaultView(cell: Reading): Promise<{ arn: string; hides: string } | undefined> {
  const explorer = await cell.client(ResourceExplorer2Client);
  try {
    const { ViewArn } = await explorer.send(new GetDefaultViewCommand({}));
    if (!ViewArn) return undefined;
    const { View } = await explorer.send(new GetViewCommand({ ViewArn }));
    return { arn: ViewArn, hides: View?.Filters?.FilterString ?? '' };
  } catch (error) {
    const { code } = toToolError(error, { operation: operationOf(error), actions: cell.call.tool.iam });
    // The default view may be named and deleted.
    if (code === 'not_found') return undefined;
    throw error;
  }
}

/** Counts every resource of the cell. ListResources, unlike Search, does not end at 1,000. */
export async function countIndexed(cell: Reading, ViewArn: string, tally: Tally): Promise<void> {
  const explorer = await cell.client(ResourceExplorer2Client);
  await allPages(async (NextToken) => {
    const page = await explorer.send(
      new ListResourcesCommand({
        ViewArn,
        // An aggregator's view gives every Region's resources.
        Filters: { FilterString: `region:${cell.region}` },
        MaxResults: RESOURCES,
        NextToken,
      }),
    );
    for (const { Arn = '', OwningAccountId, ResourceType, Service } of page.Resources ?? []) {
      // A view may be of the whole organization: each account answers for itself.
      if (OwningAccountId === undefined || OwningAccountId === cell.account) tally.add(Arn, Service, ResourceType);
    }
    return { items: [], next: page.NextToken };
  });
}
