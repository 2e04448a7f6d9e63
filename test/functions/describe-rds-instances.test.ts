import { type DBInstance, DBInstance$, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeRdsInstances } from '../../schemas/describe-rds-instances.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';
import { plantedAnswer, plantedPathsIn } from '../support/planted-answer.ts';
import { walk } from '../support/walk.ts';

const rds = mockClient(RDSClient);

interface Answer {
  db_instance_count: number;
  db_instances: Record<string, unknown>[];
  failures?: { account_id: string; region: string; code: string }[];
  next_token?: string;
  error?: { code: string; message: string };
}

const { input, output } = describeRdsInstances.example;

const exampleInstance: DBInstance = {
  DBInstanceIdentifier: 'ledger-primary',
  Engine: 'postgres',
  EngineVersion: '16.4',
  DBInstanceClass: 'db.r6g.2xlarge',
  DBInstanceStatus: 'available',
  MasterUsername: 'master',
  Endpoint: { Address: 'ledger-primary.c0ffee.eu-west-1.rds.amazonaws.com', Port: 5432, HostedZoneId: 'Z1' },
  MultiAZ: true,
  AllocatedStorage: 200,
  StorageType: 'gp3',
  StorageEncrypted: true,
  PubliclyAccessible: false,
  BackupRetentionPeriod: 14,
  DeletionProtection: true,
  DBSubnetGroup: { VpcId: 'vpc-0a1b2c3d' },
  TagList: [{ Key: 'Environment', Value: 'prod' }],
};

describe('describe_rds_instances', () => {
  useMockedAws();
  beforeEach(() => void rds.reset());

  const ask = (more: object = {}) => callTool<Answer>(describeRdsInstances, { ...input, ...more });
  const asked = () => rds.commandCalls(DescribeDBInstancesCommand).map((call) => call.args[0].input);

  it('answers the documented example', async () => {
    rds
      .on(DescribeDBInstancesCommand, { Filters: [{ Name: 'engine', Values: ['postgres'] }] })
      .resolves({ DBInstances: [exampleInstance] });
    expect(await callTool(describeRdsInstances, input)).toEqual(output);
  });

  it('passes on identifier, filters and engine', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({});
    await ask({ db_instance_identifier: 'ledger', filters: [{ Name: 'db-cluster-id', Values: ['orders'] }] });
    expect(asked()).toEqual([
      {
        DBInstanceIdentifier: 'ledger',
        Filters: [
          { Name: 'db-cluster-id', Values: ['orders'] },
          { Name: 'engine', Values: ['postgres'] },
        ],
        MaxRecords: 50,
      },
    ]);
  });

  it('asks for 20 to 100 records a page, the bounds of the API', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({});
    await ask({ max_results: 1 });
    await ask({ max_results: 1_000 });
    expect(asked().map(({ MaxRecords }) => MaxRecords)).toEqual([20, 100]);
  });

  it('walks 250 instances through the marker, each exactly once', async () => {
    const all = Array.from({ length: 250 }, (_, index) => ({
      ...exampleInstance,
      DBInstanceIdentifier: `db-${index}`,
    }));
    rds.on(DescribeDBInstancesCommand).callsFake(async ({ Marker, MaxRecords }) => {
      const from = Number(Marker ?? 0);
      const end = from + MaxRecords;
      return { DBInstances: all.slice(from, end), Marker: end < all.length ? String(end) : undefined };
    });
    const answers = await walk(ask, { max_results: 7 });
    for (const answer of answers) expect(answer.db_instance_count).toBe(answer.db_instances.length);
    const seen = answers.flatMap((answer) =>
      answer.db_instances.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier),
    );
    expect(seen).toEqual(all.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier));
  });

  it('leaves out what AWS omits: an instance that is being created has no endpoint', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({
      DBInstances: [{ DBInstanceIdentifier: 'new', DBInstanceStatus: 'creating' }, { TagList: [] }],
    });
    expect((await ask()).db_instances).toEqual([{ DBInstanceIdentifier: 'new', DBInstanceStatus: 'creating' }, {}]);
  });

  it.each(['DBInstanceNotFoundFault', 'DBInstanceNotFound'])('says not_found for %s', async (name) => {
    rds.on(DescribeDBInstancesCommand).rejects(Object.assign(new Error('DBInstance CANARY not found.'), { name }));
    const { error } = await ask({ db_instance_identifier: 'nope' });
    expect(error?.code).toBe('not_found');
    expect(error?.message).not.toContain('CANARY');
  });

  it('lets out the declared fields of an instance and no others', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [plantedAnswer(DBInstance$) as DBInstance] });
    expect(plantedPathsIn(await ask())).toEqual([
      'DBClusterIdentifier',
      'DBInstanceClass',
      'DBInstanceIdentifier',
      'DBInstanceStatus',
      'DBSubnetGroup.VpcId',
      'Endpoint.Address',
      'Engine',
      'EngineVersion',
      'StorageType',
      'TagList.Key',
      'TagList.Value',
    ]);
  });
});
