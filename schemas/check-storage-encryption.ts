import * as z from 'zod';
import { defineTool } from './define-tool.ts';
import { checkAnswer, checkInput } from './security-check.ts';

export const checkStorageEncryption = defineTool({
  name: 'CheckStorageEncryption',
  toolset: 'security',
  description:
    'Is stored data encrypted and private? Security Hub controls. Counts are complete; details come worst first, and each page runs the check again.',
  input: z.strictObject({
    ...checkInput(['s3', 'ebs', 'rds', 'dynamodb', 'efs', 'elasticache']),
    include_unencrypted_only: z.boolean().default(false).describe('Details of faults only.'),
  }),
  output: checkAnswer(),
  iam: [
    's3:ListAllMyBuckets',
    's3:GetEncryptionConfiguration',
    's3:GetBucketPublicAccessBlock',
    's3:GetBucketPolicy',
    's3:GetBucketPolicyStatus',
    'ec2:DescribeVolumes',
    'ec2:DescribeSnapshots',
    'ec2:GetEbsEncryptionByDefault',
    'ec2:GetSnapshotBlockPublicAccessState',
    'rds:DescribeDBInstances',
    'rds:DescribeDBClusters',
    'rds:DescribeDBSnapshots',
    'rds:DescribeDBClusterSnapshots',
    'rds:DescribeDBSnapshotAttributes',
    'rds:DescribeDBClusterSnapshotAttributes',
    'rds:DescribeDBParameters',
    'rds:DescribeDBProxies',
    'dynamodb:ListTables',
    'dynamodb:DescribeTable',
    'dynamodb:DescribeContinuousBackups',
    'elasticfilesystem:DescribeFileSystems',
    'elasticache:DescribeReplicationGroups',
    'elasticache:DescribeCacheClusters',
    'elasticache:DescribeServerlessCaches',
    'kms:DescribeKey',
  ],
  ownIam: ['s3:PutObject'],
  example: {
    input: { account_id: '111111111111', region: 'us-east-1', services: ['ebs'], min_severity: 'MEDIUM' },
    output: {
      account_id: '111111111111',
      region: 'us-east-1',
      services_checked: ['ebs'],
      resources_checked: 2,
      compliant_resources: 1,
      non_compliant_resources: 1,
      info_resources: 0,
      unknown_resources: 0,
      checks: { pass: 2, fail: 1, info: 0, unknown: 0 },
      compliance_by_service: {
        ebs: {
          resources_checked: 2,
          compliant_resources: 1,
          non_compliant_resources: 1,
          info_resources: 0,
          unknown_resources: 0,
        },
      },
      controls: [
        { id: 'EC2.3', severity: 'MEDIUM', service: 'ebs', title: 'Attached EBS volumes are encrypted', fail: 1 },
        { id: 'EC2.182', severity: 'HIGH', service: 'ebs', pass: 1 },
        { id: 'EC2.7', severity: 'MEDIUM', service: 'ebs', pass: 1 },
      ],
      recommendations: [
        'EC2.3: Copy the snapshot with encryption, make a volume from the copy and swap it in. https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-3',
      ],
      resource_details: [
        {
          service: 'ebs',
          type: 'AWS::EC2::Volume',
          id: 'vol-0123456789abcdef0',
          name: 'api-1',
          state: 'fail',
          compliant: false,
          severity: 'MEDIUM',
          issues: ['EC2.3: attached and not encrypted'],
        },
        { service: 'ebs', type: 'AWS::::Account', id: '111111111111', state: 'pass', compliant: true },
      ],
      context: { stored: false, reason: 'no context store is configured' },
      complete: true,
    },
  },
});
