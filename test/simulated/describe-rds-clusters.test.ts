import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { expect, it } from 'vitest';
import { describeRdsClusters } from '../../schemas/describe-rds-clusters.ts';
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
  db_cluster_count: number;
  db_clusters: ({ DBClusterIdentifier: string; AccountId?: string; Region?: string } & Record<string, unknown>)[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string }[];
  next_token?: string;
  error?: { code: string; message: string; action?: string };
}

const keyOf = keyBy('AccountId', 'Region', 'DBClusterIdentifier');

/** What moto holds: account, Region and identifier of every cluster. */
async function truth(access: EstateAccess): Promise<string[]> {
  const found = await truthOfCells(access, async (at, cell) => {
    const { DBClusters = [] } = await new RDSClient(at).send(new DescribeDBClustersCommand({}));
    return DBClusters.map(({ DBClusterIdentifier }) => keyOf({ ...cell, DBClusterIdentifier }));
  });
  return found.sort();
}

describeEstate('describe_rds_clusters', (access) => {
  const ask = (event: object, milliseconds?: number) => access.call<Answer>(describeRdsClusters, event, milliseconds);
  const prod = () => ({ account_id: access.id('payments-prod'), region: 'us-east-1' });

  it('answers for one account and Region with one call', async () => {
    const answer = await ask(prod());
    expect(answer).toEqual({
      ...prod(),
      db_cluster_count: 1,
      db_clusters: [
        {
          DBClusterIdentifier: 'checkout-orders',
          Engine: 'aurora-postgresql',
          EngineVersion: '16.4',
          Status: expect.stringMatching(/^(creating|available)$/),
          Endpoint: expect.stringContaining('checkout-orders.'),
          ReaderEndpoint: expect.stringContaining('checkout-orders.'),
          Port: expect.any(Number),
          DBClusterMembers: [
            { DBInstanceIdentifier: 'checkout-orders-1', IsClusterWriter: true },
            { DBInstanceIdentifier: 'checkout-orders-2', IsClusterWriter: false },
          ],
          MultiAZ: expect.any(Boolean),
          StorageEncrypted: true,
          BackupRetentionPeriod: 14,
          DeletionProtection: true,
          Tags: expect.objectContaining({ Application: 'checkout' }),
        },
      ],
    });
    expect(describeRdsClusters.output.answer.safeParse(answer).error).toBeUndefined();
    const calls = access.awsCalls();
    expect(calls).toHaveLength(1);
    expectDeclaredActions(calls, describeRdsClusters);
  });

  it('gives every cluster of the organization exactly once through the cursor', async () => {
    const answers = await walk(ask, { account_id: 'all', region: 'all', max_results: 1 });
    const seen = answers.flatMap((answer) => answer.db_clusters.map(keyOf));
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.sort()).toEqual(await truth(access));
  });

  it('says which account and Region are missing, and loses nothing healthy', async () => {
    const answer = await ask({ account_id: 'all', region: 'all', max_results: 1_000 });
    expect(answer.db_clusters.map(keyOf).sort()).toEqual(await truth(access));
    expect(answer.complete).toBe(false);
    expect(failedCells(answer)).toEqual(unreadCells(access.estate));
    const { accounts, regions } = access.estate;
    expect(access.awsCalls()).toHaveLength(accounts.filter(({ reachable }) => reachable).length * (regions.length + 1));
  });

  it('marks Neptune by its engine, and filters by engine, identifier and AWS filters', async () => {
    const names = ({ db_clusters }: Answer) => db_clusters.map(({ DBClusterIdentifier }) => DBClusterIdentifier);
    const neptune = await ask({ account_id: 'all', region: 'all', engine: 'neptune' });
    expect(neptune.db_clusters).toMatchObject([{ DBClusterIdentifier: 'clicks-graph', Engine: 'neptune' }]);
    expect(names(await ask({ ...prod(), db_cluster_identifier: 'checkout-orders' }))).toEqual(['checkout-orders']);
    const filters = [{ Name: 'db-cluster-id', Values: ['checkout-orders'] }];
    expect(names(await ask({ ...prod(), filters }))).toEqual(['checkout-orders']);
    expect(names(await ask({ ...prod(), filters, engine: 'neptune' }))).toEqual([]);
  });

  it('finds the planted fault: a cluster in clear', async () => {
    const { db_clusters } = await ask({ account_id: access.id('data-platform') });
    expect(db_clusters).toMatchObject([{ DBClusterIdentifier: 'warehouse-catalog', StorageEncrypted: false }]);
  });

  it('says not_found for an unknown cluster and invalid_input for an unknown filter', async () => {
    expect((await ask({ ...prod(), db_cluster_identifier: 'nope' })).error?.code).toBe('not_found');
    const { error } = await ask({ ...prod(), filters: [{ Name: 'nope', Values: ['x'] }] });
    expect(error?.code).toBe('invalid_input');
  });

  it('gives by request what the default leaves out', async () => {
    const { db_clusters } = await ask({ ...prod(), fields: ['DBClusterArn'] });
    expect(db_clusters).toEqual([
      { DBClusterArn: `arn:aws:rds:us-east-1:${prod().account_id}:cluster:checkout-orders` },
    ]);
  });

  it('answers within 5,000 tokens by default', async () => {
    expect(tokensOf(await ask({ account_id: 'all', region: 'all' }))).toBeLessThanOrEqual(5_000);
  });

  refusesBadInput(access, ask, [
    ['account_id', { account_id: '１１１１１１１１１１１１' }],
    ['region', { account_id: 'all', region: 'us-east-1@evil.example' }],
    ['db_cluster_identifier', { account_id: 'all', db_cluster_identifier: '' }],
    ['filters', { account_id: 'all', filters: 'engine' }],
    ['fields', { account_id: 'all', fields: ['MasterUserSecret'] }],
    ['include_shared', { account_id: 'all', include_shared: true }],
  ]);

  it('keeps a denied Region apart, and names the action', async () => {
    access.rule({ match: { service: 'rds', region: 'eu-west-1' }, fault: 'access_denied' });
    const answer = await ask({ ...prod(), region: 'us-east-1,eu-west-1' });
    expect(answer.failures).toMatchObject([{ region: 'eu-west-1', code: 'access_denied' }]);
    expect(answer.db_clusters).toHaveLength(1);
    expect((await ask({ ...prod(), region: 'eu-west-1' })).error?.action).toBe('rds:DescribeDBClusters');
  });
});
