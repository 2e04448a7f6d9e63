import * as z from 'zod';
import { defineTool, listOf } from './define-tool.ts';
import { fields, paging, time } from './fields.ts';

export const listAccounts = defineTool({
  name: 'list_accounts',
  toolset: 'accounts',
  description: 'The AWS accounts that these tools can be asked about. Start here when the account ID is not known.',
  input: z.strictObject({
    status: z.enum(['ACTIVE', 'SUSPENDED', 'PENDING_CLOSURE', 'PENDING_ACTIVATION', 'CLOSED']).optional(),
    organizational_unit_id: z.string().min(1).optional().describe('Only accounts directly in this OU or root.'),
    name_contains: z.string().min(1).optional().describe('Part of the name, in any case.'),
    check_access: z.boolean().default(false).describe('Also try whether each account can be read.'),
    ...fields(),
    ...paging,
  }),
  output: listOf('account', 'accounts', {
    Id: z.string(),
    Name: z.string(),
    Status: z.string(),
    JoinedTimestamp: time,
    reachable: z.boolean(),
    reason: z.string(),
  }),
  iam: [],
  ownIam: ['organizations:ListAccounts', 'organizations:ListAccountsForParent'],
  example: {
    input: { name_contains: 'prod', check_access: true },
    output: {
      account_id: '999999999999',
      region: 'us-east-1',
      account_count: 2,
      accounts: [
        {
          Id: '111111111111',
          Name: 'payments-prod',
          Status: 'ACTIVE',
          JoinedTimestamp: '2024-03-01T09:00:00.000Z',
          reachable: true,
        },
        {
          Id: '222222222222',
          Name: 'legacy-prod',
          Status: 'ACTIVE',
          JoinedTimestamp: '2021-06-15T12:00:00.000Z',
          reachable: false,
          reason: 'role_not_assumable',
        },
      ],
    },
  },
});
