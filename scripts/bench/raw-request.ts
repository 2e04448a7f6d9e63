import { Agent, request } from 'node:https';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

const endpoint = new URL(process.env.AWS_ENDPOINT_URL ?? '');
const agent = new Agent({ keepAlive: true });
const signer = new SignatureV4({
  service: 'ec2',
  region: 'us-east-1',
  sha256: Sha256,
  credentials: { accessKeyId: 'ASIA111111111111', secretAccessKey: 's'.repeat(40), sessionToken: 't'.repeat(600) },
});

/** The floor under a warm call: one signed DescribeInstances over a kept connection, its answer read and not parsed. */
export async function handler(): Promise<{ bytes: number }> {
  const body = new URLSearchParams({ Action: 'DescribeInstances', Version: '2016-11-15', MaxResults: '50' }).toString();
  const signed = await signer.sign({
    method: 'POST',
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    port: Number(endpoint.port),
    path: '/',
    query: {},
    headers: { host: endpoint.host, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  return new Promise((resolve, reject) => {
    const sent = request(endpoint, { method: 'POST', headers: signed.headers, agent }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => resolve({ bytes }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
