import {
  type CallToolResult,
  Client,
  StreamableHTTPClientTransport,
  type StreamableHTTPClientTransportOptions,
  type Tool,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client';
import { splitVisibleName } from '../../../schemas/visible-name.ts';
import { type SigningOptions, signingFetch } from '../../../shared/bridge/signing-fetch.ts';
import { GatewayError } from '../problem.ts';
import { allTools } from './all-tools.ts';
import type { TokenSource } from './token.ts';

export const PROTOCOLS = ['legacy', 'auto', '2026-07-28'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** How a client proves itself to the gateway. */
export type Inbound =
  | { readonly type: 'none' }
  | ({ readonly type: 'iam' } & SigningOptions)
  | { readonly type: 'jwt'; readonly tokens: TokenSource };

export interface Connection {
  /** The negotiated protocol version. */
  readonly version: string;
  /** Every tool, over all pages. */
  tools(): Promise<Tool[]>;
  /** One call by the visible name. Rejects for what is not an answer of the tool. */
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<CallToolResult>;
  close(): Promise<void>;
}

/** The Gateway itself may take 15 minutes and was seen to hang: the client decides when to stop. */
const CALL_TIMEOUT_MS = 120_000;

/** Connects to a gateway, deployed or local. Rejects with the library's error: `explain` says what it means. */
export async function connectTo(url: string, inbound: Inbound, protocol: Protocol = 'auto'): Promise<Connection> {
  const mode: VersionNegotiationMode = protocol === '2026-07-28' ? { pin: protocol } : protocol;
  const client = new Client({ name: 'central-ops', version: '1.0.0' }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), transportOptions(inbound)));
  return {
    version: client.getNegotiatedProtocolVersion() ?? 'unknown',
    tools: () => allTools(client),
    async call(name, args) {
      const result = await client.callTool({ name, arguments: { ...args } }, { timeout: CALL_TIMEOUT_MS });
      return result as CallToolResult;
    },
    close: () => client.close(),
  };
}

function transportOptions(inbound: Inbound): StreamableHTTPClientTransportOptions {
  if (inbound.type === 'iam') return { fetch: signingFetch(inbound) };
  if (inbound.type === 'jwt') return { authProvider: { token: () => inbound.tokens.token() } };
  return {};
}

/** The tool of a visible name, or of a bare one where only one target has it. Throws GatewayError naming what there is. */
export function findTool(tools: readonly Tool[], name: string): Tool {
  const exact = tools.find((tool) => tool.name === name);
  if (exact !== undefined) return exact;
  const bare = tools.filter((tool) => splitVisibleName(tool.name).tool === name);
  const [only] = bare;
  if (only !== undefined && bare.length === 1) return only;
  const what =
    bare.length > 1 ? `several targets have it: ${bare.map((tool) => tool.name).join(', ')}` : 'no such tool';
  const known = tools.map((tool) => splitVisibleName(tool.name).tool).join(', ');
  throw new GatewayError('The tool is not served.', [{ where: name, what, fix: `Served are: ${known || 'none'}.` }]);
}

/** The answer of a tool: its one text block, as JSON where it is JSON. */
export function answerOf({ content }: CallToolResult): unknown {
  const text = content.map((block) => (block.type === 'text' ? block.text : `[${block.type}]`)).join('\n');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
