import { DescribeContinuousBackupsCommand, DescribeTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  GetEbsEncryptionByDefaultCommand,
  GetSnapshotBlockPublicAccessStateCommand,
} from '@aws-sdk/client-ec2';
import { DescribeFileSystemsCommand } from '@aws-sdk/client-efs';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import {
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkStorageEncryption } from '../../../../schemas/check-storage-encryption.ts';
import { Unread } from '../../../../shared/security/control.ts';
import { readTables } from '../../../../shared/security/resources/dynamodb.ts';
import { readBuckets } from '../../../../shared/security/resources/s3.ts';
import {
  type Answer,
  account_id,
  askStorage,
  checksOf,
  detailOf,
  dynamodb,
  ec2,
  efs,
  givenKeys,
  inputsOf,
  issuesOf,
  kms,
  readingOf,
  s3,
  useEmptyAws,
} from '../../../support/checked-estate.ts';
import { callTool, failing } from '../../../support/mock-aws.ts';

const ALL_ON = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const denied = new Unread('access_denied');

function givenBuckets(...names: string[]) {
  s3.on(ListBucketsCommand).resolves({ Buckets: names.map((Name) => ({ Name })) });
}

describe('CheckStorageEncryption on EBS', () => {
  useEmptyAws();
  beforeEach(givenKeys);

  it('reads the account’s own snapshots alone, and which of them everyone may restore', async () => {
    const own = [['snap-1', 'snap-2'], ['snap-3']];
    const open = [['snap-1'], ['snap-3']];
    ec2.on(DescribeSnapshotsCommand).callsFake(({ RestorableByUserIds, NextToken }) => {
      const ids = (RestorableByUserIds === undefined ? own : open)[NextToken === undefined ? 0 : 1] ?? [];
      const KmsKeyId = 'ours';
      const Tags = [{ Key: 'Name', Value: 'nightly' }];
      return {
        Snapshots: ids.map((SnapshotId) => ({ SnapshotId, Encrypted: SnapshotId === 'snap-1', KmsKeyId, Tags })),
        NextToken: NextToken === undefined ? 'page-2' : undefined,
      };
    });
    const answer = await askStorage('ebs');
    expect(['snap-1', 'snap-2', 'snap-3'].map((id) => checksOf(answer, id))).toEqual([
      { 'EC2.1': 'fail', 'OPS.EBS.2': 'pass', 'OPS.EBS.3': 'pass' },
      { 'EC2.1': 'pass', 'OPS.EBS.2': 'fail', 'OPS.EBS.3': 'info' },
      { 'EC2.1': 'fail', 'OPS.EBS.2': 'fail', 'OPS.EBS.3': 'info' },
    ]);
    expect(detailOf(answer, 'snap-1')).toMatchObject({
      type: 'AWS::EC2::Snapshot',
      name: 'nightly',
      arn: expect.stringMatching(/:snapshot\/snap-1$/),
    });
    const asked = { OwnerIds: ['self'], MaxResults: 1_000 };
    const askedOpen = { ...asked, RestorableByUserIds: ['all'] };
    const inputs = inputsOf(ec2, DescribeSnapshotsCommand);
    expect(inputs).toHaveLength(4);
    expect(inputs).toEqual(
      expect.arrayContaining([
        asked,
        { ...asked, NextToken: 'page-2' },
        askedOpen,
        { ...askedOpen, NextToken: 'page-2' },
      ]),
    );
  });

  it('reads the snapshots all the same where it may not see which are public: that alone is unknown', async () => {
    ec2.on(DescribeSnapshotsCommand).resolves({ Snapshots: [{ SnapshotId: 'snap-1', Encrypted: true }] });
    ec2.on(DescribeSnapshotsCommand, { RestorableByUserIds: ['all'] }).rejects(failing('UnauthorizedOperation'));
    const answer = await askStorage('ebs');
    expect(detailOf(answer, 'snap-1')).toMatchObject({
      state: 'unknown',
      issues: ['EC2.1: RestorableByAll not read: access_denied'],
      checks: { 'OPS.EBS.2': 'pass' },
    });
  });

  it('reads each setting of the account for itself', async () => {
    ec2.on(GetEbsEncryptionByDefaultCommand).resolves({ EbsEncryptionByDefault: true });
    ec2.on(GetSnapshotBlockPublicAccessStateCommand).rejects(failing('UnauthorizedOperation'));
    expect(detailOf(await askStorage('ebs'), account_id)).toMatchObject({
      type: 'AWS::::Account',
      issues: ['EC2.182: SnapshotBlockPublicAccess not read: access_denied'],
      checks: { 'EC2.7': 'pass', 'EC2.182': 'unknown' },
    });
    ec2.on(GetEbsEncryptionByDefaultCommand).rejects(failing('UnauthorizedOperation'));
    ec2.on(GetSnapshotBlockPublicAccessStateCommand).resolves({ State: 'block-all-sharing' });
    expect(detailOf(await askStorage('ebs'), account_id)).toMatchObject({
      issues: ['EC2.7: EbsEncryptionByDefault not read: access_denied'],
      checks: { 'EC2.7': 'unknown', 'EC2.182': 'pass' },
    });
  });

  it('reads of a volume its encryption, its key and whether it is attached', async () => {
    ec2.on(DescribeVolumesCommand).resolves({
      Volumes: [
        { VolumeId: 'vol-ours', State: 'in-use', Encrypted: true, KmsKeyId: 'ours' },
        { VolumeId: 'vol-clear', State: 'in-use', Encrypted: false },
        { VolumeId: 'vol-left', State: 'available', Encrypted: false },
      ],
    });
    const answer = await askStorage('ebs');
    expect(['vol-ours', 'vol-clear', 'vol-left'].map((id) => checksOf(answer, id))).toEqual([
      { 'EC2.3': 'pass', 'OPS.EBS.3': 'pass' },
      { 'EC2.3': 'fail', 'OPS.EBS.3': 'info' },
      { 'OPS.EBS.1': 'fail', 'OPS.EBS.3': 'info' },
    ]);
  });
});

