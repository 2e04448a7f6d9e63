import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { allPages } from './all-pages.ts';
import { clientFor } from './assume-role.ts';
import { type AwsClient, type ClientClass, clientOf, operationOf } from './aws-clients.ts';
import type { Call } from './call.ts';
import { toToolError } from './errors.ts';
import { SharedWork } from './shared-work.ts';

export interface Account {
  readonly id: string;
  readonly active: boolean;
}

const DISCOVERY_ACTIONS = ['organizations:ListAccounts'];
/** New accounts are seen after five minutes at most; without this every call would list the organization again. */
const DISCOVERY_LIFETIME_MS = 5 * 60_000;

let discovered: { key: string; at: number; listing: SharedWork<readonly Account[]> } | undefined;

/** The accounts that may be asked: the configured list, or those of the organization, remembered for five minutes. */
export async function allowedAccounts(call: Call): Promise<readonly Account[]> {
  const { accounts, managementAccountId } = call.configuration;
  if (accounts !== 'organization') return accounts.map((id) => ({ id, active: true }));
  const key = [call.self.account, managementAccountId, process.env.AWS_ENDPOINT_URL].join(' ');
  if (discovered?.key !== key || Date.now() - discovered.at > DISCOVERY_LIFETIME_MS || discovered.listing.isAbandoned) {
    const listing = new SharedWork((signal) => discover({ ...call, signal }));
    discovered = { key, at: Date.now(), listing };
    // A failure is not remembered: the next call asks again. A new listing may have begun when an abandoned one fails.
    listing.outcome.catch(() => {
      if (discovered?.listing === listing) discovered = undefined;
    });
  }
  return discovered.listing.wait(call.signal);
}

async function discover(call: Call): Promise<readonly Account[]> {
  try {
    const organizations = await organizationClient(OrganizationsClient, call, DISCOVERY_ACTIONS);
    const listed = await allPages(async (NextToken) => {
      const page = await organizations.send(new ListAccountsCommand({ NextToken }));
      return { items: page.Accounts, next: page.NextToken };
    });
    return listed
      .flatMap(({ Id, State, Status }) => (Id === undefined ? [] : { id: Id, active: (State ?? Status) === 'ACTIVE' }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  } catch (error) {
    throw toToolError(error, { operation: operationOf(error), actions: DISCOVERY_ACTIONS });
  }
}

/** A client for the organization: the function's own role, or the target role of the configured management account. */
export async function organizationClient<C extends AwsClient>(
  Class: ClientClass<C>,
  call: Call,
  actions: readonly string[],
): Promise<C> {
  const { managementAccountId, homeRegion } = call.configuration;
  if (managementAccountId === undefined) return clientOf(Class, homeRegion, call);
  return clientFor(Class, { account: managementAccountId, region: homeRegion }, call, actions);
}
