import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testCall } from '../support/call.ts';
import { eventually } from '../support/eventually.ts';
import { stsMock, useMockedAws } from '../support/mock-aws.ts';

const organizations = mockClient(OrganizationsClient);
const asked = () => organizations.commandCalls(ListAccountsCommand);
// Fresh for each test, as a new Lambda instance is.
const load = () => import('../../shared/accounts.ts');
const ONE = [{ id: '111111111111', active: true }];

beforeEach(() => {
  organizations.reset();
  organizations.on(ListAccountsCommand).resolves({ Accounts: [{ Id: '111111111111', State: 'ACTIVE' }] });
});

describe('allowedAccounts of a configured list', () => {
  useMockedAws();

  it('are those of the list, each active, and nobody is asked', async () => {
    const { allowedAccounts } = await load();
    expect(await allowedAccounts(testCall())).toEqual([
      { id: '111111111111', active: true },
      { id: '222222222222', active: true },
    ]);
    expect(asked()).toHaveLength(0);
  });
});

describe('allowedAccounts of the organization', () => {
  useMockedAws({ accounts: 'organization' });
  afterEach(() => void vi.useRealTimers());

  it('are those of all pages in the order of their IDs, and only what is ACTIVE is active', async () => {
    organizations
      .on(ListAccountsCommand)
      .resolves({
        Accounts: [
          { Id: '333333333333', State: 'SUSPENDED', Status: 'ACTIVE' },
          { Id: '555555555555', Status: 'ACTIVE' },
        ],
        NextToken: '2',
      })
      .on(ListAccountsCommand, { NextToken: '2' })
      .resolves({
        Accounts: [
          { Id: '222222222222', State: 'ACTIVE' },
          { Id: '444444444444' },
          { State: 'ACTIVE' },
          { Id: '111111111111', State: 'PENDING_CLOSURE' },
        ],
      });
    const { allowedAccounts } = await load();
    expect(await allowedAccounts(testCall())).toEqual([
      { id: '111111111111', active: false },
      { id: '222222222222', active: true },
      { id: '333333333333', active: false },
      { id: '444444444444', active: false },
      { id: '555555555555', active: true },
    ]);
    expect(asked().map(({ args }) => args[0].input.NextToken)).toEqual([undefined, '2']);
  });

  it('are asked for once by calls at the same time, and remembered for five minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { allowedAccounts } = await load();
    const start = Date.now();
    await Promise.all([1, 2, 3].map(() => allowedAccounts(testCall())));
    vi.setSystemTime(start + 5 * 60_000);
    await allowedAccounts(testCall());
    expect(asked()).toHaveLength(1);
    vi.setSystemTime(start + 5 * 60_000 + 1);
    await allowedAccounts(testCall());
    expect(asked()).toHaveLength(2);
  });

  const asking = (account: string, managementAccountId?: string) => {
    const { configuration, self, ...call } = testCall();
    return { ...call, self: { ...self, account }, configuration: { ...configuration, managementAccountId } };
  };
  it.each([
    ['another account of the function', () => asking('1'), () => asking('2')],
    ['another management account', () => asking('1'), () => asking('1', '888888888888')],
    ['accounts that read the same when put together', () => asking('12', '3'), () => asking('1', '23')],
  ])('are not shared with %s', async (_, one, other) => {
    const { allowedAccounts } = await load();
    await allowedAccounts(one());
    await allowedAccounts(other());
    expect(asked()).toHaveLength(2);
  });

  it('are not shared with another endpoint', async () => {
    const { allowedAccounts } = await load();
    await allowedAccounts(testCall());
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
    await allowedAccounts(testCall());
    expect(asked()).toHaveLength(2);
  });

  it('cannot be given while the organization may not be read, and are asked for again by the next call', async () => {
    organizations
      .on(ListAccountsCommand)
      .rejectsOnce(Object.assign(new Error('CANARY'), { name: 'AccessDeniedException' }))
      .rejectsOnce(Object.assign(new Error('CANARY'), { name: 'TooManyRequestsException' }))
      .resolves({ Accounts: [{ Id: '111111111111', State: 'ACTIVE' }] });
    const { allowedAccounts } = await load();
    await expect(allowedAccounts(testCall())).rejects.toMatchObject({
      code: 'access_denied',
      details: { action: 'organizations:ListAccounts' },
    });
    await expect(allowedAccounts(testCall())).rejects.toMatchObject({
      code: 'throttled',
      message: expect.stringContaining('ListAccounts'),
    });
    expect(await allowedAccounts(testCall())).toEqual(ONE);
  });

  /** A listing that nobody waits for any more, and then another, of which these are the accounts. */
  const askedAfterForsaken = async (
    allowedAccounts: Awaited<ReturnType<typeof load>>['allowedAccounts'],
    answers: readonly unknown[],
  ) => {
    const deadline = new AbortController();
    const first = allowedAccounts(testCall({ signal: deadline.signal }));
    await eventually(() => expect(answers).toHaveLength(1));
    deadline.abort(new Error('deadline'));
    await expect(first).rejects.toThrow('deadline');
    const accounts = allowedAccounts(testCall());
    await eventually(() => expect(answers).toHaveLength(2));
    // In an object: a promise given back by itself would be waited for.
    return { accounts };
  };

  it('are asked for anew when all who waited have left, and kept when the forsaken listing fails late', async () => {
    const answers: PromiseWithResolvers<void>[] = [];
    organizations.on(ListAccountsCommand).callsFake(async () => {
      const answer = Promise.withResolvers<void>();
      answers.push(answer);
      await answer.promise;
      return { Accounts: [{ Id: '111111111111', State: 'ACTIVE' }] };
    });
    const { allowedAccounts } = await load();
    const second = await askedAfterForsaken(allowedAccounts, answers);
    answers[0]?.reject(new Error('late'));
    answers[1]?.resolve();
    expect(await second.accounts).toEqual(ONE);
    expect(await allowedAccounts(testCall())).toEqual(ONE);
    expect(asked()).toHaveLength(2);
  });

  it('are none when the forsaken listing fails after the one that followed it', async () => {
    const answers: PromiseWithResolvers<never>[] = [];
    organizations.on(ListAccountsCommand).callsFake(() => {
      const answer = Promise.withResolvers<never>();
      answers.push(answer);
      return answer.promise;
    });
    const { allowedAccounts } = await load();
    const second = await askedAfterForsaken(allowedAccounts, answers);
    answers[1]?.reject(new Error('no'));
    await expect(second.accounts).rejects.toMatchObject({ code: 'unavailable' });
    // Nobody hears this one; an error while it is put away would end the process.
    const unheard = vi.fn();
    process.once('unhandledRejection', unheard);
    answers[0]?.reject(new Error('late'));
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', unheard);
    expect(unheard).not.toHaveBeenCalled();
    const third = allowedAccounts(testCall());
    await eventually(() => expect(answers).toHaveLength(3));
    answers[2]?.reject(new Error('no'));
    await expect(third).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('are read on for the others when the call that asked first reaches its deadline', async () => {
    const answer = Promise.withResolvers<void>();
    organizations.on(ListAccountsCommand).callsFake(async () => {
      await answer.promise;
      return { Accounts: [{ Id: '111111111111', State: 'ACTIVE' }] };
    });
    const { allowedAccounts } = await load();
    const deadline = new AbortController();
    const first = allowedAccounts(testCall({ signal: deadline.signal }));
    const second = allowedAccounts(testCall());
    deadline.abort(new Error('deadline'));
    await expect(first).rejects.toThrow('deadline');
    answer.resolve();
    expect(await second).toEqual(ONE);
    expect(asked()).toHaveLength(1);
  });
});

describe('organizationClient', () => {
  useMockedAws({ homeRegion: 'eu-west-1' });
  const actions = ['organizations:DescribeAccount'];

  it("is the function's own in the home Region", async () => {
    const { organizationClient } = await load();
    const client = await organizationClient(OrganizationsClient, testCall(), actions);
    expect(await client.config.region()).toBe('eu-west-1');
    expect(stsMock.commandCalls(AssumeRoleCommand)).toHaveLength(0);
  });

  it('is of the management account where one is configured, narrowed to the actions', async () => {
    vi.stubEnv('CENTRAL_OPS_MANAGEMENT_ACCOUNT_ID', '444444444444');
    const { organizationClient } = await load();
    const client = await organizationClient(OrganizationsClient, testCall(), actions);
    expect(await client.config.region()).toBe('eu-west-1');
    const [{ args } = {}] = stsMock.commandCalls(AssumeRoleCommand);
    expect(args?.[0].input.RoleArn).toBe('arn:aws:iam::444444444444:role/CentralOpsTargetRole');
    expect(JSON.parse(args?.[0].input.Policy ?? '').Statement[0].Action).toEqual(actions);
  });
});
