import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Tool } from '@modelcontextprotocol/client';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { catalog } from '../../../schemas/catalog.ts';
import { toGatewayTool } from '../../../schemas/gateway-schema.ts';
import { parseToolFlags } from '../../../scripts/gateway/client/call-flags.ts';
import { answerOf, connectTo, findTool, PROTOCOLS } from '../../../scripts/gateway/client/connection.ts';
import { explain } from '../../../scripts/gateway/client/explain.ts';
import { gatewayUrl, inboundFor } from '../../../scripts/gateway/client/inbound.ts';
import { findPlace, harmlessArguments, testTools } from '../../../scripts/gateway/client/test-tools.ts';
import { clientCredentials } from '../../../scripts/gateway/client/token.ts';
import { probeGateway } from '../../../scripts/gateway/doctor/probe.ts';
import { checkServed } from '../../../scripts/gateway/served.ts';
import type { AgentState } from '../../../scripts/gateway/state-file.ts';
import { awsIam } from '../../../scripts/local/gateway/aws-iam.ts';
import { customJwt } from '../../../scripts/local/gateway/custom-jwt.ts';
import { signingFetch } from '../../../shared/bridge/signing-fetch.ts';
import { gatewayFor } from '../../support/gateway-fixture.ts';
import { echo, fakeTool, getThing } from '../../support/gateway-tools.ts';
import { SCOPE, startTokenIssuer, type TokenIssuer } from '../../support/token-issuer.ts';

const key = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'local-secret', sessionToken: 'local-token' };
const iam = { type: 'iam', region: 'us-east-1', credentials: async () => key } as const;
const none = { type: 'none' } as const;

async function issuer(): Promise<TokenIssuer> {
  const started = await startTokenIssuer();
  onTestFinished(() => started.stop());
  return started;
}

function tokens({ discoveryUrl }: { discoveryUrl: string }, changes: object = {}) {
  return clientCredentials({
    discoveryUrl,
    clientId: 'agent',
    clientSecret: async () => 's3cret',
    scope: SCOPE,
    ...changes,
  });
}

describe.each(PROTOCOLS)('protocol %s', (protocol) => {
  it('lists every page and calls, signed', async () => {
    const authorizer = awsIam({ regions: ['us-east-1'], keys: [key] });
    const many = Array.from({ length: 70 }, (_, index) => fakeTool(`list_kind_${index}`));
    const connection = await connectTo((await gatewayFor({ tools: many, authorizer })).url, iam, protocol);
    onTestFinished(() => connection.close());
    const served = await connection.tools();
    expect(served).toHaveLength(70);
    const result = await connection.call(findTool(served, 'list_kind_69').name, {});
    expect(answerOf(result)).toMatchObject({ tool: 'list_kind_69' });
    expect(connection.version).toBe(protocol === 'legacy' ? '2025-11-25' : '2026-07-28');
  });

  it('lists and calls with a token of client credentials', async () => {
    const { discoveryUrl } = await issuer();
    const authorizer = customJwt({ discoveryUrl, allowedClients: ['agent'], allowedScopes: [SCOPE] });
    const inbound = { type: 'jwt', tokens: tokens({ discoveryUrl }) } as const;
    const connection = await connectTo((await gatewayFor({ authorizer })).url, inbound, protocol);
    onTestFinished(() => connection.close());
    expect(await connection.tools()).toHaveLength(1);
  });
});

