import type { GetBucketLocationCommandOutput } from '@aws-sdk/client-s3';
import { operationOf } from '../aws-clients.ts';
import { FatalError, toToolError } from '../errors.ts';

/** The Region of a bucket. S3 writes us-east-1 as no constraint, and eu-west-1 once as EU. */
export function bucketRegion({
  LocationConstraint,
}: Pick<GetBucketLocationCommandOutput, 'LocationConstraint'>): string {
  if (LocationConstraint === undefined || (LocationConstraint as string) === '') return 'us-east-1';
  return LocationConstraint === 'EU' ? 'eu-west-1' : LocationConstraint;
}

/** S3's errors that mean "nobody has set this", each from the S3 API reference of its operation. */
const NOT_SET = new Set([
  'NoSuchTagSet',
  'ServerSideEncryptionConfigurationNotFoundError',
  'NoSuchPublicAccessBlockConfiguration',
  'NoSuchBucketPolicy',
  'OwnershipControlsNotFoundError',
  'NoSuchLifecycleConfiguration',
]);

type Parts = Record<string, () => Promise<unknown>>;
type PartValues<P extends Parts> = { [K in keyof P]?: Awaited<ReturnType<P[K]>> | null };

/** Reads a bucket's parts side by side: null for what is not set, an entry in `unavailable` with its code for what could not be read. */
export async function readParts<P extends Parts>(
  actions: readonly string[],
  parts: P,
): Promise<{ values: PartValues<P>; unavailable: Record<string, string> | undefined }> {
  const values: Record<string, unknown> = {};
  const unavailable: Record<string, string> = {};
  await Promise.all(
    Object.entries(parts).map(async ([name, read]) => {
      try {
        values[name] = await read();
      } catch (error) {
        if (error instanceof FatalError) throw error;
        if (error instanceof Error && NOT_SET.has(error.name)) values[name] = null;
        else unavailable[name] = toToolError(error, { operation: operationOf(error), actions }).code;
      }
    }),
  );
  return {
    values: values as PartValues<P>,
    unavailable: Object.keys(unavailable).length > 0 ? unavailable : undefined,
  };
}
