import { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeOrganizationalUnitCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListParentsCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { configuredPage, organizationPage, ouPath } from '../../../shared/aws/organizations.ts';
import { enabledRegions } from '../../../shared/aws/regions.ts';
import { FatalError } from '../../../shared/errors.ts';

const organizations = mockClient(OrganizationsClient);
const account = mockClient(AccountClient);
const ec2 = mockClient(EC2Client);
const client = new OrganizationsClient({ region: 'us-east-1' });

beforeEach(() => [organizations, account, ec2].forEach((each) => void each.reset()));

describe('the path of an account', () => {
  /** Each child's parent; the rest is directly under the root. */
  function nested(parents: Record<string, string>) {
    organizations.on(ListParentsCommand).callsFake(async ({ ChildId }) => {
      const Id = parents[ChildId];
      return { Parents: [Id === undefined ? { Id: 'r-1', Type: 'ROOT' } : { Id, Type: 'ORGANIZATIONAL_UNIT' }] };
    });
    organizations.on(DescribeOrganizationalUnitCommand).callsFake(async ({ OrganizationalUnitId: Id }) => {
      return Id === 'ou-unnamed' ? {} : { OrganizationalUnit: { Id, Name: Id.replace('ou-', '') } };
    });
  }

  it('goes from the root to its own OU', async () => {
    nested({ '111111111111': 'ou-prod', 'ou-prod': 'ou-work' });
    expect(await ouPath(client, '111111111111')).toBe('Root/work/prod');
    expect(await ouPath(client, '222222222222')).toBe('Root');
  });

  it('has the ID of an OU that has no name', async () => {
    nested({ '111111111111': 'ou-unnamed' });
    expect(await ouPath(client, '111111111111')).toBe('Root/ou-unnamed');
  });

  it('ends where AWS says no parent, and in a loop of parents', async () => {
    organizations.on(ListParentsCommand).resolves({});
    expect(await ouPath(client, '111111111111')).toBe('Root');
    organizations.on(ListParentsCommand).resolves({ Parents: [] });
    expect(await ouPath(client, '111111111111')).toBe('Root');
    nested({ '111111111111': 'ou-a', 'ou-a': 'ou-a' });
    expect(await ouPath(client, '111111111111')).toBe(`Root${'/a'.repeat(8)}`);
  });
});

describe('a page of accounts', () => {
  it('is of the organization, or of one OU, by 20 at most', async () => {
    organizations.on(ListAccountsCommand).resolves({ Accounts: [{ Id: '1' }], NextToken: 't' });
    organizations.on(ListAccountsForParentCommand).resolves({ Accounts: [{ Id: '2' }] });
    expect(await organizationPage(client, undefined, { token: undefined, size: 50 })).toEqual({
      Accounts: [{ Id: '1' }],
      NextToken: 't',
    });
    expect(await organizationPage(client, 'ou-1', { token: 't', size: 5 })).toEqual({
      Accounts: [{ Id: '2' }],
      NextToken: undefined,
    });
    expect(organizations.calls().map(({ args }) => args[0].input)).toEqual([
      { NextToken: undefined, MaxResults: 20 },
      { ParentId: 'ou-1', NextToken: 't', MaxResults: 5 },
    ]);
  });

  it('is empty where AWS says no accounts', async () => {
    organizations.on(ListAccountsCommand).resolves({});
    expect(await organizationPage(client, undefined, { token: undefined, size: 5 })).toEqual({
      Accounts: [],
      NextToken: undefined,
    });
  });

  it('is of the configured list where there is no organization', () => {
    const ids = Array.from({ length: 40 }, (_, index) => String(index));
    const active = (from: number, to: number) => ids.slice(from, to).map((Id) => ({ Id, Status: 'ACTIVE' }));
    expect(configuredPage(ids, { token: undefined, size: 5 })).toEqual({ Accounts: active(0, 20), NextToken: '20' });
    expect(configuredPage(ids, { token: '20', size: 5 })).toEqual({ Accounts: active(20, 40), NextToken: undefined });
  });
});

describe('the enabled Regions of an account', () => {
  const cell = {
    client: async (Class: new (configuration: object) => unknown) => new Class({ region: 'us-east-1' }),
  } as never;

  it('are those that the account service names, sorted', async () => {
    account
      .on(ListRegionsCommand)
      .callsFake(async ({ NextToken }) =>
        NextToken === undefined
          ? { Regions: [{ RegionName: 'us-east-1' }, {}], NextToken: '2' }
          : { Regions: [{ RegionName: 'af-south-1' }] },
      );
    expect(await enabledRegions(cell)).toEqual(['af-south-1', 'us-east-1']);
    expect(account.commandCalls(ListRegionsCommand).map(({ args }) => args[0].input)).toEqual(
      [undefined, '2'].map((NextToken) => ({
        RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT'],
        MaxResults: 50,
        NextToken,
      })),
    );
    expect(ec2.calls()).toEqual([]);
  });

  it('are asked of EC2 where the account service is denied', async () => {
    account.on(ListRegionsCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    ec2
      .on(DescribeRegionsCommand)
      .resolves({ Regions: [{ RegionName: 'us-east-1' }, { RegionName: 'eu-west-1' }, {}] });
    expect(await enabledRegions(cell)).toEqual(['eu-west-1', 'us-east-1']);
    ec2.on(DescribeRegionsCommand).resolves({});
    expect(await enabledRegions(cell)).toEqual([]);
  });

  it('are asked of nobody after a fault that ends everything', async () => {
    const fatal = new FatalError('internal', 'Stopped.');
    account.on(ListRegionsCommand).callsFake(() => Promise.reject(fatal));
    await expect(enabledRegions(cell)).rejects.toBe(fatal);
    expect(ec2.calls()).toEqual([]);
  });
});
