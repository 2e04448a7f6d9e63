import * as z from 'zod';
import { defineTool, listOf } from './define-tool.ts';
import { accountTargets, fields, paging, time } from './fields.ts';

export const listS3Buckets = defineTool({
  name: 'list_s3_buckets',
  toolset: 'storage',
  description: 'S3 buckets of an account with Region and age. Use get_s3_bucket_info for how one is set up.',
  input: z.strictObject({
    ...accountTargets,
    region: z
      .string()
      .optional()
      .describe('Only buckets in this Region, or several separated by commas. Default: all.'),
    prefix: z.string().min(1).max(63).optional().describe('What names begin with.'),
    ...fields(),
    ...paging,
  }),
  output: listOf('bucket', 'buckets', {
    Name: z.string(),
    BucketRegion: z.string(),
    CreationDate: time,
  }),
  iam: ['s3:ListAllMyBuckets'],
  example: {
    input: { account_id: '111111111111', prefix: 'payments-' },
    output: {
      account_id: '111111111111',
      region: 'all',
      bucket_count: 2,
      buckets: [
        { Name: 'payments-prod-assets', BucketRegion: 'us-east-1', CreationDate: '2025-02-03T10:15:00.000Z' },
        { Name: 'payments-prod-invoices', BucketRegion: 'eu-west-1', CreationDate: '2026-05-11T07:00:00.000Z' },
      ],
    },
  },
});
