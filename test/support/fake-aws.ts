import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assumeRoleXml, describeInstancesXml, signedCell } from '../../scripts/bench/stub-answers.ts';

/** What happens to an account's requests. `role` stands for its AssumeRole, the others for what comes after. */
export type Fault =
  | 'none'
  | 'role denied'
  | 'denied'
  | 'region off'
  | 'throttled twice'
  | 'throttled'
  | 'silent'
  | 'reset'
  | 'half a body'
  | 'html 503'
  | '200 with an error'
  | 'empty token'
  | 'same token';

export interface FakeAws {
  readonly url: string;
  /** Requests in their order. */
  readonly requests: { readonly account: string; readonly region: string; readonly action: string }[];
  /** By account; `*` is for those that are not named. */
  readonly faults: Map<string, Fault>;
  /** The instances in each cell, in pages of `pageSize`. */
  readonly estate: { instances: number; pageSize: number };
  /** Answers AssumeRole as for another account or role, when set. */
  assumeAs: ((form: URLSearchParams) => void) | undefined;
  /** Connections open now. */
  openConnections(): Promise<number>;
  close(): Promise<void>;
}

/** A fake of STS and EC2 over HTTP on loopback, with a fault for each account. Everything else is denied. */
export async function startFakeAws(): Promise<FakeAws> {
  const sockets = createServer((request, response) => void answer(request, response));
  const fake: FakeAws = {
    url: '',
    requests: [],
    faults: new Map(),
    estate: { instances: 1, pageSize: 1_000 },
    assumeAs: undefined,
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

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
    const form = new URLSearchParams(isForm ? body : '');
    const target = request.headers['x-amz-target'];
    const action = form.get('Action') ?? (typeof target === 'string' ? target : `${request.method} ${request.url}`);
    const signed = signedCell(request.headers.authorization);
    const assuming = action === 'AssumeRole';
    const account = assuming ? (/::([0-9]{12}):/.exec(form.get('RoleArn') ?? '')?.[1] ?? '') : signed.account;
    fake.requests.push({ account, region: signed.region, action });
    const fault = fake.faults.get(account) ?? fake.faults.get('*') ?? 'none';
    if (assuming) {
      if (fault === 'role denied') return deny(response, 'AccessDenied');
      fake.assumeAs?.(form);
      return xml(response, 200, assumeRoleXml(form));
    }
    switch (fault) {
      case 'denied':
        return ec2Error(response, 403, 'UnauthorizedOperation');
      case 'region off':
        return ec2Error(response, 401, 'AuthFailure');
      case 'throttled':
        return ec2Error(response, 503, 'RequestLimitExceeded');
      case 'throttled twice': {
        const key = `${account} ${signed.region}`;
        const times = (throttled.get(key) ?? 0) + 1;
        throttled.set(key, times);
        if (times <= 2) return ec2Error(response, 503, 'RequestLimitExceeded');
        break;
      }
      case 'silent':
        return;
      case 'reset':
        return void request.socket.destroy();
      case 'html 503':
        return void response.writeHead(503, { 'content-type': 'text/html' }).end('<html>Service Unavailable</html>');
      case '200 with an error':
        return xml(response, 200, '<Response><Errors><Error><Code>InternalError</Code></Error></Errors></Response>');
      default:
    }
    if (action !== 'DescribeInstances') return deny(response, 'AccessDenied');
    const page = describeInstancesXml(form, { ...signed, account }, fake.estate);
    if (fault === 'half a body') {
      response.writeHead(200, { 'content-type': 'text/xml', 'content-length': page.length });
      response.write(page.slice(0, page.length / 2));
      return void setTimeout(() => request.socket.destroy(), 20);
    }
    if (fault === 'empty token')
      return xml(response, 200, page.replace('</reservationSet>', '</reservationSet><nextToken></nextToken>'));
    if (fault === 'same token')
      return xml(response, 200, page.replace('</reservationSet>', '</reservationSet><nextToken>0</nextToken>'));
    xml(response, 200, page);
  }

  await new Promise<void>((resolve) => sockets.listen(0, '127.0.0.1', resolve));
  return Object.assign(fake, { url: `http://127.0.0.1:${(sockets.address() as AddressInfo).port}` });
}

function xml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': crypto.randomUUID() }).end(body);
}

function ec2Error(response: ServerResponse, status: number, code: string): void {
  xml(
    response,
    status,
    `<Response><Errors><Error><Code>${code}</Code><Message>PLANTED ${code}</Message></Error></Errors></Response>`,
  );
}

function deny(response: ServerResponse, code: string): void {
  xml(
    response,
    403,
    `<ErrorResponse><Error><Code>${code}</Code><Message>PLANTED ${code}</Message></Error></ErrorResponse>`,
  );
}
