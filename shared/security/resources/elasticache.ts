import {
  type CacheCluster as AwsCacheCluster,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  DescribeServerlessCachesCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { allPages } from '../../all-pages.ts';
import { type Part, type Resource, Unread } from '../control.ts';
import { type KeyManager, keyManager } from '../kms.ts';
import type { Reading } from '../reading.ts';

/** The most that ElastiCache gives at once; of serverless caches 50. */
const MaxRecords = 100;

interface Cache extends Resource {
  readonly Engine: string | undefined;
  readonly AtRestEncryptionEnabled: boolean | undefined;
  readonly TransitEncryptionEnabled: boolean | undefined;
}

export interface ReplicationGroup extends Cache {
  readonly AuthTokenEnabled: boolean | undefined;
  /** Of its members, since the group does not say; null where none is listed. */
  readonly EngineVersion: Part<string | null>;
  readonly KeyManager: Part<KeyManager>;
}

/** A cluster that belongs to no replication group: every memcached one, and single nodes. */
export type CacheCluster = Cache;

export interface ServerlessCache extends Resource {
  readonly KeyManager: Part<KeyManager>;
}

/** The list of clusters, read once: it has the clusters without a group, and the versions of the groups' members. */
function listClusters(cell: Reading): Promise<AwsCacheCluster[]> {
  return cell.once('cache clusters', async () => {
    const elasticache = await cell.client(ElastiCacheClient);
    return allPages(async (Marker) => {
      const page = await elasticache.send(new DescribeCacheClustersCommand({ MaxRecords, Marker }));
      return { items: page.CacheClusters, next: page.Marker };
    });
  });
}

export async function readReplicationGroups(cell: Reading): Promise<ReplicationGroup[]> {
  const elasticache = await cell.client(ElastiCacheClient);
  const [groups, clusters] = await Promise.all([
    allPages(async (Marker) => {
      const page = await elasticache.send(new DescribeReplicationGroupsCommand({ MaxRecords, Marker }));
      return { items: page.ReplicationGroups, next: page.Marker };
    }),
    cell.part(() => listClusters(cell)),
  ]);
  return Promise.all(
    groups.map(async ({ ReplicationGroupId = '', ARN, KmsKeyId, ...group }) => {
      const member =
        clusters instanceof Unread
          ? undefined
          : clusters.find((cluster) => cluster.ReplicationGroupId === ReplicationGroupId);
      return {
        type: 'AWS::ElastiCache::ReplicationGroup',
        id: ReplicationGroupId,
        arn: ARN,
        Engine: group.Engine ?? member?.Engine,
        AtRestEncryptionEnabled: group.AtRestEncryptionEnabled,
        TransitEncryptionEnabled: group.TransitEncryptionEnabled,
        AuthTokenEnabled: group.AuthTokenEnabled,
        EngineVersion: clusters instanceof Unread ? clusters : (member?.EngineVersion ?? null),
        KeyManager: await keyManager(cell, group.AtRestEncryptionEnabled, KmsKeyId),
      };
    }),
  );
}

export async function readCacheClusters(cell: Reading): Promise<CacheCluster[]> {
  const clusters = await listClusters(cell);
  return clusters
    .filter(({ ReplicationGroupId }) => ReplicationGroupId === undefined)
    .map(({ CacheClusterId = '', ARN, Engine, AtRestEncryptionEnabled, TransitEncryptionEnabled }) => ({
      type: 'AWS::ElastiCache::CacheCluster',
      id: CacheClusterId,
      arn: ARN,
      Engine,
      AtRestEncryptionEnabled,
      TransitEncryptionEnabled,
    }));
}

export async function readServerlessCaches(cell: Reading): Promise<ServerlessCache[]> {
  const elasticache = await cell.client(ElastiCacheClient);
  const caches = await allPages(async (NextToken) => {
    const page = await elasticache.send(new DescribeServerlessCachesCommand({ MaxResults: 50, NextToken }));
    return { items: page.ServerlessCaches, next: page.NextToken };
  });
  return Promise.all(
    caches.map(async ({ ServerlessCacheName = '', ARN, KmsKeyId }) => ({
      type: 'AWS::ElastiCache::ServerlessCache',
      id: ServerlessCacheName,
      arn: ARN,
      KeyManager: await keyManager(cell, true, KmsKeyId),
    })),
  );
}
