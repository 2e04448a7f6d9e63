import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { bucketRegion, locateBucket, NOT_SET } from '../../../shared/aws/s3.ts';
import { bucketParts } from '../../../shared/aws/s3-bucket-parts.ts';

const s3 = mockClient(S3Client);
const client = new S3Client({ region: 'us-east-1' });
const bucket = { Bucket: 'invoices', ExpectedBucketOwner: '111111111111' };
const awsError = (name: string) => Object.assign(new Error('no'), { name });

beforeEach(() => void s3.reset());

describe('the Region of a bucket', () => {
  it.each([
    [undefined, 'us-east-1'],
    ['', 'us-east-1'],
    ['EU', 'eu-west-1'],
    ['eu-central-1', 'eu-central-1'],
  ])('said as %j is %s', (LocationConstraint, region) => {
    expect(bucketRegion({ LocationConstraint: LocationConstraint as never })).toBe(region);
  });

  it('is asked of S3, for the bucket of this account only', async () => {
    s3.on(GetBucketLocationCommand, bucket).resolves({ LocationConstraint: 'eu-central-1' });
    expect(await locateBucket(client, 'invoices', '111111111111')).toBe('eu-central-1');
  });

  it.each(['AccessDenied', 'PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'])(
    'is looked for in the list of the account after %s',
    async (name) => {
      s3.on(GetBucketLocationCommand).rejects(awsError(name));
      s3.on(ListBucketsCommand, { Prefix: 'invoices', MaxBuckets: 1_000 }).resolves({
        Buckets: [
          { Name: 'invoices-old', BucketRegion: 'us-west-2' },
          { Name: 'invoices', BucketRegion: 'eu-west-1' },
        ],
      });
      expect(await locateBucket(client, 'invoices', '111111111111')).toBe('eu-west-1');
    },
  );

  it('is of no bucket where the list has none of that name', async () => {
    s3.on(GetBucketLocationCommand).rejects(awsError('AccessDenied'));
    s3.on(ListBucketsCommand).resolves({ Buckets: [{ Name: 'invoices-old', BucketRegion: 'us-west-2' }] });
    const none = { code: 'not_found', message: 'The account has no bucket of this name.' };
    await expect(locateBucket(client, 'invoices', '111111111111')).rejects.toMatchObject(none);
    s3.on(ListBucketsCommand).resolves({});
    await expect(locateBucket(client, 'invoices', '111111111111')).rejects.toMatchObject(none);
  });

  it('is not known where the list does not say it: the fault stays', async () => {
    const denied = awsError('AccessDenied');
    s3.on(GetBucketLocationCommand).rejects(denied);
    s3.on(ListBucketsCommand).resolves({ Buckets: [{ Name: 'invoices' }] });
    await expect(locateBucket(client, 'invoices', '111111111111')).rejects.toBe(denied);
  });

  it('is not looked for elsewhere after any other fault', async () => {
    for (const error of [awsError('NoSuchBucket'), { name: 'AccessDenied' }]) {
      s3.on(GetBucketLocationCommand).callsFake(() => Promise.reject(error));
      await expect(locateBucket(client, 'invoices', '111111111111')).rejects.toBe(error);
    }
    expect(s3.commandCalls(ListBucketsCommand)).toEqual([]);
  });
});

describe('the errors of S3 that mean "not set"', () => {
  it('are one for each part that may be missing', () => {
    expect([...NOT_SET].sort()).toEqual([
      'NoSuchBucketPolicy',
      'NoSuchLifecycleConfiguration',
      'NoSuchPublicAccessBlockConfiguration',
      'NoSuchTagSet',
      'OwnershipControlsNotFoundError',
      'ServerSideEncryptionConfigurationNotFoundError',
    ]);
  });
});

