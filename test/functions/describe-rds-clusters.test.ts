import { type DBCluster, DBCluster$, DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeRdsClusters } from '../../schemas/describe-rds-clusters.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';
import { plantedAnswer, plantedPathsIn } from '../support/planted-answer.ts';
import { walk } from '../support/walk.ts';

const rds = mockClient(RDSClient);

interface Answer {
  db_cluster_count: number;
  db_clusters: Record<string, unknown>[];
  next_token?: string;
  error?: { code: string; message: string };
}

const { input, output } = describeRdsClusters.example;

const exampleCluster: DBCluster = {
  DBClusterIdentifier: 'checkout-orders',
  DBClusterArn: 'arn:aws:rds:us-east-1:111111111111:cluster:checkout-orders',
  Engine: 'aurora-postgresql',
  EngineVersion: '16.4',
  Status: 'available',
  Endpoint: 'checkout-orders.cluster-c0ffee.us-east-1.rds.amazonaws.com',
  ReaderEndpoint: 'checkout-orders.cluster-ro-c0ffee.us-east-1.rds.amazonaws.com',
  Port: 5432,
  MasterUsername: 'master',
  DBClusterMembers: [
    { DBInstanceIdentifier: 'checkout-orders-1', IsClusterWriter: true, PromotionTier: 1 },
    { DBInstanceIdentifier: 'checkout-orders-2', IsClusterWriter: false, PromotionTier: 1 },
  ],
  MultiAZ: true,
  StorageEncrypted: true,
  KmsKeyId: 'arn:aws:kms:us-east-1:111111111111:key/k',
  BackupRetentionPeriod: 14,
  DeletionProtection: true,
  TagList: [{ Key: 'Environment', Value: 'prod' }],
};

describe('describe_rds_clusters', () => {
  useMockedAws();
  beforeEach(() => void rds.reset());

  const ask = (more: object = {}) => callTool<Answer>(describeRdsClusters, { account_id: input.account_id, ...more });
  const asked = () => rds.commandCalls(DescribeDBClustersCommand).map((call) => call.args[0].input);

  it('answers the documented example', async () => {
    rds
      .on(DescribeDBClustersCommand, { DBClusterIdentifier: 'checkout-orders' })
      .resolves({ DBClusters: [exampleCluster] });
    expect(await callTool(describeRdsClusters, input)).toEqual(output);
  });

  it('gives by request what the default leaves out', async () => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [exampleCluster] });
    expect((await ask({ fields: ['DBClusterArn', 'KmsKeyId'] })).db_clusters).toEqual([
      { DBClusterArn: exampleCluster.DBClusterArn, KmsKeyId: exampleCluster.KmsKeyId },
    ]);
  });

  it('marks Neptune and DocumentDB by Engine, and asks AWS for one engine', async () => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [{ Engine: 'neptune' }, { Engine: 'docdb' }] });
    expect((await ask()).db_clusters).toEqual([{ Engine: 'neptune' }, { Engine: 'docdb' }]);
    await ask({ engine: 'neptune', filters: [{ Name: 'domain', Values: ['d-1'] }] });
    expect(asked().map(({ Filters }) => Filters)).toEqual([
      [],
      [
        { Name: 'domain', Values: ['d-1'] },
        { Name: 'engine', Values: ['neptune'] },
      ],
    ]);
  });

  it('asks for 20 to 100 records a page, the bounds of the API', async () => {
    rds.on(DescribeDBClustersCommand).resolves({});
    await ask({ max_results: 1 });
    await ask({ max_results: 1_000 });
    expect(asked().map(({ MaxRecords }) => MaxRecords)).toEqual([20, 100]);
  });

  it('walks 250 clusters through the marker, each exactly once: moto has no pages here', async () => {
    const all = Array.from({ length: 250 }, (_, index) => ({ ...exampleCluster, DBClusterIdentifier: `c-${index}` }));
    rds.on(DescribeDBClustersCommand).callsFake(async ({ Marker, MaxRecords }) => {
      const from = Number(Marker ?? 0);
      const end = from + MaxRecords;
      return { DBClusters: all.slice(from, end), Marker: end < all.length ? String(end) : undefined };
    });
    const answers = await walk(ask, { max_results: 30 });
    for (const answer of answers) expect(answer.db_cluster_count).toBe(answer.db_clusters.length);
    const seen = answers.flatMap((answer) => answer.db_clusters.map(({ DBClusterIdentifier }) => DBClusterIdentifier));
    expect(seen).toEqual(all.map(({ DBClusterIdentifier }) => DBClusterIdentifier));
  });

  it('says not_found for an unknown cluster', async () => {
    const name = 'DBClusterNotFoundFault';
    rds.on(DescribeDBClustersCommand).rejects(Object.assign(new Error('DBCluster CANARY not found.'), { name }));
    const { error } = await ask({ db_cluster_identifier: 'nope' });
    expect(error?.code).toBe('not_found');
    expect(error?.message).not.toContain('CANARY');
  });

  it('lets out the declared fields of a cluster and no others, even when all are asked for', async () => {
    rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [plantedAnswer(DBCluster$) as DBCluster] });
    const fields = Object.keys(describeRdsClusters.output.item.shape);
    expect(plantedPathsIn(await ask({ fields }))).toEqual([
      'DBClusterArn',
      'DBClusterIdentifier',
      'DBClusterMembers.DBInstanceIdentifier',
      'Endpoint',
      'Engine',
      'EngineVersion',
      'KmsKeyId',
      'ReaderEndpoint',
      'Status',
      'TagList.Key',
      'TagList.Value',
    ]);
  });
});
