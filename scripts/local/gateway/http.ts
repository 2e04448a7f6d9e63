import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** The Gateway's limit for a payload, and Lambda's for a synchronous one, in bytes. */
export const MAX_BODY_BYTES = 6 * 1_024 * 1_024;

/** A request as it came over the wire, whole: signatures are checked on these bytes and on nothing derived from them. */
export interface RawRequest {
  readonly method: string;
  /** Path and query, still encoded. */
  readonly target: string;
  /** Names in lower case; several of one name stand apart, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** The request with its body, or `undefined` when the body is over the limit. */
export async function readRequest(message: IncomingMessage): Promise<RawRequest | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read on without keeping: a caller who is still writing sees the answer instead of a broken connection.
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
    if (size > 4 * MAX_BODY_BYTES) break;
  }
  if (size > MAX_BODY_BYTES) return undefined;
  const { rawHeaders, method = 'GET', url: target = '/' } = message;
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
  );
  return { method, target, headers, body: Buffer.concat(chunks) };
}

/** The first header of the name, in lower case. */
export function header(request: RawRequest, name: string): string | undefined {
  return request.headers.find(([each]) => each === name)?.[1];
}

/** All values of the headers of one name, in lower case. */
export function headerValues(request: RawRequest, name: string): string[] {
  return request.headers.flatMap(([each, value]) => (each === name ? [value] : []));
}

/** The path, decoded no further than URL does; the authority is a stand-in, because the target may not choose one. */
export function pathOf({ target }: RawRequest): string {
  return new URL(`http://localhost/${target.replace(/^\/+/, '')}`).pathname;
}

/** The request for the protocol library, with `changes` to its headers. */
export function toWebRequest(raw: RawRequest, signal: AbortSignal, changes: Readonly<Record<string, string>>): Request {
  const headers = new Headers(raw.headers.map(([name, value]): [string, string] => [name, value]));
  for (const [name, value] of Object.entries(changes)) headers.set(name, value);
  const url = `http://${headers.get('host') ?? 'localhost'}${pathOf(raw)}`;
  const body = raw.body.length === 0 ? null : new Uint8Array(raw.body);
  return new Request(url, { method: raw.method, headers, body, signal });
}

/** A JSON-RPC error outside any call. */
export function rpcError(
  status: number,
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  id: 0 | null = null,
): Response {
  return Response.json({ jsonrpc: '2.0', id, error: { code, message } }, { status, headers });
}

/** Writes the answer, streamed as it comes. */
export async function writeResponse(
  outgoing: ServerResponse,
  response: Response,
  extra: Readonly<Record<string, string>>,
): Promise<void> {
  outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), ...extra });
  if (response.body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), outgoing);
}
