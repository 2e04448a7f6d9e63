import {
  type Cluster,
  DescribeClusterCommand,
  type DescribeClusterCommandInput,
  DescribeNodegroupCommand,
  EKSClient,
  ListClustersCommand,
  type ListClustersCommandInput,
  ListNodegroupsCommand,
} from '@aws-sdk/client-eks';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeEksClusters } from '../../schemas/describe-eks-clusters.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';
import { walk } from '../support/walk.ts';

const eks = mockClient(EKSClient);

interface Answer {
  cluster_count: number;
  clusters: Record<string, unknown>[];
  next_token?: string;
  error?: { code: string; message: string; action?: string };
}

const { input, output } = describeEksClusters.example;
const all = { account_id: '111111111111', region: 'us-east-1' };

const payments: Cluster = {
  name: 'payments',
  version: '1.33',
  status: 'ACTIVE',
  platformVersion: 'eks.9',
  resourcesVpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: true, publicAccessCidrs: [] },
  logging: {
    clusterLogging: [
      { types: ['api', 'audit'], enabled: true },
      { types: ['scheduler'], enabled: false },
    ],
  },
  encryptionConfig: [
    {
      resources: ['secrets'],
      provider: { keyArn: 'arn:aws:kms:us-east-1:111111111111:key/0a1b2c3d-1111-2222-3333-444455556666' },
    },
  ],
  identity: { oidc: { issuer: 'https://oidc.eks.us-east-1.amazonaws.com/id/0A1B2C3D4E5F' } },
  tags: { Environment: 'prod' },
};

const gone = Object.assign(new Error('No cluster found'), { name: 'ResourceNotFoundException' });

