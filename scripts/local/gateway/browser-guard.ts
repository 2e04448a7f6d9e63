import { validateHostHeader, validateOriginHeader } from '@modelcontextprotocol/server';
import { header, type RawRequest, rpcError } from './http.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

const CORS = {
  'access-control-allow-methods': 'POST, OPTIONS',
  // What browser inspectors send; x-amz-* are the headers of a signature and of the Lambda API.
  'access-control-allow-headers':
    'content-type, accept, authorization, mcp-protocol-version, mcp-session-id, mcp-method, mcp-name, last-event-id, x-amz-date, x-amz-security-token, x-amz-content-sha256, x-amz-client-context, x-amz-invocation-type',
  'access-control-expose-headers': 'mcp-session-id, mcp-protocol-version, www-authenticate',
  vary: 'Origin',
};

/** Whether only this machine reaches the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.[0-9]{1,3}){3}$/.test(host);
}

/**
 * A page of the web must not reach a server on this machine, neither by a name that it lets point here nor across
 * origins. `hosts` are further names under which the gateway may be called. Answers the 403, or nothing.
 */
export function refuseStrangers(request: RawRequest, hosts: readonly string[]): Response | undefined {
  const host = validateHostHeader(header(request, 'host'), [...LOOPBACK_NAMES, ...hosts]);
  if (!host.ok) return rpcError(403, -32_000, host.message);
  const origin = validateOriginHeader(header(request, 'origin'), LOOPBACK_NAMES);
  return origin.ok ? undefined : rpcError(403, -32_000, origin.message);
}

/** The CORS headers for a page of this machine; none for other pages, and for callers that are no browser. */
export function corsHeaders(request: RawRequest): Record<string, string> {
  const origin = header(request, 'origin');
  const known = origin !== undefined && validateOriginHeader(origin, LOOPBACK_NAMES).ok;
  return known ? { ...CORS, 'access-control-allow-origin': origin } : {};
}
