import { Client, StreamableHTTPClientTransport, type VersionNegotiationMode } from '@modelcontextprotocol/client';
import { onTestFinished } from 'vitest';
import * as z from 'zod';
import { answerOf, defineTool, type Tool } from '../../schemas/define-tool.ts';
import type { Invoke } from '../../scripts/local/functions.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../../scripts/local/gateway/gateway.ts';

/** A tool in memory, for tests in which AWS is not the point. */
export function fakeTool(name: string, shape: Readonly<Record<string, z.ZodType>> = {}, description = `Fake ${name}.`) {
  const input = z.strictObject(shape);
  const example = { input: {} as z.input<typeof input>, output: {} };
  return defineTool({
    name,
    toolset: 'compute',
    description,
    input,
    output: answerOf({}),
    iam: [],
    example,
  }) as unknown as Tool;
}

export const getThing = fakeTool('get_thing', {
  account_id: z.string(),
  region: z.string().optional(),
  max_results: z.int().optional(),
  ratio: z.number().optional(),
  deep: z.boolean().optional(),
  filters: z.array(z.strictObject({ Name: z.string(), Values: z.array(z.string()) })).optional(),
});

/** Answers what it was given: the event and the options of the call. */
export const echo: Invoke = async (tool, event, options) => ({ payload: { tool: tool.name, event, options } });

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
