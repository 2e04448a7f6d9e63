import * as z from 'zod';
import { defineTool, listOf } from './define-tool.ts';
import { fields, ids, paging, tags, targets } from './fields.ts';

const onRequest = {
  settings: z.record(z.string(), z.string()),
  statistics: z.record(z.string(), z.string()),
  defaultCapacityProviderStrategy: z.array(
    z.strictObject({
      capacityProvider: z.string().optional(),
      weight: z.number().optional(),
      base: z.number().optional(),
    }),
  ),
};

export const listEcsClusters = defineTool({
  name: 'list_ecs_clusters',
  toolset: 'containers',
  description:
    'ECS clusters with status, counts of services, tasks and container instances, and tags. Their services: list_ecs_services.',
  input: z.strictObject({
    ...targets,
    cluster_names: ids('Only these clusters: names or ARNs.'),
    ...fields(Object.keys(onRequest)),
    ...paging,
  }),
  output: listOf(
    'cluster',
    'clusters',
    {
      clusterName: z.string(),
      clusterArn: z.string(),
      status: z.string(),
      activeServicesCount: z.number(),
      runningTasksCount: z.number(),
      pendingTasksCount: z.number(),
      registeredContainerInstancesCount: z.number(),
      capacityProviders: z.array(z.string()),
      Tags: tags,
    },
    onRequest,
  ),
  iam: ['ecs:ListClusters', 'ecs:DescribeClusters'],
  example: {
    input: { account_id: '111111111111', region: 'eu-west-1' },
    output: {
      account_id: '111111111111',
      region: 'eu-west-1',
      cluster_count: 1,
      clusters: [
        {
          clusterName: 'checkout',
          clusterArn: 'arn:aws:ecs:eu-west-1:111111111111:cluster/checkout',
          status: 'ACTIVE',
          activeServicesCount: 6,
          runningTasksCount: 24,
          pendingTasksCount: 2,
          registeredContainerInstancesCount: 0,
          capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
          Tags: { Environment: 'prod' },
        },
      ],
    },
  },
});
