import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { listAccounts } from '../schemas/list-accounts.ts';
import { withAccess } from '../shared/account-access.ts';
import { configuredPage, organizationPage } from '../shared/aws/organizations.ts';
import { ToolError } from '../shared/errors.ts';
import { listHandler } from '../shared/list-handler.ts';

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
        ? await organizationPage(organizations, input.organizational_unit_id, page)
        : configuredPage(call.configuration.accounts, page);
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
