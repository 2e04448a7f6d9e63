import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RuntimeConfiguration } from '../../schemas/configuration.ts';
import { readConfiguration } from '../../shared/config.ts';
import { testCall } from '../support/call.ts';
import { testEnvironment } from '../support/configuration.ts';
import { stsMock, useMockedAws } from '../support/mock-aws.ts';

const organizations = mockClient(OrganizationsClient);
const expand = async (input: object, call = testCall()) =>
  (await import('../../shared/targets.ts')).expandTargets(input, call);
const configured = (changes: Partial<RuntimeConfiguration>) =>
  testCall({ configuration: readConfiguration(testEnvironment(changes)) });
const code = async (input: object, call = testCall()) =>
  expand(input, call).then(
    () => 'accepted',
    (error) => error.code,
  );

describe('expandTargets', () => {
  useMockedAws();
  beforeEach(() => void organizations.reset());

  it('takes one, several, and all', async () => {
    expect(await expand({ account_id: '111111111111' })).toEqual({
      accounts: ['111111111111'],
      regions: ['us-east-1'],
      asked: { account_id: '111111111111', region: 'us-east-1' },
    });
    expect(
      await expand({ account_id: ' 222222222222 , 111111111111,222222222222', region: 'eu-west-1, us-east-1' }),
    ).toMatchObject({
      accounts: ['222222222222', '111111111111'],
      regions: ['eu-west-1', 'us-east-1'],
    });
    expect(await expand({ account_id: 'all', region: 'all' })).toEqual({
      accounts: ['111111111111', '222222222222'],
      regions: ['us-east-1', 'eu-west-1'],
      asked: { account_id: 'all', region: 'all' },
    });
  });

  it('echoes the one account that all stands for', async () => {
    const { asked } = await expand(
      { account_id: 'all', region: 'all' },
      configured({ accounts: ['111111111111'], regions: ['us-east-1'] }),
    );
    expect(asked).toEqual({ account_id: '111111111111', region: 'us-east-1' });
  });

  it('refuses any account that is not in the list', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[0-9]{12}$/), async (id) => {
        fc.pre(!['111111111111', '222222222222'].includes(id));
        return (await code({ account_id: id })) === 'account_not_allowed';
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    '',
    ',',
    '１１１１１１１１１１１１',
    '11111111111',
    '1111111111111',
    '111111111111\n2',
    '111111111111;',
    'ALL',
    '*',
    '-1',
    '٠١٢٣٤٥٦٧٨٩٠١',
  ])('refuses the account %j', async (account_id) => expect(await code({ account_id })).toBe('invalid_input'));

  it.each([
    '',
    '*',
    'US-EAST-1',
    'us-west-2',
    'us-east-1@evil.example',
    'us-east-1.evil',
    'localhost',
    'null',
    'constructor',
    '__proto__',
    'us‑east‑1',
    'aws-global',
    'cn-north-1',
    'us-east-1,*',
  ])('refuses the Region %j', async (region) =>
    expect(await code({ account_id: 'all', region })).toBe('invalid_input'),
  );

  it('refuses Regions of another partition, though configured', async () => {
    const call = configured({ regions: ['us-east-1', 'us-gov-west-1'] });
    expect(await code({ account_id: 'all', region: 'us-gov-west-1' }, call)).toBe('invalid_input');
    expect((await expand({ account_id: 'all', region: 'all' }, call)).regions).toEqual(['us-east-1']);
  });

  it('calls nothing for a configured list', async () => {
    await expand({ account_id: 'all', region: 'all' });
    expect(organizations.calls()).toHaveLength(0);
    expect(stsMock.calls()).toHaveLength(0);
  });
});

describe('expandTargets of an organization', () => {
  useMockedAws({ accounts: 'organization' });
  beforeEach(() => {
    organizations.reset();
    organizations
      .on(ListAccountsCommand)
      .resolves({
        Accounts: [
          { Id: '222222222222', State: 'ACTIVE' },
          { Id: '333333333333', State: 'SUSPENDED' },
        ],
        NextToken: '2',
      })
      .on(ListAccountsCommand, { NextToken: '2' })
      .resolves({ Accounts: [{ Id: '111111111111', Status: 'ACTIVE' }] });
  });

  it('reads all pages once, and leaves out what is closed', async () => {
    expect((await expand({ account_id: 'all' })).accounts).toEqual(['111111111111', '222222222222']);
    await expand({ account_id: '111111111111' });
    expect(organizations.calls()).toHaveLength(2);
  });

  it('refuses a suspended account', async () => {
    expect(await code({ account_id: '333333333333' })).toBe('account_not_allowed');
  });

  it('fails closed when the organization does not answer, and asks again next time', async () => {
    organizations.reset();
    organizations.on(ListAccountsCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    expect(await code({ account_id: '111111111111' })).toBe('access_denied');
    organizations.on(ListAccountsCommand).resolves({ Accounts: [{ Id: '111111111111', State: 'ACTIVE' }] });
    expect(await code({ account_id: '111111111111' })).toBe('accepted');
  });
});
