import { IAMClient, ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import { DescribeAccountCommand, ListTagsForResourceCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { TOOLSETS } from '../schemas/define-tool.ts';
import { getAccountMetadata } from '../schemas/get-account-metadata.ts';
import { organizationClient } from '../shared/accounts.ts';
import { ouPath } from '../shared/aws/organizations.ts';
import { enabledRegions } from '../shared/aws/regions.ts';
import { tagMap } from '../shared/aws/tags.ts';
import { actionsOf } from '../shared/failures.ts';
import { objectHandler } from '../shared/object-handler.ts';
import { readParts } from '../shared/read-parts.ts';

/** The organization and the account are asked side by side; each answers for itself. */
export const handler = objectHandler(
  getAccountMetadata,
  IAMClient,
  async (_input, iam, cell) => {
    const { account, call } = cell;
    // Within the parts: where the organization may not be read, the account still answers for itself.
    const organizations = () => organizationClient(OrganizationsClient, call, getAccountMetadata.ownIam ?? []);
    const resource = { ResourceId: account };
    const { values, unavailable } = await readParts(actionsOf(getAccountMetadata), {
      Organization: async () =>
        (await (await organizations()).send(new DescribeAccountCommand({ AccountId: account }))).Account,
      OUPath: async () => ouPath(await organizations(), account),
      Tags: async () => tagMap((await (await organizations()).send(new ListTagsForResourceCommand(resource))).Tags),
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
