import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { catalog } from '../../../schemas/catalog.ts';
import type { Tool } from '../../../schemas/define-tool.ts';
import { type Invoke, invokeFunction, onLogLine } from '../functions.ts';
import { type Authorizer, none } from './authorizer.ts';
import { corsHeaders, isLoopback, refuseStrangers } from './browser-guard.ts';
import type { CallRecord } from './call-record.ts';
import { header, pathOf, type RawRequest, readRequest, rpcError, writeResponse } from './http.ts';
import { isLambdaPath, lambdaApi } from './lambda-api.ts';
import { type McpEndpoint, mcpEndpoint } from './mcp-endpoint.ts';
import type { McpSettings } from './mcp-server.ts';
import { erasOf } from './protocol-versions.ts';
import { toolSearch } from './search.ts';
import { type ServedBridge, serveTools } from './served-tools.ts';
import { wellKnown } from './well-known.ts';

/** What the gateway serves, whatever it is reached by. */
export interface ServingOptions {
  /** Default: the catalog. */
  readonly tools?: readonly Tool[];
  /** Targets beside them whose functions are bridges. Default: none. */
  readonly bridges?: readonly ServedBridge[];
  /** Default: the handlers of this checkout, in this process. */
  readonly invoke?: Invoke;
  /** Of 2026-07-28, 2025-11-25, 2025-06-18, 2025-03-26. Default: all. */
  readonly supportedVersions?: readonly string[];
  /** Pages of 30 in tools/list. Default: true. */
  readonly paging?: boolean;
  /** The search tool, listed first. Default: false. */
  readonly search?: boolean;
  /** The Gateway's exceptionLevel DEBUG. Default: false. */
  readonly debug?: boolean;
  /** Timeout of each function, in milliseconds. */
  readonly timeoutMs?: number;
  /** Account in the functions' ARNs. */
  readonly account?: string;
  readonly gatewayId?: string;
  /** After each call of a tool, whoever made it. */
  readonly onCall?: (record: CallRecord) => void;
  /** Log lines of the handlers, the audit lines among them. Default: stderr. See `onLogLine`: it holds for the process. */
  readonly onAuditLine?: (line: string) => void;
}

export interface GatewayOptions extends ServingOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Address to bind. Default: 127.0.0.1; another one needs an authorizer. */
  readonly host?: string;
  /** Further names under which clients reach the gateway, such as `host.docker.internal`. */
  readonly allowedHosts?: readonly string[];
  /** Default: `none`. */
  readonly authorizer?: Authorizer;
}

export interface Gateway {
  /** `http://127.0.0.1:<port>/mcp`. The Lambda endpoint is its origin. */
  readonly url: string;
  readonly port: number;
  /** Ends the connections and resolves when the port is free. */
  stop(): Promise<void>;
}

const DEFAULT_HOST = '127.0.0.1';
/** In the form of the real ones: a name, a hyphen, ten letters and digits. */
const DEFAULT_GATEWAY_ID = 'central-ops-local000000';

/**
 * Serves the tools as AgentCore Gateway serves Lambda targets, at `/mcp`, and the Lambda Invoke API for the same functions.
 * Rejects when the port is taken, when `supportedVersions` names an unknown one, and when it would be open to others.
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { host = DEFAULT_HOST, port = 0, allowedHosts = [], authorizer = none } = options;
  if (authorizer.type === 'NONE' && !isLoopback(host)) {
    throw new Error(`Without an authorizer the gateway binds to loopback only, not to ${host}.`);
  }
  const settings = serving(options);
  const endpoint = mcpEndpoint(settings, erasOf(options.supportedVersions), authorizer);
  const route = (request: RawRequest, signal: AbortSignal) =>
    answer(request, signal, {
      endpoint,
      settings,
      authorizer,
      hosts: [...allowedHosts, host],
      local: isLoopback(host),
    });
  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing, route));
  const address = await listen(server, port, host);
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${address.port}/mcp`,
    port: address.port,
    stop: async () => {
      await endpoint.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** The options with their defaults, for HTTP and for stdio. */
export function serving(options: ServingOptions): McpSettings {
  const tools = serveTools(options.tools ?? catalog, options.bridges);
  if (options.onAuditLine !== undefined) onLogLine(options.onAuditLine);
  return {
    tools,
    search: options.search === true ? toolSearch(tools) : undefined,
    invoke: options.invoke ?? invokeFunction,
    paging: options.paging ?? true,
    debug: options.debug ?? false,
    gatewayId: options.gatewayId ?? DEFAULT_GATEWAY_ID,
    timeoutMs: options.timeoutMs,
    account: options.account,
    onCall: options.onCall,
  };
}

interface Parts {
  readonly endpoint: McpEndpoint;
  readonly settings: McpSettings;
  readonly authorizer: Authorizer;
  readonly hosts: readonly string[];
  /** Bound to loopback. */
  readonly local: boolean;
}

async function answer(request: RawRequest, signal: AbortSignal, parts: Parts): Promise<Response> {
  const refusal = refuseStrangers(request, parts.hosts);
  if (refusal !== undefined) return refusal;
  // Browsers send no credentials with it.
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow: 'POST, OPTIONS' } });
  const path = pathOf(request);
  if (path === '/mcp') return parts.endpoint.handle(request, signal);
  if (path.startsWith('/.well-known/')) return wellKnown(path, header(request, 'host') ?? '', parts.authorizer);
  // The Lambda API checks no signature, so it is not for other machines.
  if (parts.local && isLambdaPath(path)) return lambdaApi(request, path, parts.settings);
  return Response.json({ message: `Nothing is served at ${path}. The gateway is at /mcp.` }, { status: 404 });
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  route: (request: RawRequest, signal: AbortSignal) => Promise<Response>,
): Promise<void> {
  const gone = new AbortController();
  outgoing.on('close', () => gone.abort());
  try {
    const request = await readRequest(incoming);
    const response =
      request === undefined
        ? // Assumption about the real Gateway: its answer to a payload over its limit.
          rpcError(413, -32_000, 'Payload Too Large: at most 6 MB.', { connection: 'close' })
        : await route(request, gone.signal);
    await writeResponse(outgoing, response, request === undefined ? {} : corsHeaders(request));
  } catch (error) {
    if (outgoing.destroyed) return;
    process.stderr.write(`gateway: ${error instanceof Error ? error.stack : String(error)}\n`);
    if (outgoing.headersSent) outgoing.destroy();
    else await writeResponse(outgoing, rpcError(500, -32_603, 'Internal error'), {});
  }
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}
