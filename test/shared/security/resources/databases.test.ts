import {
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  DescribeServerlessCachesCommand,
} from '@aws-sdk/client-elasticache';
import {
  DescribeDBClusterSnapshotAttributesCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBParametersCommand,
  DescribeDBProxiesCommand,
  DescribeDBSnapshotAttributesCommand,
  DescribeDBSnapshotsCommand,
} from '@aws-sdk/client-rds';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  askStorage,
  checksOf,
  detailOf,
  elasticache,
  givenKeys,
  inputsOf,
  issuesOf,
  rds,
  useEmptyAws,
} from '../../../support/checked-estate.ts';
import { failing } from '../../../support/mock-aws.ts';

const instance = (DBInstanceIdentifier: string, Engine?: string, group?: string, more: object = {}) => ({
  DBInstanceIdentifier,
  Engine,
  DBParameterGroups: group === undefined ? [] : [{ DBParameterGroupName: group }],
  PubliclyAccessible: false,
  StorageEncrypted: true,
  KmsKeyId: 'ours',
  ...more,
});

describe('CheckStorageEncryption on RDS', () => {
  useEmptyAws();
  beforeEach(givenKeys);

  it('asks for the one parameter by which the engine requires TLS, once for each group', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({
      DBInstances: [
        instance('postgres', 'postgres', 'pg-shut'),
        instance('postgres-too', 'postgres', 'pg-shut'),
        instance('postgres-open', 'postgres', 'pg-open'),
        instance('postgres-unset', 'postgres', 'pg-unset'),
        instance('postgres-denied', 'postgres', 'pg-denied'),
        instance('postgres-bare', 'postgres'),
        instance('sqlserver', 'sqlserver-ex', 'sql'),
        instance('mysql', 'mysql', 'my'),
        instance('mariadb', 'mariadb', 'maria'),
        instance('oracle', 'oracle-ee', 'ora'),
        instance('unsaid', undefined, 'some'),
      ],
    });
    rds.on(DescribeDBParametersCommand).callsFake(({ DBParameterGroupName: group, Filters, Marker }) => {
      if (group === 'pg-denied') throw failing('AccessDenied');
      if (Marker === undefined) return { Parameters: [{ ParameterName: 'a', ParameterValue: '1' }], Marker: 'page-2' };
      const ParameterValue = { 'pg-open': '0', my: 'ON' }[group as string] ?? '1';
      const [ParameterName] = Filters[0].Values;
      return { Parameters: group === 'pg-unset' ? [] : [{ ParameterName, ParameterValue }] };
    });
    const answer = await askStorage('rds');
    const OPEN = 'accepts connections without TLS';
    expect(checksOf(answer, 'postgres')).toMatchObject({ 'RDS.38': 'pass' });
    expect(checksOf(answer, 'postgres-too')).toMatchObject({ 'RDS.38': 'pass' });
    expect(issuesOf(answer, 'postgres-open')).toEqual([`RDS.38: ${OPEN}`]);
    expect(issuesOf(answer, 'postgres-unset')).toEqual([`RDS.38: ${OPEN}`]);
    expect(issuesOf(answer, 'postgres-denied')).toEqual(['RDS.38: TlsParameter not read: access_denied']);
    expect(issuesOf(answer, 'postgres-bare')).toEqual(['RDS.38: AWS did not say TlsParameter']);
    expect(checksOf(answer, 'sqlserver')).toMatchObject({ 'RDS.41': 'pass' });
    expect(checksOf(answer, 'mysql')).toMatchObject({ 'RDS.39': 'pass' });
    expect(checksOf(answer, 'mariadb')).toMatchObject({ 'RDS.44': 'pass' });
    for (const id of ['oracle', 'unsaid'])
      expect(Object.keys(checksOf(answer, id) ?? {}).sort()).toEqual(['OPS.RDS.1', 'RDS.2', 'RDS.3']);
    const asked = (DBParameterGroupName: string, name: string) => {
      const first = { DBParameterGroupName, Filters: [{ Name: 'parameter-name', Values: [name] }] };
      return [first, { ...first, Marker: 'page-2' }];
    };
    const inputs = inputsOf(rds, DescribeDBParametersCommand);
    expect(inputs).toHaveLength(13);
    expect(inputs).toEqual(
      expect.arrayContaining([
        ...['pg-shut', 'pg-open', 'pg-unset', 'sql'].flatMap((group) => asked(group, 'rds.force_ssl')),
        ...['my', 'maria'].flatMap((group) => asked(group, 'require_secure_transport')),
        asked('pg-denied', 'rds.force_ssl')[0],
      ]),
    );
  });

  it('reads of an instance its storage, its key and its address, and leaves a member’s storage to the cluster', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({
      DBInstances: [
        instance('alone', 'oracle-ee'),
        instance('open', 'oracle-ee', undefined, { PubliclyAccessible: true, StorageEncrypted: false }),
        instance('member', 'aurora-mysql', undefined, { DBClusterIdentifier: 'orders', KmsKeyId: 'theirs' }),
      ],
    });
    const answer = await askStorage('rds');
    expect(checksOf(answer, 'alone')).toEqual({ 'RDS.2': 'pass', 'RDS.3': 'pass', 'OPS.RDS.1': 'pass' });
    expect(checksOf(answer, 'open')).toEqual({ 'RDS.2': 'fail', 'RDS.3': 'fail', 'OPS.RDS.1': 'info' });
    expect(checksOf(answer, 'member')).toEqual({ 'RDS.2': 'pass', 'OPS.RDS.1': 'info' });
  });

  it('tells the clusters of Neptune and DocumentDB from those of RDS', async () => {
    const of = { StorageEncrypted: true, KmsKeyId: 'ours' };
    rds.on(DescribeDBClustersCommand).resolves({
      DBClusters: [
        { DBClusterIdentifier: 'aurora', Engine: 'aurora-postgresql', ...of },
        { DBClusterIdentifier: 'graph', Engine: 'neptune', ...of },
        { DBClusterIdentifier: 'documents', Engine: 'docdb', ...of },
        { DBClusterIdentifier: 'unsaid', StorageEncrypted: false },
      ],
    });
    const answer = await askStorage('rds');
    expect(['aurora', 'graph', 'documents', 'unsaid'].map((id) => checksOf(answer, id))).toEqual([
      { 'RDS.27': 'pass', 'OPS.RDS.1': 'pass' },
      { 'Neptune.1': 'pass', 'OPS.RDS.1': 'pass' },
      { 'DocumentDB.1': 'pass', 'OPS.RDS.1': 'pass' },
      { 'RDS.27': 'fail', 'OPS.RDS.1': 'info' },
    ]);
    expect(detailOf(answer, 'graph').type).toBe('AWS::Neptune::DBCluster');
    expect(detailOf(answer, 'documents').type).toBe('AWS::DocDB::DBCluster');
  });

  it('reads whether a proxy requires TLS', async () => {
    rds.on(DescribeDBProxiesCommand).resolves({
      DBProxies: [
        { DBProxyName: 'shut', RequireTLS: true },
        { DBProxyName: 'open', RequireTLS: false },
      ],
    });
    const answer = await askStorage('rds');
    expect([checksOf(answer, 'shut'), checksOf(answer, 'open')]).toEqual([{ 'RDS.43': 'pass' }, { 'RDS.43': 'fail' }]);
  });

  /** Snapshots by ID, and what each lets everybody do. */
  const attributes: Readonly<Record<string, object[] | undefined>> = {
    public: [
      { AttributeName: 'other', AttributeValues: [] },
      { AttributeName: 'restore', AttributeValues: ['222222222222', 'all'] },
    ],
    shared: [
      { AttributeName: 'restore', AttributeValues: ['222222222222'] },
      { AttributeName: 'other', AttributeValues: ['all'] },
    ],
    unshared: [{ AttributeName: 'restore' }],
    bare: [],
    silent: undefined,
  };
  const manual = Object.keys({ ...attributes, denied: [] });
  const attributesOf = (id: string) => {
    if (id === 'denied') throw failing('AccessDenied');
    return attributes[id];
  };

  it.each([
    [
      'an instance',
      DescribeDBSnapshotsCommand,
      (id: string, Encrypted: boolean, SnapshotType?: string) => ({
        DBSnapshotIdentifier: id,
        Encrypted,
        SnapshotType,
      }),
      'DBSnapshot',
      DescribeDBSnapshotAttributesCommand,
    ],
    [
      'a cluster',
      DescribeDBClusterSnapshotsCommand,
      (id: string, StorageEncrypted: boolean, SnapshotType?: string) => ({
        DBClusterSnapshotIdentifier: id,
        StorageEncrypted,
        SnapshotType,
      }),
      'DBClusterSnapshot',
      DescribeDBClusterSnapshotAttributesCommand,
    ],
  ])(
    'asks who may restore a snapshot of %s only where it could be everyone',
    async (_what, list, of, kind, command) => {
      (rds as unknown as { on: (command: unknown) => { resolves: (answer: object) => void } }).on(list).resolves({
        [`${kind}s`]: [
          ...manual.map((id) => of(id, false, 'manual')),
          of('encrypted', true, 'manual'),
          of('automated', false, 'automated'),
          of('unsaid', false),
        ],
      });
      rds.on(command as typeof DescribeDBSnapshotAttributesCommand).callsFake((input: Record<string, string>) => ({
        [`${kind}AttributesResult`]: { [`${kind}Attributes`]: attributesOf(input[`${kind}Identifier`] as string) },
      }));
      const answer = await askStorage('rds');
      expect(Object.fromEntries(answer.resource_details.map(({ id, checks }) => [id, checks]))).toEqual({
        public: { 'RDS.1': 'fail', 'RDS.4': 'fail' },
        shared: { 'RDS.1': 'pass', 'RDS.4': 'fail' },
        unshared: { 'RDS.1': 'pass', 'RDS.4': 'fail' },
        bare: { 'RDS.1': 'pass', 'RDS.4': 'fail' },
        silent: { 'RDS.1': 'unknown', 'RDS.4': 'fail' },
        denied: { 'RDS.1': 'unknown', 'RDS.4': 'fail' },
        encrypted: { 'RDS.1': 'pass', 'RDS.4': 'pass' },
        automated: { 'RDS.1': 'pass', 'RDS.4': 'fail' },
        unsaid: { 'RDS.1': 'pass', 'RDS.4': 'fail' },
      });
      expect(issuesOf(answer, 'denied')).toContain('RDS.1: RestorableByAll not read: access_denied');
      expect(inputsOf(rds, command)).toEqual(manual.map((id) => ({ [`${kind}Identifier`]: id })));
    },
  );
});

