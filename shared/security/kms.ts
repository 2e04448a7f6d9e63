import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { Part } from './control.ts';
import type { Reading } from './reading.ts';

/** Who holds the key: the customer; AWS, visibly in the account or out of sight; nobody, where nothing is encrypted. */
export type KeyManager = 'CUSTOMER' | 'AWS' | 'AWS_OWNED' | 'NONE';

/**
 * Who manages the key of a resource. KMS says so, not the key's ARN: an alias may be named anything, and a key's ID tells
 * nothing. Each distinct key is asked for once per account and Region.
 */
export function keyManager(
  cell: Reading,
  encrypted: boolean | undefined,
  key: string | undefined,
): Promise<Part<KeyManager>> {
  if (encrypted !== true) return Promise.resolve('NONE');
  if (key === undefined || key === '') return Promise.resolve('AWS_OWNED');
  return cell.once(`key ${key}`, () =>
    cell.part(async () => {
      const kms = await cell.client(KMSClient);
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: key }));
      return KeyMetadata?.KeyManager === 'CUSTOMER' ? 'CUSTOMER' : 'AWS';
    }),
  );
}
