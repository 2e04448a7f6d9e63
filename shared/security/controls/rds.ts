import { controlsOn, fail, pass, securityHub } from '../control.ts';
import {
  type DbCluster,
  type DbInstance,
  type DbProxy,
  readDbClusters,
  readDbInstances,
  readDbProxies,
} from '../resources/rds.ts';
import { type DbSnapshot, readDbClusterSnapshots, readDbSnapshots } from '../resources/rds-snapshots.ts';
import { checkedService } from '../service.ts';
import { customerKeyControl } from './customer-key.ts';

const instance = controlsOn<DbInstance>('rds', 'AWS::RDS::DBInstance');
const proxy = controlsOn<DbProxy>('rds', 'AWS::RDS::DBProxy');
const snapshot = controlsOn<DbSnapshot>('rds', 'AWS::RDS::DBSnapshot', 'AWS::RDS::DBClusterSnapshot');

const RESTORE_ENCRYPTED = 'Copy a snapshot with encryption, restore it and move the clients over.';

/** Storage in clear, for each kind of cluster that RDS's API lists. */
const clusterControls = (
  [
    ['RDS.27', 'rds', 'RDS', 'AWS::RDS::DBCluster'],
    ['Neptune.1', 'neptune', 'Neptune', 'AWS::Neptune::DBCluster'],
    ['DocumentDB.1', 'documentdb', 'DocumentDB', 'AWS::DocDB::DBCluster'],
  ] as const
).map(([id, page, product, type]) =>
  controlsOn<DbCluster>(
    'rds',
    type,
  )({
    id,
    title: `${product} clusters are encrypted at rest`,
    severity: 'MEDIUM',
    fields: ['StorageEncrypted'],
    remediation: RESTORE_ENCRYPTED,
    url: securityHub(page, id),
    judge: ({ StorageEncrypted }) => (StorageEncrypted ? pass('encrypted') : fail('not encrypted')),
  }),
);

/** TLS required of the clients, by the engine's own parameter. */
const tlsControls = (
  [
    ['RDS.38', 'PostgreSQL', /^postgres$/],
    ['RDS.39', 'MySQL', /^mysql$/],
    ['RDS.41', 'SQL Server', /^sqlserver-/],
    ['RDS.44', 'MariaDB', /^mariadb$/],
  ] as const
).map(([id, product, engine]) =>
  instance({
    id,
    title: `${product} instances require TLS`,
    severity: 'MEDIUM',
    when: ({ Engine = '' }) => engine.test(Engine),
    fields: ['TlsParameter'],
    remediation: `Set ${product === 'PostgreSQL' || product === 'SQL Server' ? 'rds.force_ssl' : 'require_secure_transport'} to 1 in a parameter group of the instance's own.`,
    url: securityHub('rds', id),
    judge: ({ TlsParameter: value }) =>
      value === '1' || value?.toUpperCase() === 'ON' ? pass('required') : fail('accepts connections without TLS'),
  }),
);

export const rds = checkedService(
  'rds',
  [
    { types: ['AWS::RDS::DBInstance'], read: readDbInstances },
    { types: ['AWS::RDS::DBCluster', 'AWS::Neptune::DBCluster', 'AWS::DocDB::DBCluster'], read: readDbClusters },
    { types: ['AWS::RDS::DBSnapshot'], read: readDbSnapshots },
    { types: ['AWS::RDS::DBClusterSnapshot'], read: readDbClusterSnapshots },
    { types: ['AWS::RDS::DBProxy'], read: readDbProxies },
  ],
  [
    snapshot({
      id: 'RDS.1',
      title: 'RDS snapshots cannot be restored by everyone',
      severity: 'CRITICAL',
      fields: ['RestorableByAll'],
      remediation: 'Remove all from the accounts that may restore the snapshot.',
      url: securityHub('rds', 'RDS.1'),
      judge: ({ RestorableByAll }) => (RestorableByAll ? fail('everyone may restore it') : pass('not public')),
    }),
    instance({
      id: 'RDS.2',
      title: 'RDS instances have no public address',
      severity: 'CRITICAL',
      fields: ['PubliclyAccessible'],
      remediation: 'Modify the instance to be not publicly accessible.',
      url: securityHub('rds', 'RDS.2'),
      judge: ({ PubliclyAccessible }) => (PubliclyAccessible ? fail('publicly accessible') : pass('private')),
    }),
    // The storage of a cluster's members is the cluster's: RDS.27, Neptune.1, DocumentDB.1.
    instance({
      id: 'RDS.3',
      title: 'RDS instances are encrypted at rest',
      severity: 'MEDIUM',
      when: ({ DBClusterIdentifier }) => DBClusterIdentifier === undefined,
      fields: ['StorageEncrypted'],
      remediation: RESTORE_ENCRYPTED,
      url: securityHub('rds', 'RDS.3'),
      judge: ({ StorageEncrypted }) => (StorageEncrypted ? pass('encrypted') : fail('not encrypted')),
    }),
    snapshot({
      id: 'RDS.4',
      title: 'RDS snapshots are encrypted at rest',
      severity: 'MEDIUM',
      fields: ['Encrypted'],
      remediation: 'Copy the snapshot with encryption and delete the original.',
      url: securityHub('rds', 'RDS.4'),
      judge: ({ Encrypted }) => (Encrypted ? pass('encrypted') : fail('not encrypted')),
    }),
    ...clusterControls,
    ...tlsControls,
    proxy({
      id: 'RDS.43',
      title: 'RDS proxies require TLS',
      severity: 'MEDIUM',
      fields: ['RequireTLS'],
      remediation: 'Modify the proxy to require TLS.',
      url: securityHub('rds', 'RDS.43'),
      judge: ({ RequireTLS }) => (RequireTLS ? pass('required') : fail('accepts connections without TLS')),
    }),
    customerKeyControl(
      'rds',
      'OPS.RDS.1',
      'Database storage',
      'AWS::RDS::DBInstance',
      'AWS::RDS::DBCluster',
      'AWS::Neptune::DBCluster',
      'AWS::DocDB::DBCluster',
    ),
  ],
);
