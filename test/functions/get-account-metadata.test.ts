import { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient, ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import {
  DescribeAccountCommand,
  DescribeOrganizationalUnitCommand,
  ListParentsCommand,
  ListTagsForResourceCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { getAccountMetadata } from '../../schemas/get-account-metadata.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';

const organizations = mockClient(OrganizationsClient);
const account = mockClient(AccountClient);
const iam = mockClient(IAMClient);
const ec2 = mockClient(EC2Client);

interface Answer {
  account: { EnabledRegions?: string[]; Unavailable?: Record<string, string>; OUPath?: string; Name?: string };
}

const { input, output } = getAccountMetadata.example;
const denied = () => Object.assign(new Error('CANARY'), { name: 'AccessDeniedException' });

describe('get_account_metadata', () => {
  useMockedAws({ toolsets: ['accounts', 'compute'] });
  beforeEach(() => {
    for (const mock of [organizations, account, iam, ec2]) mock.reset();
    organizations.on(DescribeAccountCommand).resolves({
      Account: {
        Id: '111111111111',
        Name: 'payments-prod',
        Email: 'CANARY@example.com',
        State: 'ACTIVE',
        JoinedTimestamp: new Date('2024-03-01T09:00:00Z'),
      },
    });
    organizations.on(ListTagsForResourceCommand).resolves({ Tags: [{ Key: 'CostCenter', Value: '4711' }] });
    organizations
      .on(ListParentsCommand, { ChildId: '111111111111' })
      .resolves({ Parents: [{ Id: 'ou-prod', Type: 'ORGANIZATIONAL_UNIT' }] });
    organizations
      .on(ListParentsCommand, { ChildId: 'ou-prod' })
      .resolves({ Parents: [{ Id: 'ou-work', Type: 'ORGANIZATIONAL_UNIT' }] });
    organizations.on(ListParentsCommand, { ChildId: 'ou-work' }).resolves({ Parents: [{ Id: 'r-1', Type: 'ROOT' }] });
    organizations
      .on(DescribeOrganizationalUnitCommand, { OrganizationalUnitId: 'ou-prod' })
      .resolves({ OrganizationalUnit: { Name: 'Production' } });
    organizations
      .on(DescribeOrganizationalUnitCommand, { OrganizationalUnitId: 'ou-work' })
      .resolves({ OrganizationalUnit: { Name: 'Workloads' } });
    iam.on(ListAccountAliasesCommand).resolves({ AccountAliases: ['payments'] });
    account
      .on(ListRegionsCommand)
      .resolves({ Regions: [{ RegionName: 'us-east-1' }], NextToken: '2' })
      .on(ListRegionsCommand, { NextToken: '2' })
      .resolves({ Regions: [{ RegionName: 'eu-west-1' }] });
  });

  it('answers the documented example', async () => {
    expect(await callTool(getAccountMetadata, input)).toEqual(output);
  });

  it('gives what it can when the organization may not be read', async () => {
    organizations.reset();
    organizations.onAnyCommand().rejects(denied());
    const answer = await callTool<Answer>(getAccountMetadata, input);
    expect(answer.account).toMatchObject({
      Id: '111111111111',
      Alias: 'payments',
      EnabledRegions: ['eu-west-1', 'us-east-1'],
    });
    expect(answer.account.Unavailable).toEqual({
      Organization: 'access_denied',
      OUPath: 'access_denied',
      Tags: 'access_denied',
    });
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });

  it('asks EC2 for the Regions when the account service is denied', async () => {
    account.reset();
    account.on(ListRegionsCommand).rejects(denied());
    ec2.on(DescribeRegionsCommand).resolves({ Regions: [{ RegionName: 'us-east-1' }] });
    expect((await callTool<Answer>(getAccountMetadata, input)).account.EnabledRegions).toEqual(['us-east-1']);
  });

  it('says that there is no alias', async () => {
    iam.on(ListAccountAliasesCommand).resolves({ AccountAliases: [] });
    expect((await callTool<Answer>(getAccountMetadata, input)).account).toMatchObject({ Alias: null });
  });
});
