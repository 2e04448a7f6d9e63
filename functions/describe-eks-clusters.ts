import { type Cluster, DescribeClusterCommand, EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { describeEksClusters } from '../schemas/describe-eks-clusters.ts';
import { describeNodegroups, LARGEST_PAGE, unlessDeleted } from '../shared/aws/eks.ts';
import { listHandler } from '../shared/list-handler.ts';

export const handler = listHandler(describeEksClusters, EKSClient, async (input, eks, { token, size }) => {
  const { cluster_name: name } = input;
  if (name !== undefined) {
    // First the cluster: over several accounts and Regions, most do not have it.
    const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
    if (cluster === undefined) return { items: [] };
    return { items: [{ ...toCluster(cluster), nodegroups: await describeNodegroups(eks, name) }] };
  }
  const { clusters = [], nextToken } = await eks.send(
    new ListClustersCommand({ nextToken: token, maxResults: Math.min(size, LARGEST_PAGE) }),
  );
  const described = await Promise.all(
    clusters.map((each) => unlessDeleted(eks.send(new DescribeClusterCommand({ name: each })))),
  );
  return { items: described.flatMap((answer) => (answer?.cluster ? toCluster(answer.cluster) : [])), next: nextToken };
});

function toCluster(cluster: Cluster) {
  return {
    ...cluster,
    ...cluster.resourcesVpcConfig,
    enabledLogTypes: cluster.logging?.clusterLogging?.flatMap(({ enabled, types = [] }) => (enabled ? types : [])),
    encryptionConfig: cluster.encryptionConfig?.map(({ resources = [], provider }) => ({
      resources,
      keyArn: provider?.keyArn,
    })),
    oidcIssuer: cluster.identity?.oidc?.issuer,
    authenticationMode: cluster.accessConfig?.authenticationMode,
    supportType: cluster.upgradePolicy?.supportType,
    healthIssues: cluster.health?.issues?.flatMap(({ code }) => code ?? []),
    Tags: cluster.tags,
  };
}
