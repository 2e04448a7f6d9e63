import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export interface TokenIssuer {
  readonly issuer: string;
  readonly discoveryUrl: string;
  /** Requests for the keys so far. */
  readonly keyRequests: () => number;
  /** A signed token like Cognito's for client credentials: `client_id`, `scope`, no `aud`. `claims` come over it; `expires` may be never. */
  token(claims?: JWTPayload & Record<string, unknown>, expires?: number | string): Promise<string>;
  /** New keys in place of the old ones. */
  rotate(): Promise<void>;
  /** The HTTP status of the discovery document from now on. */
  failDiscovery(status: number | undefined): void;
  stop(): Promise<void>;
}

/** Clients and their secrets at the token endpoint. */
const CLIENTS = new Map([['agent', 's3cret']]);
export const SCOPE = 'central-ops/invoke';

/** An OpenID provider with Cognito's manners: discovery, keys, and a token endpoint for client credentials. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  let number = 0;
  let requests = 0;
  let failure: number | undefined;
  let signing = await generateKeyPair('RS256');
  const kid = () => `key-${number}`;
  const server = createServer(async (request, response) => {
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    switch (new URL(request.url ?? '/', issuer).pathname) {
      case '/pool/.well-known/openid-configuration':
      case '/.well-known/oauth-authorization-server/pool':
        if (failure !== undefined) return json(failure, {});
        return json(200, {
          issuer,
          jwks_uri: `${issuer}/keys`,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          response_types_supported: ['code'],
          grant_types_supported: ['client_credentials'],
          token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
        });
      case '/pool/keys': {
        requests++;
        return json(200, { keys: [{ ...(await exportJWK(signing.publicKey)), kid: kid(), alg: 'RS256', use: 'sig' }] });
      }
      case '/pool/token': {
        const chunks: Buffer[] = [];
        for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
        const form = new URLSearchParams(Buffer.concat(chunks).toString());
        const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
        const [id, secret] = Buffer.from(basic, 'base64').toString().split(':');
        const client = form.get('client_id') ?? id ?? '';
        const scope = form.get('scope') ?? SCOPE;
        if (CLIENTS.get(client) !== (form.get('client_secret') ?? secret))
          return json(400, { error: 'invalid_client' });
        if (scope !== SCOPE) return json(400, { error: 'invalid_scope' });
        const access_token = await sign({ client_id: client, scope });
        return json(200, { access_token, token_type: 'Bearer', expires_in: 3_600 });
      }
      default:
        return json(404, { error: 'not_found' });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pool`;
  const sign = (claims: JWTPayload, expires: number | string = '1h') => {
    const token = new SignJWT({ token_use: 'access', ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: kid() })
      .setIssuer(claims.iss ?? issuer)
      .setIssuedAt();
    return (expires === 'never' ? token : token.setExpirationTime(expires)).sign(signing.privateKey);
  };
  return {
    issuer,
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    keyRequests: () => requests,
    token: (claims = {}, expires) => sign({ client_id: 'agent', scope: SCOPE, ...claims }, expires),
    rotate: async () => {
      number++;
      signing = await generateKeyPair('RS256');
    },
    failDiscovery: (status) => {
      failure = status;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
