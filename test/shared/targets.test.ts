import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RuntimeConfiguration } from '../../schemas/configuration.ts';
import { readConfiguration } from '../../shared/config.ts';
import { cellsFrom, partitionOf, quote, toCells } from '../../shared/targets.ts';
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

describe('what expandTargets echoes and says', () => {
  useMockedAws();
  const refusal = (input: object, call = testCall()) =>
    expand(input, call).then(
      () => expect.fail('It was accepted.'),
      ({ message, details }) => ({ message, details }),
    );

  it('takes all with spaces around it', async () => {
    expect((await expand({ account_id: ' all ', region: ' all ' })).asked).toEqual({
      account_id: 'all',
      region: 'all',
    });
  });

  it('echoes what was asked for, where that is not all', async () => {
    const { asked } = await expand({ account_id: '111111111111,222222222222', region: 'us-east-1,eu-west-1' });
    expect(asked).toEqual({ account_id: '111111111111,222222222222', region: 'us-east-1,eu-west-1' });
  });

  it('asks the account of the function where none is named', async () => {
    const call = configured({ accounts: ['999999999999'] });
    expect(await expand({}, call)).toEqual({
      accounts: ['999999999999'],
      regions: ['us-east-1'],
      asked: { account_id: '999999999999', region: 'us-east-1' },
    });
  });

  it('names the field and the rule of each refusal', async () => {
    expect(await refusal({ account_id: 'all', region: 'mars' })).toEqual({
      message: 'region: "mars" is not one of the configured Regions: us-east-1, eu-west-1, or all.',
      details: { field: 'region' },
    });
    expect(await refusal({ account_id: '7' })).toEqual({
      message: 'account_id: "7" is not a 12-digit AWS account ID, nor all.',
      details: { field: 'account_id' },
    });
    expect(await refusal({ account_id: '777777777777' })).toEqual({
      message:
        'account_id: 777777777777 is not among the accounts that these tools may read. list_accounts gives them.',
      details: { field: 'account_id' },
    });
  });

  it('says that an account is closed', async () => {
    const call = configured({ accounts: 'organization' });
    organizations.reset();
    organizations.on(ListAccountsCommand).resolves({ Accounts: [{ Id: '333333333333', State: 'SUSPENDED' }] });
    expect(await refusal({ account_id: '333333333333' }, call)).toEqual({
      message: 'account_id: 333333333333 is closed or suspended.',
      details: { field: 'account_id' },
    });
  });

  it('echoes 60 characters of a value', () => {
    expect(quote('a'.repeat(60))).toBe(`"${'a'.repeat(60)}"`);
    expect(quote('a'.repeat(61))).toBe(`"${'a'.repeat(60)}…"`);
  });
});

describe('cells', () => {
  const cells = toCells({ accounts: ['1', '2'], regions: ['a', 'b'] });
  const at = (account: string, region: string) =>
    cellsFrom({ account, region, size: 1, offset: 0, incomplete: false }, cells);

  it('are the cross product, account by account', () => {
    expect(cells.map(({ account, region }) => account + region)).toEqual(['1a', '1b', '2a', '2b']);
  });

  it('go on from the cell of the cursor, in its account and its Region', () => {
    expect(cellsFrom(undefined, cells)).toEqual(cells);
    expect(at('1', 'a')).toEqual(cells);
    expect(at('2', 'a')).toEqual(cells.slice(2));
    expect(at('1', 'b')).toEqual(cells.slice(1));
    expect(at('2', 'b')).toEqual(cells.slice(3));
  });

  it('refuse a cursor into an account or Region that is none of them', () => {
    for (const [account, region] of [
      ['3', 'a'],
      ['1', 'c'],
    ] as const) {
      expect(() => at(account, region)).toThrow(
        expect.objectContaining({
          code: 'invalid_input',
          message:
            'next_token points to an account or Region that may no longer be read. Repeat the call without next_token.',
          details: { field: 'next_token' },
        }),
      );
    }
  });
});

describe('partitionOf', () => {
  it.each([
    ['us-east-1', 'aws'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['cn-north-1', 'aws-cn'],
    ['us-iso-east-1', 'unsupported'],
    ['us-isob-east-1', 'unsupported'],
    ['us-isof-south-1', 'unsupported'],
    ['eu-isoe-west-1', 'unsupported'],
    ['eusc-de-east-1', 'unsupported'],
    ['xx-us-iso-east-1', 'aws'],
  ])('%s is in %s', (region, partition) => expect(partitionOf(region)).toBe(partition));
});
