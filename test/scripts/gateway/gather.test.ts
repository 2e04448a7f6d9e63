import { expect, it } from 'vitest';
import type { Tool } from '../../../schemas/define-tool.ts';
import { listAccounts } from '../../../schemas/list-accounts.ts';
import { diagnose } from '../../../scripts/gateway/doctor/checks.ts';
import { gatherGateway } from '../../../scripts/gateway/doctor/gather.ts';
import type { Invoke } from '../../../scripts/local/functions.ts';
import { gatewayFor } from '../../support/gateway-fixture.ts';

const tools = [listAccounts as unknown as Tool];
const none = { type: 'none' } as const;

/** What doctor finds through a gateway whose list_accounts answers so. */
async function found(invoke: Invoke, options: { debug?: boolean } = {}) {
  const { url } = await gatewayFor({ tools, invoke, ...options });
  const facts = { region: 'us-east-1', now: new Date(), ...(await gatherGateway(url, none)) };
  return Object.fromEntries(diagnose(facts).map(({ id, state, detail }) => [id, `${state}: ${detail}`]));
}

it('asks every page of list_accounts whether the members can be read', async () => {
  const pages = [
    { accounts: [{ Id: '111111111111', reachable: true }], next_token: 't' },
    { accounts: [{ Id: '222222222222', reachable: false, reason: 'role_not_assumable' }] },
  ];
  const findings = await found(async (_, event) => {
    expect(event).toMatchObject({ check_access: true });
    return { payload: pages[(event as { next_token?: string }).next_token === undefined ? 0 : 1] };
  });
  expect(findings['member-roles']).toBe('fail: 222222222222 (role_not_assumable)');
  expect(findings['gateway-answers']).toBe('pass: HTTP 200');
  expect(findings.clock).toMatch(/^pass/);
});

it("takes the gateway's words for a function that it may not invoke, with and without debug", async () => {
  const arn = 'arn:aws:lambda:us-east-1:111122223333:function:central-ops-list-accounts';
  const refuse: Invoke = async () => {
    throw new Error(
      `Access denied while invoking Lambda function ${arn}. Check the permissions on the Lambda function.`,
    );
  };
  expect((await found(refuse, { debug: true }))['invoke-permission']).toBe(`fail: Denied: ${arn}`);
  expect((await found(refuse))['invoke-permission']).toMatch(/^fail: .* hidden/);
});
