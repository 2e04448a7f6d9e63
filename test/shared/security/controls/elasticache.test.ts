import { Unread } from '../../../../shared/security/control.ts';
import { elasticache } from '../../../../shared/security/controls/elasticache.ts';
import type { CacheCluster, ReplicationGroup } from '../../../../shared/security/resources/elasticache.ts';
import { testControls } from '../../../support/control-cases.ts';

const denied = new Unread('access_denied');

const group = (more: Partial<ReplicationGroup> = {}): ReplicationGroup => ({
  type: 'AWS::ElastiCache::ReplicationGroup',
  id: 'carts',
  Engine: 'redis',
  EngineVersion: '7.1.0',
  AtRestEncryptionEnabled: true,
  TransitEncryptionEnabled: true,
  AuthTokenEnabled: true,
  KeyManager: 'CUSTOMER',
  ...more,
});
const cluster = (more: Partial<CacheCluster> = {}): CacheCluster => ({
  type: 'AWS::ElastiCache::CacheCluster',
  id: 'lookup',
  Engine: 'valkey',
  AtRestEncryptionEnabled: true,
  TransitEncryptionEnabled: true,
  ...more,
});

testControls(elasticache, {
  'ElastiCache.4': {
    passing: group(),
    failing: group({ AtRestEncryptionEnabled: false }),
    undecidable: group({ AtRestEncryptionEnabled: undefined }),
    more: [['valkey like redis', group({ Engine: 'valkey', AtRestEncryptionEnabled: false }), 'fail']],
  },
  'ElastiCache.5': {
    passing: group(),
    failing: group({ TransitEncryptionEnabled: false }),
    undecidable: group({ TransitEncryptionEnabled: undefined }),
    more: [['valkey like redis', group({ Engine: 'valkey', TransitEncryptionEnabled: false }), 'fail']],
  },
  'ElastiCache.6': {
    passing: group({ EngineVersion: '5.0.6' }),
    failing: group({ EngineVersion: '5.0.6', AuthTokenEnabled: false }),
    undecidable: group({ EngineVersion: denied }),
    more: [
      ['from 6.0 on there are user groups', group({ EngineVersion: '6.0', AuthTokenEnabled: false }), 'info'],
      ['no member listed', group({ EngineVersion: null, AuthTokenEnabled: false }), 'unknown'],
      ['is not about valkey', group({ Engine: 'valkey', AuthTokenEnabled: false }), 'none'],
    ],
  },
  'OPS.ELASTICACHE.1': {
    passing: cluster(),
    failing: cluster({ AtRestEncryptionEnabled: false }),
    undecidable: cluster({ AtRestEncryptionEnabled: undefined }),
    more: [['memcached', cluster({ Engine: 'memcached', AtRestEncryptionEnabled: false }), 'info']],
  },
  'OPS.ELASTICACHE.2': {
    passing: cluster(),
    failing: cluster({ Engine: 'memcached', TransitEncryptionEnabled: false }),
    undecidable: cluster({ TransitEncryptionEnabled: undefined }),
  },
  'OPS.ELASTICACHE.3': {
    passing: group(),
    failing: group({ KeyManager: 'AWS_OWNED' }),
    undecidable: group({ KeyManager: denied }),
  },
});
