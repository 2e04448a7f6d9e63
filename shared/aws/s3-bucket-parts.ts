import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  type LifecycleRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import { tagMap } from './tags.ts';

/** How each part of a bucket is read, by the name that it has in an answer; null for what is not set. */
export function bucketParts(s3: S3Client, bucket: { Bucket: string; ExpectedBucketOwner: string }) {
  return {
    Tags: async () => tagMap((await s3.send(new GetBucketTaggingCommand(bucket))).TagSet) ?? null,
    Encryption: async () => {
      const rule = (await s3.send(new GetBucketEncryptionCommand(bucket))).ServerSideEncryptionConfiguration
        ?.Rules?.[0];
      return rule === undefined
        ? null
        : { ...rule.ApplyServerSideEncryptionByDefault, BucketKeyEnabled: rule.BucketKeyEnabled };
    },
    PublicAccessBlock: async () =>
      (await s3.send(new GetPublicAccessBlockCommand(bucket))).PublicAccessBlockConfiguration ?? null,
    PolicyIsPublic: async () =>
      (await s3.send(new GetBucketPolicyStatusCommand(bucket))).PolicyStatus?.IsPublic ?? null,
    Versioning: async () => {
      const { Status, MFADelete } = await s3.send(new GetBucketVersioningCommand(bucket));
      return Status === undefined ? null : { Status, MFADelete };
    },
    ObjectOwnership: async () =>
      (await s3.send(new GetBucketOwnershipControlsCommand(bucket))).OwnershipControls?.Rules?.[0]?.ObjectOwnership ??
      null,
    Logging: async () => (await s3.send(new GetBucketLoggingCommand(bucket))).LoggingEnabled ?? null,
    LifecycleRules: async () =>
      (await s3.send(new GetBucketLifecycleConfigurationCommand(bucket))).Rules?.map(toLifecycleRule) ?? null,
  };
}

function toLifecycleRule({ ID, Status, Filter, Prefix, Expiration, Transitions }: LifecycleRule) {
  return {
    ID,
    Status,
    // Rules of before 2016 have the prefix outside of the filter.
    Prefix: Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix,
    ExpirationDays: Expiration?.Days,
    Transitions: Transitions?.map(({ Days, Date: date, StorageClass }) =>
      date === undefined ? `${StorageClass} after ${Days ?? 0} days` : `${StorageClass} on ${date.toISOString()}`,
    ),
  };
}
