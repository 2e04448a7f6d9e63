import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeInstancesCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type AwsClient,
  type ClientOptions,
  clientConfiguration,
  clientOf,
  isAllowedHost,
  MAX_SOCKETS,
  operationOf,
} from '../../shared/aws-clients.ts';
import type { Call } from '../../shared/call.ts';
import { FatalError } from '../../shared/errors.ts';
import { testCall } from '../support/call.ts';
import { testEnvironment } from '../support/configuration.ts';
import { eventually } from '../support/eventually.ts';
import { whenQuiet } from '../support/when-quiet.ts';

const regions = ['us-east-1', 'eu-west-1'];
type Handler = Pick<NodeHttpHandler, 'metadata' | 'httpHandlerConfigs' | 'updateHttpClientConfig'>;

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
    'ec2.eu-west-1.api.aws',
    'ec2.eu-west-1.amazonaws.com.cn',
    'iam.amazonaws.com.cn',
    'account.ap-south-1.api.aws',
    'organizations.us-gov-west-1.amazonaws.com',
    'iam.us-gov.amazonaws.com',
    'iam.global.api.aws',
    'bucket.s3-fips.eu-west-1.amazonaws.com',
    '111111111111.s3-control-fips.us-east-1.amazonaws.com',
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
    '1.s3-control.us-east-1.amazonaws.com',
    'evil.iam.amazonaws.com',
    'iam.amazonaws.com.evil.example',
    'iam.evil.example.amazonaws.com',
    'account.s3.amazonaws.com',
    'support.s3-website-us-east-1.amazonaws.com',
    'account.s3-ap-south-1.amazonaws.com',
    'evil.ec2.us-east-1.amazonaws.com',
    'evil.fips.ec2.us-east-1.amazonaws.com',
    '*.s3.us-east-1.amazonaws.com',
    'ec2.us-east-1.amazonawsxcom',
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
  let body: string;
  let status: number;
  const EMPTY = '<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>';
  const HOLLOW = '<Response><Errors><Error><Code>InternalError</Code></Error></Errors></Response>';

  beforeEach(async () => {
    [inFlight, peak, requests, body, status] = [0, 0, 0, EMPTY, 200];
    answer = (respond) => respond();
    server = createServer((_, response) => {
      const id = `r-${++requests}`;
      peak = Math.max(peak, ++inFlight);
      answer(() => {
        inFlight--;
        response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': id }).end(body);
      });
    });
    // A socket that is kept stays open: what waits for it to close waits for ever.
    server.keepAliveTimeout = 0;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const [key, value] of Object.entries({ ...testEnvironment(), AWS_ENDPOINT_URL: url })) vi.stubEnv(key, value);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    server.closeAllConnections();
    server.close();
  });

  const credentials = async () => ({
    accessKeyId: 'AKIA',
    secretAccessKey: 's',
    sessionToken: 't',
    expiration: new Date(Date.now() + 3_600_000),
  });
  const byAnotherName = () => process.env.AWS_ENDPOINT_URL?.replace('127.0.0.1', 'localhost');
  const ec2 = (changes = {}) =>
    clientOf(EC2Client, 'us-east-1', testCall(changes), { identity: crypto.randomUUID(), credentials });

  it('never has more requests in flight than sockets', async () => {
    const quiet = whenQuiet();
    answer = (respond) => void quiet().then(respond);
    const client = ec2();
    await Promise.all(Array.from({ length: 300 }, () => client.send(new DescribeInstancesCommand({}))));
    expect(requests).toBe(300);
    expect(peak).toBe(MAX_SOCKETS);
  });

  it('never has more in flight than that to several hosts together', async () => {
    const quiet = whenQuiet();
    answer = (respond) => void quiet().then(respond);
    const one = ec2();
    vi.stubEnv('AWS_ENDPOINT_URL', byAnotherName());
    const clients = [one, ec2()];
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => clients[index % 2]?.send(new DescribeInstancesCommand({}))),
    );
    expect(requests).toBe(200);
    expect(peak).toBe(MAX_SOCKETS);
  });

  it('asks again over the connection that it has', async () => {
    let connections = 0;
    server.on('connection', () => connections++);
    const client = ec2();
    for (let index = 0; index < 5; index++) await client.send(new DescribeInstancesCommand({}));
    expect([requests, connections]).toEqual([5, 1]);
  });

  it('is not kept waiting by idle sockets to another host', async () => {
    const quiet = whenQuiet();
    answer = (respond) => void quiet().then(respond);
    const client = ec2();
    await Promise.all(Array.from({ length: 200 }, () => client.send(new DescribeInstancesCommand({}))));
    // The same server by another name is another host to the agent, as each Region of AWS is.
    vi.stubEnv('AWS_ENDPOINT_URL', byAnotherName());
    await expect(ec2().send(new DescribeInstancesCommand({}))).resolves.toBeDefined();
  });

  it("ends its requests at the call's deadline", async () => {
    answer = () => {};
    const deadline = new AbortController();
    setTimeout(() => deadline.abort(), 100);
    // Not the TimeoutError of the request's own limit.
    await expect(ec2({ signal: deadline.signal }).send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(requests).toBe(1);
  });

  it('survives the end of another client', async () => {
    ec2().destroy();
    await expect(ec2().send(new DescribeInstancesCommand({}))).resolves.toBeDefined();
  });

  it('of an endpoint of its own is not kept waiting by requests to AWS', async () => {
    const held: (() => void)[] = [];
    answer = (respond) => void held.push(respond);
    const asked = Array.from({ length: MAX_SOCKETS }, () => ec2().send(new DescribeInstancesCommand({})));
    await eventually(() => expect(held).toHaveLength(MAX_SOCKETS));
    // Two more wait for a place; the one to another endpoint needs none.
    const waiting = ec2().send(new DescribeInstancesCommand({}));
    const free = clientOf(EC2Client, 'us-east-1', testCall(), {
      identity: crypto.randomUUID(),
      credentials,
      endpoint: byAnotherName(),
    }).send(new DescribeInstancesCommand({}));
    await eventually(() => expect(held).toHaveLength(MAX_SOCKETS + 1));
    held.at(-1)?.();
    await free;
    expect(requests).toBe(MAX_SOCKETS + 1);
    answer = (respond) => respond();
    for (const respond of held.slice(0, -1)) respond();
    await Promise.all([...asked, waiting]);
  });

  it('goes to a local endpoint and to no other host beside it', async () => {
    const client = ec2();
    client.middlewareStack.add(
      (next) => (args) => {
        Object.assign(args.request as object, { hostname: 'localhost' });
        return next(args);
      },
      { step: 'build' },
    );
    await expect(client.send(new DescribeInstancesCommand({}))).rejects.toThrow('outside the configured Regions');
    expect(requests).toBe(0);
  });

  it.each(['us-east-1', 'eu-west-1', 'ap-south-1'])(
    'goes to %s: configured, or that of the function',
    async (region) => {
      vi.stubEnv('AWS_ENDPOINT_URL', undefined);
      const call = testCall({
        self: { partition: 'aws', account: '999999999999', region: 'ap-south-1' },
      });
      const sent = vi.spyOn(NodeHttpHandler.prototype, 'handle').mockRejectedValue(new Error('as far as the network'));
      const client = clientOf(EC2Client, region, call, { identity: crypto.randomUUID(), credentials });
      await expect(client.send(new DescribeInstancesCommand({}))).rejects.toThrow('as far as the network');
      expect(sent.mock.calls.map(([{ hostname }]) => hostname)).toEqual([`ec2.${region}.amazonaws.com`]);
    },
  );

  it('stops everything rather than sign a request to a stranger', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    const client = clientOf(EC2Client, 'ap-south-1', testCall(), { identity: crypto.randomUUID(), credentials });
    const error = await client.send(new DescribeInstancesCommand({})).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FatalError);
    expect(error).toMatchObject({
      code: 'internal',
      message: 'A request to a host outside AWS or outside the configured Regions was stopped.',
    });
    expect(operationOf(error)).toBe('DescribeInstances');
  });

  it('counts its requests in the audit line, each once, with their IDs', async () => {
    const call = testCall();
    const started = vi.spyOn(call.audit, 'requestStarted');
    const ended = vi.spyOn(call.audit, 'requestEnded');
    const client = clientOf(EC2Client, 'us-east-1', call, { identity: crypto.randomUUID(), credentials });
    await client.send(new DescribeInstancesCommand({}));
    body = HOLLOW;
    await client.send(new DescribeInstancesCommand({})).catch(() => {});
    status = 403;
    await client.send(new DescribeInstancesCommand({})).catch(() => {});
    expect(started).toHaveBeenCalledTimes(3);
    expect(ended.mock.calls.map(([metadata]) => metadata?.requestId)).toEqual(['r-1', 'r-2', 'r-3']);
  });

  it('takes an answer of a query service that holds nothing of what was asked for no answer', async () => {
    body = HOLLOW;
    const error = await ec2()
      .send(new DescribeVpcsCommand({}))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'unavailable',
      message: 'AWS gave no valid answer. Ask again later.',
    });
    expect(operationOf(error)).toBe('DescribeVpcs');
    body = '<html>Welcome</html>';
    const sts = clientOf(STSClient, 'us-east-1', testCall(), { identity: crypto.randomUUID(), credentials });
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('passes on what the caller of send asks for, and not its signal', async () => {
    await expect(
      ec2().send(new DescribeInstancesCommand({}), { abortSignal: AbortSignal.abort(), requestTimeout: 5_000 }),
    ).resolves.toBeDefined();
    answer = () => {};
    await expect(ec2().send(new DescribeInstancesCommand({}), { requestTimeout: 50 })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('does not copy every answer for a log that nobody reads', () => {
    expect(ec2().middlewareStack.identify().join()).not.toContain('loggerMiddleware');
  });

  it('cannot change the handler that all clients share', () => {
    const requestHandler = ec2().config.requestHandler as unknown as Handler;
    const before = { ...requestHandler.httpHandlerConfigs() };
    requestHandler.updateHttpClientConfig('requestTimeout', 1);
    expect(requestHandler.httpHandlerConfigs()).toEqual(before);
    expect(before).toMatchObject({ connectionTimeout: 2_000, requestTimeout: 8_000, throwOnRequestTimeout: true });
    expect(requestHandler.metadata).toEqual({ handlerProtocol: 'http/1.1' });
  });
});

describe('clientConfiguration', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it('says all that the SDK would search for, and that requests end', () => {
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    const { requestHandler: _, ...said } = clientConfiguration('eu-west-1', regions);
    expect(said).toEqual({
      region: 'eu-west-1',
      maxAttempts: 3,
      retryMode: 'standard',
      defaultsMode: 'legacy',
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
      userAgentAppId: 'central-ops-tools',
    });
  });

  it('uses the FIPS hosts where the environment says so', () => {
    vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true');
    expect(clientConfiguration('us-east-1', regions).useFipsEndpoint).toBe(true);
  });

  it('of a local endpoint has no host names per bucket', () => {
    const endpoint = 'http://127.0.0.1:1';
    expect(clientConfiguration('us-east-1', regions, endpoint)).toMatchObject({ endpoint, forcePathStyle: true });
  });
});

