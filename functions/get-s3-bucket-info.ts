import { S3Client } from '@aws-sdk/client-s3';
import { getS3BucketInfo } from '../schemas/get-s3-bucket-info.ts';
import { locateBucket, NOT_SET } from '../shared/aws/s3.ts';
import { bucketParts } from '../shared/aws/s3-bucket-parts.ts';
import { ToolError } from '../shared/errors.ts';
import { objectHandler } from '../shared/object-handler.ts';
import { readParts } from '../shared/read-parts.ts';

/** The location first, then all parts side by side in the bucket's own Region. */
export const handler = objectHandler(
  getS3BucketInfo,
  S3Client,
  async ({ bucket_name: Name }, home, { account, client, call }) => {
    const BucketRegion = await locateBucket(home, Name, account);
    if (!call.configuration.regions.includes(BucketRegion)) {
      throw new ToolError(
        'not_configured',
        `The bucket is in ${BucketRegion}, which is none of the configured Regions.`,
      );
    }
    const s3 = await client(S3Client, BucketRegion);
    // The owner is said each time: a bucket of another account, readable through its policy, is not this account's.
    const parts = bucketParts(s3, { Bucket: Name, ExpectedBucketOwner: account });
    const { values, unavailable } = await readParts(getS3BucketInfo.iam, parts, NOT_SET);
    return { Name, BucketRegion, ...values, Unavailable: unavailable };
  },
  { scope: 'account' },
);
