import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { header, type RawRequest, readRequest } from '../../scripts/local/gateway/http.ts';
import { verifySigV4 } from '../../scripts/local/gateway/sigv4.ts';
import { type Misbehaviour, misbehave, send } from './aws-mcp-misbehaviour.ts';

export interface AwsMcpServer {
  readonly url: string;
  /** JSON-RPC methods of signed requests, in their order; `answer` for a client's own, GET and DELETE for those. */
  readonly methods: string[];
  /** Calls of tools that the server has seen, misbehaving ones too. */
  readonly calls: {
    readonly name: string;
    readonly token: string | undefined;
    readonly arguments: unknown;
    readonly meta: unknown;
  }[];
  /** The access keys that signed, in the order of requests. */
  readonly keys: string[];
  /** The session tokens that came with each MCP session. */
  readonly tokensOf: ReadonlyMap<string, ReadonlySet<string | undefined>>;
  readonly refusals: string[];
  /** Requests that the client gave up. */
  readonly abandoned: () => number;
  misbehave(how: Misbehaviour, times?: number, at?: 'tools/call' | 'initialize'): void;
  close(): Promise<void>;
}

type Rpc = {
  id?: unknown;
  method?: string;
  params?: { name?: string; arguments?: Record<string, unknown>; _meta?: unknown };
};

/**
 * A stateful MCP server of 2025-11-25 over streamable HTTP that takes requests signed for `aws-mcp` only. `secret` is the
 * secret of every access key. Written by hand, because a library cannot misbehave.
 */
export async function startAwsMcpServer(secret: string, elsewhere = 'http://127.0.0.1:9/mcp'): Promise<AwsMcpServer> {
  const methods: string[] = [];
  const calls: AwsMcpServer['calls'] = [];
  const keys: string[] = [];
  const refusals: string[] = [];
  const sessions = new Set<string>();
  const tokensOf = new Map<string, Set<string | undefined>>();
  const queue: { how: Misbehaviour; at: string }[] = [];
  let abandoned = 0;

  const answer = (request: RawRequest, response: ServerResponse) => {
    response.once('close', () => {
      if (!response.writableFinished) abandoned += 1;
    });
    const refused = refusalOf(request, secret);
    if (refused !== undefined) {
      refusals.push(refused);
      return send(response, 403, { message: refused });
    }
    const session = header(request, 'mcp-session-id');
    const token = header(request, 'x-amz-security-token');
    keys.push(accessKeyOf(request));
    if (session !== undefined) tokensOf.set(session, (tokensOf.get(session) ?? new Set()).add(token));
    if (request.method !== 'POST') {
      methods.push(request.method);
      return send(response, 405, { message: 'no stream' });
    }
    const rpc = JSON.parse(request.body.toString()) as Rpc;
    methods.push(rpc.method ?? 'answer');
    const how = queue[0]?.at === rpc.method ? queue.shift()?.how : undefined;
    if (rpc.method === 'initialize') {
      const id = crypto.randomUUID();
      sessions.add(id);
      if (how !== undefined) return misbehave(how, initialized(rpc), response, elsewhere);
      return send(response, 200, initialized(rpc), { 'mcp-session-id': id });
    }
    if (how === 'forget session') sessions.clear();
    if (session === undefined || !sessions.has(session)) return send(response, 404, { message: 'Session not found' });
    if (rpc.id === undefined || rpc.method === undefined) return send(response, 202);
    if (rpc.method !== 'tools/call') return send(response, 200, { jsonrpc: '2.0', id: rpc.id, result: {} });
    if (how === 'reset before') return misbehave(how, {}, response, elsewhere);
    const { name = '', arguments: given, _meta: meta } = rpc.params ?? {};
    calls.push({ name, token, arguments: given, meta });
    const good = called(rpc);
    return how === undefined ? send(response, 200, good) : misbehave(how, good, response, elsewhere);
  };

  const server = createServer((incoming, outgoing) => {
    readRequest(incoming)
      .then((request) => request && answer(request, outgoing))
      .catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    methods,
    calls,
    keys,
    tokensOf,
    refusals,
    abandoned: () => abandoned,
    misbehave: (how, times = 1, at = 'tools/call') => void queue.push(...Array(times).fill({ how, at })),
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function initialized({ id }: Rpc): object {
  const result = {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'aws-mcp', version: '1' },
  };
  return { jsonrpc: '2.0', id, result };
}

/** Tools give their arguments back; `failing` fails and `removed` is no longer there. */
function called({ id, params: { name, arguments: given } = {} }: Rpc): object {
  if (name === 'removed') {
    const error = { code: -32600, message: 'The call_aws tool has been removed, use another one.' };
    return { jsonrpc: '2.0', id, error };
  }
  const text = name === 'failing' ? 'No such topic\u200b' : JSON.stringify(given ?? {});
  return { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }], isError: name === 'failing' } };
}

function accessKeyOf(request: RawRequest): string {
  return /Credential=(\w+)\//.exec(header(request, 'authorization') ?? '')?.[1] ?? '';
}

/** Any access key is known, with the one secret and the session token that it came with. */
function refusalOf(request: RawRequest, secretAccessKey: string): string | undefined {
  const sessionToken = header(request, 'x-amz-security-token');
  const key = { accessKeyId: accessKeyOf(request), secretAccessKey, sessionToken };
  const verified = verifySigV4(request, { service: 'aws-mcp', regions: ['us-east-1'], keys: [key], now: Date.now() });
  return 'type' in verified ? `${verified.type}: ${verified.message}` : undefined;
}
