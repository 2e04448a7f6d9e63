import type { IncomingHttpHeaders } from 'node:http';
import { matchRoute } from './routes.ts';
import { type Service, serviceOf } from './services.ts';

/** An HTTP request as it came in. */
export type WireRequest = { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer };

/** An HTTP answer. */
export type WireAnswer = { status: number; headers: Record<string, string>; body: Buffer };

/** What an HTTP request asks for, in AWS's terms. */
export type Call = {
  service: Service;
  /** SDK operation name; `Unknown` when the request matches none. */
  operation: string;
  region: string;
  accessKeyId?: string;
  /** Values of the labels in a REST path, e.g. `Bucket`. */
  labels: Record<string, string>;
  /** Query string, or the form of the query protocols. */
  params: URLSearchParams;
  request: WireRequest;
};

const credentialScope = /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/** Reads service, Region, operation and access key from a request; needs no session and never fails. */
export function readCall(request: WireRequest): Call {
  const url = new URL(request.url, 'http://localhost');
  const form = isForm(request) ? new URLSearchParams(request.body.toString('utf8')) : undefined;
  const params = form ?? url.searchParams;
  const presigned = `Credential=${url.searchParams.get('X-Amz-Credential') ?? ''}`;
  const scope = credentialScope.exec(request.headers.authorization ?? presigned);
  const version = params.get('Version');
  const service = serviceOf(scope?.[3] ?? 'unknown', {
    path: url.pathname,
    host: request.headers.host ?? '',
    ...(version === null ? {} : { version }),
  });
  const target = request.headers['x-amz-target'];
  // rpc-v2 clients name the operation in the path: /service/<service>/operation/<operation>.
  const rpc = /^\/service\/[^/]+\/operation\/([^/]+)$/.exec(url.pathname)?.[1];
  const named = params.get('Action') ?? (typeof target === 'string' ? target.split('.').at(-1) : rpc);
  const route = named === undefined ? matchRoute(service, request.method, url) : undefined;
  return {
    service,
    operation: named ?? route?.operation ?? 'Unknown',
    region: scope?.[2] ?? 'us-east-1',
    ...(scope?.[1] === undefined ? {} : { accessKeyId: scope[1] }),
    labels: route?.labels ?? {},
    params,
    request,
  };
}

function isForm({ method, headers }: WireRequest): boolean {
  return method === 'POST' && (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
}
