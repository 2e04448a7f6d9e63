import {
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
  TagResourceCommand,
} from '@aws-sdk/client-organizations';
import type { SeedingClients } from './seeding-client.ts';

/** Regions with resources; the first is the home Region. */
export const REGIONS = ['us-east-1', 'eu-west-1', 'eu-central-1'] as const;
export type EstateRegion = (typeof REGIONS)[number];

/** Configured, but switched off in every account: the simulator's proxy answers for it. */
export const DISABLED_REGION = 'ap-east-1';

/**
 * The only account id that can be chosen. Not moto's default 123456789012: forgotten credentials end there, and
 * should find nothing.
 */
export const MANAGEMENT_ACCOUNT_ID = '111122223333';

const MANAGEMENT_ACCOUNT = 'management';
/** The account that the tools run in: a member, so the organization is read through the management account's role. */
export const HUB_ACCOUNT = 'security-tooling';

const ORGANIZATIONAL_UNITS = ['Workloads', 'Security'] as const;

interface MemberAccount {
  name: string;
  ou: (typeof ORGANIZATIONAL_UNITS)[number];
  /** Whether the target role was ever rolled out to it. */
  reachable: boolean;
  tags: Record<string, string>;
}

/** Member accounts in the order in which they are created, which decides their ids. */
const MEMBER_ACCOUNTS = [
  member('payments-prod', 'Workloads', { Environment: 'production', Owner: 'payments-core', CostCenter: 'CC-4101' }),
  member('payments-dev', 'Workloads', { Environment: 'development', Owner: 'payments-core', CostCenter: 'CC-4101' }),
  member('data-platform', 'Workloads', { Environment: 'production', Owner: 'data-engineering', CostCenter: 'CC-5200' }),
  {
    ...member('acquired-shop', 'Workloads', { Environment: 'production', Owner: 'shop-integration' }),
    reachable: false,
  },
  member('log-archive', 'Security', { Environment: 'shared', Owner: 'platform-security', CostCenter: 'CC-7000' }),
  member(HUB_ACCOUNT, 'Security', { Environment: 'shared', Owner: 'platform-security', CostCenter: 'CC-7000' }),
] as const satisfies readonly MemberAccount[];

export type AccountName = typeof MANAGEMENT_ACCOUNT | (typeof MEMBER_ACCOUNTS)[number]['name'];

/** Every account with a target role. */
export const REACHABLE_ACCOUNTS: readonly AccountName[] = [
  MANAGEMENT_ACCOUNT,
  ...MEMBER_ACCOUNTS.filter(({ reachable }) => reachable).map(({ name }) => name),
];

function member<const Name extends string>(name: Name, ou: MemberAccount['ou'], tags: Record<string, string>) {
  return { name, ou, reachable: true, tags };
}

/** One account of the seeded organization. `ou` is the name of its organizational unit, `Root` for the first one. */
export interface EstateAccount {
  id: string;
  name: AccountName;
  ou: string;
  reachable: boolean;
}

/** Creates the organization, its units and its member accounts, from the management account. */
export async function seedOrganization(
  clients: SeedingClients,
): Promise<{ organizationId: string; accounts: EstateAccount[] }> {
  const organizations = clients.cell(MANAGEMENT_ACCOUNT_ID, 'us-east-1').client(OrganizationsClient);
  const { Organization } = await organizations.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
  const rootId = (await organizations.send(new ListRootsCommand({}))).Roots?.[0]?.Id;
  if (!Organization?.Id || !rootId) throw new Error('The simulator made no organization.');

  const unitIds = new Map<string, string>();
  for (const name of ORGANIZATIONAL_UNITS) {
    const unit = await organizations.send(new CreateOrganizationalUnitCommand({ ParentId: rootId, Name: name }));
    unitIds.set(name, unit.OrganizationalUnit?.Id ?? '');
  }

  await organizations.send(
    new TagResourceCommand({ ResourceId: MANAGEMENT_ACCOUNT_ID, Tags: asTags({ Owner: 'cloud-platform' }) }),
  );
  const accounts: EstateAccount[] = [
    { id: MANAGEMENT_ACCOUNT_ID, name: MANAGEMENT_ACCOUNT, ou: 'Root', reachable: true },
  ];
  for (const { name, ou, reachable, tags } of MEMBER_ACCOUNTS) {
    const { CreateAccountStatus } = await organizations.send(
      new CreateAccountCommand({ AccountName: name, Email: `aws+${name}@example.com`, Tags: asTags(tags) }),
    );
    const id = CreateAccountStatus?.AccountId ?? '';
    await organizations.send(
      new MoveAccountCommand({ AccountId: id, SourceParentId: rootId, DestinationParentId: unitIds.get(ou) }),
    );
    accounts.push({ id, name, ou, reachable });
  }
  return { organizationId: Organization.Id, accounts };
}

function asTags(tags: Record<string, string>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