/** EKS with so many clusters, paged as the API is. Gives the most descriptions that ran at once. */
function manyClusters(count: number): { atOnce: number } {
  const state = { now: 0, atOnce: 0 };
  const names = Array.from({ length: count }, (_, index) => `cluster-${index}`);
  eks.on(ListClustersCommand).callsFake(async ({ nextToken, maxResults = 100 }: ListClustersCommandInput) => {
    const start = Number(nextToken ?? 0);
    const end = start + maxResults;
    return { clusters: names.slice(start, end), ...(end < count ? { nextToken: String(end) } : {}) };
  });
  eks.on(DescribeClusterCommand).callsFake(async ({ name }: DescribeClusterCommandInput) => {
    state.atOnce = Math.max(state.atOnce, ++state.now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    state.now--;
    return { cluster: { ...payments, name } };
  });
  return state;
}

describe('describe_eks_clusters', () => {
  useMockedAws();
  beforeEach(() => void eks.reset());

  it('answers the documented example', async () => {
    eks.on(DescribeClusterCommand, { name: 'payments' }).resolves({ cluster: payments });
    eks.on(ListNodegroupsCommand, { clusterName: 'payments' }).resolves({ nodegroups: ['general'] });
    eks.on(DescribeNodegroupCommand, { clusterName: 'payments', nodegroupName: 'general' }).resolves({
      nodegroup: {
        nodegroupName: 'general',
        status: 'ACTIVE',
        version: '1.33',
        capacityType: 'ON_DEMAND',
        instanceTypes: ['m7g.xlarge'],
        scalingConfig: { minSize: 1, maxSize: 12, desiredSize: 3 },
        health: { issues: [] },
      },
    });
    expect(await callTool(describeEksClusters, input)).toEqual(output);
  });

  it('describes the clusters of a page side by side, and no node groups', async () => {
    const state = manyClusters(12);
    expect((await callTool<Answer>(describeEksClusters, all)).cluster_count).toBe(12);
    expect(state.atOnce).toBe(12);
    expect(eks.calls()).toHaveLength(13);
  });

  it('walks 150 clusters through the cursor, each exactly once', async () => {
    manyClusters(150);
    const ask = (event: object) => callTool<Answer>(describeEksClusters, event);
    const answers = await walk(ask, { ...all, max_results: 120 });
    const seen = answers.flatMap(({ clusters }) => clusters.map(({ name }) => name));
    expect(seen).toEqual(Array.from({ length: 150 }, (_, index) => `cluster-${index}`));
    for (const call of eks.commandCalls(ListClustersCommand))
      expect(call.args[0].input.maxResults).toBeLessThanOrEqual(100);
  });

  it('reads all pages of node groups of the cluster that is asked for', async () => {
    eks.on(DescribeClusterCommand).resolves({ cluster: payments });
    eks.on(ListNodegroupsCommand).resolvesOnce({ nodegroups: ['a', 'b'], nextToken: 'more' });
    eks.on(ListNodegroupsCommand, { nextToken: 'more' }).resolves({ nodegroups: ['c', 'gone'] });
    eks.on(DescribeNodegroupCommand).callsFake(async ({ nodegroupName }) => {
      if (nodegroupName === 'gone') throw gone;
      return { nodegroup: { nodegroupName, health: { issues: [{ code: 'AccessDenied', message: 'CANARY' }] } } };
    });
    const answer = await callTool<Answer>(describeEksClusters, input);
    expect(answer.clusters[0]?.nodegroups).toEqual(
      ['a', 'b', 'c'].map((nodegroupName) => ({ nodegroupName, healthIssues: ['AccessDenied'] })),
    );
  });

  it('says not_found for an unknown cluster, after one call', async () => {
    eks.on(DescribeClusterCommand).rejects(gone);
    expect((await callTool<Answer>(describeEksClusters, input)).error?.code).toBe('not_found');
    expect(eks.calls()).toHaveLength(1);
  });

  it('leaves out a cluster that was deleted after it was listed', async () => {
    eks.on(ListClustersCommand).resolves({ clusters: ['payments', 'gone'] });
    eks.on(DescribeClusterCommand, { name: 'payments' }).resolves({ cluster: payments });
    eks.on(DescribeClusterCommand, { name: 'gone' }).rejects(gone);
    expect((await callTool<Answer>(describeEksClusters, all)).cluster_count).toBe(1);
  });

  it('names the denied action instead of leaving clusters out', async () => {
    eks.on(ListClustersCommand).resolves({ clusters: ['payments'] });
    eks.on(DescribeClusterCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    expect((await callTool<Answer>(describeEksClusters, all)).error?.code).toBe('access_denied');
  });

  it('gives by request what the default leaves out', async () => {
    eks.on(ListClustersCommand).resolves({ clusters: ['payments'] });
    eks.on(DescribeClusterCommand).resolves({
      cluster: {
        ...payments,
        endpoint: 'https://0A1B.gr7.us-east-1.eks.amazonaws.com',
        accessConfig: { authenticationMode: 'API' },
        upgradePolicy: { supportType: 'STANDARD' },
        health: { issues: [{ code: 'Ec2SubnetNotFound', message: 'x' }] },
      },
    });
    const fields = ['name', 'endpoint', 'authenticationMode', 'supportType', 'healthIssues'];
    expect((await callTool<Answer>(describeEksClusters, { ...all, fields })).clusters).toEqual([
      {
        name: 'payments',
        endpoint: 'https://0A1B.gr7.us-east-1.eks.amazonaws.com',
        authenticationMode: 'API',
        supportType: 'STANDARD',
        healthIssues: ['Ec2SubnetNotFound'],
      },
    ]);
  });

  it('survives missing fields, and gives no certificate data nor anything undeclared', async () => {
    eks.on(ListClustersCommand).resolves({ clusters: ['bare', 'payments'] });
    eks.on(DescribeClusterCommand, { name: 'bare' }).resolves({ cluster: {} });
    eks.on(DescribeClusterCommand, { name: 'payments' }).resolves({
      cluster: {
        ...payments,
        certificateAuthority: { data: 'CANARY' },
        clientRequestToken: 'CANARY',
        connectorConfig: { activationId: 'CANARY', activationCode: 'CANARY' },
        health: { issues: [{ code: 'Other', message: 'CANARY', resourceIds: ['CANARY'] }] },
      },
    });
    const every = Object.keys(describeEksClusters.output.item.shape);
    const answer = await callTool<Answer>(describeEksClusters, { ...all, fields: every });
    expect(answer.clusters[0]).toEqual({});
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });
});
