import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { expect, it } from 'vitest';
import { describeRdsClusters } from '../../schemas/describe-rds-clusters.ts';
import { openMotoAccounts } from '../../scripts/local/simulator/moto-account.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';

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

/** What moto holds, read past the proxy: account, Region and identifier of every cluster. */
async function truth({ demo, estate }: EstateAccess): Promise<string[]> {
  const accounts = openMotoAccounts(demo.motoUrl);
  const found: string[] = [];
  for (const { id, reachable } of estate.accounts) {
    for (const region of reachable ? estate.regions : []) {
      const { DBClusters = [] } = await new RDSClient(accounts.as(id, region)).send(new DescribeDBClustersCommand({}));
      found.push(...DBClusters.map(({ DBClusterIdentifier }) => `${id} ${region} ${DBClusterIdentifier}`));
    }
  }
  accounts.close();
  return found.sort();
}

const places = ({ db_clusters }: Answer) =>
  db_clusters.map(({ AccountId, Region, DBClusterIdentifier }) => `${AccountId} ${Region} ${DBClusterIdentifier}`);

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
    expect(calls.map(({ iamAction }) => iamAction)).toEqual(describeRdsClusters.iam);
    expect(calls[0]?.sessionPolicyActions).toEqual(describeRdsClusters.iam);
  });

  it('gives every cluster of the organization exactly once through the cursor', async () => {
    const seen: string[] = [];
    let next_token: string | undefined;
    do {
      const answer: Answer = await ask({ account_id: 'all', region: 'all', max_results: 1, next_token });
      seen.push(...places(answer));
      next_token = answer.next_token;
    } while (next_token !== undefined);
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.sort()).toEqual(await truth(access));
  });

  it('says which account and Region are missing, and loses nothing healthy', async () => {
    const answer = await ask({ account_id: 'all', region: 'all', max_results: 1_000 });
    expect(places(answer).sort()).toEqual(await truth(access));
    expect(answer.complete).toBe(false);
    const { accounts, regions, disabledRegion } = access.estate;
    const failed = answer.failures?.flatMap(({ account_id, region, code }) =>
      account_id.split(',').flatMap((account) => region.split(',').map((each) => `${account} ${each} ${code}`)),
    );
    expect(failed?.sort()).toEqual(
      accounts
        .flatMap(({ id, reachable }) =>
          reachable
            ? [`${id} ${disabledRegion} region_not_enabled`]
            : [...regions, disabledRegion].map((region) => `${id} ${region} role_not_assumable`),
        )
        .sort(),
    );
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

  it.each([
    ['account_id', { account_id: '１１１１１１１１１１１１' }],
    ['region', { account_id: 'all', region: 'us-east-1@evil.example' }],
    ['db_cluster_identifier', { account_id: 'all', db_cluster_identifier: '' }],
    ['filters', { account_id: 'all', filters: 'engine' }],
    ['fields', { account_id: 'all', fields: ['MasterUserSecret'] }],
    ['include_shared', { account_id: 'all', include_shared: true }],
  ])('refuses a bad %s without a call to AWS', async (field, event) => {
    const { error } = await ask(event);
    expect(error).toMatchObject({ code: 'invalid_input', field });
    expect(access.allCalls()).toEqual([]);
  });

  it('keeps a denied Region apart, and names the action', async () => {
    access.rule({ match: { service: 'rds', region: 'eu-west-1' }, fault: 'access_denied' });
    const answer = await ask({ ...prod(), region: 'us-east-1,eu-west-1' });
    expect(answer.failures).toMatchObject([{ region: 'eu-west-1', code: 'access_denied' }]);
    expect(answer.db_clusters).toHaveLength(1);
    expect((await ask({ ...prod(), region: 'eu-west-1' })).error?.action).toBe('rds:DescribeDBClusters');
  });
});
