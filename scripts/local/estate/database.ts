import {
  CreateDBClusterCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  CreateDBSubnetGroupCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { type Application, tagList } from './applications.ts';
import { type Networks, vpcNamed } from './network.ts';
import { groupNamed, type SecurityGroups } from './security-groups.ts';
import { repeated, type Seeder } from './seeder.ts';

interface Database {
  id: string;
  vpc: string;
  tier: string;
  group: string;
  application: Application;
  engine: string;
  version: string;
  size: string;
  faults?: readonly ('unencrypted' | 'public' | 'no-backups')[];
}

interface DatabaseCluster {
  id: string;
  vpc: string;
  group: string;
  application: Application;
  engine: string;
  version: string;
  encrypted: boolean;
  /** Instance class of each member; the first one is the writer. */
  members: readonly string[];
}

const POSTGRES = { engine: 'postgres', version: '16.4' } as const;
const MYSQL = { engine: 'mysql', version: '8.0.39' } as const;

const DATABASES: readonly Database[] = [
  database('ledger-primary', 'payments-main', 'data', 'ledger-db', 'ledger', POSTGRES, 'db.r6g.2xlarge'),
  database('ledger-reporting', 'payments-main', 'data', 'ledger-db', 'ledger', POSTGRES, 'db.r6g.xlarge'),
  database('checkout-sessions', 'payments-main', 'data', 'ledger-db', 'checkout', MYSQL, 'db.t4g.large'),
  database('payouts', 'payments-eu', 'data', 'payouts-db', 'payouts', MYSQL, 'db.r6g.large'),
  database('dev-ledger', 'payments-dev', 'private', 'dev-db', 'ledger', POSTGRES, 'db.t4g.medium'),
  {
    ...database('dev-ledger-copy', 'payments-dev', 'public', 'migration-temp', 'ledger', POSTGRES, 'db.t3.medium'),
    faults: ['unencrypted', 'public', 'no-backups'],
  },
  {
    ...database('dev-checkout', 'payments-dev', 'private', 'dev-db', 'checkout', MYSQL, 'db.t4g.micro'),
    faults: ['no-backups'],
  },
  database('warehouse-metadata', 'data-main', 'data', 'warehouse-db', 'warehouse', POSTGRES, 'db.m6g.large'),
  {
    ...database('notebooks-tracking', 'data-main', 'data', 'warehouse-db', 'notebooks', POSTGRES, 'db.t4g.small'),
    faults: ['unencrypted'],
  },
  database('clicks-dimension', 'data-frankfurt', 'data', 'collector', 'clickstream', POSTGRES, 'db.t4g.large'),
  { ...database('shop', 'shop', 'public', 'shop-all', 'storefront', MYSQL, 'db.t2.medium'), faults: ['public'] },
];

const CLUSTERS: readonly DatabaseCluster[] = [
  {
    id: 'checkout-orders',
    vpc: 'payments-main',
    group: 'ledger-db',
    application: 'checkout',
    engine: 'aurora-postgresql',
    version: '16.4',
    encrypted: true,
    members: ['db.r6g.xlarge', 'db.r6g.xlarge'],
  },
  {
    id: 'warehouse-catalog',
    vpc: 'data-main',
    group: 'warehouse-db',
    application: 'warehouse',
    engine: 'aurora-mysql',
    version: '8.0.mysql_aurora.3.07.1',
    encrypted: false,
    members: ['db.r6g.large'],
  },
  {
    id: 'clicks-graph',
    vpc: 'data-frankfurt',
    group: 'collector',
    application: 'clickstream',
    engine: 'neptune',
    version: '1.3.2.1',
    encrypted: true,
    members: [],
  },
];

function database(
  id: string,
  vpc: string,
  tier: string,
  group: string,
  application: Application,
  engine: { engine: string; version: string },
  size: string,
): Database {
  return { id, vpc, tier, group, application, ...engine, size };
}

/** RDS instances, Aurora and Neptune clusters with their members, and one manual snapshot of each encrypted one. */
export async function seedDatabases(seeder: Seeder, networks: Networks, groups: SecurityGroups): Promise<void> {
  for (const name of new Set([...DATABASES, ...CLUSTERS].map(({ vpc }) => vpc))) {
    await seedSubnetGroup(seeder, networks, name);
  }
  for (const plan of DATABASES) {
    for (const id of repeated(plan.id, seeder.scale)) await seedDatabase(seeder, networks, groups, { ...plan, id });
  }
  for (const plan of CLUSTERS) await seedCluster(seeder, networks, groups, plan);
}

async function seedSubnetGroup(seeder: Seeder, networks: Networks, name: string): Promise<void> {
  const { account, region, subnets } = vpcNamed(networks, name);
  await seeder
    .in(account, region)
    .client(RDSClient)
    .send(
      new CreateDBSubnetGroupCommand({
        DBSubnetGroupName: name,
        DBSubnetGroupDescription: `Databases in ${name}`,
        SubnetIds: subnets.data ?? subnets.private ?? subnets.public ?? [],
      }),
    );
}

async function seedDatabase(seeder: Seeder, networks: Networks, groups: SecurityGroups, plan: Database) {
  const { account, region } = vpcNamed(networks, plan.vpc);
  const rds = seeder.in(account, region).client(RDSClient);
  const faults = plan.faults ?? [];
  const encrypted = !faults.includes('unencrypted');
  const Tags = tagList(plan.application, account);
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: plan.id,
      Engine: plan.engine,
      EngineVersion: plan.version,
      DBInstanceClass: plan.size,
      AllocatedStorage: 200,
      StorageType: 'gp3',
      MasterUsername: 'master',
      ManageMasterUserPassword: true,
      DBSubnetGroupName: plan.vpc,
      VpcSecurityGroupIds: [groupNamed(groups, plan.group)],
      StorageEncrypted: encrypted,
      PubliclyAccessible: faults.includes('public'),
      BackupRetentionPeriod: faults.includes('no-backups') ? 0 : 14,
      DeletionProtection: !account.endsWith('-dev'),
      MultiAZ: plan.tier === 'data',
      Tags,
    }),
  );
  seeder.made('rds:db');
  if (plan.tier !== 'data') return;
  await rds.send(
    new CreateDBSnapshotCommand({
      DBInstanceIdentifier: plan.id,
      DBSnapshotIdentifier: `${plan.id}-before-upgrade`,
      Tags,
    }),
  );
  seeder.made('rds:snapshot');
}

