import { ListAccountsCommand, ListAccountsForParentCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { listAccounts } from '../../schemas/list-accounts.ts';
import { answerAssumeRole, callTool, stsMock, useMockedAws } from '../support/mock-aws.ts';
import { walk } from '../support/walk.ts';

const organizations = mockClient(OrganizationsClient);

interface Answer {
  account_count: number;
  accounts: { Id: string; Name?: string; Status?: string; reachable?: boolean; reason?: string }[];
  next_token?: string;
  error?: { code: string; field?: string; action?: string };
}

const { input, output } = listAccounts.example;
const accounts = [
  {
    Id: '111111111111',
    Name: 'payments-prod',
    Email: 'CANARY@example.com',
    State: 'ACTIVE',
    JoinedTimestamp: new Date('2024-03-01T09:00:00Z'),
  },
  {
    Id: '222222222222',
    Name: 'legacy-prod',
    Email: 'CANARY@example.com',
    State: 'ACTIVE',
    JoinedTimestamp: new Date('2021-06-15T12:00:00Z'),
  },
  { Id: '333333333333', Name: 'sandbox', Email: 'CANARY@example.com', State: 'SUSPENDED' },
] as const;

describe('list_accounts', () => {
  useMockedAws({ accounts: 'organization' });
  beforeEach(() => {
    organizations.reset();
    organizations.on(ListAccountsCommand).resolves({ Accounts: [...accounts] });
  });

  it('answers the documented example', async () => {
    stsMock.on(AssumeRoleCommand).callsFake(async (command) => {
      if (command.RoleArn.includes('222222222222')) throw Object.assign(new Error('no'), { name: 'AccessDenied' });
      return answerAssumeRole(command);
    });
    stsMock.on(GetCallerIdentityCommand).resolves({ Account: '111111111111' });
    expect(await callTool(listAccounts, input)).toEqual(output);
  });

  it('never gives e-mail addresses, whatever fields are asked for', async () => {
    expect(JSON.stringify(await callTool(listAccounts, {}))).not.toContain('CANARY');
    expect((await callTool<Answer>(listAccounts, { fields: ['Email'] })).error?.code).toBe('invalid_input');
  });

  it('filters by status, name in any case, and OU', async () => {
    organizations.on(ListAccountsForParentCommand, { ParentId: 'ou-x' }).resolves({ Accounts: [accounts[2]] });
    expect((await callTool<Answer>(listAccounts, { status: 'SUSPENDED' })).accounts.map(({ Id }) => Id)).toEqual([
      '333333333333',
    ]);
    expect((await callTool<Answer>(listAccounts, { name_contains: 'PROD' })).account_count).toBe(2);
    expect(
      (await callTool<Answer>(listAccounts, { organizational_unit_id: 'ou-x' })).accounts.map(({ Id }) => Id),
    ).toEqual(['333333333333']);
  });

  it('walks the pages of the organization through the cursor', async () => {
    const all = Array.from({ length: 45 }, (_, index) => ({
      Id: String(100_000_000_000 + index),
      Name: `a${index}`,
      State: 'ACTIVE' as const,
    }));
    organizations.on(ListAccountsCommand).callsFake(async ({ NextToken = '0', MaxResults = 20 }) => {
      const end = Number(NextToken) + MaxResults;
      return { Accounts: all.slice(Number(NextToken), end), NextToken: end < all.length ? String(end) : undefined };
    });
    const answers = await walk((event) => callTool<Answer>(listAccounts, event), { max_results: 30 });
    const seen = answers.flatMap(({ accounts }) => accounts.map(({ Id }) => Id));
    expect(seen).toEqual(all.map(({ Id }) => Id));
  });

  it('says when the organization may not be read', async () => {
    organizations
      .on(ListAccountsCommand)
      .rejects(Object.assign(new Error('CANARY'), { name: 'AccessDeniedException' }));
    const { error } = await callTool<Answer>(listAccounts, {});
    expect(error).toMatchObject({ code: 'access_denied', action: 'organizations:ListAccounts' });
  });

  it('reads the organization through the management account when one is configured', async () => {
    process.env.CENTRAL_OPS_MANAGEMENT_ACCOUNT_ID = '444444444444';
    expect((await callTool<Answer & { account_id: string }>(listAccounts, {})).account_id).toBe('444444444444');
    const { RoleArn, Policy } = stsMock.commandCalls(AssumeRoleCommand)[0]?.args[0].input ?? {};
    expect(RoleArn).toBe('arn:aws:iam::444444444444:role/CentralOpsTargetRole');
    expect(JSON.parse(Policy ?? '').Statement[0].Action).toEqual(listAccounts.ownIam);
    delete process.env.CENTRAL_OPS_MANAGEMENT_ACCOUNT_ID;
  });
});

describe('list_accounts of a configured list', () => {
  const ids = Array.from({ length: 25 }, (_, index) => String(100_000_000_000 + index));
  useMockedAws({ accounts: ids });
  beforeEach(() => void organizations.reset());

  it('gives the list without asking the organization', async () => {
    const first = await callTool<Answer>(listAccounts, { max_results: 10 });
    const second = await callTool<Answer>(listAccounts, { max_results: 15, next_token: first.next_token });
    expect([...first.accounts, ...second.accounts].map(({ Id }) => Id)).toEqual(ids);
    expect(second.next_token).toBeUndefined();
    expect(organizations.calls()).toHaveLength(0);
  });

  it('has no OUs', async () => {
    const { error } = await callTool<Answer>(listAccounts, { organizational_unit_id: 'ou-x' });
    expect(error).toMatchObject({ code: 'invalid_input', field: 'organizational_unit_id' });
  });
});
