import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../scripts/local/gateway/gateway.ts';
import { startGateway } from '../../scripts/local/gateway/gateway.ts';
import { callRequest, gatewayFor, LEGACY_HEADERS, listRequest, post } from '../support/gateway-fixture.ts';

const initialize = (protocolVersion: string) => ({
  jsonrpc: '2.0',
  id: 'init',
  method: 'initialize',
  params: { protocolVersion, capabilities: {}, clientInfo: { name: 'wire', version: '1' } },
});

function modern(gateway: Gateway, method: string, params: object = {}, headers: Record<string, string> = {}) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'wire', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return fetch(gateway.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
  });
}

/** fetch sets Host itself, so a foreign one needs the plain client. */
function withHost(gateway: Gateway, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({
      port: gateway.port,
      host: '127.0.0.1',
      path: '/mcp',
      method: 'POST',
      headers: { ...LEGACY_HEADERS, host },
    });
    sent.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
    sent.end(JSON.stringify(listRequest));
  });
}

describe('the 2025 era', () => {
  it.each(['2025-03-26', '2025-06-18', '2025-11-25'])('initialize answers %s in one JSON body', async (version) => {
    const response = await post(await gatewayFor(), initialize(version), { 'mcp-protocol-version': version });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('mcp-session-id')).toBeNull();
    expect(await response.json()).toMatchObject({
      id: 'init',
      result: { protocolVersion: version, capabilities: { tools: {} }, serverInfo: { name: 'agentcore-gateway' } },
    });
  });

  it('initialize with an unknown version answers the newest of its own', async () => {
    const response = await fetch((await gatewayFor()).url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(initialize('2031-01-01')),
    });
    expect(await response.json()).toMatchObject({ result: { protocolVersion: '2025-11-25' } });
  });

  it.each([
    ['no Accept', undefined],
    ['JSON only', 'application/json'],
    ['event stream only', 'text/event-stream'],
    ['anything', '*/*'],
    ['HTML', 'text/html'],
  ])('takes %s', async (_, accept) => {
    const response = await post(await gatewayFor(), listRequest, accept === undefined ? {} : { accept });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  it('acknowledges a notification with an empty 202', async () => {
    const response = await post(await gatewayFor(), { jsonrpc: '2.0', method: 'notifications/initialized' });
    expect([response.status, await response.text()]).toEqual([202, '']);
  });

  it('takes a batch, an unknown session and a request without a version header', async () => {
    const gateway = await gatewayFor();
    const batch = await post(gateway, [listRequest, { ...listRequest, id: 2 }]);
    expect((await batch.json()) as unknown[]).toHaveLength(2);
    expect((await post(gateway, listRequest, { 'mcp-session-id': 'nobody' })).status).toBe(200);
    const bare = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(listRequest) };
    expect((await fetch(gateway.url, bare)).status).toBe(200);
  });

  it.each([
    ['bad JSON', '{', {}, 400, -32700],
    ['an unknown version header', listRequest, { 'mcp-protocol-version': '1999-01-01' }, 400, -32000],
    ['a wrong media type', listRequest, { 'content-type': 'text/plain' }, 415, -32000],
    ['an unknown method', { ...listRequest, method: 'no/such' }, {}, 200, -32601],
    ['an unknown tool', callRequest({}, 1, 'no___such'), {}, 200, -32602],
    ['a tool without its target', callRequest({}, 1, 'get_thing'), {}, 200, -32602],
  ])('%s', async (_, body, headers, status, code) => {
    const response = await post(await gatewayFor(), body, headers as Record<string, string>);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  });
});

describe('the 2026 era', () => {
  it('discovers only its own version, and lists', async () => {
    const gateway = await gatewayFor();
    expect(await (await modern(gateway, 'server/discover')).json()).toMatchObject({
      result: { supportedVersions: ['2026-07-28'] },
    });
    const list = await modern(gateway, 'tools/list');
    expect(list.headers.get('content-type')).toBe('application/json');
    expect(await list.json()).toMatchObject({ result: { tools: [{ name: 'get-thing___get_thing' }] } });
  });

  it('refuses a call without its Mcp-Name, a foreign version, a wrong media type and an unknown method', async () => {
    const gateway = await gatewayFor();
    const call = await modern(gateway, 'tools/call', { name: 'get-thing___get_thing', arguments: {} });
    expect([call.status, await call.json()]).toMatchObject([400, { error: { code: -32020 } }]);
    const version = await modern(gateway, 'tools/list', {}, { 'mcp-protocol-version': '2027-01-01' });
    expect(version.status).toBe(400);
    const media = await modern(gateway, 'tools/list', {}, { 'content-type': 'text/plain' });
    expect(media.status).toBe(415);
    const method = await modern(gateway, 'no/such');
    expect([method.status, await method.json()]).toMatchObject([404, { error: { code: -32601 } }]);
  });
});

