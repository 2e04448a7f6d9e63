import { GetPublicAccessBlockCommand, type PublicAccessBlockConfiguration, type S3Client } from '@aws-sdk/client-s3';

/** The parts of a request that are changed. */
interface HttpRequest {
  hostname: string;
  path: string;
  query: Record<string, unknown>;
  headers: Record<string, string>;
}

/**
 * The public access block of an account. Only S3 Control tells it, at a host of its own; its answer has the shape of a
 * bucket's, so the client of S3 reads it, and no second client is bundled for one call.
 */
export async function getAccountPublicAccessBlock(
  s3: S3Client,
  { account, region, partition }: { account: string; region: string; partition: string },
): Promise<PublicAccessBlockConfiguration | undefined> {
  const command = new GetPublicAccessBlockCommand({ Bucket: account });
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as HttpRequest;
      // A local endpoint keeps its host.
      if (process.env.AWS_ENDPOINT_URL === undefined) {
        const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
        request.hostname = `${account}.s3-control.${region}.${suffix}`;
      }
      request.path = '/v20180820/configuration/publicAccessBlock';
      request.query = {};
      request.headers['x-amz-account-id'] = account;
      return next(args);
    },
    { step: 'build', name: 'accountPublicAccessBlock' },
  );
  return (await s3.send(command)).PublicAccessBlockConfiguration;
}
