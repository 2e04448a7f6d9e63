import {
  GetBucketLocationCommand,
  type GetBucketLocationCommandOutput,
  ListBucketsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { ToolError } from '../errors.ts';

/** The Region of a bucket. S3 writes us-east-1 as no constraint, and eu-west-1 once as EU. */
export function bucketRegion({
  LocationConstraint,
}: Pick<GetBucketLocationCommandOutput, 'LocationConstraint'>): string {
  if (LocationConstraint === undefined || (LocationConstraint as string) === '') return 'us-east-1';
  return LocationConstraint === 'EU' ? 'eu-west-1' : LocationConstraint;
}

/**
 * S3's answers that leave open whose the bucket is: it denies a bucket of another account and a missing permission in
 * the same words, and some endpoints only redirect to the bucket's own Region.
 */
const UNDECIDED = new Set([
  'AccessDenied',
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);

/** Where a bucket of this account is; where S3 does not say, the account's own list decides. Throws `not_found`. */
export async function locateBucket(s3: S3Client, Bucket: string, account: string): Promise<string> {
  try {
    return bucketRegion(await s3.send(new GetBucketLocationCommand({ Bucket, ExpectedBucketOwner: account })));
  } catch (error) {
    if (!(error instanceof Error && UNDECIDED.has(error.name))) throw error;
    // Names that begin alike are few: the one asked for is on the first page.
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({ Prefix: Bucket, MaxBuckets: 1_000 }));
    const own = Buckets.find(({ Name }) => Name === Bucket);
    if (own === undefined) throw new ToolError('not_found', 'The account has no bucket of this name.');
    if (own.BucketRegion === undefined) throw error;
    return own.BucketRegion;
  }
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
