import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { listEcsClusters } from '../../schemas/list-ecs-clusters.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { refusesBadInput } from '../support/bad-input.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';
import { truthOfCells } from '../support/truth.ts';
import { failedCells, unreadCells } from '../support/unread-cells.ts';
import { walk } from '../support/walk.ts';

interface Answer {
  account_id: string;
  region: string;
  cluster_count: number;
  clusters: { clusterName: string; clusterArn: string; activeServicesCount: number; Tags?: Record<string, string> }[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string; message: string }[];
  next_token?: string;
  error?: { code: string; field?: string; action?: string; message: string };
}

/** What moto holds: the ARN of every cluster. */
async function truth(access: EstateAccess): Promise<string[]> {
  const found = await truthOfCells(access, async (at) => {
    const { clusterArns = [] } = await new ECSClient(at).send(new ListClustersCommand({}));
    return clusterArns;
  });
  return found.sort();
}

const arns = ({ clusters }: Answer) => clusters.map(({ clusterArn }) => clusterArn);

describeEstate('list_ecs_clusters', (access) => {
  const ask = (event: object) => access.call<Answer>(listEcsClusters, event);
  const operations = () => access.awsCalls().map(({ operation }) => operation);

  it('answers for one account and Region in the plain shape, with two calls', async () => {
    const account_id = access.id('payments-prod');
    const answer = await ask({ account_id });
    expect(answer).toMatchObject({ account_id, region: 'us-east-1', cluster_count: 2 });
    expect(answer.clusters.find(({ clusterName }) => clusterName === 'checkout')).toMatchObject({
      status: 'ACTIVE',
      activeServicesCount: 6,
      runningTasksCount: 24,
      pendingTasksCount: 2,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      Tags: { Application: 'checkout', Environment: 'production' },
    });
    expect(answer).not.toHaveProperty('complete');
    expect(listEcsClusters.output.answer.safeParse(answer).error).toBeUndefined();
    expect(operations()).toEqual(['ListClusters', 'DescribeClusters']);
  });

  it('uses exactly the declared actions, and sessions that allow no others', async () => {
    await ask({ account_id: access.id('payments-prod') });
    expectDeclaredActions(access.awsCalls(), listEcsClusters);
  });

  it('describes given names with one call, and says which are unknown', async () => {
    const account_id = access.id('payments-prod');
    const named = await ask({ account_id, cluster_names: ['ledger'] });
    expect(named.clusters.map(({ clusterName }) => clusterName)).toEqual(['ledger']);
    const byArn = await ask({ account_id, cluster_names: [named.clusters[0]?.clusterArn] });
    expect(byArn.clusters).toEqual(named.clusters);
    expect(operations()).toEqual(['DescribeClusters', 'DescribeClusters']);

    expect((await ask({ account_id, cluster_names: ['nope'] })).error).toMatchObject({ code: 'not_found' });
    const both = await ask({ account_id, cluster_names: ['ledger', 'nope'] });
    expect(both).toMatchObject({ cluster_count: 1, complete: false, failures: [{ account_id, code: 'not_found' }] });
    expect(both.failures?.[0]?.message).toContain('"nope"');
  });

  it('looks for names in several accounts, and tells per account which it does not have', async () => {
    const [account_id, other] = [access.id('payments-prod'), access.id('payments-dev')];
    const answer = await ask({ account_id: `${account_id},${other}`, cluster_names: ['ledger', 'nope'] });
    expect(answer.clusters.map(({ clusterName }) => clusterName)).toEqual(['ledger']);
    expect(answer).toMatchObject({ complete: false, failures: [{ account_id, code: 'not_found' }] });
    const found = await ask({ account_id: `${account_id},${other}`, cluster_names: ['ledger'] });
    expect(found).toMatchObject({ cluster_count: 1, complete: true });
  });

  it('gives settings by request', async () => {
    const fields = ['clusterName', 'settings'];
    const { clusters } = await ask({ account_id: access.id('payments-prod'), fields });
    expect(clusters).toContainEqual({ clusterName: 'ledger', settings: { containerInsights: 'enabled' } });
  });

  it('gives every cluster of the organization exactly once through the cursor', async () => {
    const answers = await walk(ask, { account_id: 'all', region: 'all', max_results: 1 });
    expect(answers.flatMap(arns).sort()).toEqual(await truth(access));
    for (const { complete } of answers) expect(complete).toBe(false);
  });

  it('says which account and Region are missing, and loses nothing healthy, within 5,000 tokens', async () => {
    const answer = await ask({ account_id: 'all', region: 'all' });
    expect(arns(answer).sort()).toEqual(await truth(access));
    expect(answer.complete).toBe(false);
    expect(failedCells(answer)).toEqual(unreadCells(access.estate));
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
  });

  it('names the action when it is denied in one account, and gives the other', async () => {
    const [account_id, other] = [access.id('payments-prod'), access.id('payments-dev')];
    access.rule({ match: { operation: 'DescribeClusters', account: account_id }, fault: 'access_denied' });
    const both = await ask({ account_id: `${account_id},${other}` });
    expect(both.failures).toMatchObject([{ account_id, code: 'access_denied' }]);
    expect(both.cluster_count).toBe(2);
    const { error } = await ask({ account_id });
    expect(error).toMatchObject({ code: 'access_denied', action: 'ecs:DescribeClusters' });
  });

  refusesBadInput(access, ask, [
    ['account_id', {}],
    ['cluster_names', { account_id: 'all', cluster_names: [] }],
    ['cluster_names', { account_id: 'all', cluster_names: Array(101).fill('x') }],
    ['fields', { account_id: 'all', fields: ['configuration'] }],
    ['cluster', { account_id: 'all', cluster: 'checkout' }],
  ]);
});
