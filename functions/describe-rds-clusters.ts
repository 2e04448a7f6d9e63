import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { describeRdsClusters } from '../schemas/describe-rds-clusters.ts';
import { rdsQuery } from '../shared/aws/rds.ts';
import { tagMap } from '../shared/aws/tags.ts';
import { listHandler } from '../shared/list-handler.ts';

/** The RDS API answers for Neptune and DocumentDB too. */
export const handler = listHandler(describeRdsClusters, RDSClient, async (input, rds, page) => {
  const { DBClusters = [], Marker } = await rds.send(
    new DescribeDBClustersCommand({ DBClusterIdentifier: input.db_cluster_identifier, ...rdsQuery(input, page) }),
  );
  return { items: DBClusters.map((cluster) => ({ ...cluster, Tags: tagMap(cluster.TagList) })), next: Marker };
});
