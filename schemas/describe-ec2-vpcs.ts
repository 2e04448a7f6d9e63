import * as z from 'zod';
import { defineTool, listOf } from './define-tool.ts';
import { fields, filters, ids, paging, tags, targets } from './fields.ts';

export const describeEc2Vpcs = defineTool({
  name: 'describe_ec2_vpcs',
  toolset: 'network',
  description: 'VPCs with IPv4 and IPv6 ranges, tags and, if wanted, subnets.',
  input: z.strictObject({
    ...targets,
    vpc_ids: ids('Only these VPCs.'),
    ...filters,
    include_subnets: z.boolean().optional().describe('Also their subnets.'),
    ...fields(),
    ...paging,
  }),
  output: listOf('vpc', 'vpcs', {
    VpcId: z.string(),
    Name: z.string(),
    CidrBlock: z.string(),
    SecondaryCidrBlocks: z.array(z.string()),
    Ipv6CidrBlocks: z.array(z.string()),
    State: z.string(),
    IsDefault: z.boolean(),
    Tags: tags,
    Subnets: z.array(
      z.strictObject({
        SubnetId: z.string(),
        Name: z.string().optional(),
        CidrBlock: z.string().optional(),
        Ipv6CidrBlocks: z.array(z.string()).optional(),
        AvailabilityZone: z.string().optional(),
        AvailableIpAddressCount: z.number().optional(),
        MapPublicIpOnLaunch: z.boolean().optional(),
      }),
    ),
  }),
  iam: ['ec2:DescribeVpcs', 'ec2:DescribeSubnets'],
  example: {
    input: { account_id: '111111111111', region: 'us-east-1', vpc_ids: ['vpc-0a1b2c3d'], include_subnets: true },
    output: {
      account_id: '111111111111',
      region: 'us-east-1',
      vpc_count: 1,
      vpcs: [
        {
          VpcId: 'vpc-0a1b2c3d',
          Name: 'payments-main',
          CidrBlock: '10.10.0.0/16',
          SecondaryCidrBlocks: ['100.64.0.0/16'],
          Ipv6CidrBlocks: ['2600:1f18:1234:5600::/56'],
          State: 'available',
          IsDefault: false,
          Tags: { Name: 'payments-main', Environment: 'prod' },
          Subnets: [
            {
              SubnetId: 'subnet-0a1b2c3d',
              Name: 'payments-main-public-a',
              CidrBlock: '10.10.0.0/21',
              Ipv6CidrBlocks: ['2600:1f18:1234:5600::/64'],
              AvailabilityZone: 'us-east-1a',
              AvailableIpAddressCount: 2031,
              MapPublicIpOnLaunch: true,
            },
          ],
        },
      ],
    },
  },
});
