import * as z from 'zod';
import { defineTool, objectOf } from './define-tool.ts';
import { accountTargets, fields, tags } from './fields.ts';

export const getS3BucketInfo = defineTool({
  name: 'get_s3_bucket_info',
  toolset: 'storage',
  description:
    'One S3 bucket: Region, tags, encryption, public access block, whether its policy is public, versioning, ownership, logging, lifecycle. null: not configured; Unavailable: could not be read.',
  input: z.strictObject({
    ...accountTargets,
    bucket_name: z
      .string()
      .min(3)
      .max(63)
      // No ARN: those of access points lead to buckets elsewhere.
      .refine((name) => /^[A-Za-z0-9._-]+$/.test(name), 'is not the name of a bucket'),
    region: z.string().optional().describe('Not needed: the bucket is asked in its own Region.'),
    ...fields(),
  }),
  output: objectOf('bucket', 'buckets', {
    Name: z.string(),
    BucketRegion: z.string(),
    Tags: tags.nullable(),
    Encryption: z
      .strictObject({
        SSEAlgorithm: z.string(),
        KMSMasterKeyID: z.string().optional(),
        BucketKeyEnabled: z.boolean().optional(),
      })
      .nullable(),
    PublicAccessBlock: z
      .strictObject({
        BlockPublicAcls: z.boolean().optional(),
        IgnorePublicAcls: z.boolean().optional(),
        BlockPublicPolicy: z.boolean().optional(),
        RestrictPublicBuckets: z.boolean().optional(),
      })
      .nullable(),
    PolicyIsPublic: z.boolean().nullable(),
    Versioning: z.strictObject({ Status: z.string(), MFADelete: z.string().optional() }).nullable(),
    ObjectOwnership: z.string().nullable(),
    Logging: z.strictObject({ TargetBucket: z.string(), TargetPrefix: z.string().optional() }).nullable(),
    LifecycleRules: z
      .array(
        z.strictObject({
          ID: z.string().optional(),
          Status: z.string(),
          Prefix: z.string().optional(),
          ExpirationDays: z.number().optional(),
          Transitions: z.array(z.string()).optional(),
        }),
      )
      .nullable(),
    Unavailable: z.record(z.string(), z.string()),
  }),
  iam: [
    's3:GetBucketLocation',
    's3:ListAllMyBuckets',
    's3:GetBucketTagging',
    's3:GetEncryptionConfiguration',
    's3:GetBucketPublicAccessBlock',
    's3:GetBucketPolicyStatus',
    's3:GetBucketVersioning',
    's3:GetBucketOwnershipControls',
    's3:GetBucketLogging',
    's3:GetLifecycleConfiguration',
  ],
  example: {
    input: { account_id: '111111111111', bucket_name: 'payments-prod-invoices' },
    output: {
      account_id: '111111111111',
      region: 'all',
      bucket: {
        Name: 'payments-prod-invoices',
        BucketRegion: 'eu-west-1',
        Tags: { Environment: 'prod' },
        Encryption: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/invoices', BucketKeyEnabled: true },
        PublicAccessBlock: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        },
        PolicyIsPublic: null,
        Versioning: { Status: 'Enabled' },
        ObjectOwnership: 'BucketOwnerEnforced',
        Logging: null,
        LifecycleRules: null,
      },
    },
  },
});
