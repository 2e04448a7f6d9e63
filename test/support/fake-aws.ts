import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assumeRoleXml, describeInstancesXml, signedCell } from '../../scripts/bench/stub-answers.ts';
import { type Call, readCall, type WireAnswer } from '../../scripts/local/simulator/call.ts';
import { faultError } from '../../scripts/local/simulator/faults.ts';
import { AwsError, errorAnswer } from '../../scripts/local/simulator/wire.ts';
import { brokenAnswer, isSkewed } from './broken-answers.ts';

/** What happens to an account's requests. `role` stands for its AssumeRole, the others for what comes after. */
export type NamedFault =
  | 'none'
  | 'role denied'
  | 'denied'
  | 'region off'
  | 'throttled twice'
  | 'throttled'
  | 'internal error'
  | 'silent'
  | 'reset'
  | 'half a body'
  | 'half a document'
  | 'html 503'
  | '200 with an error'
  | 'empty token'
  | 'same token'
  | 'slow drip'
  | 'late body';

/** One of these, or an error of AWS by its name. */
export type Fault = NamedFault | { readonly code: string; readonly status: number };

/** A request as the fake saw it. */
export interface FakeRequest {
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly action: string;
  readonly host: string;
  /** Method and URL, such as `POST /`. */
  readonly target: string;
  /** The query string, or the form of the query protocols. */
  readonly params: URLSearchParams;
  /** How long the session that signed it still lasted, in milliseconds; infinite for the tools' own credentials. */
  readonly sessionLeft: number;
  /** The same for all attempts of one send of the SDK. */
  readonly invocation: string;
  /** Who waited for an answer when: places in the order of all openings and closings. `closed` is 0 while it is open. */
  readonly opened: number;
  closed: number;
}

export interface FakeAws {
  readonly url: string;
  /** Requests in their order. */
  readonly requests: FakeRequest[];
  /** By `account action`, else by account; `*` is for accounts that are not named. */
  readonly faults: Map<string, Fault>;
  /** The instances in each cell, in pages of `pageSize`. */
  readonly estate: { instances: number; pageSize: number };
  /** Answers AssumeRole as for another account or role, when set. */
  assumeAs: ((form: URLSearchParams) => void) | undefined;
  /** Answers everything but AssumeRole, when set. Otherwise there is only DescribeInstances, and the rest is denied. */
  answers: ((call: Call, account: string) => WireAnswer | Promise<WireAnswer>) | undefined;
  /** How long the sessions last that it gives. */
  sessionMs: number;
  /** How far its clock is before ours, in milliseconds: it refuses what was signed five minutes off. */
  clockAhead: number;
  /** Connections open now. */
  openConnections(): Promise<number>;
  close(): Promise<void>;
}

