import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { catalog } from '../../schemas/catalog.ts';
import { type FurtherTarget, furtherTarget, gatewaySection } from '../../schemas/gateway-section.ts';
import { apply } from '../../scripts/gateway/apply.ts';
import { destroy, observeForDestroy } from '../../scripts/gateway/destroy.ts';
import { lint } from '../../scripts/gateway/lint.ts';
import { desiredFor } from '../scripts/gateway/desired-fixture.ts';
import { describeSimulated, useSimulator } from '../support/simulator.ts';
import { benchFor } from './gateway-bench.ts';
import { botocoreProblem, validate } from './gateway-botocore.ts';

// moto takes everything; botocore's service model is the outside judge of what AWS would refuse.
const problem = await botocoreProblem();
if (problem !== undefined && !process.env.CI) console.warn(`SKIPPED: requests against botocore's model. ${problem}`);

const folder = mkdtempSync(join(tmpdir(), 'central-ops-schemas-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, value: unknown) => {
  writeFileSync(join(folder, name), JSON.stringify(value));
  return join(folder, name);
};
const provider = 'arn:aws:bedrock-agentcore:us-east-1:111122223333:token-vault/default/oauth2credentialprovider/idp';
const openApi = { openapi: '3.0.0', info: { title: 'Orders', version: '1' }, paths: {} };

/** One of each kind, over all kinds of authentication. */
const further: FurtherTarget[] = [
  { type: 'mcp-server', name: 'remote', endpoint: 'https://mcp.example.com/mcp' },
  {
    type: 'mcp-server',
    name: 'runtime',
    endpoint: 'https://a.b/mcp',
    auth: { type: 'gateway_role', service: 'bedrock-agentcore', region: 'us-east-1' },
    listingMode: 'DYNAMIC',
  },
  {
    type: 'mcp-server',
    name: 'remote-oauth',
    endpoint: 'https://a.b/mcp',
    auth: { type: 'oauth', providerArn: provider, scopes: ['read'], grantType: 'CLIENT_CREDENTIALS' },
  },
  {
    type: 'api-gateway',
    name: 'orders-rest',
    restApiId: 'a1b2c3',
    stage: 'prod',
    toolFilters: [{ filterPath: '/orders', methods: ['GET'] }],
    toolOverrides: [{ name: 'list_orders', path: '/orders', method: 'GET' }],
  },
  {
    type: 'open-api-schema',
    name: 'orders-api',
    schema: { file: write('orders.json', openApi) },
    auth: { type: 'api_key', providerArn: provider, location: 'HEADER', parameterName: 'X-Key', prefix: 'Key' },
  },
  {
    type: 'smithy-model',
    name: 'model',
    schema: { s3Uri: 's3://bucket/model.json', bucketOwnerAccountId: '111122223333' },
  },
  {
    type: 'lambda',
    name: 'own-function',
    functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:own:live',
    toolsFile: write('tools.json', [{ name: 'own_tool', description: 'Own.', inputSchema: { type: 'object' } }]),
  },
].map((target) => furtherTarget.parse(target));

describe.skipIf(problem !== undefined && !process.env.CI)('requests against the service model of botocore', () => {
  test('the judge finds faults', async () => {
    const name = 'two--hyphens';
    const inputSchema = { type: 'object', properties: { a: { type: 'string', enum: ['b'] } } };
    const toolSchema = { inlinePayload: [{ name: 't', description: 'T.', inputSchema }] };
    const lambda = { lambdaArn: 'arn:aws:s3:::x', toolSchema };
    const params = { gatewayIdentifier: 'g-0123456789', name, targetConfiguration: { mcp: { lambda } } };
    const faults = await validate([{ operation: 'CreateGatewayTarget', params }]);
    expect(faults).toContain('Unknown parameter');
    expect(faults).toContain("'two--hyphens' does not match");
    expect(faults).toContain('lambdaArn');
  });

  describeSimulated('as they go over the wire', () => {
    const aws = useSimulator();
    beforeEach(() => aws().reset());

    test.each([
      ['every tool, AWS_IAM', {}],
      ['prefix, search, debug, instructions', { targetPrefix: 'ops', search: true, debug: true, instructions: 'Ask.' }],
      [
        'CUSTOM_JWT',
        {
          authorizer: 'CUSTOM_JWT' as const,
          jwt: {
            discoveryUrl: 'https://idp.example.com/.well-known/openid-configuration',
            allowedClients: ['abc'],
            allowedScopes: ['central-ops/invoke'],
          },
        },
      ],
      ['every other kind of target', { targets: further }],
    ])('create, update and destroy: %s', async (_, section) => {
      const bench = benchFor(aws());
      const { desired } = desiredFor(section, [...catalog]);
      expect(lint(desired, gatewaySection.parse(section), 'us-east-1')).toEqual([]);
      await apply(desired, bench);
      const changed = desired.targets.map((target) => ({
        ...target,
        description: `${target.description.slice(0, 150)} Changed.`,
      }));
      await apply({ gateway: { ...desired.gateway, description: 'Central Ops: changed.' }, targets: changed }, bench);
      await destroy(desired.gateway.name, await observeForDestroy(desired.gateway.name, bench), bench);
      expect(new Set(bench.sent.map(({ operation }) => operation)).size).toBe(6);
      expect(await validate(bench.sent)).toBe('');
    });
  });
});
