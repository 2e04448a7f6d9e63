import { describe, expect, it, test } from 'vitest';
import { checks } from '../../../scripts/gateway/doctor/checks.ts';
import type { Facts, Finding } from '../../../scripts/gateway/doctor/facts.ts';

const now = new Date('2026-11-20T12:00:00Z');
const arn = 'arn:aws:lambda:us-east-1:111122223333:function:central-ops-list-accounts';
const url = 'https://central-ops-abcdefghij.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp';
const cognito = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab/.well-known/openid-configuration';
const inSeconds = (seconds: number) => now.getTime() / 1_000 + seconds;

const target = {
  name: 'list-accounts',
  status: 'READY',
  targetConfiguration: { mcp: { lambda: { lambdaArn: arn, toolSchema: { inlinePayload: [] } } } },
  credentialProviderConfigurations: [{ credentialProviderType: 'GATEWAY_IAM_ROLE' }],
};
const gateway = {
  gatewayId: 'central-ops-abcdefghij',
  gatewayArn: 'arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/central-ops-abcdefghij',
  gatewayUrl: url,
  roleArn: 'arn:aws:iam::111122223333:role/central-ops-gateway',
  status: 'READY',
};

/** Facts in which all is well, for IAM; `jwt` for a gateway that takes tokens. */
function facts(changes: object = {}, jwt?: object): Facts {
  const authorizerConfiguration = { customJWTAuthorizer: { discoveryUrl: cognito, allowedClients: ['agent'], ...jwt } };
  return {
    region: 'us-east-1',
    now,
    observed: { gateway: { ...gateway, ...(jwt === undefined ? {} : { authorizerConfiguration }) }, targets: [target] },
    plan: { gateway: { kind: 'gateway', name: 'g', action: 'unchanged', differences: [] }, targets: [], problems: [] },
    desiredTargets: [{ name: 'list-accounts', tools: [{ name: 'list_accounts' }] }],
    authorizer: jwt === undefined ? 'AWS_IAM' : 'CUSTOM_JWT',
    probe: { url, status: 200 },
    ...(jwt === undefined ? {} : { token: { claims: { exp: inSeconds(600), client_id: 'agent' } } }),
    served: ['list-accounts___list_accounts'],
    functions: new Map([['central-ops-list-accounts', { arn, lastModified: now, codeSha256: 'new' }]]),
    packages: new Map([['central-ops-list-accounts', 'new']]),
    accounts: [{ Id: '222233334444', reachable: true }],
    clock: { server: now, local: now },
    ...changes,
  } as unknown as Facts;
}

function finding(id: string, given: Facts): Finding {
  const check = checks.find((each) => each.id === id);
  if (check === undefined) throw new Error(`No check ${id}.`);
  return check.judge(given);
}

test.each([
  ['AWS_IAM', facts()],
  ['CUSTOM_JWT', facts({}, {})],
])('nothing is wrong with %s', (_, given) => {
  expect(checks.filter(({ judge }) => ['fail', 'unknown'].includes(judge(given).state)).map(({ id }) => id)).toEqual(
    [],
  );
});

test('without any facts no check passes, and none fails but for what is missing', () => {
  const states = checks.map(({ judge }) => judge({ region: 'us-east-1', now }).state);
  expect(states.filter((state) => state === 'pass' || state === 'fail')).toEqual([]);
});

const withTarget = (changes: object) => facts({ observed: { gateway, targets: [{ ...target, ...changes }] } });
const probe = (changes: object) => facts({ probe: { url, ...changes } });
const token = (jwt: object, fact: object, more: object = {}) => facts({ token: fact, ...more }, jwt);