describe('tokens', () => {
  /** An issuer with a document and tokens of our choosing. */
  async function strange(document: (issuer: string) => object, claims: object = {}) {
    const asked: string[] = [];
    const server = createServer(async (request, response) => {
      asked.push(request.url ?? '');
      const token = await new SignJWT({ iss: issuer, ...claims })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new Uint8Array(32));
      const body = request.url === '/token' ? { access_token: token, expires_in: 3_600 } : document(issuer);
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { discoveryUrl: `${issuer}/.well-known/openid-configuration`, asked };
  }

  it('keeps a token until 60 s before it expires, and asks once for many', async () => {
    const { discoveryUrl, asked } = await strange((issuer) => ({ issuer, token_endpoint: `${issuer}/token` }));
    let time = 0;
    const source = tokens({ discoveryUrl }, { now: () => time });
    const count = () => asked.filter((path) => path === '/token').length;
    await Promise.all([source.token(), source.token()]);
    time = 3_539_000;
    await source.token();
    expect(count()).toBe(1);
    time = 3_540_000;
    await source.token();
    expect(count()).toBe(2);
  });

  it('sends the secret to no issuer but its own', async () => {
    const { discoveryUrl, asked } = await strange((issuer) => ({
      issuer: 'https://evil.example',
      token_endpoint: `${issuer}/token`,
    }));
    await expect(tokens({ discoveryUrl }).token()).rejects.toThrow('it says issuer https://evil.example');
    expect(asked).not.toContain('/token');
  });

  it('refuses a token of another issuer, and addresses without https', async () => {
    const { discoveryUrl } = await strange((issuer) => ({ issuer, token_endpoint: `${issuer}/token` }), {
      iss: 'https://other',
    });
    await expect(tokens({ discoveryUrl }).token()).rejects.toThrow('it issued a token of https://other');
    const open = 'http://idp.example.com/.well-known/openid-configuration';
    await expect(tokens({ discoveryUrl: open }).token()).rejects.toThrow('it is not https');
  });

  it.each([
    [{ clientSecret: async () => 'wrong' }, 'invalid_client', 'Check the client ID and its secret'],
    [{ scope: 'other' }, 'invalid_scope', 'Ask for a scope'],
  ])('says what the issuer refused: %#', async (changes, what, fix) => {
    const asked = tokens(await issuer(), changes).token();
    await expect(asked).rejects.toThrow(what);
    await expect(asked).rejects.toThrow(fix);
    await expect(asked).rejects.not.toThrow('wrong');
  });
});

describe('the proof asked for', () => {
  beforeEach(() => {
    vi.stubEnv('CENTRAL_OPS_TOKEN', '');
    vi.stubEnv('CENTRAL_OPS_CLIENT_SECRET', '');
  });
  afterEach(() => void vi.unstubAllEnvs());
  const url = 'https://g-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp';
  const state = (authorizerType: string) => ({ region: 'eu-west-1', gateway: { url, authorizerType } }) as AgentState;

  it('follows the address and the gateway on file', () => {
    expect(inboundFor('http://127.0.0.1:8787/mcp', {}, undefined).type).toBe('none');
    expect(inboundFor(url, {}, undefined)).toMatchObject({ type: 'iam', region: 'eu-west-1' });
    expect(inboundFor(url, {}, state('NONE')).type).toBe('none');
    expect(inboundFor(url, { auth: 'iam' }, state('CUSTOM_JWT')).type).toBe('iam');
    expect(() => inboundFor(url, {}, state('CUSTOM_JWT'))).toThrow('--discovery-url');
    expect(() => gatewayUrl({}, undefined)).toThrow('npm run gateway -- apply');
    expect(() => gatewayUrl({ url: 'nonsense' }, undefined)).toThrow('is no URL');
  });

  it('takes a given token as it is', async () => {
    vi.stubEnv('CENTRAL_OPS_TOKEN', 'given');
    const inbound = inboundFor(url, { auth: 'jwt' }, undefined);
    expect(inbound.type === 'jwt' && (await inbound.tokens.token())).toBe('given');
  });

  it('signs for https and this machine only, and follows no redirect', async () => {
    const send = signingFetch(iam);
    await expect(send('http://gateway.example.com/mcp', { method: 'POST' })).rejects.toThrow('is not https');
  });
});

describe('errors in words', () => {
  const attempt = async (
    url: string,
    inbound: Parameters<typeof connectTo>[1],
    protocol: (typeof PROTOCOLS)[number],
  ) => {
    const error = await connectTo(url, inbound, protocol).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return (explain(error, url) as Error).message;
  };

  test.each(PROTOCOLS)('%s', async (protocol) => {
    const { url } = await gatewayFor({ authorizer: awsIam({ regions: ['us-east-1'], keys: [] }) });
    expect(await attempt(url, iam, protocol)).toMatch(/HTTP 403[\s\S]*InvokeGateway/);
    expect(await attempt(url.replace('/mcp', '/other'), none, protocol)).toContain('ends in /mcp');
    expect(await attempt('http://127.0.0.1:1/mcp', none, protocol)).toContain('npm start');
    const { discoveryUrl } = await issuer();
    const jwt = await gatewayFor({ authorizer: customJwt({ discoveryUrl, allowedClients: ['agent'] }) });
    expect(await attempt(jwt.url, none, protocol)).toMatch(/HTTP 401[\s\S]*--auth jwt/);
  });

  it('the probe gives the status, the clock and the claims, and never rejects', async () => {
    const { discoveryUrl } = await issuer();
    const { url } = await gatewayFor({ authorizer: customJwt({ discoveryUrl, allowedClients: ['other'] }) });
    const refused = await probeGateway(url, { type: 'jwt', tokens: tokens({ discoveryUrl }) });
    expect(refused).toMatchObject({ probe: { status: 401 }, token: { claims: { client_id: 'agent' } }, clock: {} });
    expect(refused.probe?.wwwAuthenticate).toContain('resource_metadata');
    const wrong = await probeGateway(url, { type: 'jwt', tokens: tokens({ discoveryUrl }, { scope: 'x' }) });
    expect(wrong.token).toMatchObject({ fault: expect.stringContaining('invalid_scope') });
    expect((await probeGateway('http://127.0.0.1:1/mcp', none)).probe?.fault).toBeTruthy();
  });
});

describe('flags of call', () => {
  const tool = { name: getThing.name, inputSchema: toGatewayTool(getThing).inputSchema } as unknown as Tool;

  it.each([
    [
      ['--account_id', '123', '--max_results', '5', '--ratio', '0.5', '--deep'],
      { account_id: '123', max_results: 5, ratio: 0.5, deep: true },
    ],
    [['--deep', 'false'], { deep: false }],
    [['--max_results', 'many'], { max_results: 'many' }],
    [['--filters', '[{"Name":"a","Values":["b"]}]'], { filters: [{ Name: 'a', Values: ['b'] }] }],
    [['--args', '{"region":"us-east-1","deep":true}', '--deep', 'false'], { region: 'us-east-1', deep: false }],
  ])('%j', (flags, expected) => {
    expect(parseToolFlags(tool, flags)).toEqual(expected);
  });

  it("no tool has an argument that call's own options would take", () => {
    const own = ['url', 'auth', 'protocol', 'scope', 'json', 'table', 'args', 'help'];
    const taken = catalog.flatMap((each) =>
      Object.keys(toGatewayTool(each).inputSchema.properties ?? {}).filter((name) => own.includes(name)),
    );
    expect(taken).toEqual([]);
  });

  it('names what is served when the tool is not', () => {
    expect(() => findTool([{ ...tool, name: 'a___x' }], 'y')).toThrow('Served are: x.');
    expect(() =>
      findTool(
        [
          { ...tool, name: 'a___x' },
          { ...tool, name: 'b___x' },
        ],
        'x',
      ),
    ).toThrow('several targets');
  });
});

describe('test', () => {
  it('asks about the place given, by the documented examples', () => {
    const args = harmlessArguments('describe-ec2-instances___describe_ec2_instances', {
      account: '123456789012',
      region: 'eu-west-1',
    });
    expect(args).toMatchObject({ account_id: '123456789012', region: 'eu-west-1' });
    expect(harmlessArguments('remote___unknown', {})).toBeUndefined();
  });

  it('tells what works from what needs somebody to look', async () => {
    const answers: Record<string, object> = {
      list_accounts: { payload: { accounts: [{ Id: '222233334444' }], region: 'us-east-1' } },
      switch_account: { payload: { error: { code: 'account_not_allowed', message: 'm' } } },
      get_account_metadata: { payload: { error: { code: 'not_configured', message: 'm' } } },
      list_s3_buckets: { functionError: 'Unhandled', errorMessage: 'broken', payload: {} },
    };
    const tools = catalog.filter(({ name }) => name in answers);
    const { url } = await gatewayFor({ tools, invoke: async (tool) => answers[tool.name] as never });
    const connection = await connectTo(url, none);
    onTestFinished(() => connection.close());
    const served = await connection.tools();
    expect(await findPlace(connection, served)).toEqual({ account: '222233334444', region: 'us-east-1' });
    expect(await findPlace(connection, [])).toEqual({});
    const rows = await testTools(connection, served, {});
    expect(Object.fromEntries(rows.map(({ tool, state }) => [tool.split('___')[1], state]))).toEqual({
      list_accounts: 'ok',
      switch_account: 'refused',
      get_account_metadata: 'failed',
      list_s3_buckets: 'failed',
    });
  });
});

describe('every tool is served', () => {
  it('waits through a gateway that is not known yet, and then for its tools', async () => {
    const answers = [new Error('ENOTFOUND'), ['a'], ['a', 'b']];
    const list = async () => {
      const answer = answers.shift() ?? [];
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const lines: string[] = [];
    await checkServed(['a', 'b'], { list, intervalMs: 1, report: (line) => lines.push(line) });
    expect(lines).toEqual(['waiting: ENOTFOUND', 'waiting for 1 tools']);
  });

  it('ends with what is missing when the grace is over', async () => {
    const { url } = await gatewayFor({ tools: [getThing], invoke: echo });
    const connection = await connectTo(url, none);
    onTestFinished(() => connection.close());
    const list = async () => (await connection.tools()).map(({ name }) => name);
    await checkServed(['get-thing___get_thing'], { list });
    await expect(checkServed(['x___y'], { list, graceMs: 20, intervalMs: 5 })).rejects.toThrow('does not give x___y');
  });
});
