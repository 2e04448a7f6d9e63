import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it, vi } from 'vitest';
import { getAccountPublicAccessBlock } from '../../../shared/aws/s3-control.ts';
import { isAllowedHost } from '../../../shared/aws-clients.ts';

interface Sent {
  hostname: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
}

const account = '111111111111';
const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };

/** A client of S3 that keeps what it would send, and hears this answer. */
function clientHearing(statusCode: number, body: string, region = 'eu-west-1') {
  const sent: Sent[] = [];
  const handle = async (request: unknown) => {
    sent.push(structuredClone({ ...(request as Sent), body: undefined }));
    return { response: { statusCode, headers: {}, body: new TextEncoder().encode(body) } };
  };
  const requestHandler = { handle, metadata: { handlerProtocol: 'http/1.1' } };
  return { sent, s3: new S3Client({ region, credentials, maxAttempts: 1, requestHandler: requestHandler as never }) };
}

const BLOCK = `<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>
<BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>`;

describe('the public access block of an account', () => {
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);

  it.each([
    ['aws', 'eu-west-1', '111111111111.s3-control.eu-west-1.amazonaws.com'],
    ['aws-cn', 'cn-north-1', '111111111111.s3-control.cn-north-1.amazonaws.com.cn'],
  ])('is asked of S3 Control in %s, and of no other host', async (partition, region, hostname) => {
    const { s3, sent } = clientHearing(200, BLOCK, region);
    expect(await getAccountPublicAccessBlock(s3, { account, region, partition })).toEqual({
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: true,
    });
    expect(sent).toMatchObject([
      {
        hostname,
        path: '/v20180820/configuration/publicAccessBlock',
        query: {},
        headers: { 'x-amz-account-id': account },
      },
    ]);
    // The header for the account and the host are signed.
    expect(sent[0]?.headers.authorization).toMatch(
      new RegExp(`Credential=AKIA/[0-9]{8}/${region}/s3/aws4_request, SignedHeaders=[^,]*host;[^,]*x-amz-account-id`),
    );
    expect(isAllowedHost(hostname, [region])).toBe(true);
  });

  it('stays with a local endpoint', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
    const { s3, sent } = clientHearing(200, BLOCK);
    await getAccountPublicAccessBlock(s3, { account, region: 'eu-west-1', partition: 'aws' });
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    expect(sent[0]?.hostname).not.toContain('s3-control');
    expect(sent[0]?.path).toBe('/v20180820/configuration/publicAccessBlock');
  });

  it('has the error of S3 where none is set', async () => {
    const error = '<Error><Code>NoSuchPublicAccessBlockConfiguration</Code><Message>no</Message></Error>';
    const { s3 } = clientHearing(404, error);
    const asked = getAccountPublicAccessBlock(s3, { account, region: 'eu-west-1', partition: 'aws' });
    await expect(asked).rejects.toMatchObject({ name: 'NoSuchPublicAccessBlockConfiguration' });
  });
});
