import { DescribeSecurityGroupsCommand, EC2Client, type SecurityGroup } from '@aws-sdk/client-ec2';
import { describeEc2SecurityGroups } from '../schemas/describe-ec2-security-groups.ts';
import { isOpenToInternet, pageOf, ruleRows } from '../shared/aws/ec2.ts';
import { tagMap } from '../shared/aws/tags.ts';
import { listHandler } from '../shared/list-handler.ts';

/**
 * Open groups are few among many, so they are looked for in AWS's largest pages; AWS's own filters on rules cannot say
 * "IPv4 or IPv6", because several are joined by AND.
 */
const LARGEST_PAGE = 1_000;

export const handler = listHandler(
  describeEc2SecurityGroups,
  EC2Client,
  async ({ group_ids, filters, open_to_internet }, ec2, { token, size }, { account }) => {
    const { SecurityGroups = [], NextToken } = await ec2.send(
      new DescribeSecurityGroupsCommand({
        GroupIds: group_ids,
        Filters: filters,
        ...pageOf(group_ids, token, open_to_internet ? LARGEST_PAGE : size),
      }),
    );
    const groups = SecurityGroups.map((group) => toGroup(group, account));
    return {
      items: open_to_internet ? groups.filter(({ IngressRules }) => IngressRules.some(isOpenToInternet)) : groups,
      next: NextToken,
    };
  },
);

function toGroup(group: SecurityGroup, account: string) {
  const owner = group.OwnerId ?? account;
  return {
    ...group,
    IngressRules: ruleRows(group.IpPermissions, owner),
    EgressRules: ruleRows(group.IpPermissionsEgress, owner),
    Tags: tagMap(group.Tags),
  };
}
