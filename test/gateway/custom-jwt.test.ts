import { ClientCredentialsProvider } from '@modelcontextprotocol/client';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CustomJwtOptions, customJwt } from '../../scripts/local/gateway/custom-jwt.ts';
import { connect, gatewayFor, listRequest, post, textOf } from '../support/gateway-fixture.ts';
import { SCOPE, startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await startTokenIssuer();
});
afterAll(() => issuer.stop());
beforeEach(() => issuer.failDiscovery(undefined));

function gateway(options: Partial<CustomJwtOptions> = { allowedClients: ['agent'], allowedScopes: [SCOPE] }) {
  return gatewayFor({ authorizer: customJwt({ discoveryUrl: issuer.discoveryUrl, keysCooldownMs: 0, ...options }) });
}

async function ask(target: { url: string }, token: string) {
  const response = await post(target, listRequest, { authorization: `Bearer ${token}` });
  return { status: response.status, challenge: response.headers.get('www-authenticate'), body: await response.json() };
}

describe.each(['legacy', 'auto', { pin: '2026-07-28' }] as const)('a client in mode %j', (mode) => {
  it('finds the issuer by itself, fetches a token and calls', async () => {
    const target = await gateway();
    const authProvider = new ClientCredentialsProvider({
      clientId: 'agent',
      clientSecret: 's3cret',
      scope: SCOPE,
      expectedIssuer: issuer.issuer,
    });
    const client = await connect(target, mode, { authProvider });
    const result = await client.callTool({ name: 'get-thing___get_thing', arguments: { account_id: 'all' } });
    expect(JSON.parse(textOf(result)).event).toEqual({ account_id: 'all' });
  });

  it('calls with a token that it was given', async () => {
    const token = await issuer.token();
    const client = await connect(await gateway(), mode, { authProvider: { token: async () => token } });
    expect((await client.listTools()).tools).toHaveLength(1);
  });
});

it('without a token: 401 with the body of the real Gateway and the way to the issuer', async () => {
  const target = await gateway();
  const origin = new URL(target.url).origin;
  const response = await post(target, listRequest);
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({
    jsonrpc: '2.0',
    id: 0,
    error: { code: -32001, message: 'Missing Bearer token' },
  });
  expect(response.headers.get('www-authenticate')).toBe(
    `Bearer scope="${SCOPE}", resource_metadata="${origin}/.well-known/oauth-protected-resource"`,
  );
  for (const path of ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp']) {
    const metadata = await fetch(new URL(path, target.url));
    expect(await metadata.json()).toEqual({
      resource: target.url,
      authorization_servers: [issuer.issuer],
      bearer_methods_supported: ['header'],
      scopes_supported: [SCOPE],
    });
  }
  expect((await fetch(new URL('/.well-known/oauth-authorization-server', target.url))).status).toBe(404);
});

describe('tokens that are refused with 401', () => {
  it.each<[string, () => Promise<string>]>([
    ['expired', () => issuer.token({}, Math.floor(Date.now() / 1_000) - 60)],
    ['without an end', () => issuer.token({}, 'never')],
    ['not valid yet', () => issuer.token({ nbf: Math.floor(Date.now() / 1_000) + 600 })],
    ['of another issuer', () => issuer.token({ iss: 'https://evil.example/pool' })],
    ['for another client', () => issuer.token({ client_id: 'stranger' })],
    ['for no client', () => issuer.token({ client_id: undefined })],
    ['signed with a key of its own', async () => foreign('RS256', 'key-0')],
    ['signed with an unknown key', async () => foreign('RS256', 'key-99')],
    ['not signed', async () => new UnsecuredJWT({ client_id: 'agent', scope: SCOPE }).setExpirationTime('1h').encode()],
    [
      'signed with HMAC',
      () =>
        new SignJWT({ client_id: 'agent', scope: SCOPE })
          .setProtectedHeader({ alg: 'HS256', kid: 'key-0' })
          .setIssuer(issuer.issuer)
          .setExpirationTime('1h')
          .sign(Buffer.alloc(32)),
    ],
    ['with its payload changed', async () => tampered(await issuer.token())],
    ['rubbish', async () => 'a.b.c'],
  ])('%s', async (_, token) => {
    const { status, challenge, body } = await ask(await gateway(), await token());
    expect(status).toBe(401);
    expect(challenge).toMatch(/^Bearer error="invalid_token", .*resource_metadata="/);
    expect(body).toMatchObject({ id: 0, error: { code: -32001, message: 'Invalid Bearer token' } });
  });

  it('another scheme, an empty one and two at once', async () => {
    const target = await gateway();
    for (const authorization of ['Basic YTpi', 'Bearer', 'AWS4-HMAC-SHA256 x']) {
      expect((await post(target, listRequest, { authorization })).status).toBe(401);
    }
  });
});

describe('scopes', () => {
  it.each(['openid', '', `${SCOPE}-other`, SCOPE.toUpperCase()])('%j is 403 insufficient_scope', async (scope) => {
    const { status, challenge } = await ask(await gateway(), await issuer.token({ scope }));
    expect(status).toBe(403);
    expect(challenge).toMatch(new RegExp(`^Bearer error="insufficient_scope", scope="${SCOPE}", resource_metadata=`));
  });

  it('one of several is enough', async () => {
    const target = await gateway({ allowedScopes: ['a/b', SCOPE] });
    expect((await ask(target, await issuer.token({ scope: `openid ${SCOPE}` }))).status).toBe(200);
  });
});

it('an audience is checked against aud, which Cognito tokens have not', async () => {
  const target = await gateway({ allowedAudience: ['api://central-ops'] });
  expect((await ask(target, await issuer.token())).status).toBe(401);
  expect((await ask(target, await issuer.token({ aud: 'other' }))).status).toBe(401);
  expect((await ask(target, await issuer.token({ aud: ['other', 'api://central-ops'] }))).status).toBe(200);
});

it('follows a rotation of the keys, and asks for keys only when it must', async () => {
  const target = await gateway();
  const before = issuer.keyRequests();
  const old = await issuer.token();
  for (let count = 0; count < 3; count++) expect((await ask(target, old)).status).toBe(200);
  expect(issuer.keyRequests() - before).toBe(1);
  await issuer.rotate();
  expect((await ask(target, await issuer.token())).status).toBe(200);
  expect(issuer.keyRequests() - before).toBe(2);
  expect((await ask(target, old)).status).toBe(401);
});

it('an issuer that does not answer is named, and asked again later', async () => {
  const target = await gateway();
  const token = await issuer.token();
  issuer.failDiscovery(500);
  const { status, body } = await ask(target, token);
  expect([status, body]).toMatchObject([503, { error: { message: expect.stringContaining(issuer.discoveryUrl) } }]);
  issuer.failDiscovery(undefined);
  expect((await ask(target, token)).status).toBe(200);
});

it('will not be set up to let every token pass', () => {
  expect(() => customJwt({ discoveryUrl: issuer.discoveryUrl })).toThrow('allowedClients');
  expect(() => customJwt({ discoveryUrl: issuer.issuer, allowedClients: ['agent'] })).toThrow('openid-configuration');
});

async function foreign(alg: string, kid: string): Promise<string> {
  const { privateKey } = await generateKeyPair(alg);
  const token = new SignJWT({ client_id: 'agent', scope: SCOPE }).setProtectedHeader({ alg, kid });
  return token.setIssuer(issuer.issuer).setExpirationTime('1h').sign(privateKey);
}

function tampered(token: string): string {
  const [head, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 1 })).toString('base64url');
  return [head, changed, signature].join('.');
}
