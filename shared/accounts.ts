import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { clientFor } from './assume-role.ts';
import { type AwsClient, type ClientClass, clientOf, operationOf } from './aws-clients.ts';
import type { Call } from './call.ts';
import { toToolError } from './errors.ts';

export interface Account {
  readonly id: string;
  readonly active: boolean;
}

const DISCOVERY_ACTIONS = ['organizations:ListAccounts'];
/** New accounts are seen after five minutes at most; without this every call would list the organization again. */
const DISCOVERY_LIFETIME_MS = 5 * 60_000;

let discovered: { key: string; at: number; accounts: Promise<readonly Account[]> } | undefined;

/** The accounts that may be asked: the configured list, or those of the organization, remembered for five minutes. */
export async function allowedAccounts(call: Call): Promise<readonly Account[]> {
  const { accounts, managementAccountId } = call.configuration;
  if (accounts !== 'organization') return accounts.map((id) => ({ id, active: true }));
  const key = [call.self.account, managementAccountId, process.env.AWS_ENDPOINT_URL].join(' ');
  if (discovered?.key !== key || Date.now() - discovered.at > DISCOVERY_LIFETIME_MS) {
    discovered = { key, at: Date.now(), accounts: discover(call) };
    // A failure is not remembered: the next call asks again.
    discovered.accounts.catch(() => {
      discovered = undefined;
    });
  }
  return discovered.accounts;
}

async function discover(call: Call): Promise<readonly Account[]> {
  const accounts: Account[] = [];
  try {
    const organizations = await organizationClient(OrganizationsClient, call, DISCOVERY_ACTIONS);
    let NextToken: string | undefined;
    do {
      const page = await organizations.send(new ListAccountsCommand({ NextToken }));
      for (const { Id, State, Status } of page.Accounts ?? []) {
        if (Id !== undefined) accounts.push({ id: Id, active: (State ?? Status) === 'ACTIVE' });
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  } catch (error) {
    throw toToolError(error, { operation: operationOf(error), actions: DISCOVERY_ACTIONS });
  }
  return accounts.sort((a, b) => (a.id < b.id ? -1 : 1));
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
