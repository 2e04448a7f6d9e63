import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { expect, it } from 'vitest';
import { describeRdsInstances } from '../../schemas/describe-rds-instances.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { refusesBadInput } from '../support/bad-input.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';
import { retryAtOnce } from '../support/retry-at-once.ts';
import { keyBy, truthOfCells } from '../support/truth.ts';
import { failedCells, unreadCells } from '../support/unread-cells.ts';
import { walk } from '../support/walk.ts';

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

const keyOf = keyBy('AccountId', 'Region', 'DBInstanceIdentifier');

/** What moto holds: account, Region and identifier of every instance. */
async function truth(access: EstateAccess): Promise<string[]> {
  const found = await truthOfCells(access, async (at, cell) => {
    const { DBInstances = [] } = await new RDSClient(at).send(new DescribeDBInstancesCommand({ MaxRecords: 100 }));
    return DBInstances.map(({ DBInstanceIdentifier }) => keyOf({ ...cell, DBInstanceIdentifier }));
  });
  return found.sort();
}

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
    expect(calls).toHaveLength(1);
    expectDeclaredActions(calls, describeRdsInstances);
  });

  it('gives every instance of the organization exactly once through the cursor', async () => {
    const answers = await walk(ask, { account_id: 'all', region: 'all', max_results: 3 });
    const seen = answers.flatMap((answer) => answer.db_instances.map(keyOf));
    expect(seen.sort()).toEqual(await truth(access));
  });

  it('says which account and Region are missing, and loses nothing healthy', async () => {
    const answer = await ask({ account_id: 'all', region: 'all', max_results: 1_000 });
    expect(answer.db_instances.map(keyOf).sort()).toEqual(await truth(access));
    expect(answer.complete).toBe(false);
    expect(failedCells(answer)).toEqual(unreadCells(access.estate));
    const { accounts, regions } = access.estate;
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

  refusesBadInput(access, ask, [
    ['account_id', { account_id: '12345' }],
    ['region', { account_id: 'all', region: 'mars-north-1' }],
    ['db_instance_identifier', { account_id: 'all', db_instance_identifier: '' }],
    ['engine', { account_id: 'all', engine: 7 }],
    ['filters.0.Values', { account_id: 'all', filters: [{ Name: 'engine', Values: [] }] }],
    ['fields', { account_id: 'all', fields: ['MasterUsername'] }],
    ['next_token', { account_id: 'all', next_token: 'AAAA' }],
    ['db_instance_id', { account_id: 'all', db_instance_id: 'x' }],
  ]);

  it.each([
    ['access_denied', 'access_denied'],
    ['scp_denied', 'access_denied'],
    ['throttled', 'throttled'],
    ['html', 'unavailable'],
  ] as const)('maps %s to %s, and the other Region still answers', async (fault, code) => {
    retryAtOnce();
    access.rule({ match: { service: 'rds', region: 'eu-west-1' }, fault });
    const answer = await ask({ ...prod(), region: 'us-east-1,eu-west-1' });
    expect(answer.failures).toMatchObject([{ account_id: prod().account_id, region: 'eu-west-1', code }]);
    expect(answer.db_instances.length).toBeGreaterThan(0);
    expect(answer.complete).toBe(false);
  });
});