/** Each known failure: the check that finds it, what it says, and the fix. */
const failures: readonly [what: string, id: string, given: Facts, detail: RegExp, fix: RegExp][] = [
  ['no gateway', 'gateway-ready', facts({ observed: { targets: [] } }), /no gateway/, /apply/],
  [
    'not READY',
    'gateway-ready',
    facts({ observed: { gateway: { ...gateway, status: 'FAILED', statusReasons: ['role'] }, targets: [] } }),
    /FAILED: role/,
    /apply/,
  ],
  [
    'a target FAILED',
    'targets-ready',
    withTarget({ status: 'FAILED', statusReasons: ['x'] }),
    /list-accounts FAILED: x/,
    /apply/,
  ],
  ['READY but no DNS', 'gateway-answers', probe({ fault: 'ENOTFOUND' }), /ENOTFOUND/, /90 s of DNS/],
  ['READY but 503', 'gateway-answers', probe({ status: 503 }), /503/, /wait 90 s/],
  ['refused connection', 'gateway-answers', probe({ fault: 'ECONNREFUSED' }), /ECONNREFUSED/, /firewall/],
  [
    'no /mcp',
    'gateway-address',
    facts({ probe: { url: url.replace('/mcp', ''), status: 404 } }),
    /does not end in \/mcp/,
    /amazonaws\.com\/mcp/,
  ],
  ['wrong URL', 'gateway-address', probe({ status: 404 }), /404/, /amazonaws\.com\/mcp/],
  [
    'clock ahead',
    'clock',
    facts({ clock: { server: now, local: new Date(now.getTime() + 400_000) } }),
    /400 s ahead/,
    /NTP/,
  ],
  [
    'clock behind',
    'clock',
    facts({ clock: { server: now, local: new Date(now.getTime() - 301_000) } }),
    /301 s behind/,
    /NTP/,
  ],
  [
    'no token',
    'token-accepted',
    token({}, undefined as never, { probe: { url, status: 401 } }),
    /no token was sent/,
    /--auth jwt/,
  ],
  [
    'expired token',
    'token-accepted',
    token({}, { claims: { exp: inSeconds(-1) } }, { probe: { url, status: 401 } }),
    /expired/,
    /new one/,
  ],
  [
    'refused token',
    'token-accepted',
    facts({ probe: { url, status: 401, body: 'Invalid Bearer token' } }, {}),
    /Invalid Bearer/,
    /issuer, client ID and audience/,
  ],
  [
    'wrong scope',
    'scope',
    token({ allowedScopes: ['central-ops/invoke'] }, { claims: { scope: 'other' } }, { probe: { url, status: 403 } }),
    /scope "other"; wanted is central-ops\/invoke/,
    /Ask for central-ops\/invoke/,
  ],
  ['IAM denial', 'scope', probe({ status: 403, body: 'not authorized' }), /403/, /InvokeGateway on arn:/],
  [
    'pool ID for client ID',
    'client-id',
    facts({}, { allowedClients: ['us-east-1_AbCdEf123'] }),
    /user pool/,
    /allowedClients/,
  ],
  [
    'another client',
    'client-id',
    token({}, { claims: { client_id: 'other' } }),
    /client other, allowed are agent/,
    /allowed client/,
  ],
  [
    'token endpoint is the API',
    'token-endpoint',
    token({}, { endpoint: 'https://cognito-idp.us-east-1.amazonaws.com/oauth2/token', fault: '404' }),
    /issues no such tokens/,
    /amazoncognito\.com\/oauth2\/token/,
  ],
  [
    'token endpoint without path',
    'token-endpoint',
    token({}, { endpoint: 'https://x.auth.us-east-1.amazoncognito.com/token', fault: '404' }),
    /no token endpoint/,
    /amazoncognito/,
  ],
  [
    'token endpoint of no domain',
    'token-endpoint',
    token({}, { endpoint: 'https://x.auth.us-east-1.amazoncognito.com/oauth2/token', fault: 'ENOTFOUND' }),
    /ENOTFOUND/,
    /domain of the user pool/,
  ],
  [
    'audience without aud',
    'audience',
    facts({}, { allowedAudience: ['api'] }),
    /no aud/,
    /Remove gateway\.jwt\.allowedAudience/,
  ],
  ['tool missing', 'tools-served', facts({ served: [] }), /list-accounts___list_accounts/, /apply/],
  [
    'other Region',
    'function-region',
    withTarget({ targetConfiguration: { mcp: { lambda: { lambdaArn: arn.replace('us-east-1', 'eu-west-1') } } } }),
    /list-accounts in eu-west-1/,
    /us-east-1/,
  ],
  [
    'no GATEWAY_IAM_ROLE',
    'target-credentials',
    withTarget({ credentialProviderConfigurations: [] }),
    /list-accounts/,
    /apply/,
  ],
  [
    'invoke denied, with debug',
    'invoke-permission',
    facts({
      toolError: `Access denied while invoking Lambda function ${arn}. Check the permissions on the Lambda function and Gateway execution role, and retry the request.`,
    }),
    new RegExp(`Denied: ${arn}$`),
    /role\/central-ops-gateway lambda:InvokeFunction/,
  ],
  [
    'invoke denied, without debug',
    'invoke-permission',
    facts({ toolError: 'An internal error occurred. Please retry later.' }),
    /hidden/,
    /apply --debug/,
  ],
  [
    'schema drift',
    'schema-drift',
    facts({
      plan: {
        ...facts().plan,
        targets: [{ kind: 'target', name: 'x', action: 'update', differences: [{ field: 'schema' }] }],
      },
    }),
    /update x schema/,
    /plan/,
  ],
  [
    'other package',
    'function-age',
    facts({ packages: new Map([['central-ops-list-accounts', 'other']]) }),
    /central-ops-list-accounts/,
    /Deploy again/,
  ],
  [
    'older than the commit',
    'function-age',
    facts({ packages: new Map(), sourceChangedAt: new Date(now.getTime() + 3_600_000) }),
    /central-ops-list-accounts/,
    /Build and deploy/,
  ],
  ['not deployed', 'function-age', facts({ functions: new Map() }), /None/, /Deploy/],
  [
    'member role',
    'member-roles',
    facts({ accounts: [{ Id: '222233334444', reachable: false, reason: 'role_not_assumable' }] }),
    /222233334444 \(role_not_assumable\)/,
    /target-role\.yml/,
  ],
];

describe('each known failure is found by its check', () => {
  test.each(failures)('%s', (_, id, given, detail, fix) => {
    expect(finding(id, given)).toEqual({
      state: 'fail',
      detail: expect.stringMatching(detail),
      fix: expect.stringMatching(fix),
    });
  });

  it('has a failure for every check', () => {
    expect(checks.map(({ id }) => id).filter((id) => !failures.some(([, each]) => each === id))).toEqual([]);
  });
});
