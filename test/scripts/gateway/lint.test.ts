import { describe, expect, it } from 'vitest';
import { furtherTarget, type GatewaySection, gatewaySection } from '../../../schemas/gateway-section.ts';
import type { DesiredTarget } from '../../../scripts/gateway/desired.ts';
import { lint } from '../../../scripts/gateway/lint.ts';
import { desiredFor } from './desired-fixture.ts';

const arn = 'arn:aws:lambda:us-east-1:111122223333:function:f';

function problems(section: Partial<GatewaySection>, targets?: DesiredTarget[], region = 'us-east-1'): string[] {
  const { desired } = desiredFor(section);
  const judged = targets === undefined ? desired : { ...desired, targets };
  return lint(judged, gatewaySection.parse(section), region).map(({ where, what }) => `${where}: ${what}`);
}

function target(schema: unknown, changes: Partial<DesiredTarget> = {}): DesiredTarget {
  const tools = [{ name: 't', description: 'T.', inputSchema: schema }] as DesiredTarget['tools'];
  const lambda = { lambdaArn: arn, toolSchema: { inlinePayload: [...tools] } };
  return {
    name: 'f',
    type: 'lambda',
    description: 'F',
    targetConfiguration: { mcp: { lambda } },
    functionArn: arn,
    tools,
    ...changes,
  };
}

const object = (properties: object, more = {}) => ({ type: 'object', properties, ...more });

it('finds nothing in the catalog as it is', () => {
  expect(problems({})).toEqual([]);
});

it.each([
  ['central--ops', 'is no gateway name'],
  ['-ops', 'is no gateway name'],
  ['central_ops', 'is no gateway name'],
  ['a'.repeat(49), '(49 characters) is no gateway name'],
])('refuses the gateway name %s', (name, words) => {
  expect(problems({ name })).toEqual([expect.stringContaining(words)]);
});

it('takes a gateway name of 48 characters', () => {
  expect(problems({ name: 'a'.repeat(48) })).toEqual([]);
});

it.each([
  [{ roleArn: 'arn:aws:iam::111122223333:user/x' }, 'is no role ARN'],
  [{ protocolVersions: ['2025-01-01'] }, 'unknown: 2025-01-01'],
  [{ protocolVersions: [] }, 'none is given'],
  [{ instructions: 'x'.repeat(2049) }, '2049 characters'],
  [{ targetPrefix: 'x'.repeat(30) }, 'models would see'],
])('refuses %j', (section, words) => {
  expect(problems(section)).toEqual(expect.arrayContaining([expect.stringContaining(words)]));
});

describe('tool schemas', () => {
  it.each([
    [object({ a: { type: 'string', enum: ['x'] } }), 't inputSchema.a: the Gateway does not know "enum"'],
    [object({}, { additionalProperties: false }), 'does not know "additionalProperties"'],
    [object({ a: { description: 'no type' } }), 't inputSchema.a: type undefined'],
    [object({ a: { type: 'array' } }), 'an array without items'],
    [object({ a: { type: 'array', items: {} } }), 't inputSchema.a[]: type undefined'],
    [object({}, { required: ['a'] }), 'requires "a", which it does not describe'],
    [{ type: 'string' }, 'its type is not object'],
    [object({ a: { type: ['string', 'null'] } }), 'type ["string","null"]'],
    [object({ a: { type: 'string', description: 'x'.repeat(1_000_000) } }), 'the limit is 1000000'],
  ])('%#', (schema, words) => {
    expect(problems({}, [target(schema)])).toEqual(expect.arrayContaining([expect.stringContaining(words)]));
  });
});

describe('functions', () => {
  it.each([
    ['', 'is not deployed in us-east-1'],
    ['arn:aws:lambda:eu-west-1:111122223333:function:f', 'its function is in eu-west-1, the gateway in us-east-1'],
    ['arn:aws:s3:::f', 'is no function ARN'],
  ])('%s', (functionArn, words) => {
    expect(problems({}, [target(object({}), { functionArn })])).toEqual([expect.stringContaining(words)]);
  });

  it('takes a version or an alias', () => {
    expect(problems({}, [target(object({}), { functionArn: `${arn}:live_1` })])).toEqual([]);
  });
});

