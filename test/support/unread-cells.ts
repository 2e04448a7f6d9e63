import type { Estate } from '../../scripts/local/estate/estate.ts';

interface Failure {
  readonly account_id: string;
  readonly region: string;
  readonly code: string;
}

/** Failures, of which one may stand for several accounts and Regions, as a line for each cell: `account region code`. */
export function failedCells({ failures = [] }: { readonly failures?: readonly Failure[] | undefined }): string[] {
  const lines = failures.flatMap(({ account_id, region, code }) =>
    account_id.split(',').flatMap((account) => region.split(',').map((each) => `${account} ${each} ${code}`)),
  );
  return lines.sort();
}

/**
 * What no tool can read when it is asked for everything: the account without a role, in every Region, and the Region
 * that is off, in every other account.
 */
export function unreadCells({ accounts, regions, disabledRegion }: Estate): string[] {
  const lines = accounts.flatMap(({ id, reachable }) =>
    reachable
      ? [`${id} ${disabledRegion} region_not_enabled`]
      : [...regions, disabledRegion].map((region) => `${id} ${region} role_not_assumable`),
  );
  return lines.sort();
}
