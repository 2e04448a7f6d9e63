import {
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  EC2Client,
  GetEbsEncryptionByDefaultCommand,
  GetSnapshotBlockPublicAccessStateCommand,
} from '@aws-sdk/client-ec2';
import { allPages } from '../../all-pages.ts';
import { nameTag } from '../../aws/tags.ts';
import type { Part, Resource } from '../control.ts';
import { type KeyManager, keyManager } from '../kms.ts';
import type { Reading } from '../reading.ts';

/** The most that DescribeVolumes and DescribeSnapshots give at once. */
const PAGE_SIZE = 1_000;

export interface Volume extends Resource {
  readonly Encrypted: boolean | undefined;
  readonly State: string | undefined;
  readonly KeyManager: Part<KeyManager>;
}

export interface Snapshot extends Resource {
  readonly Encrypted: boolean | undefined;
  readonly KeyManager: Part<KeyManager>;
  readonly RestorableByAll: Part<boolean>;
}

/** What the account has set for EBS in the Region. */
export interface EbsSettings extends Resource {
  readonly EbsEncryptionByDefault: Part<boolean | undefined>;
  readonly SnapshotBlockPublicAccess: Part<string | undefined>;
}

export async function readVolumes(cell: Reading): Promise<Volume[]> {
  const ec2 = await cell.client(EC2Client);
  const volumes = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeVolumesCommand({ MaxResults: PAGE_SIZE, NextToken }));
    return { items: page.Volumes, next: page.NextToken };
  });
  return Promise.all(
    volumes.map(async ({ VolumeId = '', Encrypted, State, KmsKeyId, Tags }) => ({
      type: 'AWS::EC2::Volume',
      id: VolumeId,
      name: nameTag(Tags),
      arn: cell.arn('ec2', `volume/${VolumeId}`),
      Encrypted,
      State,
      KeyManager: await keyManager(cell, Encrypted, KmsKeyId),
    })),
  );
}

/** The account's own snapshots, and which of them everyone may restore: one list each, side by side. */
export async function readSnapshots(cell: Reading): Promise<Snapshot[]> {
  const ec2 = await cell.client(EC2Client);
  const list = (more: { RestorableByUserIds?: string[] }) =>
    allPages(async (NextToken) => {
      const page = await ec2.send(
        new DescribeSnapshotsCommand({ OwnerIds: ['self'], ...more, MaxResults: PAGE_SIZE, NextToken }),
      );
      return { items: page.Snapshots, next: page.NextToken };
    });
  const [own, open] = await Promise.all([
    list({}),
    cell.part(async () => {
      const ids = (await list({ RestorableByUserIds: ['all'] })).map(({ SnapshotId }) => SnapshotId);
      return new Set(ids);
    }),
  ]);
  return Promise.all(
    own.map(async ({ SnapshotId = '', Encrypted, KmsKeyId, Tags }) => ({
      type: 'AWS::EC2::Snapshot',
      id: SnapshotId,
      name: nameTag(Tags),
      arn: cell.arn('ec2', `snapshot/${SnapshotId}`),
      Encrypted,
      KeyManager: await keyManager(cell, Encrypted, KmsKeyId),
      RestorableByAll: open instanceof Set ? open.has(SnapshotId) : open,
    })),
  );
}

export async function readEbsSettings(cell: Reading): Promise<EbsSettings[]> {
  const ec2 = await cell.client(EC2Client);
  const [EbsEncryptionByDefault, SnapshotBlockPublicAccess] = await Promise.all([
    cell.part(async () => (await ec2.send(new GetEbsEncryptionByDefaultCommand({}))).EbsEncryptionByDefault),
    cell.part(async () => (await ec2.send(new GetSnapshotBlockPublicAccessStateCommand({}))).State),
  ]);
  return [{ type: 'AWS::::Account', id: cell.account, EbsEncryptionByDefault, SnapshotBlockPublicAccess }];
}
