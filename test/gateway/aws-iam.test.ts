import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it, onTestFinished } from 'vitest';
import { awsIam } from '../../scripts/local/gateway/aws-iam.ts';
import { type Gateway, startGateway } from '../../scripts/local/gateway/gateway.ts';
import { connect, gatewayFor, LEGACY_HEADERS, listRequest, post, textOf } from '../support/gateway-fixture.ts';
import { echo, getThing } from '../support/gateway-tools.ts';

const run = promisify(execFile);
const key = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'local-secret', sessionToken: 'local-token' };
const plain = { accessKeyId: 'AKIDPLAIN', secretAccessKey: 'plain-secret' };
const name = 'get-thing___get_thing';
const args = { account_id: '111111111111' };

function gateway(): Promise<Gateway> {
  return gatewayFor({ authorizer: awsIam({ regions: ['us-east-1'], keys: [key, plain] }) });
}

/** A fetch that signs as clients of the real Gateway do. */
function signing(credentials: typeof plain): typeof fetch {
  const signer = new SignatureV4({ credentials, region: 'us-east-1', service: 'bedrock-agentcore', sha256: Sha256 });
  return async (input, init) => {
    const request = new Request(input as Request, init);
    const url = new URL(request.url);
    const body = await request.text();
    const { headers } = await signer.sign({
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...Object.fromEntries(request.headers), host: url.host },
      body,
    });
    const { host, ...sent } = headers;
    return fetch(url, { method: request.method, headers: sent, ...(body === '' ? {} : { body }) });
  };
}

describe.each(['legacy', 'auto', { pin: '2026-07-28' }] as const)('a client in mode %j', (mode) => {
  it.each([key, plain])('signed with Smithy as $accessKeyId lists and calls', async (credentials) => {
    const client = await connect(await gateway(), mode, { fetch: signing(credentials) });
    expect((await client.listTools()).tools).toHaveLength(1);
    expect(JSON.parse(textOf(await client.callTool({ name, arguments: args }))).event).toEqual(args);
  });
});

it('refuses in JSON-RPC form, with the name of the error', async () => {
  const target = await gateway();
  const response = await post(target, listRequest);
  expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
    403,
    'MissingAuthenticationTokenException',
  ]);
  expect(await response.json()).toMatchObject({ jsonrpc: '2.0', id: 0, error: { code: -32001 } });
  await expect(connect(target, 'auto', { fetch: signing({ ...plain, secretAccessKey: 'x' }) })).rejects.toThrow();
});

it('verifies before anything is read: bad JSON and a wrong media type are 403 without a signature', async () => {
  const target = await gateway();
  expect((await post(target, '{')).status).toBe(403);
  expect((await post(target, 'x', { 'content-type': 'text/plain' })).status).toBe(403);
});

it('answers preflights, 405 and well-known documents without a signature', async () => {
  const { url } = await gateway();
  const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin: 'http://localhost:6274' } });
  expect(preflight.status).toBe(204);
  expect((await fetch(url)).status).toBe(405);
  expect((await fetch(new URL('/.well-known/oauth-protected-resource', url))).status).toBe(404);
});

it('asks for keys that are renewed at each request', async () => {
  let current = plain;
  const target = await gatewayFor({ authorizer: awsIam({ regions: ['us-east-1'], keys: async () => [current] }) });
  const request = { method: 'POST', headers: LEGACY_HEADERS, body: JSON.stringify(listRequest) };
  const send = async () => (await signing(plain)(target.url, request)).status;
  expect(await send()).toBe(200);
  current = { ...plain, secretAccessKey: 'renewed' };
  expect(await send()).toBe(403);
});

it('may bind beyond loopback, and then serves no Lambda API', async () => {
  const authorizer = awsIam({ regions: ['us-east-1'], keys: [plain] });
  const target = await startGateway({ tools: [getThing], invoke: echo, host: '0.0.0.0', authorizer });
  onTestFinished(() => target.stop());
  const local = `http://127.0.0.1:${target.port}`;
  expect((await post({ url: `${local}/mcp` }, listRequest)).status).toBe(403);
  const lambda = `${local}/2015-03-31/functions/central-ops-get-thing/invocations`;
  expect((await fetch(lambda, { method: 'POST', body: '{}' })).status).toBe(404);
});

async function works(command: string, ...parameters: string[]): Promise<boolean> {
  return run(command, parameters).then(
    () => true,
    () => false,
  );
}

const BOTOCORE = `
import json, sys, urllib.request
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
url, body, token = sys.argv[1], sys.argv[2].encode(), sys.argv[3] or None
names = {'AKIDLOCAL': 'local-secret', 'AKIDPLAIN': 'plain-secret'}
key = 'AKIDLOCAL' if token else 'AKIDPLAIN'
request = AWSRequest('POST', url, data=body, headers={'Content-Type': 'application/json', 'Accept-Encoding': 'gzip', 'mcp-protocol-version': '2025-06-18', 'Cookie': 'a=b; c=d'})
SigV4Auth(Credentials(key, names[key], token), 'bedrock-agentcore', 'us-east-1').add_auth(request)
with urllib.request.urlopen(urllib.request.Request(url, data=body, headers=dict(request.headers), method='POST')) as answer:
    print(answer.status, json.load(answer)['result']['tools'][0]['name'])
`;

const hasBotocore = await works('python3', '-c', 'import botocore.auth');
const hasCurl = await works('curl', '--aws-sigv4', 'aws:amz:us-east-1:x', '--version');

describe('outside signers', () => {
  it.skipIf(!hasBotocore).each(['', 'local-token'])('botocore, with the session token %j', async (token) => {
    const { url } = await gateway();
    const query = `${url}?b=2&a=1%20x`;
    for (const each of [url, query]) {
      const { stdout } = await run('python3', ['-c', BOTOCORE, each, JSON.stringify(listRequest), token]);
      expect(stdout.trim()).toBe(`200 ${name}`);
    }
  });

  it.skipIf(!hasCurl)('curl --aws-sigv4', async () => {
    const { url } = await gateway();
    const sigv4 = ['--aws-sigv4', 'aws:amz:us-east-1:bedrock-agentcore'];
    const json = ['-H', 'content-type: application/json', '-d', JSON.stringify(listRequest)];
    const status = ['-s', '-o', '/dev/null', '-w', '%{http_code}'];
    const send = (user: string) => run('curl', [...status, ...sigv4, '--user', user, ...json, url]);
    expect((await send('AKIDPLAIN:plain-secret')).stdout).toBe('200');
    expect((await send('AKIDPLAIN:wrong')).stdout).toBe('403');
  });
});
