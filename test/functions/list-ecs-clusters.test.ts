import {
  type Cluster,
  DescribeClustersCommand,
  type DescribeClustersCommandInput,
  ECSClient,
  ListClustersCommand,
  type ListClustersCommandInput,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { listEcsClusters } from '../../schemas/list-ecs-clusters.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';
import { walk } from '../support/walk.ts';

const ecs = mockClient(ECSClient);

interface Answer {
  cluster_count: number;
  clusters: Record<string, unknown>[];
  complete?: boolean;
  failures?: { code: string; message: string }[];
  next_token?: string;
  error?: { code: string; message: string };
}

const { input, output } = listEcsClusters.example;

const arn = (name: string) => `arn:aws:ecs:eu-west-1:111111111111:cluster/${name}`;
const missing = (name: string) => ({ arn: arn(name), reason: 'MISSING' });

const checkout: Cluster = {
  clusterName: 'checkout',
  clusterArn: arn('checkout'),
  status: 'ACTIVE',
  activeServicesCount: 6,
  runningTasksCount: 24,
  pendingTasksCount: 2,
  registeredContainerInstancesCount: 0,
  capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
  tags: [{ key: 'Environment', value: 'prod' }],
};

/** ECS with so many clusters, paged and bounded as the API is. */
function manyClusters(count: number) {
  const arns = Array.from({ length: count }, (_, index) => arn(`cluster-${index}`));
  ecs.on(ListClustersCommand).callsFake(async ({ nextToken, maxResults = 100 }: ListClustersCommandInput) => {
    const start = Number(nextToken ?? 0);
    const end = start + maxResults;
    return { clusterArns: arns.slice(start, end), ...(end < count ? { nextToken: String(end) } : {}) };
  });
  ecs.on(DescribeClustersCommand).callsFake(async ({ clusters = [] }: DescribeClustersCommandInput) => {
    if (clusters.length > 100) throw new Error('too many clusters');
    return { clusters: clusters.map((each) => ({ ...checkout, clusterName: each.split('/')[1], clusterArn: each })) };
  });
}

describe('list_ecs_clusters', () => {
  useMockedAws();
  beforeEach(() => void ecs.reset());

  it('answers the documented example', async () => {
    ecs.on(ListClustersCommand).resolves({ clusterArns: [arn('checkout')] });
    ecs
      .on(DescribeClustersCommand, { clusters: [arn('checkout')], include: ['TAGS'] })
      .resolves({ clusters: [checkout] });
    expect(await callTool(listEcsClusters, input)).toEqual(output);
  });

  it('walks 450 clusters through the cursor, each exactly once, 100 described at a time', async () => {
    manyClusters(450);
    const ask = (event: object) => callTool<Answer>(listEcsClusters, event);
    const answers = await walk(ask, { ...input, max_results: 150 });
    const seen = answers.flatMap(({ clusters }) => clusters.map(({ clusterName }) => clusterName));
    expect(seen).toEqual(Array.from({ length: 450 }, (_, index) => `cluster-${index}`));
    for (const call of ecs.commandCalls(ListClustersCommand))
      expect(call.args[0].input.maxResults).toBeLessThanOrEqual(100);
  });

  it('describes 50 clusters with two calls', async () => {
    manyClusters(50);
    await callTool(listEcsClusters, { ...input, max_results: 50 });
    expect(ecs.calls()).toHaveLength(2);
  });

  it('describes nothing in a Region without clusters, where ECS would describe the default one', async () => {
    ecs.on(ListClustersCommand).resolves({ clusterArns: [] });
    expect(await callTool(listEcsClusters, input)).toMatchObject({ cluster_count: 0, clusters: [] });
    expect(ecs.commandCalls(DescribeClustersCommand)).toHaveLength(0);
  });

  it('describes given names at once', async () => {
    ecs.on(DescribeClustersCommand, { clusters: ['checkout'] }).resolves({ clusters: [checkout] });
    const { clusters } = await callTool<Answer>(listEcsClusters, { ...input, cluster_names: ['checkout'] });
    expect(clusters).toHaveLength(1);
    expect(ecs.calls()).toHaveLength(1);
  });

  it('says not_found for an unknown name, with its name', async () => {
    ecs.on(DescribeClustersCommand).resolves({ clusters: [], failures: [missing('nope')] });
    const { error } = await callTool<Answer>(listEcsClusters, { ...input, cluster_names: ['nope'] });
    expect(error).toMatchObject({ code: 'not_found' });
    expect(error?.message).toContain('"nope"');
  });

  it('gives what it found and says which names it did not', async () => {
    ecs.on(DescribeClustersCommand).resolves({ clusters: [checkout], failures: [missing('nope')] });
    const event = { ...input, cluster_names: ['checkout', 'nope'] };
    const answer = await callTool<Answer>(listEcsClusters, event);
    expect(answer).toMatchObject({ cluster_count: 1, complete: false, failures: [{ code: 'not_found' }] });
    expect(answer.failures?.[0]?.message).toMatch(/no "nope" in/);
    expect(ecs.calls()).toHaveLength(1);

    const full = await callTool<Answer>(listEcsClusters, { ...event, max_results: 1 });
    const rest = await callTool<Answer>(listEcsClusters, { ...event, max_results: 1, next_token: full.next_token });
    expect(full.cluster_count).toBe(1);
    expect(rest.error?.message).toContain('"nope"');
  });

  it('leaves out what was deleted after it was listed, and hides no other failure', async () => {
    ecs.on(ListClustersCommand).resolves({ clusterArns: [arn('checkout'), arn('gone')] });
    ecs.on(DescribeClustersCommand).resolves({ clusters: [checkout], failures: [missing('gone')] });
    const answer = await callTool<Answer>(listEcsClusters, input);
    expect(answer.cluster_count).toBe(1);
    expect(answer).not.toHaveProperty('failures');

    ecs
      .on(DescribeClustersCommand)
      .resolves({ clusters: [checkout], failures: [{ arn: arn('gone'), reason: 'OTHER' }] });
    expect((await callTool<Answer>(listEcsClusters, input)).error?.code).toBe('unavailable');
  });

  it('gives settings and statistics by request, and asks for them only then', async () => {
    ecs.on(ListClustersCommand).resolves({ clusterArns: [arn('checkout')] });
    ecs.on(DescribeClustersCommand).resolves({
      clusters: [
        {
          ...checkout,
          settings: [{ name: 'containerInsights', value: 'enabled' }],
          statistics: [{ name: 'runningFargateTasksCount', value: '24' }],
        },
      ],
    });
    const fields = ['clusterName', 'settings', 'statistics'];
    expect((await callTool<Answer>(listEcsClusters, { ...input, fields })).clusters).toEqual([
      {
        clusterName: 'checkout',
        settings: { containerInsights: 'enabled' },
        statistics: { runningFargateTasksCount: '24' },
      },
    ]);
    await callTool(listEcsClusters, input);
    expect(ecs.commandCalls(DescribeClustersCommand).map((call) => call.args[0].input.include)).toEqual([
      ['TAGS', 'SETTINGS', 'STATISTICS'],
      ['TAGS'],
    ]);
  });

  it('survives a cluster of which AWS says nothing, and lets nothing undeclared out', async () => {
    ecs.on(ListClustersCommand).resolves({ clusterArns: [arn('x'), arn('checkout')] });
    ecs.on(DescribeClustersCommand).resolves({
      clusters: [
        {},
        {
          ...checkout,
          configuration: {
            executeCommandConfiguration: { kmsKeyId: 'CANARY', logConfiguration: { s3BucketName: 'CANARY' } },
          },
          attachments: [{ id: 'CANARY', details: [{ name: 'x', value: 'CANARY' }] }],
          serviceConnectDefaults: { namespace: 'CANARY' },
        },
      ],
    });
    const answer = await callTool<Answer>(listEcsClusters, input);
    expect(answer.clusters).toEqual([{}, (output as unknown as Answer).clusters[0]]);
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });
});
