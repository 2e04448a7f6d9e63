import {
  createMcpHandler,
  isLegacyRequest,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { Authorizer } from './authorizer.ts';
import { MAX_BODY_BYTES, type RawRequest, rpcError, toWebRequest } from './http.ts';
import { type McpSettings, mcpServer } from './mcp-server.ts';
import { type Eras, PROTOCOL_VERSIONS } from './protocol-versions.ts';

export interface McpEndpoint {
  handle(request: RawRequest, signal: AbortSignal): Promise<Response>;
  close(): Promise<void>;
}

/** `POST /mcp`, stateless: each request has a server of its own, in the era it speaks. */
export function mcpEndpoint(settings: McpSettings, eras: Eras, authorizer: Authorizer): McpEndpoint {
  // One JSON body each, because no handler of ours sends anything before its result.
  const modern = createMcpHandler(() => mcpServer(settings, [PROTOCOL_VERSIONS[0]]), {
    legacy: 'reject',
    maxRequestBodySize: MAX_BODY_BYTES,
  });
  return {
    async handle(raw, signal) {
      // Before authentication: no method but POST does anything. Clients take 405 as "no stream here".
      if (raw.method !== 'POST') return rpcError(405, -32_000, 'Method not allowed.', { allow: 'POST' });
      const refusal = await authorizer.authorize(raw);
      if (refusal !== undefined) return refusal;
      // The Gateway takes any Accept (the guide's own samples send none), the library wants both types.
      const request = toWebRequest(raw, signal, { accept: 'application/json, text/event-stream' });
      // Assumption about the real Gateway: an era that is not supported is refused as the library of the other refuses it.
      const legacy = eras.legacy.length > 0 && (!eras.modern || (await isLegacy(request)));
      return legacy ? serveLegacy(request, settings, eras) : modern.fetch(request);
    },
    close: () => modern.close(),
  };
}

function isLegacy(request: Request): Promise<boolean> {
  return isLegacyRequest(request, undefined, { maxRequestBodySize: MAX_BODY_BYTES });
}

/** By hand, because the library's own legacy leg always answers an event stream; the Gateway answers one JSON body. */
async function serveLegacy(request: Request, settings: McpSettings, eras: Eras): Promise<Response> {
  const transport = new WebStandardStreamableHTTPServerTransport({
    enableJsonResponse: true,
    maxRequestBodySize: MAX_BODY_BYTES,
  });
  const server = mcpServer(settings, eras.legacy);
  await server.connect(transport);
  try {
    return await transport.handleRequest(request);
  } finally {
    await server.close();
  }
}
