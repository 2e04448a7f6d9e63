import * as z from 'zod';
import { defineTool, listOf } from './define-tool.ts';
import { fields, filters, ids, paging, tags, targets } from './fields.ts';

/** Source is a CIDR, a group (account/group when foreign) or a prefix list; of an egress rule, the destination. */
const rules = z.array(
  z.strictObject({
    Protocol: z.string(),
    Ports: z.string(),
    Source: z.string(),
    Description: z.string().optional(),
  }),
);

export const describeEc2SecurityGroups = defineTool({
  name: 'describe_ec2_security_groups',
  toolset: 'network',
  description: 'Security groups with rules, one row per source. Find exposed ones by open_to_internet.',
  input: z.strictObject({
    ...targets,
    group_ids: ids('Only these groups.'),
    ...filters,
    open_to_internet: z.boolean().optional().describe('Only groups that let in 0.0.0.0/0 or ::/0.'),
    ...fields(),
    ...paging,
  }),
  output: listOf('security_group', 'security_groups', {
    GroupId: z.string(),
    GroupName: z.string(),
    Description: z.string(),
    VpcId: z.string(),
    IngressRules: rules,
    EgressRules: rules,
    Tags: tags,
  }),
  iam: ['ec2:DescribeSecurityGroups'],
  example: {
    input: { account_id: '111111111111', region: 'us-east-1', open_to_internet: true },
    output: {
      account_id: '111111111111',
      region: 'us-east-1',
      security_group_count: 1,
      security_groups: [
        {
          GroupId: 'sg-0a1b2c3d',
          GroupName: 'dev-bastion',
          Description: 'Bastion',
          VpcId: 'vpc-0a1b2c3d',
          IngressRules: [
            { Protocol: 'tcp', Ports: '22', Source: '0.0.0.0/0', Description: 'temporary' },
            { Protocol: 'tcp', Ports: '8000-8999', Source: 'sg-0e5f6a7b' },
          ],
          EgressRules: [{ Protocol: 'all', Ports: 'all', Source: '0.0.0.0/0' }],
          Tags: { Environment: 'dev' },
        },
      ],
    },
  },
});
