import { type Cluster, DescribeClustersCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { listEcsClusters } from '../schemas/list-ecs-clusters.ts';
import { afterNamed, refuseOtherFailures, requireOwnEcs, tellUnknown } from '../shared/aws/ecs.ts';
import { tagMap } from '../shared/aws/tags.ts';
import { listHandler } from '../shared/list-handler.ts';

/** ListClusters gives 1 to 100, DescribeClusters takes up to 100 (ECS API reference): one of each makes a page. */
export const handler = listHandler(
  listEcsClusters,
  ECSClient,
  async (input, ecs, { token, size }) => {
    const include = [
      'TAGS' as const,
      ...(input.fields?.includes('settings') ? (['SETTINGS'] as const) : []),
      ...(input.fields?.includes('statistics') ? (['STATISTICS'] as const) : []),
    ];
    if (input.cluster_names !== undefined) {
      tellUnknown(token, input.cluster_names);
      const { clusters = [], failures } = await ecs.send(
        new DescribeClustersCommand({ clusters: input.cluster_names, include }),
      );
      return { items: clusters.map(toCluster), next: afterNamed(input.cluster_names, clusters, failures) };
    }
    const { clusterArns = [], nextToken } = await ecs.send(
      new ListClustersCommand({ nextToken: token, maxResults: Math.min(size, 100) }),
    );
    // Without names, DescribeClusters would describe the cluster named default.
    if (clusterArns.length === 0) return { items: [], next: nextToken };
    const { clusters = [], failures } = await ecs.send(new DescribeClustersCommand({ clusters: clusterArns, include }));
    refuseOtherFailures(failures);
    return { items: clusters.map(toCluster), next: nextToken };
  },
  { check: (input, call) => requireOwnEcs('cluster_names', input.cluster_names, input, call) },
);

function toCluster(cluster: Cluster) {
  const { settings, statistics, tags } = cluster;
  return {
    ...cluster,
    settings: settings && Object.fromEntries(settings.map(({ name, value }) => [name, value])),
    statistics: statistics && Object.fromEntries(statistics.map(({ name, value }) => [name, value])),
    Tags: tagMap(tags),
  };
}
