import {
  type Cluster,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  EKSClient,
  ListClustersCommand,
  ListNodegroupsCommand,
  type Nodegroup,
} from '@aws-sdk/client-eks';
import { describeEksClusters } from '../schemas/describe-eks-clusters.ts';
import { unlessDeleted } from '../shared/aws/eks.ts';
import { listHandler } from '../shared/list-handler.ts';

/** ListClusters and ListNodegroups give 1 to 100 (EKS API reference). */
const MOST = 100;

export const handler = listHandler(describeEksClusters, EKSClient, async (input, eks, { token, size }) => {
  const { cluster_name: name } = input;
  if (name !== undefined) {
    const [{ cluster }, nodegroups] = await Promise.all([
      eks.send(new DescribeClusterCommand({ name })),
      describeNodegroups(eks, name),
    ]);
    return { items: cluster === undefined ? [] : [{ ...toCluster(cluster), nodegroups }] };
  }
  const { clusters = [], nextToken } = await eks.send(
    new ListClustersCommand({ nextToken: token, maxResults: Math.min(size, MOST) }),
  );
  const described = await Promise.all(
    clusters.map((each) => unlessDeleted(eks.send(new DescribeClusterCommand({ name: each })))),
  );
  return { items: described.flatMap((answer) => (answer?.cluster ? toCluster(answer.cluster) : [])), next: nextToken };
});

async function describeNodegroups(eks: EKSClient, clusterName: string) {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await eks.send(new ListNodegroupsCommand({ clusterName, nextToken, maxResults: MOST }));
    names.push(...(page.nodegroups ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  const described = await Promise.all(
    names.map((nodegroupName) => unlessDeleted(eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName })))),
  );
  return described.flatMap((answer) => (answer?.nodegroup ? toNodegroup(answer.nodegroup) : []));
}

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

function toNodegroup(nodegroup: Nodegroup) {
  return {
    ...nodegroup,
    ...nodegroup.scalingConfig,
    healthIssues: nodegroup.health?.issues?.flatMap(({ code }) => code ?? []),
  };
}
