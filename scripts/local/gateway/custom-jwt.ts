import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Authorizer } from './authorizer.ts';
import { header, headerValues, type RawRequest, rpcError } from './http.ts';

export interface CustomJwtOptions {
  /** Ends in `/.well-known/openid-configuration`. */
  readonly discoveryUrl: string;
  /** Allowed values of `client_id`. What a Cognito client-credentials token is checked by: it has no `aud`. */
  readonly allowedClients?: readonly string[];
  /** Allowed values of `aud`. */
  readonly allowedAudience?: readonly string[];
  /** One of them must be in `scope`. */
  readonly allowedScopes?: readonly string[];
  /** An unknown key ID asks the issuer for its keys again, at most this often, in milliseconds. */
  readonly keysCooldownMs?: number;
}

interface Issuer {
  readonly issuer: string;
  readonly keys: JWTVerifyGetKey;
}

const DISCOVERY = '/.well-known/openid-configuration';
/** No HMAC: its key would be the public one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const BEARER = /^Bearer +([\w.~+/=-]+)$/i;
const TIMEOUT_MS = 5_000;

/**
 * Callers bring an access token of one issuer, asked for its keys over the network. Throws when the options would let every
 * token of the issuer pass.
 */
export function customJwt(options: CustomJwtOptions): Authorizer {
  const { discoveryUrl, allowedClients, allowedAudience, allowedScopes } = options;
  if (!discoveryUrl.endsWith(DISCOVERY))
    throw new Error(`discoveryUrl: must end in ${DISCOVERY}, not ${discoveryUrl}.`);
  if (allowedClients === undefined && allowedAudience === undefined && allowedScopes === undefined) {
    throw new Error('One of allowedClients, allowedAudience and allowedScopes is needed, or every token would pass.');
  }
  const issuer = cachedIssuer(options);
  const challenge = (request: RawRequest, error?: string) => {
    const metadata = `http://${header(request, 'host')}/.well-known/oauth-protected-resource`;
    const scope = allowedScopes === undefined ? [] : [`scope="${allowedScopes.join(' ')}"`];
    const parameters = [
      ...(error === undefined ? [] : [`error="${error}"`]),
      ...scope,
      `resource_metadata="${metadata}"`,
    ];
    return { 'www-authenticate': `Bearer ${parameters.join(', ')}` };
  };
  return {
    type: 'CUSTOM_JWT',
    async authorize(request) {
      const [authorization, ...more] = headerValues(request, 'authorization');
      const token = more.length > 0 ? undefined : BEARER.exec(authorization ?? '')?.[1];
      // Code, id and the first text were seen on a live gateway; the other texts are assumptions.
      if (token === undefined) return rpcError(401, -32_001, 'Missing Bearer token', challenge(request), 0);
      let claims: JWTPayload;
      try {
        claims = await verify(token, await issuer(), allowedAudience);
      } catch (error) {
        if (!isTokenFault(error)) return unreachable(discoveryUrl, error);
        return rpcError(401, -32_001, 'Invalid Bearer token', challenge(request, 'invalid_token'), 0);
      }
      if (allowedClients !== undefined && !allowedClients.includes(String(claims.client_id))) {
        return rpcError(401, -32_001, 'Invalid Bearer token', challenge(request, 'invalid_token'), 0);
      }
      const scopes = typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
      if (allowedScopes !== undefined && !allowedScopes.some((scope) => scopes.includes(scope))) {
        return rpcError(403, -32_001, 'Insufficient scope', challenge(request, 'insufficient_scope'), 0);
      }
      return undefined;
    },
    protectedResource: (resource) => ({
      resource,
      authorization_servers: [discoveryUrl.slice(0, -DISCOVERY.length)],
      bearer_methods_supported: ['header'],
      ...(allowedScopes === undefined ? {} : { scopes_supported: allowedScopes }),
    }),
  };
}

async function verify(token: string, { issuer, keys }: Issuer, audience?: readonly string[]): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, keys, {
    issuer,
    algorithms: ALGORITHMS,
    requiredClaims: ['exp'],
    ...(audience === undefined ? {} : { audience: [...audience] }),
  });
  return payload;
}

/** Discovery once; after a failure it is tried again at the next request. */
function cachedIssuer({ discoveryUrl, keysCooldownMs }: CustomJwtOptions): () => Promise<Issuer> {
  let cached: Promise<Issuer> | undefined;
  return () => {
    cached ??= discover(discoveryUrl, keysCooldownMs).catch((error: unknown) => {
      cached = undefined;
      throw error;
    });
    return cached;
  };
}

async function discover(discoveryUrl: string, keysCooldownMs?: number): Promise<Issuer> {
  const response = await fetch(discoveryUrl, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const { issuer, jwks_uri } = (await response.json()) as Record<string, unknown>;
  if (typeof issuer !== 'string' || typeof jwks_uri !== 'string') throw new Error('issuer and jwks_uri are missing');
  const cooldown = keysCooldownMs === undefined ? {} : { cooldownDuration: keysCooldownMs };
  return { issuer, keys: createRemoteJWKSet(new URL(jwks_uri), { timeoutDuration: TIMEOUT_MS, ...cooldown }) };
}

/** Faults on the way to the issuer's keys, by jose's names; the others are the token's. */
const ISSUER_FAULTS = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);

function isTokenFault(error: unknown): boolean {
  return error instanceof errors.JOSEError && !ISSUER_FAULTS.has(error.code);
}

/** Assumption about the real Gateway: the status when its issuer does not answer. The text is for whoever runs this one. */
function unreachable(discoveryUrl: string, error: unknown): Response {
  const reason = error instanceof Error ? error.message : String(error);
  return rpcError(503, -32_603, `The token issuer does not answer as it should at ${discoveryUrl}: ${reason}`, {}, 0);
}
