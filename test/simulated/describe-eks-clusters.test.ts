import { EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { expect, it } from 'vitest';
import { describeEksClusters } from '../../schemas/describe-eks-clusters.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { refusesBadInput } from '../support/bad-input.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';
import { keyBy, truthOfCells } from '../support/truth.ts';
import { failedCells, unreadCells } from '../support/unread-cells.ts';
import { walk } from '../support/walk.ts';

interface Answer {
  account_id: string;
  region: string;
  cluster_count: number;
  clusters: { name: string; AccountId?: string; Region?: string; nodegroups?: { nodegroupName: string }[] }[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string }[];
  next_token?: string;
  error?: { code: string; field?: string; action?: string };
}

const keyOf = keyBy('AccountId', 'Region', 'name');

/** What moto holds: account, Region and name of every cluster. */
async function truth(access: EstateAccess): Promise<string[]> {
  const found = await truthOfCells(access, async (at, cell) => {
    const { clusters = [] } = await new EKSClient(at).send(new ListClustersCommand({}));
    return clusters.map((name) => keyOf({ ...cell, name }));
  });
  return found.sort();
}

describeEstate('describe_eks_clusters', (access) => {
  const ask = (event: object) => access.call<Answer>(describeEksClusters, event);
  const operations = () => access.awsCalls().map(({ operation }) => operation);

  it('shows who reaches the API server, without node groups', async () => {
    const account_id = access.id('data-platform');
    const answer = await ask({ account_id, region: 'eu-central-1' });
    expect(answer).toMatchObject({ account_id, region: 'eu-central-1', cluster_count: 1 });
    expect(answer.clusters[0]).toMatchObject({
      name: 'clickstream',
      version: '1.33',
      status: 'ACTIVE',
      endpointPublicAccess: true,
      publicAccessCidrs: ['0.0.0.0/0'],
      enabledLogTypes: [],
      oidcIssuer: expect.stringContaining('https://'),
      Tags: { Application: 'clickstream' },
    });
    expect(answer.clusters[0]).not.toHaveProperty('nodegroups');
    expect(answer).not.toHaveProperty('complete');
    expect(describeEksClusters.output.answer.safeParse(answer).error).toBeUndefined();
    expect(operations()).toEqual(['ListClusters', 'DescribeCluster']);
  });

  it('gives the node groups of the cluster that is asked for, and lists no clusters', async () => {
    const answer = await ask({ account_id: access.id('payments-prod'), cluster_name: 'payments' });
    expect(answer.clusters).toMatchObject([
      {
        name: 'payments',
        endpointPublicAccess: false,
        enabledLogTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'],
        encryptionConfig: [{ resources: ['secrets'], keyArn: expect.stringContaining('kms') }],
        nodegroups: [
          {
            nodegroupName: 'general',
            status: 'ACTIVE',
            version: '1.33',
            instanceTypes: ['m7g.xlarge'],
            minSize: 1,
            maxSize: 12,
            desiredSize: 3,
          },
          { nodegroupName: 'memory' },
        ],
      },
    ]);
    expect(operations()).toEqual(['DescribeCluster', 'ListNodegroups', 'DescribeNodegroup', 'DescribeNodegroup']);
  });

  it('uses exactly the declared actions, and sessions that allow no others', async () => {
    await ask({ account_id: access.id('payments-prod') });
    await ask({ account_id: access.id('payments-prod'), cluster_name: 'payments' });
    expectDeclaredActions(access.awsCalls(), describeEksClusters);
  });

  it('says not_found for an unknown cluster', async () => {
    const { error } = await ask({ account_id: access.id('payments-prod'), cluster_name: 'nope' });
    expect(error?.code).toBe('not_found');
  });

  it('gives no certificate data, whatever is asked for', async () => {
    const fields = Object.keys(describeEksClusters.output.item.shape);
    const text = JSON.stringify(await ask({ account_id: access.id('payments-prod'), fields }));
    expect(text).toContain('"endpoint"');
    expect(text).not.toMatch(/certificate/i);
  });

  it('gives every cluster of the organization exactly once through the cursor', async () => {
    const answers = await walk(ask, { account_id: 'all', region: 'all', max_results: 1 });
    expect(answers.flatMap(({ clusters }) => clusters.map(keyOf)).sort()).toEqual(await truth(access));
    for (const { complete } of answers) expect(complete).toBe(false);
  });

  it('says which account and Region are missing, and loses nothing healthy, within 5,000 tokens', async () => {
    const answer = await ask({ account_id: 'all', region: 'all' });
    expect(answer.clusters.map(keyOf).sort()).toEqual(await truth(access));
    expect(answer.complete).toBe(false);
    expect(failedCells(answer)).toEqual(unreadCells(access.estate));
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
  });

  it.each([
    ['DescribeCluster', 'eks:DescribeCluster', {}],
    ['ListNodegroups', 'eks:ListNodegroups', { cluster_name: 'payments' }],
  ])('names the action when %s is denied', async (operation, action, event) => {
    access.rule({ match: { operation }, fault: 'access_denied' });
    const { error } = await ask({ account_id: access.id('payments-prod'), ...event });
    expect(error).toMatchObject({ code: 'access_denied', action });
  });

  refusesBadInput(access, ask, [
    ['account_id', {}],
    ['cluster_name', { account_id: 'all', cluster_name: '' }],
    ['fields', { account_id: 'all', fields: ['certificateAuthority'] }],
    ['cluster_names', { account_id: 'all', cluster_names: ['payments'] }],
  ]);
});
