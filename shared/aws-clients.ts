import type { Readable } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import pLimit from 'p-limit';
import type { Call } from './call.ts';
import { FatalError, ToolError } from './errors.ts';

/** Temporary credentials, in the form the SDK takes from a provider. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Measured: 400 cells gain nothing beyond 64 requests in flight on one CPU, and sockets cost memory. */
export const MAX_SOCKETS = 64;

// Per host. No total is set: idle sockets to some hosts would count in it and keep requests to others waiting.
const agentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS };

/** Requests in flight, whatever their hosts. */
const places = pLimit(MAX_SOCKETS);

// One handler for all clients: sockets are what is worth sharing. Options rather than Agent objects, because importing
// node:http as ESM costs 20 ms of cold start.
const http = new NodeHttpHandler({
  connectionTimeout: 2_000,
  requestTimeout: 8_000,
  throwOnRequestTimeout: true,
  httpsAgent: agentOptions,
  httpAgent: agentOptions,
});

/** What every client of ours is made with. The SDK's own defaults never time out. */
export function clientConfiguration(
  region: string,
  allowedRegions: readonly string[],
  endpoint = process.env.AWS_ENDPOINT_URL,
) {
  return {
    region,
    requestHandler: guardedHandler(allowedRegions, endpoint),
    maxAttempts: 3,
    retryMode: 'standard',
    // Said explicitly, these four are not searched for in files and environment on each client's first request.
    defaultsMode: 'legacy',
    useDualstackEndpoint: false,
    useFipsEndpoint: process.env.AWS_USE_FIPS_ENDPOINT === 'true',
    userAgentAppId: 'central-ops-tools',
    // A local endpoint has no host names per bucket.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  } as const;
}

/** The shared handler behind a check of the host: a signed request to a stranger's host would hand over the session. */
function guardedHandler(allowedRegions: readonly string[], endpoint: string | undefined) {
  // An invocation served by this very process waits for requests of its own: it must not take their places.
  const limited = endpoint === process.env.AWS_ENDPOINT_URL;
  const local = endpoint === undefined ? undefined : new URL(endpoint).hostname;
  return {
    metadata: http.metadata,
    handle: async (request: Parameters<typeof http.handle>[0], options: Parameters<typeof http.handle>[1]) => {
      if (request.hostname !== local && !isAllowedHost(request.hostname, allowedRegions)) {
        throw new FatalError(
          'internal',
          'A request to a host outside AWS or outside the configured Regions was stopped.',
        );
      }
      const send = () => http.handle(request, options);
      const answer = await (limited ? inFlight(send) : send());
      // The SDK would read an error that comes with status 200 as a list without items.
      if (answer.response.headers['x-amzn-errortype'] !== undefined && answer.response.statusCode < 300)
        answer.response.statusCode = 500;
      return answer;
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => http.httpHandlerConfigs(),
    // Destroying one client must not cut the others' requests.
    destroy: () => {},
  };
}

/** Sends when there is a place, and keeps the place until the body has come too: the SDK reads it after this. */
function inFlight(send: () => ReturnType<typeof http.handle>): ReturnType<typeof http.handle> {
  return new Promise((resolve, reject) => {
    places(async () => {
      const answer = await send();
      resolve(answer);
      const body: Readable | undefined = answer.response.body;
      if (body?.destroyed === false) await new Promise((closed) => body.once('close', closed));
    }).catch(reject);
  });
}

/**
 * AWS's global services answer at hosts whose name carries no Region of ours. What stands in the place of the Region is one,
 * or `us-gov` (IAM) or `global`: `account.s3.amazonaws.com` is a bucket that anyone can own.
 */
const GLOBAL_HOST =
  /^(?:iam|organizations|cloudfront|support|account|trustedadvisor)(?:-fips)?(?:\.(?:us-gov|global|[a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2}))?\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/;

/**
 * `<service>.<Region>`, in S3 behind a bucket and in S3 Control behind an account. Other names before a service, such as
 * `<id>.execute-api`, are hosts that anyone can own.
 */
const REGIONAL_HOST =
  /^(?:[a-z0-9.-]+\.s3(?:-fips)?|\d{12}\.s3-control(?:-fips)?|(?:fips\.)?[a-z0-9-]+)\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/;

/** Whether a signed request may go to this host: one of AWS's own, in an allowed Region or of a global service. */
export function isAllowedHost(hostname: string, allowedRegions: readonly string[]): boolean {
  if (GLOBAL_HOST.test(hostname)) return true;
  const region = REGIONAL_HOST.exec(hostname)?.[1];
  return region !== undefined && allowedRegions.includes(region);
}

/** The part of an SDK client that we use. */
export interface AwsClient {
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's overloads of send have no common type.
  send(command: any, options?: any): Promise<any>;
  readonly middlewareStack: { remove(name: string): boolean };
}

export type ClientClass<C extends AwsClient> = new (
  configuration: ReturnType<typeof clientConfiguration> & { credentials?: () => Promise<Credentials> },
) => C;

/** Clients kept between calls; at about 20 KB each, 1,000 are 20 MB. The oldest go first and are never destroyed. */
const MAX_CLIENTS = 1_000;
const clients = new Map<string, AwsClient>();
const classNumbers = new Map<unknown, number>();

export interface ClientOptions {
  /**
   * Tells account, role and session policy apart: the SDK remembers the credentials per client, so a client shared by
   * two accounts would sign for the wrong one. Default: the function's own identity.
   */
  readonly identity?: string;
  readonly credentials?: () => Promise<Credentials>;
  /** An endpoint other than AWS's own or AWS_ENDPOINT_URL. */
  readonly endpoint?: string | undefined;
}

/** The client of one service, identity and Region, as this call sees it. */
export function clientOf<C extends AwsClient>(
  Class: ClientClass<C>,
  region: string,
  call: Call,
  { identity = 'own', credentials, endpoint = process.env.AWS_ENDPOINT_URL }: ClientOptions = {},
): C {
  const number = classNumbers.get(Class) ?? classNumbers.size;
  classNumbers.set(Class, number);
  const { regions } = call.configuration;
  const key = [number, region, identity, regions.join(), endpoint].join(' ');
  let client = clients.get(key) as C | undefined;
  if (client === undefined) {
    const allowed = [...regions, call.self.region];
    client = new Class({
      ...clientConfiguration(region, allowed, endpoint),
      ...(credentials === undefined ? {} : { credentials }),
    });
    // The logger middleware copies every answer even when nothing listens.
    client.middlewareStack.remove('loggerMiddleware');
    if (clients.size >= MAX_CLIENTS) clients.delete(clients.keys().next().value as string);
    clients.set(key, client);
  }
  return forCall(client, call);
}

/**
 * A view of a client for one call: its requests end at the call's deadline, go to allowed hosts only, and are counted
 * in the audit line. A failure carries the operation's name, for the error catalogue.
 */
function forCall<C extends AwsClient>(client: C, call: Call): C {
  const view: C = Object.create(client);
  view.send = async (command: object, options?: object) => {
    call.audit.requestStarted();
    let metadata: object | undefined;
    try {
      const output = await client.send(command, { ...options, abortSignal: call.signal });
      metadata = output?.$metadata;
      if (isHollow(command, output)) throw new ToolError('unavailable', 'AWS gave no valid answer. Ask again later.');
      return output;
    } catch (error) {
      metadata ??= (error as { $metadata?: object }).$metadata;
      throw withOperation(error, command);
    } finally {
      call.audit.requestEnded(metadata);
    }
  };
  return view;
}

/** The services of the query protocols. */
const QUERY_SERVICE = /^com\.amazonaws\.(ec2|sts|iam|rds|elasticache|elasticloadbalancing(v2)?)$/;

/**
 * Whether a successful answer of a query service holds nothing of what was asked, not even an empty list: the SDK does not
 * look at the root of the XML, and would read an error or a page with status 200 as a cell that has nothing.
 */
function isHollow(command: object, output: { $metadata?: { httpStatusCode?: number } } | undefined): boolean {
  const [, namespace] = (command as { schema?: readonly unknown[] }).schema ?? [];
  if (!QUERY_SERVICE.test(String(namespace)) || output?.$metadata?.httpStatusCode === undefined) return false;
  return Object.keys(output).every((key) => key === '$metadata');
}

const operations = new WeakMap<object, string>();

function withOperation(error: unknown, command: object): unknown {
  // The operation's schema survives minification; the class's name does not.
  const schema = (command as { schema?: readonly unknown[] }).schema;
  const operation = typeof schema?.[2] === 'string' ? schema[2] : undefined;
  if (error instanceof Error && operation !== undefined) operations.set(error, operation);
  return error;
}

/** The operation whose failure this is, e.g. `DescribeInstances`. */
export function operationOf(error: unknown): string | undefined {
  return operations.get(error as object);
}
