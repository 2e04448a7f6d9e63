import { controlsOn, fail, info, pass, securityHub, unknown } from '../control.ts';
import {
  type CacheCluster,
  type ReplicationGroup,
  readCacheClusters,
  readReplicationGroups,
  readServerlessCaches,
} from '../resources/elasticache.ts';
import { checkedService } from '../service.ts';
import { customerKeyControl } from './customer-key.ts';

const group = controlsOn<ReplicationGroup>('elasticache', 'AWS::ElastiCache::ReplicationGroup');
const cluster = controlsOn<CacheCluster>('elasticache', 'AWS::ElastiCache::CacheCluster');

const REPLACE = 'Create an encrypted cache from a backup and move the clients over: it cannot be turned on later.';
const TURN_ON_TRANSIT = 'Modify the cache to encrypt in transit; older engine versions need a new cache.';
const DATA_PROTECTION = 'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/encryption.html';

/** A serverless cache is always encrypted, at rest and in transit: only its key is a choice. */
export const elasticache = checkedService(
  'elasticache',
  [
    { types: ['AWS::ElastiCache::ReplicationGroup'], read: readReplicationGroups },
    { types: ['AWS::ElastiCache::CacheCluster'], read: readCacheClusters },
    { types: ['AWS::ElastiCache::ServerlessCache'], read: readServerlessCaches },
  ],
  [
    group({
      id: 'ElastiCache.4',
      title: 'Replication groups are encrypted at rest',
      severity: 'MEDIUM',
      fields: ['AtRestEncryptionEnabled'],
      remediation: REPLACE,
      url: securityHub('elasticache', 'ElastiCache.4'),
      judge: ({ AtRestEncryptionEnabled: on }) => (on ? pass('encrypted') : fail('not encrypted at rest')),
    }),
    group({
      id: 'ElastiCache.5',
      title: 'Replication groups are encrypted in transit',
      severity: 'MEDIUM',
      fields: ['TransitEncryptionEnabled'],
      remediation: TURN_ON_TRANSIT,
      url: securityHub('elasticache', 'ElastiCache.5'),
      judge: ({ TransitEncryptionEnabled: on }) => (on ? pass('encrypted') : fail('not encrypted in transit')),
    }),
    group({
      id: 'ElastiCache.6',
      title: 'Replication groups before Redis OSS 6.0 ask for a password',
      severity: 'MEDIUM',
      when: ({ Engine }) => Engine !== 'valkey',
      fields: ['AuthTokenEnabled', 'EngineVersion'],
      remediation: 'Upgrade to 6.0 or later and use access control by user groups, or set an AUTH token.',
      url: securityHub('elasticache', 'ElastiCache.6'),
      judge: ({ AuthTokenEnabled, EngineVersion }) => {
        if (AuthTokenEnabled) return pass('AUTH token');
        if (EngineVersion === null) return unknown('engine version not listed');
        const major = Number.parseInt(EngineVersion, 10);
        return major >= 6 ? info('has access control by user groups') : fail(`no password on ${EngineVersion}`);
      },
    }),
    cluster({
      id: 'OPS.ELASTICACHE.1',
      title: 'Caches outside replication groups are encrypted at rest',
      severity: 'MEDIUM',
      fields: ['Engine', 'AtRestEncryptionEnabled'],
      remediation: REPLACE,
      url: DATA_PROTECTION,
      judge: ({ Engine, AtRestEncryptionEnabled: on }) => {
        if (Engine === 'memcached') return info('memcached keeps nothing on disk');
        return on ? pass('encrypted') : fail('not encrypted at rest');
      },
    }),
    cluster({
      id: 'OPS.ELASTICACHE.2',
      title: 'Caches outside replication groups are encrypted in transit',
      severity: 'MEDIUM',
      fields: ['TransitEncryptionEnabled'],
      remediation: TURN_ON_TRANSIT,
      url: DATA_PROTECTION,
      judge: ({ TransitEncryptionEnabled: on }) => (on ? pass('encrypted') : fail('not encrypted in transit')),
    }),
    customerKeyControl(
      'elasticache',
      'OPS.ELASTICACHE.3',
      'Cache',
      'AWS::ElastiCache::ReplicationGroup',
      'AWS::ElastiCache::ServerlessCache',
    ),
  ],
);
