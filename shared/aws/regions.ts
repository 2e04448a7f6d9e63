import { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { allPages } from '../all-pages.ts';
import { FatalError } from '../errors.ts';
import type { CellAccess } from '../list-handler.ts';

/** The account service knows all Regions; where it denies the call or fails, EC2 says which ones the account can use. */
export async function enabledRegions(cell: CellAccess): Promise<string[]> {
  try {
    const account = await cell.client(AccountClient);
    const regions = await allPages(async (NextToken) => {
      const page = await account.send(
        new ListRegionsCommand({
          RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT'],
          MaxResults: 50,
          NextToken,
        }),
      );
      return { items: page.Regions, next: page.NextToken };
    });
    return regions.flatMap(({ RegionName }) => RegionName ?? []).sort();
  } catch (error) {
    if (error instanceof FatalError) throw error;
    const ec2 = await cell.client(EC2Client);
    const { Regions = [] } = await ec2.send(new DescribeRegionsCommand({}));
    return Regions.flatMap(({ RegionName }) => RegionName ?? []).sort();
  }
}
