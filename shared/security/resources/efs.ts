import { DescribeFileSystemsCommand, EFSClient } from '@aws-sdk/client-efs';
import { allPages } from '../../all-pages.ts';
import type { Part, Resource } from '../control.ts';
import { type KeyManager, keyManager } from '../kms.ts';
import type { Reading } from '../reading.ts';

export interface FileSystem extends Resource {
  readonly Encrypted: boolean | undefined;
  readonly KeyManager: Part<KeyManager>;
}

export async function readFileSystems(cell: Reading): Promise<FileSystem[]> {
  const efs = await cell.client(EFSClient);
  const systems = await allPages(async (Marker) => {
    // 100 is the most that one answer holds.
    const page = await efs.send(new DescribeFileSystemsCommand({ MaxItems: 100, Marker }));
    return { items: page.FileSystems, next: page.NextMarker };
  });
  return Promise.all(
    systems.map(async ({ FileSystemId = '', FileSystemArn, Name, Encrypted, KmsKeyId }) => ({
      type: 'AWS::EFS::FileSystem',
      id: FileSystemId,
      name: Name,
      arn: FileSystemArn,
      Encrypted,
      KeyManager: await keyManager(cell, Encrypted, KmsKeyId),
    })),
  );
}
