import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { verifySigV4 } from '../../../scripts/local/gateway/sigv4.ts';
import { isLoopback, regionOfAwsMcp, type SigningOptions, signingFetch } from '../../../shared/bridge/signing-fetch.ts';

const keys = [{ accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' }] as const;
const [credentials] = keys;
const url = 'https://gateway.example.com/mcp';

/** What was sent, in the order; each is answered with 200. */
let sent: { url: URL; init: RequestInit & { headers: Record<string, string> } }[];
beforeEach(() => {
  sent = [];
  vi.stubGlobal('fetch', async (to: URL, init: never) => {
    sent.push({ url: to, init });
    return new Response('answered');
  });
});
afterEach(() => vi.unstubAllGlobals());

const signing = (changes: Partial<SigningOptions> = {}) =>
  signingFetch({ credentials: async () => credentials, region: 'eu-west-1', ...changes });

/** What AWS makes of the request that was sent last: the key that signed it, or why it is refused. */
function verified({ service = 'bedrock-agentcore', region = 'eu-west-1' } = {}) {
  const last = sent.at(-1);
  if (last === undefined) throw new Error('Nothing was sent.');
  const headers = [...Object.entries(last.init.headers), ['host', last.url.host] as const];
  const request = {
    method: last.init.method ?? '',
    target: `${last.url.pathname}${last.url.search}`,
    headers: headers.map(([name, value]) => [name.toLowerCase(), value] as const),
    body: Buffer.from((last.init.body as string | undefined) ?? ''),
  };
  return verifySigV4(request, { service, regions: [region], keys, now: Date.now() });
}

describe('a signed request', () => {
  it('is one that AWS takes: a post with its body, for a gateway in its Region', async () => {
    const answer = await signing()(url, {
      method: 'POST',
      body: '{"a":"ü"}',
      headers: { accept: 'text/event-stream' },
    });
    expect(await answer.text()).toBe('answered');
    expect(verified()).toEqual(credentials);
    expect(verified({ region: 'us-east-1' })).toMatchObject({ message: expect.stringContaining('scoped to') });
    expect(sent[0]?.init).toMatchObject({
      method: 'POST',
      body: '{"a":"ü"}',
      headers: { accept: 'text/event-stream' },
    });
  });

  it.each([
    ['without a body', url, { method: 'GET' }],
    ['to end a session', url, { method: 'DELETE', headers: { 'mcp-session-id': 'one' } }],
    ['with a query', `${url}?qualifier=a%20b&z=1`, { method: 'POST', body: '{}' }],
    ['to a port of this machine', 'http://127.0.0.1:8080/mcp', { method: 'POST', body: '{}' }],
  ])('%s is one that AWS takes', async (_, to, init) => {
    await signing()(to, init);
    expect(verified()).toEqual(credentials);
    expect(sent[0]?.url.href).toBe(to);
    expect(sent[0]?.init.body).toBe('body' in init ? init.body : undefined);
  });

  it('is for the service that is asked for', async () => {
    await signing({ service: 'aws-mcp' })(url, { method: 'POST', body: '{}' });
    expect(verified({ service: 'aws-mcp' })).toEqual(credentials);
  });

  it('signs nothing that is changed on the way, and sends it no further', async () => {
    const changed = {
      'user-agent': 'it',
      'accept-encoding': 'br',
      'content-length': '2',
      'transfer-encoding': 'chunked',
      connection: 'close',
    };
    await signing()(url, { method: 'POST', body: '{}', headers: { ...changed, 'mcp-session-id': 'one' } });
    const headers = sent[0]?.init.headers ?? {};
    const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';');
    for (const name of [...Object.keys(changed), 'host']) expect(Object.keys(headers)).not.toContain(name);
    expect(signed).toEqual(expect.arrayContaining(['host', 'mcp-session-id', 'x-amz-date', 'x-amz-security-token']));
    expect(signed?.filter((name) => name in changed)).toEqual([]);
  });

  it('asks for credentials each time, so that renewed ones sign', async () => {
    const asked = vi.fn(async () => ({ ...credentials, accessKeyId: `ASIA${asked.mock.calls.length}` }));
    const send = signing({ credentials: asked });
    await send(url, { method: 'POST', body: '{}' });
    await send(url, { method: 'POST', body: '{}' });
    expect(sent.map(({ init }) => /Credential=(\w+)/.exec(init.headers.authorization ?? '')?.[1])).toEqual([
      'ASIA1',
      'ASIA2',
    ]);
  });

  it('follows no redirect, and ends with the signal that it was given', async () => {
    const call = new AbortController();
    await signing()(url, { method: 'POST', body: '{}', signal: call.signal });
    expect(sent[0]?.init.redirect).toBe('error');
    expect(sent[0]?.init.signal?.aborted).toBe(false);
    call.abort();
    expect(sent[0]?.init.signal?.aborted).toBe(true);
  });
});

describe('whom a signature is sent to', () => {
  it.each(['http://gateway.example.com/mcp', 'http://127.0.0.1.example.com/mcp', 'http://localhost.example.com/mcp'])(
    'not to %s, where others could read it: nothing is sent, no credentials are asked for',
    async (to) => {
      const asked = vi.fn(async () => credentials);
      await expect(signing({ credentials: asked })(to, { method: 'POST', body: '{}' })).rejects.toThrow(
        /^Not signed: http:\/\/[a-z0-9.]+ is not https\.$/,
      );
      expect([sent, asked.mock.calls]).toEqual([[], []]);
    },
  );

  it('to this machine by each of its names', () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]']) expect(isLoopback(new URL(`http://${host}:1/`))).toBe(true);
    for (const host of ['example.com', '127.0.0.2', 'localhost.example.com', '[::2]'])
      expect(isLoopback(new URL(`http://${host}:1/`))).toBe(false);
  });
});

describe("the Region of AWS's MCP server", () => {
  it('stands in its host, and in no other', () => {
    expect(regionOfAwsMcp(new URL('https://aws-mcp.us-east-1.api.aws/mcp'))).toBe('us-east-1');
    expect(regionOfAwsMcp(new URL('https://aws-mcp.eu-central-1.api.aws/mcp'))).toBe('eu-central-1');
    for (const host of [
      'aws-mcp.us-east-1.api.aws.example.com',
      'x.aws-mcp.us-east-1.api.aws',
      'aws-mcp.api.aws',
      'aws-mcp.us.east.api.aws',
      'aws-mcpxus-east-1.api.aws',
      '127.0.0.1',
    ])
      expect(regionOfAwsMcp(new URL(`https://${host}/mcp`)), host).toBeUndefined();
  });
});
