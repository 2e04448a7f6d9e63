import {
  type Account,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { listAccounts } from '../schemas/list-accounts.ts';
import { clientFor } from '../shared/assume-role.ts';
import { operationOf } from '../shared/aws-clients.ts';
import type { Call } from '../shared/call.ts';
import { ToolError, toToolError } from '../shared/errors.ts';
import { listHandler, type PageRequest } from '../shared/list-handler.ts';

/** The most that ListAccounts and ListAccountsForParent give at once. */
const PAGE_SIZE = 20;

export const handler = listHandler(
  listAccounts,
  OrganizationsClient,
  async (input, organizations, page, { call }) => {
    if (call.configuration.accounts !== 'organization' && input.organizational_unit_id !== undefined) {
      throw new ToolError(
        'invalid_input',
        'organizational_unit_id: the tools read a configured list of accounts, which has no OUs.',
        {
          field: 'organizational_unit_id',
        },
      );
    }
    const { Accounts, NextToken } =
      call.configuration.accounts === 'organization'
        ? await askOrganization(organizations, input.organizational_unit_id, page)
        : configured(call.configuration.accounts, page);
    const named = (name = '') => name.toLowerCase().includes(input.name_contains?.toLowerCase() ?? '');
    const items = Accounts.map((account) => ({ ...account, Status: account.State ?? account.Status })).filter(
      ({ Name, Status }) => named(Name) && (input.status === undefined || input.status === Status),
    );
    return {
      items: input.check_access ? await Promise.all(items.map((item) => withAccess(item, call))) : items,
      next: NextToken,
    };
  },
  { scope: 'organization' },
);

async function askOrganization(
  organizations: OrganizationsClient,
  parent: string | undefined,
  { token, size }: PageRequest,
) {
  const paging = { NextToken: token, MaxResults: Math.min(size, PAGE_SIZE) };
  const { Accounts = [], NextToken } =
    parent === undefined
      ? await organizations.send(new ListAccountsCommand(paging))
      : await organizations.send(new ListAccountsForParentCommand({ ParentId: parent, ...paging }));
  return { Accounts, NextToken };
}

/** The configured list, in pages, so that as many accounts are tried at once as with an organization. */
function configured(
  ids: readonly string[],
  { token = '0' }: PageRequest,
): { Accounts: Account[]; NextToken: string | undefined } {
  const end = Number(token) + PAGE_SIZE;
  return {
    Accounts: ids.slice(Number(token), end).map((Id) => ({ Id, Status: 'ACTIVE' })),
    NextToken: end < ids.length ? String(end) : undefined,
  };
}

async function withAccess<A extends Pick<Account, 'Id'>>(account: A, call: Call) {
  try {
    const cell = { account: account.Id ?? '', region: call.configuration.homeRegion };
    const sts = await clientFor(STSClient, cell, call, []);
    await sts.send(new GetCallerIdentityCommand());
    return { ...account, reachable: true };
  } catch (error) {
    const { code } = toToolError(error, { operation: operationOf(error), actions: [] });
    return { ...account, reachable: false, reason: code };
  }
}