describe('supportedVersions', () => {
  it('without 2026-07-28: refused, and neither discovered', async () => {
    const gateway = await gatewayFor({ supportedVersions: ['2025-06-18', '2025-03-26'] });
    expect((await modern(gateway, 'server/discover')).status).toBe(400);
    expect((await post(gateway, listRequest, { 'mcp-protocol-version': '2025-11-25' })).status).toBe(400);
    const answer = await post(gateway, initialize('2025-11-25'), { 'mcp-protocol-version': '2025-06-18' });
    expect(await answer.json()).toMatchObject({ result: { protocolVersion: '2025-06-18' } });
  });

  it('with 2026-07-28 only: initialize is refused', async () => {
    const gateway = await gatewayFor({ supportedVersions: ['2026-07-28'] });
    expect((await modern(gateway, 'tools/list')).status).toBe(200);
    const answer = await post(gateway, initialize('2025-11-25'), { 'mcp-protocol-version': '2025-11-25' });
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: -32022 } }]);
  });

  it('names what it does not know', async () => {
    await expect(startGateway({ tools: [], supportedVersions: ['2024-11-05'] })).rejects.toThrow('2024-11-05');
    await expect(startGateway({ tools: [], supportedVersions: [] })).rejects.toThrow('none');
  });
});

describe('HTTP', () => {
  it.each(['GET', 'DELETE', 'PUT', 'PATCH'])('%s is 405 with Allow: POST', async (method) => {
    const { url } = await gatewayFor();
    for (const headers of [{}, { accept: 'text/event-stream' }]) {
      const response = await fetch(url, { method, headers });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });

  it('has a limit of 6 MB, and lives on after it', async () => {
    const gateway = await gatewayFor();
    const response = await post(gateway, callRequest({ account_id: 'x'.repeat(6 * 1024 * 1024) }));
    expect(response.status).toBe(413);
    expect((await post(gateway, callRequest({ account_id: 'x'.repeat(5 * 1024 * 1024) }))).status).toBe(200);
  });

  it('refuses a body that goes on for ever', async () => {
    const { url } = await gatewayFor();
    let sent = 0;
    const body = new ReadableStream({
      pull: (stream) => {
        stream.enqueue(new Uint8Array(1024 * 1024));
        if (++sent > 200) stream.close();
      },
    });
    const init = { method: 'POST', headers: LEGACY_HEADERS, body, duplex: 'half' } as RequestInit;
    const status = await fetch(url, init).then(
      (response) => response.status,
      () => 'cut',
    );
    expect([413, 'cut']).toContain(status);
    expect(sent).toBeLessThan(100);
  });

  it.each(['/.well-known/oauth-protected-resource', '/.well-known/oauth-authorization-server/mcp', '/.well-known/x'])(
    '%s is a 404 in JSON',
    async (path) => {
      const response = await fetch(new URL(path, (await gatewayFor()).url));
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: 'not_found' });
    },
  );

  it('other paths are a 404 in JSON that says where the gateway is', async () => {
    const response = await fetch(new URL('/', (await gatewayFor()).url));
    expect([response.status, await response.json()]).toMatchObject([404, { message: expect.stringContaining('/mcp') }]);
  });
});

describe('strangers', () => {
  it('are refused by Host', async () => {
    const gateway = await gatewayFor({ allowedHosts: ['host.docker.internal'] });
    expect(await withHost(gateway, 'evil.example')).toBe(403);
    expect(await withHost(gateway, `127.0.0.1.evil.example:${gateway.port}`)).toBe(403);
    expect(await withHost(gateway, `localhost:${gateway.port}`)).toBe(200);
    expect(await withHost(gateway, `host.docker.internal:${gateway.port}`)).toBe(200);
  });

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'file://'])(
    'are refused by Origin %s, without CORS headers',
    async (origin) => {
      const gateway = await gatewayFor();
      for (const path of ['/mcp', '/2015-03-31/functions/central-ops-get-thing/invocations']) {
        const response = await fetch(new URL(path, gateway.url), { method: 'POST', body: '{}', headers: { origin } });
        expect(response.status).toBe(403);
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
      }
    },
  );

  it('an inspector on this machine passes its preflight and reads the answer', async () => {
    const gateway = await gatewayFor();
    const origin = 'http://localhost:6274';
    const preflight = await fetch(gateway.url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('mcp-protocol-version');
    const response = await post(gateway, listRequest, { origin });
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-expose-headers')).toContain('www-authenticate');
  });

  it('cannot be let in by the address: without an authorizer only loopback is bound', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.0.10', '127.evil.example']) {
      await expect(startGateway({ tools: [], host })).rejects.toThrow('loopback only');
    }
  });
});

it('frees its port when stopped, and says when a port is taken', async () => {
  const gateway = await startGateway({ tools: [] });
  await expect(startGateway({ tools: [], port: gateway.port })).rejects.toThrow('EADDRINUSE');
  await gateway.stop();
  const again = await startGateway({ tools: [], port: gateway.port });
  await again.stop();
});
