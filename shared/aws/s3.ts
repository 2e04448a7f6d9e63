import type { GetBucketLocationCommandOutput } from '@aws-sdk/client-s3';

/** The Region of a bucket. S3 writes us-east-1 as no constraint, and eu-west-1 once as EU. */
export function bucketRegion({
  LocationConstraint,
}: Pick<GetBucketLocationCommandOutput, 'LocationConstraint'>): string {
  if (LocationConstraint === undefined || (LocationConstraint as string) === '') return 'us-east-1';
  return LocationConstraint === 'EU' ? 'eu-west-1' : LocationConstraint;
}

/** S3's errors that mean "nobody has set this", each from the S3 API reference of its operation. */
export const NOT_SET = new Set([
  'NoSuchTagSet',
  'ServerSideEncryptionConfigurationNotFoundError',
  'NoSuchPublicAccessBlockConfiguration',
  'NoSuchBucketPolicy',
  'OwnershipControlsNotFoundError',
  'NoSuchLifecycleConfiguration',
]);
