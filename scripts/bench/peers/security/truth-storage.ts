import { DescribeContinuousBackupsCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  EC2Client,
  GetEbsEncryptionByDefaultCommand,
} from '@aws-sdk/client-ec2';
import { DescribeFileSystemsCommand, EFSClient } from '@aws-sdk/client-efs';
import { DescribeReplicationGroupsCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { MotoAccountConfig } from '../../../local/simulator/moto-account.ts';
import { asList, type Policy } from '../../../local/simulator/policy.ts';
import { type Held, nameOf } from './held.ts';

/** What fails in one Region, besides buckets. */
export async function storageOf(at: MotoAccountConfig, accountId: string): Promise<Held[]> {
  return [await blocksOf(at, accountId), await databasesOf(at), await othersOf(at)].flat();
}

async function blocksOf(at: MotoAccountConfig, accountId: string): Promise<Held[]> {
  const ec2 = new EC2Client(at);
  const held: Held[] = [];
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({}));
  for (const { VolumeId: resource = '', Encrypted, Attachments = [], Tags } of Volumes) {
    const control = Attachments.length > 0 ? 'EC2.3' : 'OPS.EBS.1';
    if (!Encrypted) held.push({ control, resource, aliases: [nameOf(Tags)] });
  }
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  for (const { SnapshotId: resource = '', Encrypted, Tags } of Snapshots) {
    const aliases = [nameOf(Tags)];
    if (!Encrypted) held.push({ control: 'OPS.EBS.2', resource, aliases });
    const Attribute = 'createVolumePermission';
    const { CreateVolumePermissions = [] } = await ec2.send(
      new DescribeSnapshotAttributeCommand({ SnapshotId: resource, Attribute }),
    );
    if (CreateVolumePermissions.some(({ Group }) => Group === 'all'))
      held.push({ control: 'EC2.1', resource, aliases });
  }
  const { EbsEncryptionByDefault } = await ec2.send(new GetEbsEncryptionByDefaultCommand({}));
  if (!EbsEncryptionByDefault) held.push({ control: 'EC2.7', resource: accountId });
  return held;
}

async function databasesOf(at: MotoAccountConfig): Promise<Held[]> {
  const rds = new RDSClient(at);
  const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
  const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({}));
  return [
    ...DBInstances.filter(({ StorageEncrypted }) => !StorageEncrypted).map((each) => ({
      control: 'RDS.3',
      resource: each.DBInstanceIdentifier ?? '',
      // The storage of Aurora is the cluster's: RDS.27 asks for it.
      beside: each.DBClusterIdentifier !== undefined,
    })),
    ...DBClusters.filter(({ StorageEncrypted }) => !StorageEncrypted).map((each) => ({
      control: 'RDS.27',
      resource: each.DBClusterIdentifier ?? '',
    })),
  ];
}

async function othersOf(at: MotoAccountConfig): Promise<Held[]> {
  const held: Held[] = [];
  const dynamodb = new DynamoDBClient(at);
  const { TableNames = [] } = await dynamodb.send(new ListTablesCommand({}));
  for (const TableName of TableNames) {
    const { ContinuousBackupsDescription } = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
    const { PointInTimeRecoveryStatus } = ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
    if (PointInTimeRecoveryStatus !== 'ENABLED') held.push({ control: 'DynamoDB.2', resource: TableName });
  }
  const { FileSystems = [] } = await new EFSClient(at).send(new DescribeFileSystemsCommand({}));
  for (const { FileSystemId: resource = '', Encrypted, Name } of FileSystems) {
    if (!Encrypted) held.push({ control: 'EFS.1', resource, aliases: [Name] });
  }
  const { ReplicationGroups = [] } = await new ElastiCacheClient(at).send(new DescribeReplicationGroupsCommand({}));
  for (const { ReplicationGroupId: resource = '', MemberClusters: aliases = [], ...each } of ReplicationGroups) {
    if (!each.AtRestEncryptionEnabled) held.push({ control: 'ElastiCache.4', resource, aliases });
    if (!each.TransitEncryptionEnabled) held.push({ control: 'ElastiCache.5', resource, aliases });
  }
  return held;
}

/** What fails of an account's buckets, each in its Region. */
export async function bucketsOf(at: MotoAccountConfig): Promise<(Held & { region: string })[]> {
  const s3 = new S3Client({ ...at, forcePathStyle: true });
  const held: (Held & { region: string })[] = [];
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  for (const { Name: Bucket = '' } of Buckets) {
    const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket }));
    const region = LocationConstraint || 'us-east-1';
    const block = await s3.send(new GetPublicAccessBlockCommand({ Bucket })).then(
      ({ PublicAccessBlockConfiguration = {} }) => Object.values(PublicAccessBlockConfiguration),
      () => [],
    );
    const blocked = block.length === 4 && block.every(Boolean);
    const document = await s3.send(new GetBucketPolicyCommand({ Bucket })).then(
      ({ Policy = '{"Statement":[]}' }) => Policy,
      () => '{"Statement":[]}',
    );
    const statements = asList((JSON.parse(document) as Policy).Statement);
    const isPublic = statements.some(
      ({ Effect, Principal, Condition }) => Effect === 'Allow' && Principal === '*' && Condition === undefined,
    );
    const asksForTls = statements.some(
      ({ Effect, Condition }) => Effect === 'Deny' && String(Condition?.Bool?.['aws:SecureTransport']) === 'false',
    );
    if (isPublic && !blocked) held.push({ control: 'S3.2', resource: Bucket, region });
    if (!asksForTls) held.push({ control: 'S3.5', resource: Bucket, region });
    if (!blocked) held.push({ control: 'S3.8', resource: Bucket, region });
  }
  return held;
}
