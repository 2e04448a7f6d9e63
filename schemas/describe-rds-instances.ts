import * as z from 'zod';
import { defineTool, listOf } from './define-tool.ts';
import { fields, filters, paging, tags, targets } from './fields.ts';

export const describeRdsInstances = defineTool({
  name: 'describe_rds_instances',
  toolset: 'database',
  description:
    'Database instances (RDS, Aurora, Neptune, DocumentDB): class, status, endpoint, exposure, encryption, backups.',
  input: z.strictObject({
    ...targets,
    db_instance_identifier: z.string().min(1).optional().describe('Only this one.'),
    engine: z.string().min(1).optional().describe('E.g. postgres, aurora-mysql.'),
    ...filters,
    ...fields(),
    ...paging,
  }),
  output: listOf('db_instance', 'db_instances', {
    DBInstanceIdentifier: z.string(),
    Engine: z.string(),
    EngineVersion: z.string(),
    DBInstanceClass: z.string(),
    DBInstanceStatus: z.string(),
    Endpoint: z.string(),
    MultiAZ: z.boolean(),
    AllocatedStorage: z.number(),
    StorageType: z.string(),
    StorageEncrypted: z.boolean(),
    PubliclyAccessible: z.boolean(),
    BackupRetentionPeriod: z.number(),
    DeletionProtection: z.boolean(),
    DBClusterIdentifier: z.string(),
    VpcId: z.string(),
    Tags: tags,
  }),
  iam: ['rds:DescribeDBInstances'],
  example: {
    input: { account_id: '111111111111', region: 'eu-west-1', engine: 'postgres' },
    output: {
      account_id: '111111111111',
      region: 'eu-west-1',
      db_instance_count: 1,
      db_instances: [
        {
          DBInstanceIdentifier: 'ledger-primary',
          Engine: 'postgres',
          EngineVersion: '16.4',
          DBInstanceClass: 'db.r6g.2xlarge',
          DBInstanceStatus: 'available',
          Endpoint: 'ledger-primary.c0ffee.eu-west-1.rds.amazonaws.com:5432',
          MultiAZ: true,
          AllocatedStorage: 200,
          StorageType: 'gp3',
          StorageEncrypted: true,
          PubliclyAccessible: false,
          BackupRetentionPeriod: 14,
          DeletionProtection: true,
          VpcId: 'vpc-0a1b2c3d',
          Tags: { Environment: 'prod' },
        },
      ],
    },
  },
});