describe('the parts of a bucket', () => {
  const parts = bucketParts(client, bucket);
  const read = async () =>
    Object.fromEntries(await Promise.all(Object.entries(parts).map(async ([name, part]) => [name, await part()])));

  it('are given as AWS says them, each asked of the bucket of this account', async () => {
    const SSE = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: 'key' };
    const Rule = { ApplyServerSideEncryptionByDefault: SSE, BucketKeyEnabled: true };
    const Block = { BlockPublicAcls: true };
    const Log = { TargetBucket: 'logs', TargetPrefix: 'x' };
    s3.on(GetBucketTaggingCommand, bucket).resolves({ TagSet: [{ Key: 'a', Value: 'b' }] });
    s3.on(GetBucketEncryptionCommand, bucket).resolves({ ServerSideEncryptionConfiguration: { Rules: [Rule] } });
    s3.on(GetPublicAccessBlockCommand, bucket).resolves({ PublicAccessBlockConfiguration: Block });
    s3.on(GetBucketPolicyStatusCommand, bucket).resolves({ PolicyStatus: { IsPublic: false } });
    s3.on(GetBucketVersioningCommand, bucket).resolves({ Status: 'Enabled', MFADelete: 'Disabled' });
    s3.on(GetBucketOwnershipControlsCommand, bucket).resolves({
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    s3.on(GetBucketLoggingCommand, bucket).resolves({ LoggingEnabled: Log });
    s3.on(GetBucketLifecycleConfigurationCommand, bucket).resolves({ Rules: [{ ID: 'r', Status: 'Enabled' }] });
    expect(await read()).toEqual({
      Tags: { a: 'b' },
      Encryption: { ...SSE, BucketKeyEnabled: true },
      PublicAccessBlock: Block,
      PolicyIsPublic: false,
      Versioning: { Status: 'Enabled', MFADelete: 'Disabled' },
      ObjectOwnership: 'BucketOwnerEnforced',
      Logging: Log,
      LifecycleRules: [expect.objectContaining({ ID: 'r', Status: 'Enabled' })],
    });
  });

  it('are null where AWS says nothing', async () => {
    const nothing = Object.fromEntries(Object.keys(parts).map((name) => [name, null]));
    s3.resolves({});
    expect(await read()).toEqual(nothing);
    s3.on(GetBucketEncryptionCommand).resolves({ ServerSideEncryptionConfiguration: {} as never });
    s3.on(GetBucketOwnershipControlsCommand).resolves({ OwnershipControls: {} as never });
    s3.on(GetBucketPolicyStatusCommand).resolves({ PolicyStatus: {} });
    expect(await read()).toEqual(nothing);
    s3.on(GetBucketEncryptionCommand).resolves({ ServerSideEncryptionConfiguration: { Rules: [] } });
    s3.on(GetBucketOwnershipControlsCommand).resolves({ OwnershipControls: { Rules: [] } });
    expect(await read()).toEqual(nothing);
  });

  it.each([
    [{ Filter: { Prefix: 'a/' } }, { Prefix: 'a/' }],
    [{ Filter: { And: { Prefix: 'b/' } } }, { Prefix: 'b/' }],
    [{ Filter: {} }, { Prefix: undefined }],
    [{ Prefix: 'c/' }, { Prefix: 'c/' }],
    [{ Expiration: { Days: 30 } }, { ExpirationDays: 30 }],
    [{ Expiration: {} }, { ExpirationDays: undefined }],
    [{}, { ExpirationDays: undefined, Transitions: undefined }],
    [
      {
        Transitions: [
          { Days: 30, StorageClass: 'GLACIER' },
          { StorageClass: 'DEEP_ARCHIVE' },
          { Date: new Date(0), StorageClass: 'GLACIER' },
        ],
      },
      {
        Transitions: ['GLACIER after 30 days', 'DEEP_ARCHIVE after 0 days', 'GLACIER on 1970-01-01T00:00:00.000Z'],
      },
    ],
  ])('have a lifecycle rule %j in short', async (rule, short) => {
    s3.on(GetBucketLifecycleConfigurationCommand).resolves({ Rules: [{ ...rule, Status: 'Enabled' } as never] });
    expect(await parts.LifecycleRules()).toMatchObject([short]);
  });
});
