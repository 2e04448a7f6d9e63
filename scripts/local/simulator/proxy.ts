import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { WireRequest } from './call.ts';
import type { CallRecord } from './call-log.ts';
import { handleCall, type Outcome, type World } from './handle-call.ts';
import { openMotoAccounts } from './moto-account.ts';
import { newAccountRegions, type Regions } from './regions.ts';
import { RuleBook, type Rules } from './rules.ts';
import { Sessions } from './sessions.ts';
import type { Stubs } from './stub.ts';
import { builtInStubs } from './stubs.ts';
import { openUpstream } from './upstream.ts';

// Above the largest request or answer of the operations in use (6 MB of a Lambda invocation).
const bodyLimit = 16 * 1024 * 1024;

export type ProxyOptions = {
  /** Base URL of moto. */
  target: string;
  /** The proxy's clock, in milliseconds since the epoch: dates the log and expires sessions. */
  now?: () => number;
  /** Makes rules with a `rate` repeat from run to run. */
  seed?: number;
  /** Deny what a session policy does not allow. Default true. */
  enforceSessionPolicies?: boolean;
  /** Refuse access keys that no watched AssumeRole issued; moto lets them act in account 123456789012. Default false. */
  refuseUnknownCredentials?: boolean;
};

export type AwsProxy = {
  url: string;
  /** Every call so far, in order of arrival. */
  calls: CallRecord[];
  clearCalls(): void;
  rules: Rules;
  /** Sessions by access key; add one for credentials that were issued past the proxy. */
  sessions: Sessions;
  /** Stubs in force, by service and operation. */
  stubs: Stubs;
  /** Regions of the simulated accounts; both lists may be changed in place. */
  regions: Regions;
  stop(): Promise<void>;
};

/** Starts the reverse proxy in front of moto, on a free loopback port. */
export async function startProxy(options: ProxyOptions): Promise<AwsProxy> {
  const regions = newAccountRegions();
  const world: World = {
    upstream: openUpstream(options.target),
    moto: openMotoAccounts(options.target),
    sessions: new Sessions(),
    rules: new RuleBook(options.seed ?? 1),
    stubs: builtInStubs(regions),
    regions,
    calls: [],
    now: options.now ?? Date.now,
    enforceSessionPolicies: options.enforceSessionPolicies ?? true,
    refuseUnknownCredentials: options.refuseUnknownCredentials ?? false,
  };
  const server = createServer((incoming, response) => {
    void serve(world, incoming, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls: world.calls,
    clearCalls: () => {
      world.calls.length = 0;
    },
    rules: world.rules,
    sessions: world.sessions,
    stubs: world.stubs,
    regions,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      world.upstream.close();
      world.moto.close();
    },
  };
}

async function serve(world: World, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  // A client that goes away, by its own timeout for one, is no error here.
  incoming.on('error', () => {});
  response.on('error', () => {});
  try {
    const body = await readBody(incoming);
    const { method = 'GET', url = '/', headers } = incoming;
    const request: WireRequest = { method, url, headers, body };
    write(response, await handleCall(world, request));
  } catch (error) {
    if (!response.headersSent) response.writeHead(502, { 'content-type': 'text/plain' });
    response.end(`The simulator's proxy failed: ${error}`);
  }
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyLimit) throw new Error(`the request is larger than ${bodyLimit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function write(response: ServerResponse, { answer, transport }: Outcome): void {
  if (transport === 'hang') return;
  if (transport === 'reset' || !answer) {
    response.socket?.resetAndDestroy();
    return;
  }
  const isHead = response.req.method === 'HEAD';
  const headers = isHead ? answer.headers : { ...answer.headers, 'content-length': String(answer.body.length) };
  response.writeHead(answer.status, headers);
  if (transport === 'half_closed') {
    response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => response.socket?.destroy());
    return;
  }
  response.end(isHead ? undefined : answer.body);
}
