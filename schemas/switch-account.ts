import * as z from 'zod';
import { answerOf, defineTool } from './define-tool.ts';

export const switchAccount = defineTool({
  name: 'switch_account',
  toolset: 'accounts',
  description:
    'Checks that an account can be read and gives the account_id and region to pass on from now on. Nothing is remembered between calls.',
  input: z.strictObject({
    account_id: z.string().describe('One AWS account ID (12 digits).'),
    region: z.string().optional().describe('One AWS Region. Default: home Region.'),
  }),
  output: answerOf({
    account_id: z.string(),
    region: z.string(),
    reachable: z.literal(true),
    role_arn: z.string(),
    note: z.string(),
  }),
  iam: [],
  example: {
    input: { account_id: '111111111111', region: 'eu-west-1' },
    output: {
      account_id: '111111111111',
      region: 'eu-west-1',
      reachable: true,
      role_arn: 'arn:aws:iam::111111111111:role/CentralOpsTargetRole',
      note: 'Nothing is remembered: pass this account_id and region with every call.',
    },
  },
});
