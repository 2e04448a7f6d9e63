import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import type { Opening } from '../../shared/bridge/connection.ts';

export interface Asked {
  readonly id?: number;
  readonly method: string;
  readonly params?: Record<string, unknown>;
}

/** What a server says to a request: `result` or `error`; nothing at all; or, thrown, what the transport fails with. */
export type Says = { readonly result: object } | { readonly error: object } | undefined;

export interface InProcessServer {
  /** Every message of the client, in their order. */
  readonly asked: Asked[];
  /** start, end (before the transport is closed) and close, as they happen. */
  readonly events: string[];
  readonly opening: Opening;
  /** Ends the server, as a process that dies does. */
  die(): void;
}

/** An MCP server in the test's own process: it begins a session of `version`, and `says` is its answer to what follows. */
export function inProcessServer(
  says: (asked: Asked, server: InProcessServer) => Says | Promise<Says> = () => ({ result: {} }),
  { version = '2025-11-25', ...more }: { version?: string } & Partial<Opening> = {},
): InProcessServer {
  const result = { protocolVersion: version, capabilities: { tools: {} }, serverInfo: { name: 'it', version: '1' } };
  const transport: Transport = {
    start: async () => void server.events.push('start'),
    send: async (message) => {
      const asked = message as unknown as Asked;
      server.asked.push(asked);
      if (asked.id === undefined) return;
      const said = asked.method === 'initialize' && version !== '' ? { result } : await says(asked, server);
      if (said === undefined) return;
      queueMicrotask(() => transport.onmessage?.({ jsonrpc: '2.0', id: asked.id, ...said } as JSONRPCMessage));
    },
    close: async () => server.die(),
  };
  const server: InProcessServer = {
    asked: [],
    events: [],
    opening: { transport, mode: 'legacy', end: () => void server.events.push('end'), ...more },
    die: () => {
      server.events.push('close');
      transport.onclose?.();
    },
  };
  return server;
}

/** An answer of a tool that is one text. */
export const tells = (text: string): Says => ({ result: { content: [{ type: 'text', text }] } });
