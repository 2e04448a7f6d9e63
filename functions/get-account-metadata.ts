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
import { TOOLSETS } from '../schemas/define-tool.ts';
import { getAccountMetadata } from '../schemas/get-account-metadata.ts';
import { organizationClient } from '../shared/accounts.ts';
import { tagMap } from '../shared/aws/tags.ts';
import type { CellAccess } from '../shared/list-handler.ts';
import { objectHandler } from '../shared/object-handler.ts';
import { readParts } from '../shared/read-parts.ts';

/** The organization and the account are asked side by side; each answers for itself. */
export const handler = objectHandler(
  getAccountMetadata,
  IAMClient,
  async (_input, iam, cell) => {
    const { account, call } = cell;
    const organizations = await organizationClient(OrganizationsClient, call, getAccountMetadata.ownIam ?? []);
    const resource = { ResourceId: account };
    const { values, unavailable } = await readParts([...getAccountMetadata.iam, ...(getAccountMetadata.ownIam ?? [])], {
      Organization: async () => (await organizations.send(new DescribeAccountCommand({ AccountId: account }))).Account,
      OUPath: () => ouPath(organizations, account),
      Tags: async () => tagMap((await organizations.send(new ListTagsForResourceCommand(resource))).Tags),
      Alias: async () => (await iam.send(new ListAccountAliasesCommand())).AccountAliases?.[0] ?? null,
      EnabledRegions: () => enabledRegions(cell),
    });
    const { Organization, ...parts } = values;
    return {
      ...parts,
      Id: account,
      Name: Organization?.Name,
      Status: Organization?.State ?? Organization?.Status,
      JoinedTimestamp: Organization?.JoinedTimestamp,
      RoleArn: `arn:${call.self.partition}:iam::${account}:role/${call.configuration.targetRoleName}`,
      Toolsets: call.configuration.toolsets ?? TOOLSETS,
      Unavailable: unavailable,
    };
  },
  { scope: 'account' },
);

/** `Root/Workloads/Production`: each parent names the next, so these few calls cannot run side by side. */
async function ouPath(organizations: OrganizationsClient, account: string): Promise<string> {
  const names: string[] = [];
  let ou = await parentOu(organizations, account);
  // An organization nests OUs five deep at most (Organizations quotas); the bound stops a loop in the answers.
  for (let depth = 0; ou !== undefined && depth < 8; depth++) {
    const { OrganizationalUnit } = await organizations.send(
      new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: ou }),
    );
    names.unshift(OrganizationalUnit?.Name ?? ou);
    ou = await parentOu(organizations, ou);
  }
  return ['Root', ...names].join('/');
}

async function parentOu(organizations: OrganizationsClient, child: string): Promise<string | undefined> {
  const { Parents } = await organizations.send(new ListParentsCommand({ ChildId: child }));
  return Parents?.[0]?.Type === 'ORGANIZATIONAL_UNIT' ? Parents[0].Id : undefined;
}

/** The account service knows all Regions; where a policy denies it, EC2 says which ones it can use. */
async function enabledRegions(cell: CellAccess): Promise<string[]> {
  try {
    const account = await cell.client(AccountClient);
    const regions: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await account.send(
        new ListRegionsCommand({
          RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT'],
          MaxResults: 50,
          NextToken,
        }),
      );
      regions.push(...(page.Regions ?? []).flatMap(({ RegionName }) => RegionName ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return regions.sort();
  } catch {
    const ec2 = await cell.client(EC2Client);
    const { Regions = [] } = await ec2.send(new DescribeRegionsCommand({}));
    return Regions.flatMap(({ RegionName }) => RegionName ?? []).sort();
  }
}