async function seedCluster(seeder: Seeder, networks: Networks, groups: SecurityGroups, plan: DatabaseCluster) {
  const { account, region } = vpcNamed(networks, plan.vpc);
  const rds = seeder.in(account, region).client(RDSClient);
  const Tags = tagList(plan.application, account);
  await rds.send(
    new CreateDBClusterCommand({
      DBClusterIdentifier: plan.id,
      Engine: plan.engine,
      EngineVersion: plan.version,
      MasterUsername: 'master',
      ManageMasterUserPassword: true,
      DBSubnetGroupName: plan.vpc,
      VpcSecurityGroupIds: [groupNamed(groups, plan.group)],
      StorageEncrypted: plan.encrypted,
      BackupRetentionPeriod: 14,
      DeletionProtection: true,
      Tags,
    }),
  );
  seeder.made('rds:cluster');
  if (!plan.encrypted) {
    await rds.send(
      new CreateDBClusterSnapshotCommand({
        DBClusterIdentifier: plan.id,
        DBClusterSnapshotIdentifier: `${plan.id}-before-upgrade`,
        Tags,
      }),
    );
    seeder.made('rds:cluster-snapshot');
  }
  for (const [index, size] of plan.members.entries()) {
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: `${plan.id}-${index + 1}`,
        DBClusterIdentifier: plan.id,
        Engine: plan.engine,
        EngineVersion: plan.version,
        DBInstanceClass: size,
        PubliclyAccessible: false,
        Tags,
      }),
    );
    seeder.made('rds:db');
  }
}
