import { type DBInstance, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { describeRdsInstances } from '../schemas/describe-rds-instances.ts';
import { rdsQuery } from '../shared/aws/rds.ts';
import { tagMap } from '../shared/aws/tags.ts';
import { listHandler } from '../shared/list-handler.ts';

/** The RDS API answers for Neptune and DocumentDB too. */
export const handler = listHandler(describeRdsInstances, RDSClient, async (input, rds, page) => {
  const { DBInstances = [], Marker } = await rds.send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: input.db_instance_identifier, ...rdsQuery(input, page) }),
  );
  return { items: DBInstances.map(toInstance), next: Marker };
});

function toInstance(instance: DBInstance) {
  const { Address, Port } = instance.Endpoint ?? {};
  return {
    ...instance,
    // There is no endpoint yet while an instance is being created.
    Endpoint: Address === undefined ? undefined : `${Address}:${Port}`,
    VpcId: instance.DBSubnetGroup?.VpcId,
    Tags: tagMap(instance.TagList),
  };
}
