import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { onTestFinished } from 'vitest';
import { readRequest, toWebRequest, writeResponse } from '../../../scripts/local/gateway/http.ts';
import { verifySigV4 } from '../../../scripts/local/gateway/sigv4.ts';

/** What the server lists: pages of definitions, in their order. It may be changed while the server runs. */
export interface Listing {
  pages: object[][];
  /** How many of the next requests are answered by HTTP 429. */
  throttled?: number;
}

export const KEY = {
  accessKeyId: 'AKIAEXAMPLEEXAMPLE00',
  secretAccessKey: 'a-secret-of-this-test',
  sessionToken: 'a-token',
};

/** A streamable-HTTP server on this machine that takes only requests signed for `aws-mcp`. Gives its address. */
export async function listingServer(listing: Listing): Promise<string> {
  const server = createServer(async (incoming, outgoing) => {
    const raw = await readRequest(incoming);
    if (raw === undefined) return void outgoing.writeHead(413).end();
    if (raw.method !== 'POST') return void outgoing.writeHead(405).end();
    const signer = verifySigV4(raw, { service: 'aws-mcp', regions: ['eu-central-1'], keys: [KEY], now: Date.now() });
    if ('type' in signer) return void outgoing.writeHead(403, { 'content-type': 'application/json' }).end('{}');
    if ((listing.throttled ?? 0) > 0) {
      listing.throttled = (listing.throttled ?? 0) - 1;
      return void outgoing.writeHead(429, { 'retry-after': '0' }).end();
    }
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    const mcp = mcpServer(listing);
    await mcp.connect(transport);
    const accept = { accept: 'application/json, text/event-stream' };
    const answer = await transport.handleRequest(toWebRequest(raw, AbortSignal.timeout(10_000), accept));
    await writeResponse(outgoing, answer, {});
    await mcp.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

function mcpServer({ pages }: Listing): Server {
  const server = new Server({ name: 'listing\u200b', version: '3.2.1' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', ({ params }) => {
    const at = Number(params?.cursor ?? 0);
    return { tools: (pages[at] ?? []) as never[], ...(at + 1 < pages.length ? { nextCursor: String(at + 1) } : {}) };
  });
  return server;
}

/** A definition as servers write it. */
export function definition(name: string, properties: object = {}, more: object = {}): object {
  return { name, description: `About ${name}.`, inputSchema: { type: 'object', properties }, ...more };
}