describe('CheckStorageEncryption on S3', () => {
  useEmptyAws();
  beforeEach(givenKeys);

  it('tells who holds the key of each bucket’s default encryption', async () => {
    const defaults: Record<string, object> = {
      'sse-s3': { SSEAlgorithm: 'AES256' },
      'kms-of-aws': { SSEAlgorithm: 'aws:kms' },
      'dual-of-aws': { SSEAlgorithm: 'aws:kms:dsse' },
      'kms-named': { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'theirs' },
      'kms-ours': { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'ours' },
    };
    givenBuckets(...Object.keys(defaults), 'unset', 'no-rule', 'silent', 'denied');
    s3.on(GetBucketEncryptionCommand).callsFake(({ Bucket }) => {
      if (Bucket === 'unset') throw failing('ServerSideEncryptionConfigurationNotFoundError');
      if (Bucket === 'denied') throw failing('AccessDenied');
      if (Bucket === 'silent') return {};
      const Rules = Bucket === 'no-rule' ? [] : [{ ApplyServerSideEncryptionByDefault: defaults[Bucket] }];
      return { ServerSideEncryptionConfiguration: { Rules } };
    });
    const buckets = await readBuckets(readingOf());
    const read = buckets.map(({ id, SSEAlgorithm, KeyManager }) => [id, SSEAlgorithm, KeyManager]);
    expect(read).toEqual([
      ['sse-s3', 'AES256', 'AWS_OWNED'],
      ['kms-of-aws', 'aws:kms', 'AWS'],
      ['dual-of-aws', 'aws:kms:dsse', 'AWS'],
      ['kms-named', 'aws:kms', 'AWS'],
      ['kms-ours', 'aws:kms', 'CUSTOMER'],
      ['unset', null, 'NONE'],
      ['no-rule', null, 'NONE'],
      ['silent', null, 'NONE'],
      ['denied', denied, denied],
    ]);
    expect(inputsOf(kms, DescribeKeyCommand)).toEqual([{ KeyId: 'theirs' }, { KeyId: 'ours' }]);
  });

  it('asks whether a policy is public wherever one may be in force', async () => {
    const names = ['public', 'private', 'restricted', 'no-policy', 'no-block', 'policy-denied', 'block-denied', 'gone'];
    givenBuckets(...names);
    const Policy = JSON.stringify({
      Statement: {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    });
    s3.on(GetPublicAccessBlockCommand).callsFake(({ Bucket }) => {
      if (Bucket === 'block-denied') throw failing('AccessDenied');
      if (Bucket === 'no-block') throw failing('NoSuchPublicAccessBlockConfiguration');
      return { PublicAccessBlockConfiguration: { ...ALL_ON, RestrictPublicBuckets: Bucket === 'restricted' } };
    });
    s3.on(GetBucketPolicyCommand).callsFake(({ Bucket }) => {
      if (Bucket === 'no-policy') throw failing('NoSuchBucketPolicy');
      if (Bucket === 'policy-denied') throw failing('AccessDenied');
      return { Policy };
    });
    s3.on(GetBucketPolicyStatusCommand).callsFake(({ Bucket }) => {
      if (Bucket === 'gone') throw failing('NoSuchBucketPolicy');
      return { PolicyStatus: { IsPublic: Bucket !== 'private' } };
    });
    const answer = await askStorage('s3');
    const verdicts = names.map((id) => [id, checksOf(answer, id)?.['S3.2'], checksOf(answer, id)?.['S3.5']]);
    expect(verdicts).toEqual([
      ['public', 'fail', 'pass'],
      ['private', 'pass', 'pass'],
      ['restricted', 'pass', 'pass'],
      ['no-policy', 'pass', 'fail'],
      ['no-block', 'fail', 'pass'],
      ['policy-denied', 'fail', 'unknown'],
      ['block-denied', 'unknown', 'pass'],
      ['gone', 'pass', 'pass'],
    ]);
    expect(issuesOf(answer, 'no-block')).toContain('S3.8: no public access block');
    expect(issuesOf(answer, 'policy-denied')).toContain('S3.5: Policy not read: access_denied');
    expect(issuesOf(answer, 'block-denied')).toContain('S3.8: PublicAccessBlock not read: access_denied');
    const asked = inputsOf(s3, GetBucketPolicyStatusCommand);
    expect(asked.map(({ Bucket }) => Bucket).sort()).toEqual(
      ['block-denied', 'gone', 'no-block', 'policy-denied', 'private', 'public'].sort(),
    );
    for (const command of [GetBucketEncryptionCommand, GetBucketPolicyCommand, GetBucketPolicyStatusCommand])
      for (const { ExpectedBucketOwner } of inputsOf(s3, command)) expect(ExpectedBucketOwner).toBe(account_id);
  });

  it('reads once, in the first Region, what the account has set for all its buckets', async () => {
    s3.on(GetPublicAccessBlockCommand).resolves({ PublicAccessBlockConfiguration: ALL_ON });
    const event = { account_id, region: 'all', services: ['s3'] };
    const { resource_details } = await callTool<Answer>(checkStorageEncryption, event);
    expect(resource_details).toMatchObject([{ type: 'AWS::::Account', id: account_id, state: 'pass' }]);
    expect(inputsOf(s3, GetPublicAccessBlockCommand)).toEqual([{ Bucket: account_id }]);
    expect(inputsOf(s3, ListBucketsCommand).map(({ BucketRegion }) => BucketRegion)).toEqual([
      'us-east-1',
      'eu-west-1',
    ]);
  });

  it('tells an account that has set nothing from one that could not be read', async () => {
    s3.on(GetPublicAccessBlockCommand).rejects(failing('NoSuchPublicAccessBlockConfiguration'));
    const unset = await askStorage('s3');
    s3.on(GetPublicAccessBlockCommand).resolves({});
    const silent = await askStorage('s3');
    for (const answer of [unset, silent]) {
      expect(issuesOf(answer, account_id)).toEqual(['S3.1: no public access block']);
      expect(answer.complete).toBe(true);
    }
    s3.on(GetPublicAccessBlockCommand).rejects(failing('AccessDenied'));
    expect(issuesOf(await askStorage('s3'), '*')).toEqual(['S3.1: list not read: access_denied']);
  });
});

describe('CheckStorageEncryption on tables and file systems', () => {
  useEmptyAws();
  beforeEach(givenKeys);

  it('reads the key of a table, whether it can be used, and whether the table can be restored', async () => {
    dynamodb.on(ListTablesCommand).resolves({ TableNames: ['default', 'ours', 'lost', 'secret'] });
    const lost = new Date('2026-01-02T03:04:05Z');
    dynamodb.on(DescribeTableCommand).callsFake(({ TableName }) => {
      if (TableName === 'secret') throw failing('AccessDeniedException');
      if (TableName === 'default') return { Table: {} };
      const InaccessibleEncryptionDateTime = TableName === 'lost' ? lost : undefined;
      return { Table: { SSEDescription: { KMSMasterKeyArn: 'ours', InaccessibleEncryptionDateTime } } };
    });
    dynamodb.on(DescribeContinuousBackupsCommand).callsFake(({ TableName }) => {
      if (TableName === 'secret') throw failing('AccessDeniedException');
      const PointInTimeRecoveryStatus = TableName === 'ours' ? 'ENABLED' : 'DISABLED';
      return { ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus } } };
    });
    const tables = await readTables(readingOf());
    expect(
      tables.map((each) => [
        each.id,
        each.KeyManager,
        each.InaccessibleEncryptionDateTime,
        each.PointInTimeRecoveryStatus,
      ]),
    ).toEqual([
      ['default', 'AWS_OWNED', null, 'DISABLED'],
      ['ours', 'CUSTOMER', null, 'ENABLED'],
      ['lost', 'CUSTOMER', lost, 'DISABLED'],
      ['secret', denied, denied, denied],
    ]);
    const answer = await askStorage('dynamodb');
    expect(issuesOf(answer, 'lost')).toContain('OPS.DYNAMODB.1: its key cannot be used since 2026-01-02T03:04:05.000Z');
    expect(issuesOf(answer, 'secret')).toContain('DynamoDB.2: PointInTimeRecoveryStatus not read: access_denied');
    expect(checksOf(answer, 'ours')).toEqual({
      'DynamoDB.2': 'pass',
      'OPS.DYNAMODB.1': 'pass',
      'OPS.DYNAMODB.2': 'pass',
    });
  });

  it('cannot tell of a table’s backups what AWS did not say', async () => {
    dynamodb.on(ListTablesCommand).resolves({ TableNames: ['silent', 'half'] });
    dynamodb
      .on(DescribeContinuousBackupsCommand, { TableName: 'half' })
      .resolves({ ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED' } });
    const answer = await askStorage('dynamodb');
    for (const id of ['silent', 'half'])
      expect(issuesOf(answer, id)).toEqual(['DynamoDB.2: AWS did not say PointInTimeRecoveryStatus']);
  });

  it('reads whether a file system is encrypted, and with whose key', async () => {
    efs.on(DescribeFileSystemsCommand).resolves({
      FileSystems: [
        { FileSystemId: 'fs-ours', Encrypted: true, KmsKeyId: 'ours' },
        { FileSystemId: 'fs-clear', Encrypted: false },
      ] as never,
    });
    const answer = await askStorage('efs');
    expect(checksOf(answer, 'fs-ours')).toEqual({ 'EFS.1': 'pass', 'OPS.EFS.1': 'pass' });
    expect(checksOf(answer, 'fs-clear')).toEqual({ 'EFS.1': 'fail', 'OPS.EFS.1': 'info' });
  });
});
