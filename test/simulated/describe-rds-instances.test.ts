import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { expect, it } from 'vitest';
import { describeRdsInstances } from '../../schemas/describe-rds-instances.ts';
import { openMotoAccounts } from '../../scripts/local/simulator/moto-account.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';

interface Answer {
  account_id: string;
  region: string;
  db_instance_count: number;
  db_instances: ({ DBInstanceIdentifier: string; AccountId?: string; Region?: string } & Record<string, unknown>)[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string }[];
  next_token?: string;
  error?: { code: string; message: string; action?: string };
}

/** What moto holds, read past the proxy: account, Region and identifier of every instance. */
async function truth({ demo, estate }: EstateAccess): Promise<string[]> {
  const accounts = openMotoAccounts(demo.motoUrl);
  const found: string[] = [];
  for (const { id, reachable } of estate.accounts) {
    for (const region of reachable ? estate.regions : []) {
      const { DBInstances = [] } = await new RDSClient(accounts.as(id, region)).send(
        new DescribeDBInstancesCommand({ MaxRecords: 100 }),
      );
      found.push(...DBInstances.map(({ DBInstanceIdentifier }) => `${id} ${region} ${DBInstanceIdentifier}`));
    }
  }
  accounts.close();
  return found.sort();
}

const places = ({ db_instances }: Answer) =>
  db_instances.map(({ AccountId, Region, DBInstanceIdentifier }) => `${AccountId} ${Region} ${DBInstanceIdentifier}`);

describeEstate('describe_rds_instances', (access) => {
  const ask = (event: object, milliseconds?: number) => access.call<Answer>(describeRdsInstances, event, milliseconds);
  const prod = () => ({ account_id: access.id('payments-prod'), region: 'us-east-1' });

  it('answers for one account and Region with one call', async () => {
    const answer = await ask(prod());
    expect(answer).toMatchObject({ ...prod(), db_instance_count: answer.db_instances.length });
    expect(answer).not.toHaveProperty('complete');
    expect(describeRdsInstances.output.answer.safeParse(answer).error).toBeUndefined();
    expect(answer.db_instances.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === 'ledger-primary')).toEqual({
      DBInstanceIdentifier: 'ledger-primary',
      Engine: 'postgres',
      EngineVersion: '16.4',
      DBInstanceClass: 'db.r6g.2xlarge',
      DBInstanceStatus: 'available',
      Endpoint: expect.stringMatching(/^ledger-primary\..*:5432$/),
      MultiAZ: true,
      AllocatedStorage: 200,
      StorageType: 'gp3',
      StorageEncrypted: true,
      PubliclyAccessible: false,
      BackupRetentionPeriod: 14,
      DeletionProtection: true,
      VpcId: expect.stringMatching(/^vpc-/),
      Tags: expect.objectContaining({ Application: 'ledger' }),
    });
    const calls = access.awsCalls();
    expect(calls.map(({ iamAction }) => iamAction)).toEqual(describeRdsInstances.iam);
    expect(calls[0]?.sessionPolicyActions).toEqual(describeRdsInstances.iam);
  });

  it('gives every instance of the organization exactly once through the cursor', async () => {
    const seen: string[] = [];
    let next_token: string | undefined;
    do {
      const answer: Answer = await ask({ account_id: 'all', region: 'all', max_results: 3, next_token });
      seen.push(...places(answer));
      next_token = answer.next_token;
    } while (next_token !== undefined);
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
    // One call for each cell that can be entered, the Region that is off included.
    expect(access.awsCalls()).toHaveLength(accounts.filter(({ reachable }) => reachable).length * (regions.length + 1));
  });

  it('filters by identifier, engine and AWS filters', async () => {
    const names = ({ db_instances }: Answer) => db_instances.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier);
    expect(names(await ask({ ...prod(), db_instance_identifier: 'ledger-primary' }))).toEqual(['ledger-primary']);
    const mysql = await ask({ account_id: 'all', region: 'us-east-1,eu-west-1', engine: 'mysql' });
    expect(mysql.db_instances.length).toBeGreaterThan(1);
    expect(mysql.db_instances.every(({ Engine }) => Engine === 'mysql')).toBe(true);
    const members = await ask({ ...prod(), filters: [{ Name: 'db-cluster-id', Values: ['checkout-orders'] }] });
    expect(names(members)).toEqual(['checkout-orders-1', 'checkout-orders-2']);
    expect(members.db_instances.every(({ DBClusterIdentifier }) => DBClusterIdentifier === 'checkout-orders')).toBe(
      true,
    );
    const both = await ask({
      ...prod(),
      engine: 'mysql',
      filters: [{ Name: 'db-cluster-id', Values: ['checkout-orders'] }],
    });
    expect(both.db_instances).toEqual([]);
  });

  it('finds the planted faults: a public database, one without backups, one in clear', async () => {
    const { db_instances } = await ask({ account_id: access.id('payments-dev'), region: 'us-east-1' });
    const named = (id: string) => db_instances.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === id);
    expect(named('dev-ledger-copy')).toMatchObject({ PubliclyAccessible: true, StorageEncrypted: false });
    expect(named('dev-checkout')).toMatchObject({ BackupRetentionPeriod: 0, DeletionProtection: false });
  });

  it('says not_found for an unknown instance and invalid_input for an unknown filter', async () => {
    expect((await ask({ ...prod(), db_instance_identifier: 'nope' })).error?.code).toBe('not_found');
    const { error } = await ask({ ...prod(), filters: [{ Name: 'nope', Values: ['x'] }] });
    expect(error?.code).toBe('invalid_input');
  });

  it('gives the fields that were asked for, and no others', async () => {
    const { db_instances } = await ask({ ...prod(), fields: ['DBInstanceIdentifier', 'Engine'] });
    for (const instance of db_instances) expect(Object.keys(instance)).toEqual(['DBInstanceIdentifier', 'Engine']);
  });

  it('answers within 5,000 tokens by default', async () => {
    expect(tokensOf(await ask({ account_id: 'all', region: 'all' }))).toBeLessThanOrEqual(5_000);
  });

  it.each([
    ['account_id', { account_id: '12345' }],
    ['region', { account_id: 'all', region: 'mars-north-1' }],
    ['db_instance_identifier', { account_id: 'all', db_instance_identifier: '' }],
    ['engine', { account_id: 'all', engine: 7 }],
    ['filters.0.Values', { account_id: 'all', filters: [{ Name: 'engine', Values: [] }] }],
    ['fields', { account_id: 'all', fields: ['MasterUsername'] }],
    ['next_token', { account_id: 'all', next_token: 'AAAA' }],
    ['db_instance_id', { account_id: 'all', db_instance_id: 'x' }],
  ])('refuses a bad %s without a call to AWS', async (field, event) => {
    const { error } = await ask(event);
    expect(error).toMatchObject({ code: 'invalid_input', field });
    expect(access.allCalls()).toEqual([]);
  });

  it.each([
    ['access_denied', 'access_denied'],
    ['scp_denied', 'access_denied'],
    ['throttled', 'throttled'],
    ['html', 'unavailable'],
  ] as const)('maps %s to %s, and the other Region still answers', async (fault, code) => {
    access.rule({ match: { service: 'rds', region: 'eu-west-1' }, fault });
    const answer = await ask({ ...prod(), region: 'us-east-1,eu-west-1' });
    expect(answer.failures).toMatchObject([{ account_id: prod().account_id, region: 'eu-west-1', code }]);
    expect(answer.db_instances.length).toBeGreaterThan(0);
    expect(answer.complete).toBe(false);
  });
});
