import { DescribeInstancesCommand, EC2Client, type Instance } from '@aws-sdk/client-ec2';
import { describeEc2Instances } from '../schemas/describe-ec2-instances.ts';
import { nameTag, tagMap } from '../shared/aws/tags.ts';
import { listHandler } from '../shared/list-handler.ts';

/** DescribeInstances takes 5 to 1,000 results, and no number beside instance IDs. */
export const handler = listHandler(describeEc2Instances, EC2Client, async (input, ec2, { token, size }) => {
  const paging =
    input.instance_ids === undefined ? { MaxResults: Math.min(Math.max(size, 5), 1_000), NextToken: token } : {};
  const { Reservations = [], NextToken } = await ec2.send(
    new DescribeInstancesCommand({ InstanceIds: input.instance_ids, Filters: input.filters, ...paging }),
  );
  return { items: Reservations.flatMap(({ Instances = [] }) => Instances.map(toInstance)), next: NextToken };
});

function toInstance(instance: Instance) {
  return {
    ...instance,
    Name: nameTag(instance.Tags),
    State: instance.State?.Name,
    AvailabilityZone: instance.Placement?.AvailabilityZone,
    Tags: tagMap(instance.Tags),
    SecurityGroupIds: instance.SecurityGroups?.map(({ GroupId }) => GroupId),
    IamInstanceProfileArn: instance.IamInstanceProfile?.Arn,
    HttpTokens: instance.MetadataOptions?.HttpTokens,
  };
}
