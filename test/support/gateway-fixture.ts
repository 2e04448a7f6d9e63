import { Client, StreamableHTTPClientTransport, type VersionNegotiationMode } from '@modelcontextprotocol/client';
import { onTestFinished } from 'vitest';
import { type Gateway, type GatewayOptions, startGateway } from '../../scripts/local/gateway/gateway.ts';
import { echo, getThing } from './gateway-tools.ts';

/** A gateway for one test, stopped with it. */
export async function gatewayFor(options: GatewayOptions = {}): Promise<Gateway> {
  const gateway = await startGateway({ tools: [getThing], invoke: echo, ...options });
  onTestFinished(() => gateway.stop());
  return gateway;
}

/** A connected client of the current library, closed with the test. */
export async function connect(
  { url }: Pick<Gateway, 'url'>,
  mode: VersionNegotiationMode = 'legacy',
  options: ConstructorParameters<typeof StreamableHTTPClientTransport>[1] = {},
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), options));
  onTestFinished(() => client.close());
  return client;
}

/** The text of a result's only block. */
export function textOf(result: unknown): string {
  const { content } = result as { content: { type: string; text: string }[] };
  if (content.length !== 1 || content[0]?.type !== 'text') throw new Error('The Gateway answers one text block.');
  return content[0].text;
}

export const LEGACY_HEADERS = { 'content-type': 'application/json', 'mcp-protocol-version': '2025-06-18' };

/** A 2025-era request by plain fetch. */
export function post(
  { url }: Pick<Gateway, 'url'>,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(url, { method: 'POST', body: text, headers: { ...LEGACY_HEADERS, ...headers } });
}

export const listRequest = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

export function callRequest(args: unknown, id: string | number = 7, name = 'get-thing___get_thing') {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } };
}
