import {
  DescribeDBClusterSnapshotAttributesCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotAttributesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { allPages } from '../../all-pages.ts';
import type { Part, Resource } from '../control.ts';
import { eachOf, type Reading } from '../reading.ts';
import { MaxRecords } from './rds.ts';

export interface DbSnapshot extends Resource {
  readonly Encrypted: boolean | undefined;
  readonly RestorableByAll: Part<boolean | undefined>;
}

/** What the lists of instance and cluster snapshots have in common. */
interface Listed {
  readonly id: string;
  readonly arn: string | undefined;
  readonly encrypted: boolean | undefined;
  readonly kind: string | undefined;
}

export async function readDbSnapshots(cell: Reading): Promise<DbSnapshot[]> {
  const rds = await cell.client(RDSClient);
  const snapshots = await allPages<Listed>(async (Marker) => {
    const { DBSnapshots, Marker: next } = await rds.send(new DescribeDBSnapshotsCommand({ MaxRecords, Marker }));
    const items = DBSnapshots?.map(({ DBSnapshotIdentifier = '', DBSnapshotArn, Encrypted, SnapshotType }) => ({
      id: DBSnapshotIdentifier,
      arn: DBSnapshotArn,
      encrypted: Encrypted,
      kind: SnapshotType,
    }));
    return { items, next };
  });
  return withSharing(cell, 'AWS::RDS::DBSnapshot', snapshots, async (DBSnapshotIdentifier) => {
    const found = await rds.send(new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier }));
    return found.DBSnapshotAttributesResult?.DBSnapshotAttributes;
  });
}

export async function readDbClusterSnapshots(cell: Reading): Promise<DbSnapshot[]> {
  const rds = await cell.client(RDSClient);
  const snapshots = await allPages<Listed>(async (Marker) => {
    const page = await rds.send(new DescribeDBClusterSnapshotsCommand({ MaxRecords, Marker }));
    const items = page.DBClusterSnapshots?.map((snapshot) => ({
      id: snapshot.DBClusterSnapshotIdentifier ?? '',
      arn: snapshot.DBClusterSnapshotArn,
      encrypted: snapshot.StorageEncrypted,
      kind: snapshot.SnapshotType,
    }));
    return { items, next: page.Marker };
  });
  return withSharing(cell, 'AWS::RDS::DBClusterSnapshot', snapshots, async (DBClusterSnapshotIdentifier) => {
    const found = await rds.send(new DescribeDBClusterSnapshotAttributesCommand({ DBClusterSnapshotIdentifier }));
    return found.DBClusterSnapshotAttributesResult?.DBClusterSnapshotAttributes;
  });
}

type Attributes = readonly { AttributeName?: string | undefined; AttributeValues?: string[] | undefined }[] | undefined;

/** Only a manual snapshot in clear can be shared with everyone, so only those are asked for their attributes. */
function withSharing(
  cell: Reading,
  type: string,
  snapshots: readonly Listed[],
  attributesOf: (id: string) => Promise<Attributes>,
): Promise<DbSnapshot[]> {
  return eachOf(snapshots, async ({ id, arn, encrypted, kind }) => ({
    type,
    id,
    arn,
    Encrypted: encrypted,
    RestorableByAll:
      encrypted === true || kind !== 'manual' ? false : await cell.part(async () => isPublic(await attributesOf(id))),
  }));
}

/** Unknown where AWS gave no attributes at all: that is not the same as none. */
function isPublic(attributes: Attributes): boolean | undefined {
  const restore = attributes?.find(({ AttributeName }) => AttributeName === 'restore');
  return attributes && (restore?.AttributeValues ?? []).includes('all');
}