describe('CheckStorageEncryption on ElastiCache', () => {
  useEmptyAws();
  beforeEach(givenKeys);

  it('reads the clusters once: for those without a group, and for the engine of each group', async () => {
    const group = (ReplicationGroupId: string, more: object = {}) => ({
      ReplicationGroupId,
      AtRestEncryptionEnabled: true,
      TransitEncryptionEnabled: true,
      AuthTokenEnabled: false,
      KmsKeyId: 'ours',
      ...more,
    });
    const member = (ReplicationGroupId: string, Engine: string, EngineVersion: string) => ({
      CacheClusterId: `${ReplicationGroupId}-001`,
      ReplicationGroupId,
      Engine,
      EngineVersion,
    });
    elasticache.on(DescribeReplicationGroupsCommand).resolves({
      ReplicationGroups: [
        group('old'),
        group('new'),
        group('valkey'),
        group('told', { Engine: 'valkey', TransitEncryptionEnabled: false }),
        group('empty', { AtRestEncryptionEnabled: false }),
        group('token', { AuthTokenEnabled: true, KmsKeyId: undefined }),
      ],
    });
    elasticache.on(DescribeCacheClustersCommand).resolves({
      CacheClusters: [
        member('old', 'redis', '5.0.6'),
        member('new', 'redis', '7.1'),
        member('valkey', 'valkey', '7.2'),
        member('told', 'redis', '5.0.6'),
        {
          CacheClusterId: 'pages',
          Engine: 'memcached',
          AtRestEncryptionEnabled: false,
          TransitEncryptionEnabled: true,
        },
        { CacheClusterId: 'single', Engine: 'redis', AtRestEncryptionEnabled: true, TransitEncryptionEnabled: false },
      ],
    });
    const answer = await askStorage('elasticache');
    expect(Object.fromEntries(answer.resource_details.map(({ id, checks }) => [id, checks]))).toEqual({
      old: { 'ElastiCache.4': 'pass', 'ElastiCache.5': 'pass', 'ElastiCache.6': 'fail', 'OPS.ELASTICACHE.3': 'pass' },
      new: { 'ElastiCache.4': 'pass', 'ElastiCache.5': 'pass', 'ElastiCache.6': 'info', 'OPS.ELASTICACHE.3': 'pass' },
      valkey: { 'ElastiCache.4': 'pass', 'ElastiCache.5': 'pass', 'OPS.ELASTICACHE.3': 'pass' },
      told: { 'ElastiCache.4': 'pass', 'ElastiCache.5': 'fail', 'OPS.ELASTICACHE.3': 'pass' },
      empty: {
        'ElastiCache.4': 'fail',
        'ElastiCache.5': 'pass',
        'ElastiCache.6': 'unknown',
        'OPS.ELASTICACHE.3': 'info',
      },
      token: { 'ElastiCache.4': 'pass', 'ElastiCache.5': 'pass', 'ElastiCache.6': 'pass', 'OPS.ELASTICACHE.3': 'info' },
      pages: { 'OPS.ELASTICACHE.1': 'info', 'OPS.ELASTICACHE.2': 'pass' },
      single: { 'OPS.ELASTICACHE.1': 'pass', 'OPS.ELASTICACHE.2': 'fail' },
    });
    expect(issuesOf(answer, 'old')).toEqual(['ElastiCache.6: no password on 5.0.6']);
    expect(issuesOf(answer, 'empty')).toContain('ElastiCache.6: engine version not listed');
    expect(inputsOf(elasticache, DescribeCacheClustersCommand)).toEqual([{ MaxRecords: 100 }]);
  });

  it('leaves open what only the clusters tell of a group where they are denied', async () => {
    elasticache.on(DescribeReplicationGroupsCommand).resolves({
      ReplicationGroups: [{ ReplicationGroupId: 'sessions', AtRestEncryptionEnabled: true, AuthTokenEnabled: false }],
    });
    elasticache.on(DescribeCacheClustersCommand).rejects(failing('AccessDenied'));
    const answer = await askStorage('elasticache');
    expect(issuesOf(answer, 'sessions')).toContain('ElastiCache.6: EngineVersion not read: access_denied');
    expect(checksOf(answer, 'sessions')).toMatchObject({ 'ElastiCache.4': 'pass' });
    expect(detailOf(answer, '*')).toMatchObject({ type: 'AWS::ElastiCache::CacheCluster', state: 'unknown' });
  });

  it('reads whose key a serverless cache has', async () => {
    elasticache.on(DescribeServerlessCachesCommand).resolves({
      ServerlessCaches: [{ ServerlessCacheName: 'ours', KmsKeyId: 'ours' }, { ServerlessCacheName: 'plain' }],
    });
    const answer = await askStorage('elasticache');
    expect(checksOf(answer, 'ours')).toEqual({ 'OPS.ELASTICACHE.3': 'pass' });
    expect(checksOf(answer, 'plain')).toEqual({ 'OPS.ELASTICACHE.3': 'info' });
  });
});
