import { Unread } from '../../../../shared/security/control.ts';
import { rds } from '../../../../shared/security/controls/rds.ts';
import type { DbCluster, DbInstance, DbProxy } from '../../../../shared/security/resources/rds.ts';
import type { DbSnapshot } from '../../../../shared/security/resources/rds-snapshots.ts';
import { type ControlCases, testControls } from '../../../support/control-cases.ts';

const denied = new Unread('access_denied');

const instance = (more: Partial<DbInstance> = {}): DbInstance => ({
  type: 'AWS::RDS::DBInstance',
  id: 'ledger',
  Engine: 'postgres',
  DBClusterIdentifier: undefined,
  StorageEncrypted: true,
  PubliclyAccessible: false,
  KeyManager: 'CUSTOMER',
  TlsParameter: '1',
  ...more,
});
const cluster = (type: string, more: Partial<DbCluster> = {}): DbCluster => ({
  type,
  id: 'orders',
  StorageEncrypted: true,
  KeyManager: 'CUSTOMER',
  ...more,
});
const snapshot = (more: Partial<DbSnapshot> = {}): DbSnapshot => ({
  type: 'AWS::RDS::DBSnapshot',
  id: 'ledger-1',
  Encrypted: true,
  RestorableByAll: false,
  ...more,
});
const proxy = (RequireTLS: boolean | undefined): DbProxy => ({ type: 'AWS::RDS::DBProxy', id: 'p', RequireTLS });

function storage(type: string): ControlCases<DbCluster> {
  return {
    passing: cluster(type),
    failing: cluster(type, { StorageEncrypted: false }),
    undecidable: cluster(type, { StorageEncrypted: undefined }),
  };
}

function tls(Engine: string, other: string, more: ControlCases<DbInstance>['more'] = []): ControlCases<DbInstance> {
  return {
    passing: instance({ Engine }),
    failing: instance({ Engine, TlsParameter: '0' }),
    undecidable: instance({ Engine, TlsParameter: denied }),
    more: [
      ['the group has no such parameter', instance({ Engine, TlsParameter: null }), 'fail'],
      [`is not about ${other}`, instance({ Engine: other, TlsParameter: '0' }), 'none'],
      ['is not about an engine that AWS did not say', instance({ Engine: undefined }), 'none'],
      ...more,
    ],
  };
}

testControls(rds, {
  'RDS.1': {
    passing: snapshot(),
    failing: snapshot({ RestorableByAll: true }),
    undecidable: snapshot({ RestorableByAll: denied }),
    more: [['of a cluster', snapshot({ type: 'AWS::RDS::DBClusterSnapshot', RestorableByAll: true }), 'fail']],
  },
  'RDS.2': {
    passing: instance(),
    failing: instance({ PubliclyAccessible: true }),
    undecidable: instance({ PubliclyAccessible: undefined }),
    more: [['a member of a cluster', instance({ DBClusterIdentifier: 'o', PubliclyAccessible: true }), 'fail']],
  },
  'RDS.3': {
    passing: instance(),
    failing: instance({ StorageEncrypted: false }),
    undecidable: instance({ StorageEncrypted: undefined }),
    more: [
      ['leaves a member to its cluster', instance({ DBClusterIdentifier: 'orders', StorageEncrypted: false }), 'none'],
    ],
  },
  'RDS.4': {
    passing: snapshot(),
    failing: snapshot({ Encrypted: false }),
    undecidable: snapshot({ Encrypted: undefined }),
  },
  'RDS.27': storage('AWS::RDS::DBCluster'),
  'Neptune.1': storage('AWS::Neptune::DBCluster'),
  'DocumentDB.1': storage('AWS::DocDB::DBCluster'),
  'RDS.38': tls('postgres', 'aurora-postgresql'),
  'RDS.39': tls('mysql', 'aurora-mysql', [['ON', instance({ Engine: 'mysql', TlsParameter: 'on' }), 'pass']]),
  'RDS.41': tls('sqlserver-se', 'postgres'),
  'RDS.44': tls('mariadb', 'mysql'),
  'RDS.43': { passing: proxy(true), failing: proxy(false), undecidable: proxy(undefined) },
  'OPS.RDS.1': {
    passing: instance(),
    failing: instance({ KeyManager: 'AWS' }),
    undecidable: instance({ KeyManager: denied }),
    more: [['of a cluster', cluster('AWS::Neptune::DBCluster', { KeyManager: 'AWS' }), 'info']],
  },
});
