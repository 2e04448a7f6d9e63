import {
  type Bucket,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  type GetBucketPolicyStatusCommandOutput,
  ListBucketsCommand,
  type ListBucketsCommandInput,
  type ListBucketsCommandOutput,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { asList, type Policy } from './policy.ts';
import type { Stub, StubRequest } from './stub.ts';
import { AwsError } from './wire.ts';

// The service's page size when none is asked for.
const largestPage = 10_000;

export function s3Stubs(): Record<string, Stub> {
  return { ListBuckets: listBuckets, GetBucketPolicyStatus: getBucketPolicyStatus };
}

// moto cuts the list at MaxBuckets without a ContinuationToken and gives no BucketRegion per bucket.
async function listBuckets({ input, moto }: StubRequest<ListBucketsCommandInput>) {
  const s3 = new S3Client(moto);
  const { Buckets = [], Owner } = await s3.send(
    new ListBucketsCommand({
      ...(input.Prefix === undefined ? {} : { Prefix: input.Prefix }),
      ...(input.BucketRegion === undefined ? {} : { BucketRegion: input.BucketRegion }),
    }),
  );
  const sorted = Buckets.sort((one, other) => ((one.Name ?? '') < (other.Name ?? '') ? -1 : 1));
  const start = sorted.findIndex(({ Name = '' }) => Name > readToken(input.ContinuationToken));
  const page = start < 0 ? [] : sorted.slice(start, start + (input.MaxBuckets ?? largestPage));
  const last = page.at(-1);
  const more = last !== undefined && last !== sorted.at(-1);
  return {
    Buckets: await Promise.all(page.map((bucket) => withRegion(s3, bucket))),
    ...(Owner ? { Owner } : {}),
    ...(more ? { ContinuationToken: Buffer.from(last.Name ?? '').toString('base64url') } : {}),
    ...(input.Prefix === undefined ? {} : { Prefix: input.Prefix }),
  } satisfies Omit<ListBucketsCommandOutput, '$metadata'>;
}

function readToken(token: string | undefined): string {
  return token === undefined ? '' : Buffer.from(token, 'base64url').toString('utf8');
}

async function withRegion(s3: S3Client, bucket: Bucket): Promise<Bucket> {
  const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket: bucket.Name }));
  return { ...bucket, BucketRegion: LocationConstraint ?? 'us-east-1' };
}

// Public as far as the simulator judges: anyone is allowed, and no condition narrows it.
async function getBucketPolicyStatus({ input, moto }: StubRequest<{ Bucket: string }>) {
  const { Policy: text = '{"Statement":[]}' } = await new S3Client(moto)
    .send(new GetBucketPolicyCommand({ Bucket: input.Bucket }))
    .catch((error: unknown) => {
      if (!(error instanceof S3ServiceException)) throw error;
      throw new AwsError(error.name, error.message, error.$metadata.httpStatusCode);
    });
  const policy = JSON.parse(text) as Policy;
  const isPublic = asList(policy.Statement).some(
    ({ Effect, Principal, Condition }) =>
      Effect === 'Allow' &&
      Object.keys(Condition ?? {}).length === 0 &&
      (Principal === '*' || asList(Principal?.AWS).includes('*')),
  );
  return { PolicyStatus: { IsPublic: isPublic } } satisfies Omit<GetBucketPolicyStatusCommandOutput, '$metadata'>;
}
