import type { RawRequest } from './http.ts';

/** Inbound authentication, as the Gateway's authorizerType. */
export interface Authorizer {
  readonly type: 'NONE' | 'AWS_IAM' | 'CUSTOM_JWT';
  /** Answers the refusal, or nothing when the request may pass. Sees the request as it came over the wire. */
  authorize(request: RawRequest): Promise<Response | undefined>;
  /** The RFC 9728 document for a resource such as `http://127.0.0.1:8787/mcp`; absent where there is no token. */
  protectedResource?(resource: string): Record<string, unknown>;
}

/** Anyone may call. The gateway binds to loopback only with it. */
export const none: Authorizer = { type: 'NONE', authorize: async () => undefined };
