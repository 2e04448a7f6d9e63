import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { listS3Buckets } from '../schemas/list-s3-buckets.ts';
import { listHandler } from '../shared/list-handler.ts';
import { expandRegions } from '../shared/targets.ts';

/** Buckets of some Regions may be few among many: looked for in larger pages. S3 gives up to 10,000 at once. */
const FILTERED_PAGE = 1_000;

/**
 * Any Region's endpoint lists the buckets of all, so the home Region is asked once per account. S3's own filter
 * (BucketRegion) must be asked in that very Region and fails where it is switched off: the page is filtered here.
 */
export const handler = listHandler(
  listS3Buckets,
  S3Client,
  async ({ region = 'all', prefix }, s3, { token, size }, { call }) => {
    const regions = region.trim() === 'all' ? undefined : expandRegions(region, call);
    const { Buckets = [], ContinuationToken } = await s3.send(
      new ListBucketsCommand({
        Prefix: prefix,
        // Without a number S3 neither pages nor says the buckets' Regions.
        MaxBuckets: regions === undefined ? size : FILTERED_PAGE,
        ContinuationToken: token,
      }),
    );
    return {
      // A bucket whose Region S3 did not say is rather shown than hidden.
      items: Buckets.filter(
        ({ BucketRegion }) => BucketRegion === undefined || (regions?.includes(BucketRegion) ?? true),
      ),
      next: ContinuationToken,
    };
  },
  { scope: 'account' },
);
