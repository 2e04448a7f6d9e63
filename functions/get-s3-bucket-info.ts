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
  S3Client,
} from '@aws-sdk/client-s3';
import { getS3BucketInfo } from '../schemas/get-s3-bucket-info.ts';
import { locateBucket, NOT_SET } from '../shared/aws/s3.ts';
import { tagMap } from '../shared/aws/tags.ts';
import { ToolError } from '../shared/errors.ts';
import { objectHandler } from '../shared/object-handler.ts';
import { readParts } from '../shared/read-parts.ts';

/** The location first, then all parts side by side in the bucket's own Region. */
export const handler = objectHandler(
  getS3BucketInfo,
  S3Client,
  async ({ bucket_name }, home, cell) => {
    // The owner is said each time: a bucket of another account, readable through its policy, is not this account's.
    const bucket = { Bucket: bucket_name, ExpectedBucketOwner: cell.account };
    const BucketRegion = await locateBucket(home, bucket_name, cell.account);
    if (!cell.call.configuration.regions.includes(BucketRegion))
      throw new ToolError(
        'not_configured',
        `The bucket is in ${BucketRegion}, which is none of the configured Regions.`,
      );
    const s3 = await cell.client(S3Client, BucketRegion);
    const { values, unavailable } = await readParts(
      getS3BucketInfo.iam,
      {
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
          (await s3.send(new GetBucketOwnershipControlsCommand(bucket))).OwnershipControls?.Rules?.[0]
            ?.ObjectOwnership ?? null,
        Logging: async () => (await s3.send(new GetBucketLoggingCommand(bucket))).LoggingEnabled ?? null,
        LifecycleRules: async () =>
          (await s3.send(new GetBucketLifecycleConfigurationCommand(bucket))).Rules?.map(toLifecycleRule) ?? null,
      },
      NOT_SET,
    );
    return { Name: bucket_name, BucketRegion, ...values, Unavailable: unavailable };
  },
  { scope: 'account' },
);

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
