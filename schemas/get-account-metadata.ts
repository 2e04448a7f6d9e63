import * as z from 'zod';
import { defineTool, objectOf } from './define-tool.ts';
import { accountTargets, fields, tags, time } from './fields.ts';

export const getAccountMetadata = defineTool({
  name: 'get_account_metadata',
  toolset: 'accounts',
  description:
    'What is known of an account: name, alias, status, OU path, tags, enabled Regions, and the role that the tools use in it.',
  input: z.strictObject({ ...accountTargets, ...fields() }),
  output: objectOf('account', 'accounts', {
    Id: z.string(),
    Name: z.string(),
    Alias: z.string().nullable(),
    Status: z.string(),
    JoinedTimestamp: time,
    OUPath: z.string(),
    Tags: tags,
    EnabledRegions: z.array(z.string()),
    RoleArn: z.string(),
    Toolsets: z.array(z.string()),
    Unavailable: z.record(z.string(), z.string()),
  }),
  iam: ['iam:ListAccountAliases', 'account:ListRegions', 'ec2:DescribeRegions'],
  ownIam: [
    'organizations:DescribeAccount',
    'organizations:ListParents',
    'organizations:DescribeOrganizationalUnit',
    'organizations:ListTagsForResource',
  ],
  example: {
    input: { account_id: '111111111111' },
    output: {
      account_id: '111111111111',
      region: 'all',
      account: {
        Id: '111111111111',
        Name: 'payments-prod',
        Alias: 'payments',
        Status: 'ACTIVE',
        JoinedTimestamp: '2024-03-01T09:00:00.000Z',
        OUPath: 'Root/Workloads/Production',
        Tags: { CostCenter: '4711' },
        EnabledRegions: ['eu-west-1', 'us-east-1'],
        RoleArn: 'arn:aws:iam::111111111111:role/CentralOpsTargetRole',
        Toolsets: ['accounts', 'compute'],
      },
    },
  },
});
