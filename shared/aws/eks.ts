import { DescribeNodegroupCommand, type EKSClient, ListNodegroupsCommand, type Nodegroup } from '@aws-sdk/client-eks';
import { allPages } from '../all-pages.ts';

/** ListClusters and ListNodegroups give 1 to 100 (EKS API reference). */
export const LARGEST_PAGE = 100;

/** What a list named may be deleted before it is described: it is then left out, instead of failing the others. */
export async function unlessDeleted<T>(described: Promise<T>): Promise<T | undefined> {
  try {
    return await described;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** All node groups of a cluster, described side by side. */
export async function describeNodegroups(eks: EKSClient, clusterName: string) {
  const names = await allPages(async (nextToken) => {
    const page = await eks.send(new ListNodegroupsCommand({ clusterName, nextToken, maxResults: LARGEST_PAGE }));
    return { items: page.nodegroups, next: page.nextToken };
  });
  const described = await Promise.all(
    names.map((nodegroupName) => unlessDeleted(eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName })))),
  );
  return described.flatMap((answer) => (answer?.nodegroup ? toNodegroup(answer.nodegroup) : []));
}

function toNodegroup(nodegroup: Nodegroup) {
  return {
    ...nodegroup,
    ...nodegroup.scalingConfig,
    healthIssues: nodegroup.health?.issues?.flatMap(({ code }) => code ?? []),
  };
}
