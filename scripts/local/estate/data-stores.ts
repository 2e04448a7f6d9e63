import { CreateTableCommand, DynamoDBClient, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import { CreateFileSystemCommand, EFSClient } from '@aws-sdk/client-efs';
import {
  CreateCacheClusterCommand,
  CreateReplicationGroupCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { type Application, tagList } from './applications.ts';
import type { AccountName, EstateRegion } from './organization.ts';
import { repeated, type Seeder } from './seeder.ts';

type Place = readonly [account: AccountName, region: EstateRegion, application: Application];

/** Customer-managed keys, by the alias that the KMS-encrypted buckets name. */
const KEYS: readonly Place[] = [
  ['payments-prod', 'us-east-1', 'ledger'],
  ['payments-prod', 'eu-west-1', 'payouts'],
  ['data-platform', 'us-east-1', 'warehouse'],
  ['log-archive', 'us-east-1', 'audit-logs'],
  ['log-archive', 'eu-central-1', 'audit-logs'],
];

const TABLES: readonly { name: string; place: Place; customerKey: boolean; restorable: boolean }[] = [
  table('checkout-carts', ['payments-prod', 'us-east-1', 'checkout'], false, true),
  table('checkout-idempotency', ['payments-prod', 'us-east-1', 'checkout'], false, false),
  table('ledger-entries', ['payments-prod', 'us-east-1', 'ledger'], true, true),
  table('payout-batches', ['payments-prod', 'eu-west-1', 'payouts'], true, true),
  table('dev-carts', ['payments-dev', 'us-east-1', 'checkout'], false, false),
  table('click-sessions', ['data-platform', 'eu-central-1', 'clickstream'], false, true),
  table('pipeline-state', ['data-platform', 'us-east-1', 'warehouse'], false, true),
  table('siem-watermarks', ['security-tooling', 'us-east-1', 'siem'], false, true),
];

function table(name: string, place: Place, customerKey: boolean, restorable: boolean) {
  return { name, place, customerKey, restorable };
}

const FILE_SYSTEMS: readonly { name: string; place: Place; encrypted: boolean }[] = [
  { name: 'ledger-reports', place: ['payments-prod', 'us-east-1', 'ledger'], encrypted: true },
  { name: 'notebook-homes', place: ['data-platform', 'us-east-1', 'notebooks'], encrypted: false },
  { name: 'spark-shuffle', place: ['data-platform', 'us-east-1', 'warehouse'], encrypted: true },
];

const REPLICATION_GROUPS: readonly { id: string; place: Place; engine: string; encrypted: boolean }[] = [
  { id: 'checkout-cache', place: ['payments-prod', 'us-east-1', 'checkout'], engine: 'redis', encrypted: true },
  { id: 'dev-cache', place: ['payments-dev', 'us-east-1', 'checkout'], engine: 'redis', encrypted: false },
];

const MEMCACHED: Place = ['data-platform', 'eu-central-1', 'clickstream'];

/** Tables, file systems, caches and the keys that encrypt them. */
export async function seedDataStores(seeder: Seeder): Promise<void> {
  for (const [account, region, application] of KEYS) {
    const kms = seeder.in(account, region).client(KMSClient);
    const { KeyMetadata } = await kms.send(
      new CreateKeyCommand({
        Description: `${application} data`,
        Tags: tagList(application, account).map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })),
      }),
    );
    await kms.send(new CreateAliasCommand({ AliasName: `alias/${application}`, TargetKeyId: KeyMetadata?.KeyId }));
    seeder.made('kms:key');
  }
  await seedTables(seeder);
  for (const { name, place, encrypted } of FILE_SYSTEMS) {
    const [account, region, application] = place;
    await seeder
      .in(account, region)
      .client(EFSClient)
      .send(
        new CreateFileSystemCommand({
          CreationToken: name,
          Encrypted: encrypted,
          Tags: tagList(application, account, { Name: name }),
        }),
      );
    seeder.made('elasticfilesystem:file-system');
  }
  await seedCaches(seeder);
}

async function seedTables(seeder: Seeder): Promise<void> {
  for (const { name, place, customerKey, restorable } of TABLES) {
    const [account, region, application] = place;
    const dynamodb = seeder.in(account, region).client(DynamoDBClient);
    for (const TableName of repeated(name, seeder.scale)) {
      await dynamodb.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          DeletionProtectionEnabled: restorable,
          Tags: tagList(application, account),
          ...(customerKey
            ? { SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: `alias/${application}` } }
            : {}),
        }),
      );
      seeder.made('dynamodb:table');
      if (!restorable) continue;
      await dynamodb.send(
        new UpdateContinuousBackupsCommand({
          TableName,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      );
    }
  }
}

async function seedCaches(seeder: Seeder): Promise<void> {
  for (const { id, place, engine, encrypted } of REPLICATION_GROUPS) {
    const [account, region, application] = place;
    await seeder
      .in(account, region)
      .client(ElastiCacheClient)
      .send(
        new CreateReplicationGroupCommand({
          ReplicationGroupId: id,
          ReplicationGroupDescription: `${application} cache`,
          Engine: engine,
          EngineVersion: '7.1',
          CacheNodeType: 'cache.r7g.large',
          NumCacheClusters: 2,
          AtRestEncryptionEnabled: encrypted,
          TransitEncryptionEnabled: encrypted,
          Tags: tagList(application, account),
        }),
      );
    seeder.made('elasticache:replicationgroup');
  }
  const [account, region, application] = MEMCACHED;
  await seeder
    .in(account, region)
    .client(ElastiCacheClient)
    .send(
      new CreateCacheClusterCommand({
        CacheClusterId: 'click-lookup',
        Engine: 'memcached',
        CacheNodeType: 'cache.t4g.small',
        NumCacheNodes: 2,
        Tags: tagList(application, account),
      }),
    );
  seeder.made('elasticache:cluster');
}