it('finds two targets of one name, and more than a gateway holds', () => {
  expect(problems({}, [target(object({})), target(object({}))])).toEqual(['target f: two targets have this name']);
  const many = Array.from({ length: 101 }, (_, index) => target(object({}), { name: `f${index}` }));
  expect(problems({}, many)).toEqual([expect.stringContaining('101 targets')]);
});

describe('token issuers', () => {
  const cognito = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab/.well-known/openid-configuration';
  it.each([
    [{ discoveryUrl: 'https://idp.example.com', allowedClients: ['a'] }, 'is no discovery URL'],
    [{ discoveryUrl: cognito, allowedClients: ['us-east-1_AbCdEf123'] }, 'is the ID of a user pool'],
    [{ discoveryUrl: cognito, allowedClients: ['a'], allowedAudience: ['b'] }, 'have no aud claim'],
    [{ discoveryUrl: cognito }, 'every token of the issuer would pass'],
  ])('%#', (jwt, words) => {
    expect(problems({ authorizer: 'CUSTOM_JWT', jwt })).toEqual([expect.stringContaining(words)]);
  });
});

describe('outbound authentication', () => {
  const provider = 'arn:aws:bedrock-agentcore:us-east-1:111122223333:token-vault/default/apikeycredentialprovider/k';
  const oauth = { type: 'oauth', providerArn: provider };
  const kinds = {
    'mcp-server': { endpoint: 'https://a.b/mcp' },
    'api-gateway': { restApiId: 'a', stage: 'b', toolFilters: [{ filterPath: '/', methods: ['GET'] }] },
    'open-api-schema': { schema: { s3Uri: 's3://a/b' } },
    'smithy-model': { schema: { s3Uri: 's3://a/b' } },
  } as const;
  const judge = (type: keyof typeof kinds, auth: object | undefined, more: object = {}) => {
    const one = furtherTarget.parse({
      type,
      name: 'x',
      ...kinds[type],
      ...more,
      ...(auth === undefined ? {} : { auth }),
    });
    return problems({ targets: [one] });
  };

  // The guide's table, cell by cell. `service` only where the gateway must be told what it signs for.
  it.each([
    [
      'mcp-server',
      {
        none: true,
        service: true,
        gateway_role: false,
        api_key: true,
        oauth: true,
        caller_iam: false,
        token_passthrough: false,
      },
    ],
    [
      'open-api-schema',
      {
        none: true,
        service: true,
        gateway_role: false,
        api_key: true,
        oauth: true,
        caller_iam: false,
        token_passthrough: false,
      },
    ],
    [
      'smithy-model',
      {
        none: false,
        service: false,
        gateway_role: true,
        api_key: false,
        oauth: true,
        caller_iam: false,
        token_passthrough: false,
      },
    ],
    [
      'api-gateway',
      {
        none: true,
        service: false,
        gateway_role: true,
        api_key: true,
        oauth: false,
        caller_iam: false,
        token_passthrough: false,
      },
    ],
  ] as const)('%s', (type, row) => {
    const forms: Record<string, object> = {
      service: { type: 'gateway_role', service: 'execute-api' },
      api_key: { type: 'api_key', providerArn: provider },
      oauth,
    };
    const allowed = Object.keys(row).map((auth) => [auth, judge(type, forms[auth] ?? { type: auth }).length === 0]);
    expect(Object.fromEntries(allowed)).toEqual(row);
    expect(judge(type, undefined)).toEqual([]);
  });

  it('knows what does not go together', () => {
    expect(judge('smithy-model', { ...oauth, grantType: 'AUTHORIZATION_CODE' })).toEqual([
      expect.stringContaining('takes no AUTHORIZATION_CODE'),
    ]);
    const dynamic = furtherTarget.parse({
      type: 'mcp-server',
      name: 'x',
      endpoint: 'https://a.b',
      listingMode: 'DYNAMIC',
    });
    expect(problems({ search: true, targets: [dynamic] })).toEqual([expect.stringContaining('semantic search')]);
  });
});
