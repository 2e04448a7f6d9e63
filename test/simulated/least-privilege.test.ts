import { beforeAll, expect, it, vi } from 'vitest';
import { catalog } from '../../schemas/catalog.ts';
import type { Tool } from '../../schemas/define-tool.ts';
import { demoEvent } from '../../scripts/local/estate/demo-events.ts';
import type { CallRecord } from '../../scripts/local/simulator/call-log.ts';
import type { Rule } from '../../scripts/local/simulator/rules.ts';
import { sessionPolicy } from '../../shared/assume-role.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';

const DISCOVERY = ['organizations:ListAccounts'];

/** Calls beside the demo event that lead a tool to everything it declares, each with what AWS answers meanwhile. */
const furtherCalls: Record<string, (access: EstateAccess) => { event: object; rule?: Rule }[]> = {
  list_accounts: () => [{ event: { organizational_unit_id: 'ou-example-12345678' } }],
  get_account_metadata: ({ id }) => [
    {
      event: { account_id: id('payments-prod') },
      rule: { match: { service: 'account' }, fault: 'access_denied' },
    },
  ],
  list_lambda_functions: ({ id }) => [{ event: { account_id: id('payments-prod'), fields: ['State'] } }],
  describe_ec2_vpcs: ({ id }) => [{ event: { account_id: id('payments-prod'), include_subnets: true } }],
  describe_eks_clusters: ({ id }) => [{ event: { account_id: id('payments-prod'), cluster_name: 'payments' } }],
  GetSecurityFindings: ({ id }) =>
    ['inspector', 'accessanalyzer', 'securityhub', 'trustedadvisor', 'macie'].map((service) => ({
      event: { account_id: id('payments-prod'), service },
    })),
  GetStoredSecurityContext: ({ id }) => [
    {
      event: { account_id: id('payments-prod') },
      rule: {
        match: { operation: 'ListObjectsV2' },
        stub: ({ input }) => ({ Contents: [{ Key: `${input.Prefix}a.json` }] }),
      },
    },
  ],
};

/** Declared, but checked by AWS within the call of another action. */
const WITHOUT_CALL: Record<string, string[]> = {
  get_lambda_function: ['lambda:ListTags'],
};

describeEstate('the calls that a tool makes and the actions that it declares are the same', (access) => {
  // Nothing is kept there: what matters is that the security tools ask.
  beforeAll(() => void vi.stubEnv('CENTRAL_OPS_CONTEXT_BUCKET', 'central-ops-context'));

  it.each(catalog.map((tool) => [tool.name, tool] as const))('%s', async (name, tool) => {
    const demo = demoEvent(tool, access.estate);
    // They have something of everything; the rest of the organization would be more of the same calls.
    const accounts = (['payments-prod', 'payments-dev', 'data-platform'] as const).map((account) => access.id(account));
    const event = demo.account_id === 'all' ? { ...demo, account_id: accounts.join() } : demo;
    const calls = [{ event, rule: undefined }, ...(furtherCalls[name]?.(access) ?? [])];
    for (const { event, rule } of calls) {
      if (rule !== undefined) access.rule(rule);
      await access.call(tool, event, 60_000);
    }
    const declared = [...tool.iam, ...(tool.ownIam ?? [])].filter((action) => !WITHOUT_CALL[name]?.includes(action));
    expect(actionsSeen(access.allCalls())).toEqual([...new Set(declared)].sort());
    expect(sessionsOf(access.allCalls()).filter((policy) => !policiesFor(tool).includes(policy))).toEqual([]);
  });
});

/** The actions of all calls but those that every tool makes: its session, who it is, and the list of accounts. */
function actionsSeen(records: readonly CallRecord[]): string[] {
  const own = records.filter(
    ({ iamAction, sessionPolicyActions }) =>
      !iamAction.startsWith('sts:') && sessionPolicyActions?.join() !== DISCOVERY.join(),
  );
  return [...new Set(own.map(({ iamAction }) => iamAction))].sort();
}

function sessionsOf(records: readonly CallRecord[]): (string | undefined)[] {
  return records.flatMap(({ assumed }) => (assumed === undefined ? [] : [assumed.policy]));
}

/** The session policies that a tool may ask for: its own actions, the organization's, the list of accounts, or nothing. */
function policiesFor({ iam, ownIam = [] }: Pick<Tool, 'iam' | 'ownIam'>): (string | undefined)[] {
  return [iam, ownIam, DISCOVERY, []].map(sessionPolicy);
}
