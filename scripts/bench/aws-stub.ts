import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { assumeRoleXml, describeInstancesXml, signedCell } from './stub-answers.ts';

/** What the stub's cells hold and how slow it is. */
export interface StubSettings {
  /** Milliseconds before every answer. */
  latency: number;
  /** Instances in each account and Region. */
  instances: number;
  /** The most instances given in one page, whatever MaxResults says. */
  pageSize: number;
}

/** What the stub has seen since the last reset. */
export interface StubStats {
  calls: Record<string, number>;
  connections: number;
  peakConnections: number;
  peakInFlight: number;
}

export interface AwsStub {
  readonly http: string;
  readonly https?: string;
  close(): Promise<void>;
}

/**
 * A stub of AWS on loopback: answers AssumeRole and DescribeInstances with canned XML and denies everything else.
 * `GET /stats` gives the counts, `PUT /settings` changes the settings and starts the counts again.
 */
export async function startStub(
  tls?: { key: string; cert: string },
  initial: Partial<StubSettings> = {},
): Promise<AwsStub> {
  const settings: StubSettings = { latency: 0, instances: 20, pageSize: 1_000, ...initial };
  const stats: StubStats = { calls: {}, connections: 0, peakConnections: 0, peakInFlight: 0 };
  let inFlight = 0;

  const answer: RequestListener = async (request, response) => {
    const body = await textOf(request);
    if (request.url === '/stats') return send(response, 200, JSON.stringify(stats), 'application/json');
    if (request.url === '/settings') {
      Object.assign(settings, JSON.parse(body));
      Object.assign(stats, { calls: {}, peakConnections: stats.connections, peakInFlight: 0 });
      return send(response, 200, '{}', 'application/json');
    }
    stats.peakInFlight = Math.max(stats.peakInFlight, ++inFlight);
    if (settings.latency > 0) await sleep(settings.latency);
    inFlight--;
    answerAws(request, response, body);
  };

  const answerAws = (request: IncomingMessage, response: ServerResponse, body: string) => {
    const form = new URLSearchParams(body);
    const target = request.headers['x-amz-target'];
    const action = form.get('Action') ?? (typeof target === 'string' ? target : `${request.method} ${request.url}`);
    stats.calls[action] = (stats.calls[action] ?? 0) + 1;
    if (action === 'AssumeRole') return send(response, 200, assumeRoleXml(form), 'text/xml');
    if (action === 'DescribeInstances') {
      const cell = signedCell(request.headers.authorization);
      return send(response, 200, describeInstancesXml(form, cell, settings), 'text/xml');
    }
    const json = `${request.headers['content-type']}`.includes('json');
    const error = { __type: 'AccessDeniedException', message: 'denied' };
    const xml =
      '<ErrorResponse><Error><Code>AccessDenied</Code><Message>denied</Message></Error><RequestId>bench</RequestId></ErrorResponse>';
    return send(response, 403, json ? JSON.stringify(error) : xml, json ? 'application/x-amz-json-1.1' : 'text/xml');
  };

  const servers = [createServer(answer), ...(tls === undefined ? [] : [createTlsServer(tls, answer)])];
  const count = (socket: Socket) => {
    stats.peakConnections = Math.max(stats.peakConnections, ++stats.connections);
    socket.once('close', () => stats.connections--);
  };
  // The measured clients speak TLS when there is any; the plain port is then for the settings alone.
  servers.at(-1)?.on('connection', count);
  const ports = await Promise.all(servers.map(listen));
  return {
    http: `http://127.0.0.1:${ports[0]}`,
    ...(tls === undefined ? {} : { https: `https://127.0.0.1:${ports[1]}` }),
    close: async () => {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

function send(response: ServerResponse, status: number, body: string, type: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': 'bench',
  });
  response.end(body);
}
