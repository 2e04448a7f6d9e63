import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawRequest } from '../../scripts/local/gateway/http.ts';
import { type AccessKey, type SigV4Rules, verifySigV4 } from '../../scripts/local/gateway/sigv4.ts';
import published from './sigv4-vectors.json' with { type: 'json' };

const key: AccessKey = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const session: AccessKey = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'other', sessionToken: 'token/+=' };
const now = Date.UTC(2026, 10, 20, 12);

describe("AWS's published vectors", () => {
  it.each(published.vectors)('$name', ({ name, method, target, headers, body, sessionToken }) => {
    const request = { method, target, headers: headers as [string, string][], body: Buffer.from(body) };
    const rules = { service: 'service', regions: ['us-east-1'], now: Date.UTC(2015, 7, 30, 12, 36) };
    const verdict = verifySigV4(request, { ...rules, keys: [{ ...key, sessionToken }] });
    // That one sends a token that it did not sign, which we do not take.
    if (name === 'post-sts-header-after') expect(verdict).toMatchObject({ type: 'InvalidSignatureException' });
    else expect(verdict).toMatchObject({ accessKeyId: 'AKIDEXAMPLE' });
  });
});

interface Unsigned {
  method?: string;
  path?: string;
  query?: Record<string, string | string[]>;
  headers?: Record<string, string>;
  body?: string;
  /** False: the hash of the body is not among the headers, as with botocore. */
  checksum?: boolean;
}

async function signed(request: Unsigned = {}, by: AccessKey = key, at = now, region = 'us-east-1', service?: string) {
  const {
    method = 'POST',
    path = '/mcp',
    query = {},
    headers = {},
    body = '{"jsonrpc":"2.0"}',
    checksum = true,
  } = request;
  const { sessionToken, ...credentials } = by;
  const signer = new SignatureV4({
    credentials: { ...credentials, ...(sessionToken === undefined ? {} : { sessionToken }) },
    region,
    service: service ?? 'bedrock-agentcore',
    sha256: Sha256,
    applyChecksum: checksum,
  });
  const { headers: out } = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path,
      query,
      headers: { host: '127.0.0.1:1', ...headers },
      body,
    },
    { signingDate: new Date(at) },
  );
  const search = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  );
  return {
    method,
    target: search.length === 0 ? path : `${path}?${search.join('&')}`,
    headers: Object.entries(out).map(([name, value]) => [name.toLowerCase(), value] as const),
    body: Buffer.from(body),
  } satisfies RawRequest;
}

function verify(request: RawRequest, rules: Partial<SigV4Rules> = {}) {
  return verifySigV4(request, {
    service: 'bedrock-agentcore',
    regions: ['us-east-1', 'eu-west-1'],
    keys: [key, session],
    now,
    ...rules,
  });
}

it.each<[string, Unsigned]>([
  ['a plain call', {}],
  ['a query', { query: { b: '2', a: '1 2', 'ü/&=+': "!'()*~" } }],
  ['a parameter several times', { query: { a: ['2', '10', '1'], A: 'x' } }],
  ['an encoded path', { path: '/a%20b/%C3%BC' }],
  [
    'more signed headers',
    { headers: { accept: 'application/json', 'x-amz-target': 'a  b', 'mcp-protocol-version': 'x' } },
  ],
  ['an empty body', { body: '' }],
  ['no body hash in the headers', { checksum: false }],
])('takes %s signed by Smithy', async (_, request) => {
  expect(verify(await signed(request))).toEqual(key);
});

it('takes a session and each allowed Region', async () => {
  expect(verify(await signed({}, session))).toEqual(session);
  expect(verify(await signed({}, key, now, 'eu-west-1'))).toEqual(key);
});

it('takes whatever Smithy signs, and not with one byte changed', async () => {
  const text = fc.string({ unit: 'grapheme-ascii', maxLength: 12 });
  const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).map((name) => `x-own-${name}`);
  const visible = fc.stringMatching(/^[!-~]([ -~]{0,10}[!-~])?$/);
  // Smithy's signer leaves a parameter of this name out of what it signs: it collects them in a plain object.
  const parameters = text.filter((name) => name !== '__proto__');
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(parameters, text, { maxKeys: 3, noNullPrototype: true }),
      fc.dictionary(names, visible, { maxKeys: 3, noNullPrototype: true }),
      fc.string({ unit: 'binary', maxLength: 50 }),
      fc.array(text, { maxLength: 3 }),
      async (query, headers, body, segments) => {
        const path = `/${segments.map(encodeURIComponent).join('/')}`;
        const request = await signed({ query, headers, body, path });
        expect(verify(request)).toEqual(key);
        expect(verify({ ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) })).toHaveProperty('type');
      },
    ),
    { numRuns: 200 },
  );
});

function replace(request: RawRequest, name: string, value: (old: string) => string): RawRequest {
  return {
    ...request,
    headers: request.headers.map(([each, old]) => [each, each === name ? value(old) : old] as const),
  };
}

function without(request: RawRequest, name: string): RawRequest {
  return { ...request, headers: request.headers.filter(([each]) => each !== name) };
}

function adding(request: RawRequest, name: string, value: string): RawRequest {
  return { ...request, headers: [...request.headers, [name, value]] };
}

const SIGNATURE = 'InvalidSignatureException';
const INCOMPLETE = 'IncompleteSignatureException';
const UNKNOWN = 'UnrecognizedClientException';

