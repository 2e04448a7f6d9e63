import * as z from 'zod';
import { defineTool, listOf } from './define-tool.ts';
import { fields, ids, paging, tags, targets, time } from './fields.ts';

const capacityProviderStrategy = z.array(
  z.strictObject({
    capacityProvider: z.string().optional(),
    weight: z.number().optional(),
    base: z.number().optional(),
  }),
);

const onRequest = {
  serviceArn: z.string(),
  createdAt: time,
  schedulingStrategy: z.string(),
  subnets: z.array(z.string()),
  securityGroups: z.array(z.string()),
  assignPublicIp: z.string(),
  enableExecuteCommand: z.boolean(),
};

export const listEcsServices = defineTool({
  name: 'list_ecs_services',
  toolset: 'containers',
  description:
    'Services of an ECS cluster: desired and running tasks, deployments, last 3 events (why tasks do not start).',
  input: z.strictObject({
    ...targets,
    cluster: z.string().min(1).max(512).describe('Cluster name or ARN.'),
    service_names: ids('Only these: names or ARNs.'),
    ...fields(Object.keys(onRequest)),
    ...paging,
  }),
  output: listOf(
    'service',
    'services',
    {
      serviceName: z.string(),
      status: z.string(),
      desiredCount: z.number(),
      runningCount: z.number(),
      pendingCount: z.number(),
      launchType: z.string(),
      // Given by ECS in the place of launchType when the service uses capacity providers.
      capacityProviderStrategy,
      taskDefinition: z.string(),
      deployments: z.array(
        z.strictObject({
          status: z.string().optional(),
          rolloutState: z.string().optional(),
          rolloutStateReason: z.string().optional(),
          taskDefinition: z.string().optional(),
          desiredCount: z.number().optional(),
          runningCount: z.number().optional(),
          pendingCount: z.number().optional(),
          failedTasks: z.number().optional(),
          updatedAt: time.optional(),
        }),
      ),
      events: z.array(z.strictObject({ createdAt: time.optional(), message: z.string().optional() })),
      loadBalancers: z.array(
        z.strictObject({
          targetGroupArn: z.string().optional(),
          loadBalancerName: z.string().optional(),
          containerName: z.string().optional(),
          containerPort: z.number().optional(),
        }),
      ),
      Tags: tags,
    },
    onRequest,
  ),
  iam: ['ecs:ListServices', 'ecs:DescribeServices'],
  example: {
    input: { account_id: '111111111111', region: 'eu-west-1', cluster: 'checkout', service_names: ['receipts'] },
    output: {
      account_id: '111111111111',
      region: 'eu-west-1',
      service_count: 1,
      services: [
        {
          serviceName: 'receipts',
          status: 'ACTIVE',
          desiredCount: 2,
          runningCount: 0,
          pendingCount: 2,
          launchType: 'FARGATE',
          taskDefinition: 'checkout-receipts:14',
          deployments: [
            {
              status: 'PRIMARY',
              rolloutState: 'IN_PROGRESS',
              desiredCount: 2,
              runningCount: 0,
              pendingCount: 2,
              failedTasks: 5,
              updatedAt: '2026-11-02T08:30:00.000Z',
            },
          ],
          events: [
            {
              createdAt: '2026-11-02T08:29:00.000Z',
              message: '(service receipts) was unable to place a task: CannotPullContainerError.',
            },
          ],
          loadBalancers: [],
          Tags: { Environment: 'prod' },
        },
      ],
    },
  },
});
