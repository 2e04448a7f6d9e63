import { decodeJwt } from 'jose';
import { isLoopback } from '../../../shared/bridge/signing-fetch.ts';
import { GatewayError } from '../problem.ts';

export interface TokenOptions {
  /** The gateway's discovery URL: the issuer is what stands before `/.well-known/…`, and no other gets the secret. */
  readonly discoveryUrl: string;
  readonly clientId: string;
  /** Asked when a token is needed; never kept. */
  readonly clientSecret: () => Promise<string>;
  readonly scope?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface TokenSource {
  token(): Promise<string>;
}

const DISCOVERY = '/.well-known/openid-configuration';
/** A token is not used in its last 60 seconds: it must not expire on the way. */
const RENEW_BEFORE_MS = 60_000;
const TIMEOUT_MS = 10_000;

/** Access tokens by client credentials, kept in memory until 60 s before they expire. */
export function clientCredentials(options: TokenOptions): TokenSource {
  const { now = Date.now } = options;
  let kept: { token: string; until: number } | undefined;
  let asking: Promise<string> | undefined;
  const ask = async (): Promise<string> => {
    const { access_token, expires_in } = await requestToken(options);
    kept = { token: access_token, until: now() + expires_in * 1_000 - RENEW_BEFORE_MS };
    return access_token;
  };
  return {
    token() {
      if (kept !== undefined && now() < kept.until) return Promise.resolve(kept.token);
      // Requests at the same time share one question.
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
  };
}

interface TokenAnswer {
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
}

async function requestToken({ discoveryUrl, clientId, clientSecret, scope }: TokenOptions): Promise<TokenAnswer> {
  const { issuer, tokenEndpoint } = await discover(discoveryUrl);
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: await clientSecret(),
    ...(scope === undefined ? {} : { scope }),
  });
  const response = await request(tokenEndpoint, { method: 'POST', body, redirect: 'error' });
  const answer = (await response.json().catch(() => ({}))) as Partial<TokenAnswer> & { error?: string };
  if (!response.ok || answer.access_token === undefined) {
    throw tokenError(tokenEndpoint, `HTTP ${response.status} ${answer.error ?? ''}`.trim(), fixOf(answer.error));
  }
  const issuedBy = issuerOf(answer.access_token);
  if (issuedBy !== undefined && issuedBy !== issuer) {
    const fix = 'Use the discovery URL of the pool or tenant that issues the tokens.';
    throw tokenError(tokenEndpoint, `it issued a token of ${issuedBy}, expected is ${issuer}`, fix);
  }
  return { access_token: answer.access_token, expires_in: answer.expires_in ?? 0 };
}

/** The issuer and its token endpoint. Throws when the document names another issuer than its own address. */
export async function discover(discoveryUrl: string): Promise<{ issuer: string; tokenEndpoint: string }> {
  const expected = discoveryUrl.replace(DISCOVERY, '');
  const response = await request(discoveryUrl, { redirect: 'error' });
  if (!response.ok) {
    const fix = 'Check the Region and the ID of the user pool in the address.';
    throw tokenError(discoveryUrl, `HTTP ${response.status}`, fix);
  }
  const { issuer, token_endpoint: tokenEndpoint } = (await response.json()) as Record<string, unknown>;
  if (issuer !== expected || typeof tokenEndpoint !== 'string') {
    const fix = 'Use the address that the issuer itself gives; the secret is sent to nobody else.';
    throw tokenError(discoveryUrl, `it says issuer ${String(issuer)}, expected is ${expected}`, fix);
  }
  return { issuer, tokenEndpoint };
}

async function request(address: string, init: RequestInit): Promise<Response> {
  const url = new URL(address);
  if (url.protocol !== 'https:' && !isLoopback(url)) {
    throw tokenError(address, 'it is not https', 'Secrets go over https only: use the https address.');
  }
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    const cause = (error as { cause?: Error }).cause?.message ?? (error as Error).message;
    const fix =
      'Check the domain: <prefix>.auth.<region>.amazoncognito.com for Cognito. A new one needs a minute of DNS.';
    throw tokenError(address, cause, fix);
  }
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    // An opaque token names no issuer; the gateway judges it.
    return undefined;
  }
}

function fixOf(error: string | undefined): string {
  if (error === 'invalid_client') return 'Check the client ID and its secret; the client must be one with a secret.';
  if (error === 'invalid_scope') return 'Ask for a scope that the client is allowed: <resource server>/<scope>.';
  if (error === 'unauthorized_client') return 'Allow the client the flow client_credentials.';
  return 'Check the token endpoint: the domain of the user pool with /oauth2/token.';
}

function tokenError(where: string, what: string, fix: string): GatewayError {
  return new GatewayError('No access token.', [{ where, what, fix }]);
}
