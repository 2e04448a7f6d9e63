import * as z from 'zod';
import { defineTool, listOf } from './define-tool.ts';
import { fields, filters, paging, tags, targets } from './fields.ts';

const onRequest = {
  DBClusterArn: z.string(),
  KmsKeyId: z.string(),
};

export const describeRdsClusters = defineTool({
  name: 'describe_rds_clusters',
  toolset: 'database',
  description:
    'Database clusters (Aurora, Multi-AZ, Neptune, DocumentDB: see Engine): endpoints, members, encryption, backups.',
  input: z.strictObject({
    ...targets,
    db_cluster_identifier: z.string().min(1).optional().describe('Only this one.'),
    engine: z.string().min(1).optional().describe('E.g. aurora-mysql, docdb.'),
    ...filters,
    ...fields(Object.keys(onRequest)),
    ...paging,
  }),
  output: listOf(
    'db_cluster',
    'db_clusters',
    {
      DBClusterIdentifier: z.string(),
      Engine: z.string(),
      EngineVersion: z.string(),
      Status: z.string(),
      Endpoint: z.string(),
      ReaderEndpoint: z.string(),
      Port: z.number(),
      DBClusterMembers: z.array(
        z.strictObject({ DBInstanceIdentifier: z.string().optional(), IsClusterWriter: z.boolean().optional() }),
      ),
      MultiAZ: z.boolean(),
      StorageEncrypted: z.boolean(),
      BackupRetentionPeriod: z.number(),
      DeletionProtection: z.boolean(),
      Tags: tags,
    },
    onRequest,
  ),
  iam: ['rds:DescribeDBClusters'],
  example: {
    input: { account_id: '111111111111', region: 'us-east-1', db_cluster_identifier: 'checkout-orders' },
    output: {
      account_id: '111111111111',
      region: 'us-east-1',
      db_cluster_count: 1,
      db_clusters: [
        {
          DBClusterIdentifier: 'checkout-orders',
          Engine: 'aurora-postgresql',
          EngineVersion: '16.4',
          Status: 'available',
          Endpoint: 'checkout-orders.cluster-c0ffee.us-east-1.rds.amazonaws.com',
          ReaderEndpoint: 'checkout-orders.cluster-ro-c0ffee.us-east-1.rds.amazonaws.com',
          Port: 5432,
          DBClusterMembers: [
            { DBInstanceIdentifier: 'checkout-orders-1', IsClusterWriter: true },
            { DBInstanceIdentifier: 'checkout-orders-2', IsClusterWriter: false },
          ],
          MultiAZ: true,
          StorageEncrypted: true,
          BackupRetentionPeriod: 14,
          DeletionProtection: true,
          Tags: { Environment: 'prod' },
        },
      ],
    },
  },
});
