import {
  DescribeServicesCommand,
  type DescribeServicesCommandInput,
  ECSClient,
  ListServicesCommand,
  type ListServicesCommandInput,
  type Service,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { listEcsServices } from '../../schemas/list-ecs-services.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';
import { walk } from '../support/walk.ts';

const ecs = mockClient(ECSClient);

interface Answer {
  service_count: number;
  services: Record<string, unknown>[];
  complete?: boolean;
  failures?: { code: string; message: string }[];
  next_token?: string;
  error?: { code: string; message: string };
}

const { input, output } = listEcsServices.example;
const all = { account_id: '111111111111', region: 'eu-west-1', cluster: 'checkout' };

const arn = (name: string) => `arn:aws:ecs:eu-west-1:111111111111:service/checkout/${name}`;
const taskDefinition = 'arn:aws:ecs:eu-west-1:111111111111:task-definition/checkout-receipts:14';

const receipts: Service = {
  serviceName: 'receipts',
  serviceArn: arn('receipts'),
  status: 'ACTIVE',
  desiredCount: 2,
  runningCount: 0,
  pendingCount: 2,
  launchType: 'FARGATE',
  taskDefinition,
  deployments: [
    {
      id: 'ecs-svc/1',
      status: 'PRIMARY',
      rolloutState: 'IN_PROGRESS',
      taskDefinition,
      desiredCount: 2,
      runningCount: 0,
      pendingCount: 2,
      failedTasks: 5,
      updatedAt: new Date('2026-11-02T08:30:00Z'),
    },
  ],
  events: [
    {
      id: '1',
      createdAt: new Date('2026-11-02T08:29:00Z'),
      message: '(service receipts) was unable to place a task: CannotPullContainerError.',
    },
  ],
  loadBalancers: [],
  tags: [{ key: 'Environment', value: 'prod' }],
};

/** A cluster with so many services, paged and bounded as the API is. Gives the most descriptions that ran at once. */
function manyServices(count: number): { atOnce: number } {
  const state = { now: 0, atOnce: 0 };
  const arns = Array.from({ length: count }, (_, index) => arn(`service-${index}`));
  ecs.on(ListServicesCommand).callsFake(async ({ nextToken, maxResults = 10 }: ListServicesCommandInput) => {
    const start = Number(nextToken ?? 0);
    const end = start + maxResults;
    return { serviceArns: arns.slice(start, end), ...(end < count ? { nextToken: String(end) } : {}) };
  });
  ecs.on(DescribeServicesCommand).callsFake(async ({ services = [] }: DescribeServicesCommandInput) => {
    if (services.length === 0 || services.length > 10) throw new Error('1 to 10 services');
    state.atOnce = Math.max(state.atOnce, ++state.now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    state.now--;
    return { services: services.map((each) => ({ ...receipts, serviceName: each.split('/')[2], serviceArn: each })) };
  });
  return state;
}

describe('list_ecs_services', () => {
  useMockedAws();
  beforeEach(() => void ecs.reset());

  it('answers the documented example', async () => {
    ecs
      .on(DescribeServicesCommand, { cluster: 'checkout', services: ['receipts'], include: ['TAGS'] })
      .resolves({ services: [receipts] });
    expect(await callTool(listEcsServices, input)).toEqual(output);
  });

  it('reads 50 services with one list and five descriptions side by side', async () => {
    const state = manyServices(50);
    await callTool(listEcsServices, all);
    expect(ecs.commandCalls(ListServicesCommand)).toHaveLength(1);
    expect(ecs.commandCalls(DescribeServicesCommand)).toHaveLength(5);
    expect(state.atOnce).toBe(5);
  });

  it('walks 230 services through the cursor, each exactly once, every answer within the budget', async () => {
    manyServices(230);
    const answers = await walk((event) => callTool<Answer>(listEcsServices, event), all);
    for (const answer of answers) expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    const seen = answers.flatMap(({ services }) => services.map(({ serviceName }) => serviceName));
    expect(seen).toEqual(Array.from({ length: 230 }, (_, index) => `service-${index}`));
  });

  it('asks for a page within the bounds of the API', async () => {
    manyServices(230);
    for (const max_results of [1, 50, 1_000])
      await callTool(listEcsServices, { ...all, fields: ['serviceName'], max_results });
    const sizes = ecs.commandCalls(ListServicesCommand).map((call) => call.args[0].input.maxResults);
    expect(sizes).toEqual([1, 50, 100, 100, 100]);
  });

  it('gives the last three events, newest first, whatever order AWS gives', async () => {
    const events = [3, 5, 1, 4, 2].map((minute) => ({
      createdAt: new Date(`2026-11-02T08:0${minute}:00Z`),
      message: `event ${minute}`,
    }));
    ecs.on(DescribeServicesCommand).resolves({ services: [{ ...receipts, events }] });
    const { services } = await callTool<Answer>(listEcsServices, input);
    expect(services[0]?.events).toEqual(
      [5, 4, 3].map((minute) => ({ createdAt: `2026-11-02T08:0${minute}:00.000Z`, message: `event ${minute}` })),
    );
  });

  it('names the revision of a deployment that differs from the service', async () => {
    const deployments = [
      { status: 'PRIMARY', taskDefinition },
      { status: 'ACTIVE', taskDefinition: taskDefinition.replace(':14', ':13') },
    ];
    ecs.on(DescribeServicesCommand).resolves({ services: [{ ...receipts, deployments }] });
    const { services } = await callTool<Answer>(listEcsServices, input);
    expect(services[0]?.deployments).toEqual([
      { status: 'PRIMARY' },
      { status: 'ACTIVE', taskDefinition: 'checkout-receipts:13' },
    ]);
  });

  it('gives the network by request', async () => {
    ecs.on(DescribeServicesCommand).resolves({
      services: [
        {
          ...receipts,
          networkConfiguration: {
            awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' },
          },
        },
      ],
    });
    const fields = ['serviceName', 'subnets', 'securityGroups', 'assignPublicIp'];
    expect((await callTool<Answer>(listEcsServices, { ...input, fields })).services).toEqual([
      { serviceName: 'receipts', subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' },
    ]);
  });

  it('says not_found for an unknown cluster, in ECS own words for it', async () => {
    ecs.on(ListServicesCommand).rejects(Object.assign(new Error('x'), { name: 'ClusterNotFoundException' }));
    expect((await callTool<Answer>(listEcsServices, all)).error?.code).toBe('not_found');
  });

  it('says not_found for an unknown service, and tells both when another is known', async () => {
    const failures = [{ arn: 'arn:aws:ecs:eu-west-1:111111111111:service/nope', reason: 'MISSING' }];
    ecs.on(DescribeServicesCommand).resolves({ services: [], failures });
    expect((await callTool<Answer>(listEcsServices, { ...all, service_names: ['nope'] })).error).toMatchObject({
      code: 'not_found',
    });
    ecs.on(DescribeServicesCommand).resolves({ services: [receipts], failures });
    const answer = await callTool<Answer>(listEcsServices, { ...all, service_names: ['receipts', 'nope'] });
    expect(answer).toMatchObject({ service_count: 1, complete: false, failures: [{ code: 'not_found' }] });
    expect(answer.failures?.[0]?.message).toContain('"nope"');
  });

  it('refuses a call without a cluster', async () => {
    const { cluster: _cluster, ...rest } = all;
    expect((await callTool<Answer>(listEcsServices, rest)).error).toMatchObject({ code: 'invalid_input' });
    expect(ecs.calls()).toHaveLength(0);
  });

  it('survives missing fields, and lets nothing undeclared out', async () => {
    ecs.on(DescribeServicesCommand).resolves({
      services: [
        {},
        {
          ...receipts,
          deployments: [
            {
              status: 'PRIMARY',
              serviceConnectConfiguration: {
                enabled: true,
                logConfiguration: { logDriver: 'splunk', options: { 'splunk-token': 'CANARY' } },
              },
              volumeConfigurations: [{ name: 'CANARY' }],
            },
          ],
          placementConstraints: [{ type: 'memberOf', expression: 'CANARY' }],
          createdBy: 'CANARY',
        },
      ],
    });
    const answer = await callTool<Answer>(listEcsServices, { ...all, service_names: ['a', 'receipts'] });
    expect(answer.services[0]).toEqual({});
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });
});