describe('refuses', () => {
  it.each<[string, string, string, () => Promise<RawRequest>]>([
    [
      'no signature',
      'MissingAuthenticationTokenException',
      'Missing',
      async () => without(await signed(), 'authorization'),
    ],
    [
      'a bearer token',
      INCOMPLETE,
      'AWS4-HMAC',
      async () => replace(await signed(), 'authorization', () => 'Bearer abc'),
    ],
    ['two signatures', INCOMPLETE, 'AWS4-HMAC', async () => adding(await signed(), 'authorization', 'x')],
    ['another body', SIGNATURE, 'hash of the body', async () => ({ ...(await signed()), body: Buffer.from('{}') })],
    [
      'another body with its own hash',
      SIGNATURE,
      'does not match',
      async () => {
        const other = await signed({ body: '{}' });
        const hash = other.headers.find(([name]) => name === 'x-amz-content-sha256')?.[1] ?? '';
        return replace({ ...(await signed()), body: other.body }, 'x-amz-content-sha256', () => hash);
      },
    ],
    [
      'an unsigned payload',
      SIGNATURE,
      'hash of the body',
      () => signed({ headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }),
    ],
    ['another path', SIGNATURE, 'does not match', async () => ({ ...(await signed()), target: '/mcp2' })],
    ['another query', SIGNATURE, 'does not match', async () => ({ ...(await signed()), target: '/mcp?a=1' })],
    [
      'a query that is badly encoded',
      INCOMPLETE,
      'well encoded',
      async () => ({ ...(await signed()), target: '/mcp?a=%zz' }),
    ],
    ['another method', SIGNATURE, 'does not match', async () => ({ ...(await signed()), method: 'GET' })],
    ['another host', SIGNATURE, 'does not match', async () => replace(await signed(), 'host', () => 'localhost:1')],
    [
      'a signed header changed',
      SIGNATURE,
      'does not match',
      async () => replace(await signed({ headers: { accept: 'a' } }), 'accept', () => 'b'),
    ],
    [
      'a signed header removed',
      INCOMPLETE,
      'must be present',
      async () => without(await signed({ headers: { accept: 'a' } }), 'accept'),
    ],
    [
      'a signed header sent twice',
      SIGNATURE,
      'does not match',
      async () => adding(await signed(), 'host', '127.0.0.1:1'),
    ],
    [
      'an unsigned x-amz-* header',
      SIGNATURE,
      'must be signed: x-amz-target',
      async () => adding(await signed(), 'x-amz-target', 'x'),
    ],
    [
      'a host that is not signed',
      SIGNATURE,
      'must be signed: host',
      async () => replace(await signed(), 'authorization', (old) => old.replace('host;', '')),
    ],
    [
      'unsorted signed headers',
      INCOMPLETE,
      'sorted',
      async () =>
        replace(await signed(), 'authorization', (old) =>
          old.replace('host;', '').replace(/, Signature/, ';host, Signature'),
        ),
    ],
    ['another service', SIGNATURE, 'service: bedrock-agentcore', () => signed({}, key, now, 'us-east-1', 'lambda')],
    ['a Region that is not allowed', SIGNATURE, 'us-east-1, eu-west-1', () => signed({}, key, now, 'ap-south-1')],
    ['another secret', SIGNATURE, 'does not match', () => signed({}, { ...key, secretAccessKey: 'wrong' })],
    ['an unknown key', UNKNOWN, 'token', () => signed({}, { ...key, accessKeyId: 'AKIDNOBODY' })],
    [
      'an unknown key with an empty secret',
      UNKNOWN,
      'token',
      () => signed({}, { accessKeyId: 'AKIDNOBODY', secretAccessKey: '' }),
    ],
    ['a session without its token', UNKNOWN, 'token', () => signed({}, { ...session, sessionToken: undefined })],
    ['a session with another token', UNKNOWN, 'token', () => signed({}, { ...session, sessionToken: 'token/+= ' })],
    ['a token for a key that has none', UNKNOWN, 'token', () => signed({}, { ...key, sessionToken: 'x' })],
    ['a signature six minutes old', SIGNATURE, 'expired', () => signed({}, key, now - 6 * 60_000)],
    ['a signature of six minutes later', SIGNATURE, 'not yet valid', () => signed({}, key, now + 6 * 60_000)],
    [
      'a date that is none',
      INCOMPLETE,
      'X-Amz-Date',
      async () => replace(await signed(), 'x-amz-date', () => '20269920T120000Z'),
    ],
    ['no date', INCOMPLETE, 'X-Amz-Date', async () => without(await signed(), 'x-amz-date')],
    [
      'a scope of another day',
      SIGNATURE,
      'is not the date',
      async () => replace(await signed(), 'authorization', (old) => old.replace('/20261120/', '/20261119/')),
    ],
    [
      'a signature cut short',
      INCOMPLETE,
      'AWS4-HMAC',
      async () => replace(await signed(), 'authorization', (old) => old.slice(0, -2)),
    ],
    [
      'a signature in capitals',
      INCOMPLETE,
      'AWS4-HMAC',
      async () => replace(await signed(), 'authorization', (old) => old.toUpperCase()),
    ],
  ])('%s', async (_, type, text, request) => {
    expect(verify(await request())).toMatchObject({ type, message: expect.stringContaining(text) });
  });

  it('never says the secret', async () => {
    const refused = JSON.stringify(verify(await signed({}, { ...key, secretAccessKey: 'wrong' })));
    expect(refused).not.toContain(key.secretAccessKey);
  });
});
