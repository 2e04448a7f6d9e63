import { seedApis } from './apis.ts';
import { seedCompute } from './compute.ts';
import { seedContainers } from './containers.ts';
import { seedDataStores } from './data-stores.ts';
import { seedDatabases } from './database.ts';
import { removeDefaultVpcs } from './default-vpcs.ts';
import { seedDistributions, seedPortalDistribution } from './distributions.ts';
import { seedFunctions } from './functions.ts';
import { seedKubernetes } from './kubernetes.ts';
import { seedLoadBalancers } from './load-balancers.ts';
import { seedMonitoring } from './monitoring.ts';
import { seedNetworks } from './network.ts';
import { seedNetworkFaults } from './network-faults.ts';
import {
  DISABLED_REGION,
  type EstateAccount,
  HUB_ACCOUNT,
  MANAGEMENT_ACCOUNT_ID,
  REGIONS,
  seedOrganization,
} from './organization.ts';
import { type PlantedFault, plantedFaults } from './planted-faults.ts';
import { EXTERNAL_ID, type PolicyDocument, seedRoles, TARGET_ROLE_NAME } from './roles.ts';
import { seedSecurityServices } from './security.ts';
import { seedSecurityGroups } from './security-groups.ts';
import { createSeeder } from './seeder.ts';
import { callMoto, seedingClients } from './seeding-client.ts';
import { seedStorage } from './storage.ts';

export interface Estate {
  managementAccountId: string;
  /** The account that the tools run in. */
  hubAccountId: string;
  organizationId: string;
  accounts: EstateAccount[];
  regions: string[];
  /** Configured, but not enabled in any account. */
  disabledRegion: string;
  /** The role that the tools assume in each account. */
  roleName: string;
  externalId: string;
  plantedFaults: readonly PlantedFault[];
  /** How many resources were made, by kind. */
  counts: Record<string, number>;
}

export interface SeedOptions {
  /** Multiplies the repeatable resources (instances, buckets, functions, alarms …), for tests of answer sizes. */
  scale?: number;
  onProgress?: (message: string) => void;
  /** Replaces the wide read-only policy of the target roles. */
  targetRolePolicy?: PolicyDocument;
}

/**
 * Fills a fresh moto with the demo organization. Everything is made in one fixed order and one at a time, so that
 * moto's seeded random numbers give the same account ids and resource ids in every run.
 */
export async function seedEstate(motoUrl: string, options: SeedOptions = {}): Promise<Estate> {
  const { scale = 1, onProgress = () => {} } = options;
  const clients = seedingClients(motoUrl);
  try {
    await callMoto(motoUrl, '/moto-api/seed?a=42');
    // Without Docker, and before the first function: moto's two Lambda backends do not share their functions.
    await callMoto(motoUrl, '/moto-api/config', { lambda: { use_docker: false } });

    const { organizationId, accounts } = await seedOrganization(clients);
    const seeder = createSeeder(clients, accounts, scale);
    onProgress(`organization ${organizationId} with ${accounts.length} accounts`);

    await seedRoles(seeder, accounts, options.targetRolePolicy);
    await removeDefaultVpcs(seeder);
    const networks = await seedNetworks(seeder);
    const groups = await seedSecurityGroups(seeder, networks);
    onProgress('roles, VPCs and security groups');
    const instances = await seedCompute(seeder, networks, groups);
    onProgress('instances and volumes');
    await seedStorage(seeder);
    onProgress('buckets');
    await seedDatabases(seeder, networks, groups);
    await seedDataStores(seeder);
    onProgress('databases, tables, file systems and caches');
    await seedFunctions(seeder, networks, groups);
    onProgress('functions');
    await seedContainers(seeder, networks, groups);
    await seedKubernetes(seeder, networks, groups);
    onProgress('ECS and EKS clusters');
    const loadBalancers = await seedLoadBalancers(seeder, networks, groups, instances);
    await seedApis(seeder);
    await seedDistributions(seeder);
    onProgress('load balancers, APIs and distributions');
    await seedMonitoring(seeder, { instances, loadBalancers });
    onProgress('alarms and metric data');
    await seedSecurityServices(seeder, motoUrl);
    onProgress('security services');
    await seedNetworkFaults(seeder, networks, groups);
    await seedPortalDistribution(seeder);
    onProgress('network ACLs, prefix lists and domain names');

    return {
      managementAccountId: MANAGEMENT_ACCOUNT_ID,
      hubAccountId: seeder.accountId(HUB_ACCOUNT),
      organizationId,
      accounts,
      regions: [...REGIONS],
      disabledRegion: DISABLED_REGION,
      roleName: TARGET_ROLE_NAME,
      externalId: EXTERNAL_ID,
      plantedFaults,
      counts: Object.fromEntries(seeder.counts),
    };
  } finally {
    clients.close();
  }
}
