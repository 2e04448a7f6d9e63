import { expect, it } from 'vitest';
import { getAccountMetadata } from '../../schemas/get-account-metadata.ts';
import { listAccounts } from '../../schemas/list-accounts.ts';
import { switchAccount } from '../../schemas/switch-account.ts';
import { actionsOf } from '../../shared/failures.ts';
import { describeEstate } from '../support/estate.ts';
import { walk } from '../support/walk.ts';

interface Accounts {
  account_count: number;
  accounts: { Id: string; Name: string; reachable?: boolean; reason?: string }[];
  next_token?: string;
}

interface Metadata {
  account: {
    Id: string;
    Name: string;
    OUPath: string;
    EnabledRegions: string[];
    Tags: Record<string, string>;
    Unavailable?: object;
  };
  accounts: Metadata['account'][];
  failures?: { account_id: string; code: string }[];
  error?: { code: string; reason?: string };
}

describeEstate('the accounts tools', (access) => {
  const { call, awsCalls, allCalls, id, rule } = access;
  const ids = () => access.estate.accounts.map((account) => account.id).sort();

  it('list_accounts gives every account of the organization, in pages too', async () => {
    const answers = await walk((event) => call<Accounts>(listAccounts, event), { max_results: 3 });
    expect(answers.flatMap(({ accounts }) => accounts.map(({ Id }) => Id)).sort()).toEqual(ids());
  });

  it('list_accounts tells which can be read, asking all side by side', async () => {
    const { accounts } = await call<Accounts>(listAccounts, { check_access: true });
    const unreachable = accounts.filter(({ reachable }) => !reachable);
    expect(unreachable).toMatchObject([{ Name: 'acquired-shop', reason: 'role_not_assumable' }]);
    const checks = allCalls().filter(({ assumed }) => assumed?.policy?.includes('Deny'));
    expect(checks).toHaveLength(ids().length);
  });

  it('list_accounts finds the accounts of an OU', async () => {
    const { account } = await call<Metadata>(getAccountMetadata, { account_id: id('log-archive') });
    expect(account.OUPath).toBe('Root/Security');
    const parent = awsCalls().find(({ operation }) => operation === 'ListParents');
    expect(parent?.sessionPolicyActions).toEqual(getAccountMetadata.ownIam);
  });

  it('get_account_metadata gives name, tags, Regions and role', async () => {
    const { account } = await call<Metadata>(getAccountMetadata, { account_id: id('payments-prod') });
    expect(account).toMatchObject({
      Id: id('payments-prod'),
      Name: 'payments-prod',
      OUPath: 'Root/Workloads',
      Tags: { CostCenter: 'CC-4101' },
    });
    expect(account.EnabledRegions).toContain('eu-west-1');
    expect(account.EnabledRegions).not.toContain(access.estate.disabledRegion);
    expect(account).not.toHaveProperty('Unavailable');
  });

  it('get_account_metadata answers for all accounts, and says which one it could not enter', async () => {
    const { accounts, failures } = await call<Metadata>(getAccountMetadata, { account_id: 'all' });
    expect(accounts.map(({ Id }) => Id).sort()).toEqual(ids().filter((each) => each !== id('acquired-shop')));
    expect(failures).toMatchObject([{ account_id: id('acquired-shop'), code: 'role_not_assumable' }]);
  });

  it('get_account_metadata uses exactly the declared actions', async () => {
    await call(getAccountMetadata, { account_id: id('payments-prod') });
    rule({ match: { service: 'account' }, fault: 'access_denied' });
    await call(getAccountMetadata, { account_id: id('payments-prod') });
    const used = awsCalls().map(({ iamAction }) => iamAction);
    expect([...new Set(used)].sort()).toEqual([...actionsOf(getAccountMetadata)].sort());
  });

  it('switch_account confirms what can be read and says the fix for what cannot', async () => {
    expect(await call(switchAccount, { account_id: id('data-platform') })).toMatchObject({
      reachable: true,
      region: 'us-east-1',
    });
    const { error } = await call<Metadata>(switchAccount, { account_id: id('acquired-shop') });
    expect(error).toMatchObject({ code: 'role_not_assumable', reason: 'role_missing_or_not_trusting' });
  });

  it('switch_account knows a service control policy', async () => {
    rule({ match: { operation: 'AssumeRole', targetAccount: id('payments-dev') }, fault: 'scp_denied' });
    const { error } = await call<Metadata>(switchAccount, { account_id: id('payments-dev') });
    expect(error).toMatchObject({ code: 'role_not_assumable', reason: 'service_control_policy' });
  });
});
