import { Sha256 } from '@aws-crypto/sha256-js';
import type { FetchLike } from '@modelcontextprotocol/client';
import { SignatureV4 } from '@smithy/signature-v4';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SigningOptions {
  /** Asked at each request, so that renewed credentials are used. */
  readonly credentials: () => Promise<AwsCredentials>;
  readonly region: string;
  /** Default: bedrock-agentcore. */
  readonly service?: string;
}

/** What proxies and HTTP stacks change on the way, and what must not be signed for it. */
const UNSIGNED = ['connection', 'content-length', 'user-agent', 'accept-encoding', 'transfer-encoding'];

/** The managed AWS MCP Server's host, whose labels are service, Region and domain. */
export function regionOfAwsMcp({ hostname }: URL): string | undefined {
  return /^aws-mcp\.([a-z0-9-]+)\.api\.aws$/.exec(hostname)?.[1];
}

export function isLoopback({ hostname }: URL): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/**
 * A fetch that signs each request with Signature Version 4. It follows no redirect, because the signature is for one host,
 * and refuses addresses that are neither https nor this machine.
 */
export function signingFetch({ credentials, region, service = 'bedrock-agentcore' }: SigningOptions): FetchLike {
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
  return async (input, init) => {
    const request = new Request(input, init as RequestInit);
    const url = new URL(request.url);
    if (url.protocol !== 'https:' && !isLoopback(url)) throw new Error(`Not signed: ${url.origin} is not https.`);
    const body = await request.text();
    const kept = [...request.headers].filter(([name]) => !UNSIGNED.includes(name));
    const signed = await signer.sign({
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...Object.fromEntries(kept), host: url.host },
      body,
    });
    const { host: _host, ...headers } = signed.headers;
    const { method } = request;
    // Not the request's own signal: that is told no more once the request is garbage.
    const signal = init?.signal ?? null;
    return fetch(url, { method, headers, signal, redirect: 'error', ...(body === '' ? {} : { body }) });
  };
}
