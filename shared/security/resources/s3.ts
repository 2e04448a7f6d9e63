import {
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  type PublicAccessBlockConfiguration,
  S3Client,
  type ServerSideEncryptionByDefault,
} from '@aws-sdk/client-s3';
import { allPages } from '../../all-pages.ts';
import { getAccountPublicAccessBlock } from '../../aws/s3-control.ts';
import { type BucketPolicy, parsePolicy } from '../bucket-policy.ts';
import { type Part, type Resource, Unread } from '../control.ts';
import { type KeyManager, keyManager } from '../kms.ts';
import { eachOf, type Reading } from '../reading.ts';

/** Buckets are listed without details: the most that one answer may hold keeps the list to one call. */
const PAGE_SIZE = 10_000;

export interface Bucket extends Resource {
  /** aws:kms, aws:kms:dsse or AES256; null without any default encryption. */
  readonly SSEAlgorithm: Part<string | null>;
  readonly KeyManager: Part<KeyManager>;
  readonly PublicAccessBlock: Part<PublicAccessBlockConfiguration | null>;
  readonly Policy: Part<BucketPolicy | null>;
  /** null without a policy, and where Block Public Access leaves it without effect: it is not asked for there. */
  readonly PolicyIsPublic: Part<boolean | null | undefined>;
}

/** What an account has set for all its buckets. */
export interface S3Account extends Resource {
  readonly PublicAccessBlock: Part<PublicAccessBlockConfiguration | null>;
}

export async function readS3Account(cell: Reading): Promise<S3Account[]> {
  if (!cell.isFirstOfAccount) return [];
  const { partition } = cell.call.self;
  const s3 = await cell.client(S3Client);
  const block = await orNull(
    async () =>
      (await getAccountPublicAccessBlock(s3, { account: cell.account, region: cell.region, partition })) ?? null,
  );
  return [{ type: 'AWS::::Account', id: cell.account, PublicAccessBlock: block }];
}

/** The buckets of the cell's Region: S3 lists them by Region, so that none is asked where it lies. */
export async function readBuckets(cell: Reading): Promise<Bucket[]> {
  const s3 = await cell.client(S3Client);
  const buckets = await allPages(async (ContinuationToken) => {
    const page = await s3.send(
      new ListBucketsCommand({ BucketRegion: cell.region, MaxBuckets: PAGE_SIZE, ContinuationToken }),
    );
    return { items: page.Buckets, next: page.ContinuationToken };
  });
  return eachOf(buckets, ({ Name = '' }) => readBucket(cell, s3, Name));
}

/** Three parts side by side, and whether the policy is public where that matters: four calls at most. */
async function readBucket(cell: Reading, s3: S3Client, name: string): Promise<Bucket> {
  const bucket = { Bucket: name, ExpectedBucketOwner: cell.account };
  const [encryption, PublicAccessBlock, Policy] = await Promise.all([
    cell.part(() =>
      orNull(async () => {
        const { ServerSideEncryptionConfiguration: found } = await s3.send(new GetBucketEncryptionCommand(bucket));
        return found?.Rules?.[0]?.ApplyServerSideEncryptionByDefault ?? null;
      }),
    ),
    cell.part(() =>
      orNull(
        async () => (await s3.send(new GetPublicAccessBlockCommand(bucket))).PublicAccessBlockConfiguration ?? null,
      ),
    ),
    cell.part(() => orNull(async () => parsePolicy((await s3.send(new GetBucketPolicyCommand(bucket))).Policy))),
  ]);
  return {
    type: 'AWS::S3::Bucket',
    id: name,
    arn: `arn:${cell.call.self.partition}:s3:::${name}`,
    ...(await encryptionOf(cell, encryption)),
    PublicAccessBlock,
    Policy,
    PolicyIsPublic: canBePublic(PublicAccessBlock, Policy)
      ? await cell.part(() =>
          orNull(async () => (await s3.send(new GetBucketPolicyStatusCommand(bucket))).PolicyStatus?.IsPublic),
        )
      : null,
  };
}

async function encryptionOf(cell: Reading, encryption: Part<ServerSideEncryptionByDefault | null>) {
  if (encryption instanceof Unread) return { SSEAlgorithm: encryption, KeyManager: encryption };
  const { SSEAlgorithm = null, KMSMasterKeyID } = encryption ?? {};
  return { SSEAlgorithm, KeyManager: await bucketKey(cell, SSEAlgorithm, KMSMasterKeyID) };
}

/** Without a key named, aws:kms means the key that AWS manages for S3. */
async function bucketKey(cell: Reading, algorithm: string | null, key: string | undefined) {
  if (algorithm === null) return 'NONE';
  if (!algorithm.startsWith('aws:kms')) return 'AWS_OWNED';
  return key === undefined ? 'AWS' : keyManager(cell, true, key);
}

function canBePublic(block: Bucket['PublicAccessBlock'], policy: Bucket['Policy']): boolean {
  const restricted = !(block instanceof Unread) && block?.RestrictPublicBuckets === true;
  return policy !== null && !restricted;
}

/** S3's errors that mean "nobody has set this", from the API reference of each operation. */
const NOT_SET = [
  'ServerSideEncryptionConfigurationNotFoundError',
  'NoSuchPublicAccessBlockConfiguration',
  'NoSuchBucketPolicy',
];

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && NOT_SET.includes(error.name)) return null;
    throw error;
  }
}
