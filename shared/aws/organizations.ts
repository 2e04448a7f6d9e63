import {
  type Account,
  DescribeOrganizationalUnitCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListParentsCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import type { PageRequest } from '../read-pages.ts';

/** The most that ListAccounts and ListAccountsForParent give at once. */
const PAGE_SIZE = 20;

/** `Root/Workloads/Production`: each parent names the next, so these few calls cannot run side by side. */
export async function ouPath(organizations: OrganizationsClient, account: string): Promise<string> {
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

/** A page of the accounts of the organization, or of those directly in an OU or root. */
export async function organizationPage(
  organizations: OrganizationsClient,
  parent: string | undefined,
  { token, size }: PageRequest,
) {
  const paging = { NextToken: token, MaxResults: Math.min(size, PAGE_SIZE) };
  const { Accounts = [], NextToken } =
    parent === undefined
      ? await organizations.send(new ListAccountsCommand(paging))
      : await organizations.send(new ListAccountsForParentCommand({ ParentId: parent, ...paging }));
  return { Accounts, NextToken };
}

/** A page of the configured list, as long as an organization's, so that as many accounts are tried at once. */
export function configuredPage(
  ids: readonly string[],
  { token = '0' }: PageRequest,
): { Accounts: Account[]; NextToken: string | undefined } {
  const end = Number(token) + PAGE_SIZE;
  return {
    Accounts: ids.slice(Number(token), end).map((Id) => ({ Id, Status: 'ACTIVE' })),
    NextToken: end < ids.length ? String(end) : undefined,
  };
}