describe('clientOf', () => {
  beforeEach(() => {
    for (const [key, value] of Object.entries(testEnvironment())) vi.stubEnv(key, value);
  });
  afterEach(() => void vi.unstubAllEnvs());

  class Fake implements AwsClient {
    static made = 0;
    readonly number = ++Fake.made;
    readonly config: object;
    readonly middlewareStack = { remove: () => true };
    answer: () => unknown = () => ({});
    constructor(config: object) {
      this.config = config;
    }
    async send(_command: object) {
      return this.answer();
    }
  }
  class Other extends Fake {}
  const options = (): ClientOptions => ({ identity: crypto.randomUUID() });
  const configured = (changes: object) => {
    const call = testCall();
    return { ...call, configuration: { ...call.configuration, ...changes } };
  };

  it('keeps one client for the same service, Region, identity, Regions and endpoint', () => {
    const same = options();
    const first = clientOf(Fake, 'us-east-1', testCall(), same);
    expect(clientOf(Fake, 'us-east-1', testCall(), same).number).toBe(first.number);
    // Each call sees it in its own way.
    expect(clientOf(Fake, 'us-east-1', testCall(), same)).not.toBe(first);
  });

  it.each<[string, (same: ClientOptions) => Fake]>([
    ['service', (same) => clientOf(Other, 'us-east-1', testCall(), same)],
    ['Region', (same) => clientOf(Fake, 'eu-west-1', testCall(), same)],
    ['identity', () => clientOf(Fake, 'us-east-1', testCall(), options())],
    ['list of Regions', (same) => clientOf(Fake, 'us-east-1', configured({ regions: ['us-east-1'] }), same)],
    ['endpoint', (same) => clientOf(Fake, 'us-east-1', testCall(), { ...same, endpoint: 'http://127.0.0.1:1' })],
  ])('never shares a client with another %s', (_, other) => {
    const same = options();
    const first = clientOf(Fake, 'us-east-1', testCall(), same);
    expect(other(same).number).not.toBe(first.number);
  });

  it("signs as the function itself, with the SDK's own search for credentials, unless it is told otherwise", () => {
    const own = clientOf(Fake, 'us-east-1', testCall());
    expect(own.config).not.toHaveProperty('credentials');
    expect(clientOf(Fake, 'us-east-1', testCall(), { identity: 'own' }).number).toBe(own.number);
    const credentials = async () => ({}) as never;
    expect(clientOf(Fake, 'us-east-1', testCall(), { ...options(), credentials }).config).toMatchObject({
      credentials,
    });
  });

  it('keeps 1,000 clients, and lets the oldest go first', async () => {
    vi.resetModules();
    const fresh = await import('../../shared/aws-clients.ts');
    const numberOf = (identity: number) =>
      fresh.clientOf(Fake, 'us-east-1', call, { identity: String(identity) }).number;
    const call: Call = testCall();
    const numbers = Array.from({ length: 1_000 }, (_, identity) => numberOf(identity));
    expect(numberOf(0)).toBe(numbers[0]);
    numberOf(1_000);
    expect(numberOf(1)).toBe(numbers[1]);
    expect(numberOf(0)).not.toBe(numbers[0]);
  });

  it('gives what a client gives, whatever that is, and tells the audit line', async () => {
    const call = testCall();
    const ended = vi.spyOn(call.audit, 'requestEnded');
    const client = clientOf(Fake, 'us-east-1', call, options());
    const kept = Object.getPrototypeOf(client) as Fake;
    kept.answer = () => undefined;
    expect(await client.send({})).toBeUndefined();
    // A fake of EC2 has no HTTP status: nothing is concluded from what it leaves out.
    kept.answer = () => ({ $metadata: { requestId: 'r' } });
    const ofEc2 = { schema: [9, 'com.amazonaws.ec2', 'DescribeVpcs'] };
    expect(await client.send(ofEc2)).toEqual({ $metadata: { requestId: 'r' } });
    expect(ended.mock.calls).toEqual([[undefined], [{ requestId: 'r' }]]);
    for (const output of [{}, undefined]) {
      kept.answer = () => output;
      expect(await client.send(ofEc2)).toBe(output);
    }
  });

  it('knows the operation of an error that a request brought, and of no other', async () => {
    const client = clientOf(Fake, 'us-east-1', testCall(), options());
    const kept = Object.getPrototypeOf(client) as Fake;
    const thrownBy = async (command: object, error: unknown) => {
      kept.answer = () => {
        throw error;
      };
      return client.send(command).catch((thrown: unknown) => thrown);
    };
    const named = { schema: [9, 'com.amazonaws.sts', 'GetCallerIdentity'] };
    expect(operationOf(await thrownBy(named, new Error('no')))).toBe('GetCallerIdentity');
    for (const command of [{}, { schema: [] }, { schema: [9, 'x', 7] }]) {
      const error = new Error('no');
      expect(await thrownBy(command, error)).toBe(error);
      expect(operationOf(error)).toBeUndefined();
    }
    expect(await thrownBy(named, 'no')).toBe('no');
    for (const strange of ['no', null, undefined, new Error('no')]) expect(operationOf(strange)).toBeUndefined();
  });
});