/** A fake of AWS over HTTP on loopback, with a fault for each account. */
export async function startFakeAws(): Promise<FakeAws> {
  const sockets = createServer((request, response) => void answer(request, response));
  const fake: FakeAws = {
    url: '',
    requests: [],
    faults: new Map(),
    estate: { instances: 1, pageSize: 1_000 },
    assumeAs: undefined,
    answers: undefined,
    sessionMs: 3_600_000,
    clockAhead: 0,
    openConnections: () =>
      new Promise((resolve, reject) =>
        sockets.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      ),
    close: async () => {
      sockets.closeAllConnections();
      await new Promise((done) => sockets.close(done));
    },
  };
  const throttled = new Map<string, number>();
  /** When each session ends, by its token. */
  const sessions = new Map<string, number>();
  let order = 0;

  /** With a token and an end of its own. */
  function session(answer: string): string {
    const token = `session-${sessions.size}-${'t'.repeat(600)}`;
    sessions.set(token, Date.now() + fake.sessionMs);
    const end = new Date(Date.now() + fake.clockAhead + fake.sessionMs).toISOString();
    return answer.replace(/(?<=<SessionToken>)[^<]*/, token).replace(/(?<=<Expiration>)[^<]*/, end);
  }

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    incoming.on('error', () => {});
    const call = readCall(await readRequest(incoming));
    const signed = signedCell(incoming.headers.authorization);
    const assuming = call.operation === 'AssumeRole';
    const account = assuming ? (/::([0-9]{12}):/.exec(call.params.get('RoleArn') ?? '')?.[1] ?? '') : signed.account;
    const request: FakeRequest = {
      account,
      region: call.region,
      service: call.service.name,
      action: call.operation,
      host: incoming.headers.host ?? '',
      target: `${incoming.method} ${incoming.url}`,
      params: call.params,
      sessionLeft:
        (sessions.get(String(incoming.headers['x-amz-security-token'])) ?? Number.POSITIVE_INFINITY) - Date.now(),
      invocation: String(incoming.headers['amz-sdk-invocation-id']),
      opened: ++order,
      closed: 0,
    };
    fake.requests.push(request);
    // Given to the last byte, or broken off: before the caller can send the next one.
    for (const end of ['finish', 'close']) response.once(end, () => (request.closed ||= ++order));
    const named = fake.faults.get(`${account} ${call.operation}`);
    const fault = named ?? fake.faults.get(account) ?? fake.faults.get('*') ?? 'none';
    if (fake.clockAhead !== 0) response.setHeader('date', new Date(Date.now() + fake.clockAhead).toUTCString());
    if (fake.clockAhead !== 0 && isSkewed(call, fake.clockAhead)) return write(response, skewed(call));
    if (assuming && named === undefined) {
      if (fault === 'role denied') return write(response, refusal(call, 'access_denied'));
      fake.assumeAs?.(call.params);
      return write(response, xml(session(assumeRoleXml(call.params))));
    }
    const error = errorOf(call, fault, () => {
      const key = `${account} ${signed.region} ${call.operation}`;
      throttled.set(key, (throttled.get(key) ?? 0) + 1);
      return throttled.get(key) as number;
    });
    if (error !== undefined) return write(response, error);
    if (fault === 'silent') return;
    if (fault === 'reset') return void incoming.socket.destroy();
    if (fake.answers === undefined && call.operation !== 'DescribeInstances')
      return write(response, refusal(call, 'access_denied'));
    const whole =
      (await fake.answers?.(call, account)) ??
      xml(describeInstancesXml(call.params, { ...signed, account }, fake.estate));
    if (typeof fault === 'string' && brokenAnswer(response, whole, fault)) return;
    write(response, whole);
  }

  await new Promise<void>((resolve) => sockets.listen(0, '127.0.0.1', resolve));
  return Object.assign(fake, { url: `http://127.0.0.1:${(sockets.address() as AddressInfo).port}` });
}

/** How often each invocation among these was attempted: an invocation is one `send` of the SDK. */
export function attemptsOf(requests: readonly FakeRequest[]): number[] {
  const sent = new Map<string, number>();
  for (const { invocation } of requests) sent.set(invocation, (sent.get(invocation) ?? 0) + 1);
  return [...sent.values()];
}

async function readRequest(incoming: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { method = 'GET', url = '/', headers } = incoming;
  return { method, url, headers, body: Buffer.concat(chunks) };
}

/** The faults that are an answer of their own. `times` counts the requests of this operation, account and Region. */
function errorOf(call: Call, fault: Fault, times: () => number): WireAnswer | undefined {
  if (typeof fault === 'object')
    return errorAnswer(call, new AwsError(fault.code, `PLANTED ${fault.code}`, fault.status));
  switch (fault) {
    case 'denied':
      return refusal(call, 'access_denied');
    case 'region off':
      return refusal(call, 'region_disabled');
    case 'throttled':
      return refusal(call, 'throttled');
    case 'throttled twice':
      return times() <= 2 ? refusal(call, 'throttled') : undefined;
    case 'internal error':
      return refusal(call, 'internal_error');
    case 'html 503':
      return {
        status: 503,
        headers: { 'content-type': 'text/html' },
        body: Buffer.from('<html>Service Unavailable</html>'),
      };
    case '200 with an error':
      return { ...refusal(call, 'internal_error'), status: 200 };
    default:
      return undefined;
  }
}

/** In the code and the status of the call's own service; the words are a stranger's. */
function refusal(call: Call, kind: Parameters<typeof faultError>[1]): WireAnswer {
  const { code, status } = faultError(call, kind, 'somebody', 'something');
  return errorAnswer(call, new AwsError(code, `PLANTED ${code}`, status));
}

/** What the services say of a signature from another time: EC2, S3, the JSON ones and the query ones. */
const SKEWED: Partial<Record<Call['service']['protocol'], string>> = {
  ec2: 'RequestExpired',
  s3: 'RequestTimeTooSkewed',
  json: 'InvalidSignatureException',
  'rest-json': 'InvalidSignatureException',
};

function skewed(call: Call): WireAnswer {
  const code = SKEWED[call.service.protocol] ?? 'SignatureDoesNotMatch';
  return errorAnswer(call, new AwsError(code, `PLANTED ${code}`, call.service.protocol === 'ec2' ? 400 : 403));
}

function xml(document: string): WireAnswer {
  return { status: 200, headers: { 'content-type': 'text/xml' }, body: Buffer.from(document) };
}

function write(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  response.writeHead(status, { 'x-amzn-requestid': crypto.randomUUID(), ...headers }).end(body);
}
