import { describe, expect, it } from 'vitest';
import { catalog } from '../schemas/catalog.ts';
import { targetRole } from '../scripts/generate/target-role.ts';
import { executionRoles, rolesOf } from '../scripts/package/execution-roles.ts';
import { deployable } from './support/packaged.ts';
import { evaluate, type PolicyDocument, policiesOf } from './support/policy-evaluator.ts';
import { HUB_ACCOUNT, resolvedResources } from './support/resolved-template.ts';

const MEMBER = '111111111111';
const ROLE_ARN = `arn:aws:iam::${MEMBER}:role/CentralOpsTargetRole`;
const hub = resolvedResources({ Resources: executionRoles(catalog, deployable) });
const member = resolvedResources(targetRole(catalog), {
  CentralRoleArns: rolesOf(catalog).map(({ name }) => `arn:aws:iam::${HUB_ACCOUNT}:role/${name}`),
  OrganizationId: 'o-a1b2c3d4e5',
  ExternalId: 'the-external-id',
  'AWS::AccountId': MEMBER,
});
const trust = member.TargetRole?.Properties?.AssumeRolePolicyDocument as PolicyDocument;

/** A caller's own policy that would let it assume anything: only the trust decides. */
const ANYTHING: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }],
};

interface Attempt {
  readonly principal?: string;
  readonly organization?: string | undefined;
  readonly externalId?: string | undefined;
}

function assume(attempt: Attempt, identity = [ANYTHING]) {
  const { principal = 'central-ops-tools', organization, externalId } = { ...RIGHT, ...attempt };
  return evaluate({
    principal: principal.startsWith('arn:')
      ? principal
      : `arn:aws:sts::${HUB_ACCOUNT}:assumed-role/${principal}/central-ops-list-accounts`,
    action: 'sts:AssumeRole',
    resource: ROLE_ARN,
    account: MEMBER,
    identity,
    resourcePolicy: trust,
    context: {
      'aws:ResourceOrgID': 'o-a1b2c3d4e5',
      ...(organization === undefined ? {} : { 'aws:PrincipalOrgID': organization }),
      ...(externalId === undefined ? {} : { 'sts:ExternalId': externalId }),
    },
  });
}

const RIGHT = { organization: 'o-a1b2c3d4e5', externalId: 'the-external-id' };

describe('the member role lets in the right role of the right organization with the right external ID only', () => {
  it.each<[string, Attempt, 'Allowed' | 'Denied']>([
    ['all three right', {}, 'Allowed'],
    ['another role of the same account', { principal: 'another-role' }, 'Denied'],
    ['a role whose name begins alike', { principal: 'central-ops-tools-2' }, 'Denied'],
    ['a user of the same account', { principal: `arn:aws:iam::${HUB_ACCOUNT}:user/central-ops-tools` }, 'Denied'],
    [
      'the same role name in another account of the organization',
      { principal: 'arn:aws:sts::222222222222:assumed-role/central-ops-tools/session' },
      'Denied',
    ],
    ['another organization', { organization: 'o-zzzzzzzzzz' }, 'Denied'],
    ['no organization', { organization: undefined }, 'Denied'],
    ['another external ID', { externalId: 'another-external-id' }, 'Denied'],
    ['the external ID in capitals', { externalId: 'THE-EXTERNAL-ID' }, 'Denied'],
    ['no external ID', { externalId: undefined }, 'Denied'],
    ['neither organization nor external ID', { organization: undefined, externalId: undefined }, 'Denied'],
    ['everything wrong', { principal: 'another-role', organization: 'o-zzzzzzzzzz', externalId: 'guess' }, 'Denied'],
  ])('%s', async (_case, attempt, decision) => {
    expect(await assume(attempt)).toBe(decision);
  });

  it.each(rolesOf(catalog).map(({ name, logicalId }) => [name, logicalId] as const))(
    '%s gets in with its own policy',
    async (name, logicalId) => {
      expect(await assume({ principal: name }, policiesOf(logicalId, hub))).toBe('Allowed');
      expect(await assume({ principal: name, externalId: undefined }, policiesOf(logicalId, hub))).toBe('Denied');
    },
  );
});

describe("the tools' own roles assume the target role in their organization only", () => {
  /** A role of a stranger who trusts us. */
  const foreign = (role: string, organization?: string, configuration = deployable) =>
    evaluate({
      principal: `arn:aws:sts::${HUB_ACCOUNT}:assumed-role/central-ops-tools/session`,
      action: 'sts:AssumeRole',
      resource: `arn:aws:iam::333333333333:role/${role}`,
      account: '333333333333',
      identity: policiesOf('ToolsRole', resolvedResources({ Resources: executionRoles(catalog, configuration) })),
      resourcePolicy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
      },
      context: {
        'aws:ResourceAccount': '333333333333',
        ...(organization === undefined ? {} : { 'aws:ResourceOrgID': organization }),
      },
    });

  it('by the name of the role and the organization of its account', async () => {
    expect(await foreign('CentralOpsTargetRole', 'o-a1b2c3d4e5')).toBe('Allowed');
    expect(await foreign('CentralOpsTargetRole', 'o-zzzzzzzzzz')).toBe('Denied');
    expect(await foreign('CentralOpsTargetRole')).toBe('Denied');
    expect(await foreign('Admin', 'o-a1b2c3d4e5')).toBe('Denied');
  });

  it('by account where a list is configured', async () => {
    const listed = (accounts: string[]) => foreign('CentralOpsTargetRole', 'o-a1b2c3d4e5', { ...deployable, accounts });
    expect(await listed(['333333333333'])).toBe('Allowed');
    expect(await listed(['111111111111'])).toBe('Denied');
  });
});
