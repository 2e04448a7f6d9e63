import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientOf, isAllowedHost, MAX_SOCKETS } from '../../shared/aws-clients.ts';
import { testCall } from '../support/call.ts';
import { testEnvironment } from '../support/configuration.ts';

const regions = ['us-east-1', 'eu-west-1'];

describe('isAllowedHost', () => {
  it.each([
    'ec2.us-east-1.amazonaws.com',
    'sts.eu-west-1.amazonaws.com',
    'bucket.s3.eu-west-1.amazonaws.com',
    'a-bucket.with.dots.s3.us-east-1.amazonaws.com',
    'ec2-fips.us-east-1.amazonaws.com',
    'fips.eks.us-east-1.amazonaws.com',
    '111111111111.s3-control.us-east-1.amazonaws.com',
    'iam-fips.amazonaws.com',
    'organizations-fips.us-east-1.amazonaws.com',
    'resource-explorer-2.eu-west-1.api.aws',
    'iam.amazonaws.com',
    'organizations.us-east-1.amazonaws.com',
    'cloudfront.amazonaws.com',
  ])('allows %s', (host) => expect(isAllowedHost(host, regions)).toBe(true));

  it.each([
    'ec2.ap-south-1.amazonaws.com',
    'ec2.us-east-1.amazonaws.com.evil.example',
    'ec2.us-east-1.evil.example',
    'us-east-1.amazonaws.com',
    'ec2.*.amazonaws.com',
    'ec2.us-iso-east-1.c2s.ic.gov',
    'evil.example',
    'evil.execute-api.us-east-1.amazonaws.com',
    'evil-1234.us-east-1.elb.amazonaws.com',
    'us-east-1.s3.ap-south-1.amazonaws.com',
    'evil.s3-control.us-east-1.amazonaws.com',
    'localhost',
    '169.254.169.254',
    '',
  ])('refuses %s', (host) => expect(isAllowedHost(host, regions)).toBe(false));
});

describe('a client', () => {
  let server: Server;
  let inFlight = 0;
  let peak = 0;
  let requests = 0;
  let answer: (respond: () => void) => void;

  beforeEach(async () => {
    [inFlight, peak, requests] = [0, 0, 0];
    answer = (respond) => respond();
    server = createServer((_, response) => {
      requests++;
      peak = Math.max(peak, ++inFlight);
      answer(() => {
        inFlight--;
        response
          .setHeader('content-type', 'text/xml')
          .end('<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const [key, value] of Object.entries({ ...testEnvironment(), AWS_ENDPOINT_URL: url })) vi.stubEnv(key, value);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });

  const credentials = async () => ({
    accessKeyId: 'AKIA',
    secretAccessKey: 's',
    sessionToken: 't',
    expiration: new Date(Date.now() + 3_600_000),
  });
  const ec2 = (changes = {}) =>
    clientOf(EC2Client, 'us-east-1', testCall(changes), { identity: crypto.randomUUID(), credentials });

  it('never has more requests in flight than sockets', async () => {
    answer = (respond) => setTimeout(respond, 20);
    const client = ec2();
    await Promise.all(Array.from({ length: 300 }, () => client.send(new DescribeInstancesCommand({}))));
    expect(requests).toBe(300);
    expect(peak).toBeLessThanOrEqual(MAX_SOCKETS);
    expect(peak).toBeGreaterThan(MAX_SOCKETS / 2);
  });

  it('is not kept waiting by idle sockets to another host', async () => {
    answer = (respond) => setTimeout(respond, 20);
    const client = ec2();
    await Promise.all(Array.from({ length: 200 }, () => client.send(new DescribeInstancesCommand({}))));
    // The same server by another name is another host to the agent, as each Region of AWS is.
    vi.stubEnv('AWS_ENDPOINT_URL', process.env.AWS_ENDPOINT_URL?.replace('127.0.0.1', 'localhost'));
    const started = performance.now();
    await ec2().send(new DescribeInstancesCommand({}));
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("ends its requests at the call's deadline", async () => {
    answer = () => {};
    const deadline = new AbortController();
    setTimeout(() => deadline.abort(), 100);
    const started = performance.now();
    await expect(ec2({ signal: deadline.signal }).send(new DescribeInstancesCommand({}))).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('sends nothing to a host outside the configured Regions', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    const client = clientOf(EC2Client, 'ap-south-1', testCall(), { identity: crypto.randomUUID(), credentials });
    await expect(client.send(new DescribeInstancesCommand({}))).rejects.toThrow('outside the configured Regions');
  });

  it('survives the end of another client', async () => {
    ec2().destroy();
    await expect(ec2().send(new DescribeInstancesCommand({}))).resolves.toBeDefined();
  });
});
