import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nothingSent } from '../../../shared/bridge/bridge-errors.ts';
import { type Connection, connect, MAX_ANSWER_BYTES, signalOfCall } from '../../../shared/bridge/connection.ts';
import { openHttp } from '../../../shared/bridge/http-server.ts';
import type { Call } from '../../../shared/call.ts';
import { IDENTITY } from '../../support/bridges.ts';
import { eventually } from '../../support/eventually.ts';

const inEurope = { self: { partition: 'aws', region: 'eu-west-1', account: '999999999999' } } as Call;
const JSON_TYPE = { 'content-type': 'application/json' };

interface Sent {
  readonly method: string;
  readonly scope: string | undefined;
  readonly signal: AbortSignal;
  readonly rpc: { readonly id?: number; readonly method?: string };
}

/** What was sent; a session begins as usual, `answer` says what comes back for all else. */
let sent: Sent[];
let answer: (request: Sent) => Response | Promise<Response>;
beforeEach(() => {
  sent = [];
  answer = ({ rpc: { id } }) => pong(id);
  vi.stubGlobal(
    'fetch',
    async (_: URL, init: RequestInit & { headers: Record<string, string>; signal: AbortSignal }) => {
      const scope = /Credential=\w+\/\d+\/([\w/-]+)\/aws4_request/.exec(init.headers.authorization ?? '')?.[1];
      const rpc = typeof init.body === 'string' ? JSON.parse(init.body) : {};
      const request = { method: init.method ?? '', scope, signal: init.signal, rpc };
      sent.push(request);
      if (rpc.method === 'initialize') return initialized(rpc.id);
      return rpc.method === 'notifications/initialized' ? new Response(null, { status: 202 }) : answer(request);
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

function initialized(id: number): Response {
  const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'it', version: '1' } };
  return Response.json({ jsonrpc: '2.0', id, result }, { headers: { 'mcp-session-id': 'one' } });
}

/** The answer to a ping, filled up to so many bytes. */
function pong(id: number | undefined, bytes = 0): Response {
  return new Response(JSON.stringify({ jsonrpc: '2.0', id, result: {} }).padEnd(bytes), { headers: JSON_TYPE });
}

const open = (url = 'https://aws-mcp.us-east-1.api.aws/mcp') => openHttp(new URL(url), IDENTITY, inEurope);
const ping = ({ client }: Connection, signal = new AbortController().signal) =>
  signalOfCall.run(signal, () => client.ping({ timeout: 30_000 }));
const opened = (url?: string) => connect(open(url), new AbortController().signal);

describe('the way to the AWS MCP server', () => {
  it('is one session without a probe, each request signed for the Region of the host', async () => {
    await ping(await opened());
    const posts = sent.filter(({ method }) => method === 'POST');
    expect(posts.map(({ rpc }) => rpc.method)).toEqual(['initialize', 'notifications/initialized', 'ping']);
    expect(new Set(sent.map(({ scope }) => scope))).toEqual(new Set(['us-east-1/aws-mcp']));
  });

  it('is signed for the Region of the function where the host names none', async () => {
    await opened('http://127.0.0.1:8080/mcp');
    expect(sent[0]?.scope).toBe('eu-west-1/aws-mcp');
  });

  it('ends a request with the call that asked, and with that alone', async () => {
    answer = async ({ signal }) => {
      signal.throwIfAborted();
      return new Promise((_, reject) => void signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const connection = await opened();
    const call = new AbortController();
    const asking = ping(connection, call.signal);
    await eventually(() => expect(sent.at(-1)?.rpc.method).toBe('ping'));
    call.abort(new Error('deadline'));
    await expect(asking).rejects.toThrow('deadline');
    answer = ({ rpc: { id } }) => pong(id);
    await expect(ping(connection)).resolves.toEqual({});
  });

  it('tells a session that the server forgot from other answers', async () => {
    const connection = await opened();
    answer = () => new Response('Session not found', { status: 404 });
    expect(nothingSent(await ping(connection).catch((error: unknown) => error))).toBe(true);
    answer = () => new Response('broken', { status: 500 });
    expect(nothingSent(await ping(connection).catch((error: unknown) => error))).toBe(false);
  });
});

describe('an answer over HTTP', () => {
  it('of 2 MB is read', async () => {
    const connection = await opened();
    answer = ({ rpc: { id } }) => pong(id, 2 * 1_024 * 1_024);
    await expect(ping(connection)).resolves.toEqual({});
    expect([MAX_ANSWER_BYTES, connection.ended()]).toEqual([2 * 1_024 * 1_024, undefined]);
  });

  it('of a byte more ends the connection, which says why; bytes of several answers are not added up', async () => {
    const connection = await opened();
    answer = ({ rpc: { id } }) => pong(id, MAX_ANSWER_BYTES - 1);
    await ping(connection);
    await ping(connection);
    expect(connection.ended()).toBeUndefined();
    const closed = vi.fn();
    connection.client.onclose = closed;
    answer = ({ rpc: { id } }) => pong(id, MAX_ANSWER_BYTES + 1);
    await expect(ping(connection)).rejects.toThrow();
    expect(connection.ended()).toBe('too_large');
    expect(closed).toHaveBeenCalled();
  });
});

describe('the end of a session', () => {
  it('is said to the server, even when the call that ends it is over', async () => {
    answer = () => new Response(null, { status: 200 });
    const connection = await opened();
    await signalOfCall.run(AbortSignal.abort(new Error('late')), () => connection.close());
    expect(sent.at(-1)).toMatchObject({ method: 'DELETE', scope: 'us-east-1/aws-mcp' });
  });

  it('waits a second at most for a server that does not answer, and takes no refusal for a fault', async () => {
    const connection = await opened();
    answer = async ({ signal }) => {
      signal.throwIfAborted();
      return new Promise((_, reject) => void signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const started = performance.now();
    await expect(connection.close()).resolves.toBeUndefined();
    expect(performance.now() - started).toBeGreaterThan(900);
    const other = await opened();
    answer = () => new Response('no', { status: 500 });
    await expect(other.close()).resolves.toBeUndefined();
  });
});
