import {
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBParametersCommand,
  DescribeDBProxiesCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { allPages } from '../../all-pages.ts';
import type { Part, Resource } from '../control.ts';
import { type KeyManager, keyManager } from '../kms.ts';
import type { Reading } from '../reading.ts';

/** The most that RDS gives at once. */
export const MaxRecords = 100;

export interface DbInstance extends Resource {
  readonly Engine: string | undefined;
  readonly DBClusterIdentifier: string | undefined;
  readonly StorageEncrypted: boolean | undefined;
  readonly PubliclyAccessible: boolean | undefined;
  readonly KeyManager: Part<KeyManager>;
  /** The engine's parameter that requires TLS; null where the group has none, undefined for engines without one. */
  readonly TlsParameter: Part<string | null> | undefined;
}

export interface DbCluster extends Resource {
  readonly StorageEncrypted: boolean | undefined;
  readonly KeyManager: Part<KeyManager>;
}

export interface DbProxy extends Resource {
  readonly RequireTLS: boolean | undefined;
}

/** The parameter by which an engine requires TLS, from the RDS user guide's page of each engine. */
export function tlsParameterOf(engine: string | undefined): string | undefined {
  if (engine === 'postgres' || engine?.startsWith('sqlserver-') === true) return 'rds.force_ssl';
  return engine === 'mysql' || engine === 'mariadb' ? 'require_secure_transport' : undefined;
}

export async function readDbInstances(cell: Reading): Promise<DbInstance[]> {
  const rds = await cell.client(RDSClient);
  const instances = await allPages(async (Marker) => {
    const page = await rds.send(new DescribeDBInstancesCommand({ MaxRecords, Marker }));
    return { items: page.DBInstances, next: page.Marker };
  });
  return Promise.all(
    instances.map(async (instance) => ({
      type: 'AWS::RDS::DBInstance',
      id: instance.DBInstanceIdentifier ?? '',
      arn: instance.DBInstanceArn,
      Engine: instance.Engine,
      DBClusterIdentifier: instance.DBClusterIdentifier,
      StorageEncrypted: instance.StorageEncrypted,
      PubliclyAccessible: instance.PubliclyAccessible,
      KeyManager: await keyManager(cell, instance.StorageEncrypted, instance.KmsKeyId),
      TlsParameter: await readTlsParameter(cell, rds, instance),
    })),
  );
}

/** One call per parameter group and parameter, however many instances share them. */
function readTlsParameter(cell: Reading, rds: RDSClient, { Engine, DBParameterGroups }: DBInstance) {
  const name = tlsParameterOf(Engine);
  const DBParameterGroupName = DBParameterGroups?.[0]?.DBParameterGroupName;
  if (name === undefined || DBParameterGroupName === undefined) return Promise.resolve(undefined);
  return cell.once(`parameter ${DBParameterGroupName} ${name}`, () =>
    cell.part(async () => {
      const Filters = [{ Name: 'parameter-name', Values: [name] }];
      const parameters = await allPages(async (Marker) => {
        const page = await rds.send(new DescribeDBParametersCommand({ DBParameterGroupName, Filters, Marker }));
        return { items: page.Parameters, next: page.Marker };
      });
      return parameters.find(({ ParameterName }) => ParameterName === name)?.ParameterValue ?? null;
    }),
  );
}

/** RDS's API also lists the clusters of Neptune and DocumentDB, marked by their engine. */
const CLUSTER_TYPES: Readonly<Record<string, string>> = {
  neptune: 'AWS::Neptune::DBCluster',
  docdb: 'AWS::DocDB::DBCluster',
};

export async function readDbClusters(cell: Reading): Promise<DbCluster[]> {
  const rds = await cell.client(RDSClient);
  const clusters = await allPages(async (Marker) => {
    const page = await rds.send(new DescribeDBClustersCommand({ MaxRecords, Marker }));
    return { items: page.DBClusters, next: page.Marker };
  });
  return Promise.all(
    clusters.map(async ({ DBClusterIdentifier = '', DBClusterArn, Engine = '', StorageEncrypted, KmsKeyId }) => ({
      type: CLUSTER_TYPES[Engine] ?? 'AWS::RDS::DBCluster',
      id: DBClusterIdentifier,
      arn: DBClusterArn,
      StorageEncrypted,
      KeyManager: await keyManager(cell, StorageEncrypted, KmsKeyId),
    })),
  );
}

export async function readDbProxies(cell: Reading): Promise<DbProxy[]> {
  const rds = await cell.client(RDSClient);
  const proxies = await allPages(async (Marker) => {
    const page = await rds.send(new DescribeDBProxiesCommand({ MaxRecords, Marker }));
    return { items: page.DBProxies, next: page.Marker };
  });
  return proxies.map(({ DBProxyName = '', DBProxyArn, RequireTLS }) => ({
    type: 'AWS::RDS::DBProxy',
    id: DBProxyName,
    arn: DBProxyArn,
    RequireTLS,
  }));
}
