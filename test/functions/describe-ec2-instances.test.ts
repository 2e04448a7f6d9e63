import { DescribeInstancesCommand, EC2Client, type Instance } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeEc2Instances } from '../../schemas/describe-ec2-instances.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';
import { walk } from '../support/walk.ts';

const ec2 = mockClient(EC2Client);

interface Answer {
  instance_count: number;
  instances: Record<string, unknown>[];
  next_token?: string;
}

const { input, output } = describeEc2Instances.example;

const exampleInstance: Instance = {
  InstanceId: 'i-0123456789abcdef0',
  InstanceType: 'm7g.large',
  State: { Code: 16, Name: 'running' },
  PrivateIpAddress: '10.0.1.20',
  LaunchTime: new Date('2026-11-02T08:30:00Z'),
  VpcId: 'vpc-0a1b2c3d',
  SubnetId: 'subnet-0a1b2c3d',
  Placement: { AvailabilityZone: 'us-east-1a' },
  Tags: [
    { Key: 'Name', Value: 'api-1' },
    { Key: 'Environment', Value: 'prod' },
  ],
};

describe('describe_ec2_instances', () => {
  useMockedAws();
  beforeEach(() => void ec2.reset());

  it('answers the documented example', async () => {
    ec2
      .on(DescribeInstancesCommand, { Filters: input.filters as never })
      .resolves({ Reservations: [{ Instances: [exampleInstance] }] });
    expect(await callTool(describeEc2Instances, input)).toEqual(output);
  });

  it('gives by request what the default leaves out', async () => {
    ec2.on(DescribeInstancesCommand).resolves({
      Reservations: [
        {
          Instances: [
            {
              ...exampleInstance,
              MetadataOptions: { HttpTokens: 'optional' },
              SecurityGroups: [{ GroupId: 'sg-1' }],
              IamInstanceProfile: { Arn: 'arn:aws:iam::111111111111:instance-profile/api' },
            },
          ],
        },
      ],
    });
    const fields = ['InstanceId', 'HttpTokens', 'SecurityGroupIds', 'IamInstanceProfileArn'];
    expect((await callTool<Answer>(describeEc2Instances, { ...input, fields })).instances).toEqual([
      {
        InstanceId: 'i-0123456789abcdef0',
        HttpTokens: 'optional',
        SecurityGroupIds: ['sg-1'],
        IamInstanceProfileArn: 'arn:aws:iam::111111111111:instance-profile/api',
      },
    ]);
  });

  it('asks for a page within the bounds of the API, and for none beside IDs', async () => {
    ec2.on(DescribeInstancesCommand).resolves({});
    await callTool(describeEc2Instances, { ...input, max_results: 1 });
    await callTool(describeEc2Instances, { ...input, max_results: 1_000 });
    await callTool(describeEc2Instances, { ...input, max_results: 1_000, fields: ['State'] });
    await callTool(describeEc2Instances, { ...input, instance_ids: ['i-1'] });
    const sizes = ec2.commandCalls(DescribeInstancesCommand).map((call) => call.args[0].input.MaxResults);
    expect(sizes).toEqual([5, 250, 1_000, undefined]);
  });

  it('walks 10,000 instances in one cell, each exactly once', async () => {
    const all = Array.from({ length: 10_000 }, (_, index) => ({ ...exampleInstance, InstanceId: `i-${index}` }));
    ec2.on(DescribeInstancesCommand).callsFake(async ({ NextToken, MaxResults }) => {
      const from = Number(NextToken ?? 0);
      const end = from + MaxResults;
      return {
        Reservations: all.slice(from, end).map((instance) => ({ Instances: [instance] })),
        NextToken: end < all.length ? String(end) : undefined,
      };
    });
    const ask = (event: object) => callTool<Answer>(describeEc2Instances, event);
    const answers = await walk(ask, { ...input, max_results: 1_000 });
    for (const answer of answers) {
      expect(answer.instances.length).toBe(answer.instance_count);
      expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(64 * 1024);
    }
    const seen = answers.flatMap(({ instances }) => instances.map(({ InstanceId }) => InstanceId));
    expect(seen).toEqual(all.map(({ InstanceId }) => InstanceId));
  });
});
