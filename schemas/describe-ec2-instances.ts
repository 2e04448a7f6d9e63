import * as z from 'zod';
import { defineTool, listOf } from './define-tool.ts';
import { fields, filters, ids, paging, tags, targets, time } from './fields.ts';

const onRequest = {
  ImageId: z.string(),
  Platform: z.string(),
  SecurityGroupIds: z.array(z.string()),
  IamInstanceProfileArn: z.string(),
  KeyName: z.string(),
  HttpTokens: z.string(),
  StateTransitionReason: z.string(),
};

export const describeEc2Instances = defineTool({
  name: 'describe_ec2_instances',
  toolset: 'compute',
  description:
    'EC2 instances with type, state, addresses and tags. To count many by State or type, use aggregate_results.',
  input: z.strictObject({
    ...targets,
    instance_ids: ids('Only these instances.'),
    ...filters,
    ...fields(Object.keys(onRequest)),
    ...paging,
  }),
  output: listOf(
    'instance',
    'instances',
    {
      InstanceId: z.string(),
      Name: z.string(),
      InstanceType: z.string(),
      State: z.string(),
      PrivateIpAddress: z.string(),
      PublicIpAddress: z.string(),
      LaunchTime: time,
      VpcId: z.string(),
      SubnetId: z.string(),
      AvailabilityZone: z.string(),
      Tags: tags,
    },
    onRequest,
  ),
  iam: ['ec2:DescribeInstances'],
  example: {
    input: {
      account_id: '111111111111',
      region: 'us-east-1',
      filters: [{ Name: 'instance-state-name', Values: ['running'] }],
    },
    output: {
      account_id: '111111111111',
      region: 'us-east-1',
      instance_count: 1,
      instances: [
        {
          InstanceId: 'i-0123456789abcdef0',
          Name: 'api-1',
          InstanceType: 'm7g.large',
          State: 'running',
          PrivateIpAddress: '10.0.1.20',
          LaunchTime: '2026-11-02T08:30:00.000Z',
          VpcId: 'vpc-0a1b2c3d',
          SubnetId: 'subnet-0a1b2c3d',
          AvailabilityZone: 'us-east-1a',
          Tags: { Name: 'api-1', Environment: 'prod' },
        },
      ],
    },
  },
});
