/** Who owns what: the source of every resource's tags. Owners are teams. */
const APPLICATIONS = {
  checkout: { owner: 'payments-core', costCenter: 'CC-4101' },
  ledger: { owner: 'payments-core', costCenter: 'CC-4101' },
  payouts: { owner: 'payments-core', costCenter: 'CC-4101' },
  'fraud-scoring': { owner: 'risk-engineering', costCenter: 'CC-4102' },
  clickstream: { owner: 'data-engineering', costCenter: 'CC-5200' },
  warehouse: { owner: 'data-engineering', costCenter: 'CC-5200' },
  notebooks: { owner: 'data-science', costCenter: 'CC-5210' },
  storefront: { owner: 'shop-integration', costCenter: 'CC-6300' },
  'audit-logs': { owner: 'platform-security', costCenter: 'CC-7000' },
  siem: { owner: 'platform-security', costCenter: 'CC-7000' },
  'landing-zone': { owner: 'cloud-platform', costCenter: 'CC-1000' },
} as const;

export type Application = keyof typeof APPLICATIONS;

const ENVIRONMENTS = {
  management: 'shared',
  'payments-prod': 'production',
  'payments-dev': 'development',
  'data-platform': 'production',
  'acquired-shop': 'production',
  'log-archive': 'shared',
  'security-tooling': 'shared',
} as const;

/** The tags of a resource as a map. */
export function tagMap(application: Application, account: keyof typeof ENVIRONMENTS): Record<string, string> {
  const { owner, costCenter } = APPLICATIONS[application];
  return { Application: application, Environment: ENVIRONMENTS[account], Owner: owner, CostCenter: costCenter };
}

/** The tags of a resource as most services want them; `extra` wins over the common ones. */
export function tagList(
  application: Application,
  account: keyof typeof ENVIRONMENTS,
  extra: Record<string, string> = {},
): { Key: string; Value: string }[] {
  return Object.entries({ ...tagMap(application, account), ...extra }).map(([Key, Value]) => ({ Key, Value }));
}
