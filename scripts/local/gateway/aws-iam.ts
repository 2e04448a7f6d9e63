import type { Authorizer } from './authorizer.ts';
import { rpcError } from './http.ts';
import { type AccessKey, verifySigV4 } from './sigv4.ts';

export interface AwsIamOptions {
  /** Regions that a signature may be scoped to. */
  readonly regions: readonly string[];
  /** Who may call; a function is asked at each request, for keys that are renewed. */
  readonly keys: readonly AccessKey[] | (() => Promise<readonly AccessKey[]>);
  /** Default: bedrock-agentcore, for which clients of the real Gateway sign. */
  readonly service?: string;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * Callers sign with Signature Version 4. Authentication alone: any of the keys may call any tool, where the real Gateway
 * also asks IAM for bedrock-agentcore:InvokeGateway.
 */
export function awsIam({ regions, keys, service = 'bedrock-agentcore', now = Date.now }: AwsIamOptions): Authorizer {
  return {
    type: 'AWS_IAM',
    async authorize(request) {
      const known = typeof keys === 'function' ? await keys() : keys;
      const verdict = verifySigV4(request, { service, regions, keys: known, now: now() });
      if ('accessKeyId' in verdict) return undefined;
      // Assumption about the real Gateway: 403 in JSON-RPC form with AWS's error name; the guide says only AuthorizationError.
      return rpcError(403, -32_001, verdict.message, { 'x-amzn-errortype': verdict.type }, 0);
    },
  };
}
