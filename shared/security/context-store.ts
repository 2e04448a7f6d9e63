import { createHash } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { clientOf, operationOf } from '../aws-clients.ts';
import type { Call, Cell } from '../call.ts';
import { cursorBinding } from '../cursor.ts';
import { FatalError, toToolError } from '../errors.ts';
import { eachOf } from './reading.ts';

/** One result to keep: of one account and Region, with the arguments that shaped it. */
export interface ContextEntry {
  readonly cell: Cell;
  readonly asked: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>>;
}

export interface Stored {
  readonly stored: boolean;
  readonly objects?: number;
  readonly reason?: string;
}

/** Keeps results for GetStoredSecurityContext. A fault of the store is told in the answer and never spoils it. */
export async function storeContext(call: Call, entries: readonly ContextEntry[]): Promise<Stored> {
  const { contextStore } = call.configuration;
  if (contextStore === undefined) return { stored: false, reason: 'no context store is configured' };
  const s3 = clientOf(S3Client, call.self.region, call);
  const at = new Date();
  try {
    await eachOf(entries, async ({ cell, asked, result }) => {
      const body: StoredContext = {
        tool: call.tool.name,
        account_id: cell.account,
        region: cell.region,
        asked,
        stored_at: at.toISOString(),
        ttl_hours: contextStore.ttlHours,
        result,
      };
      await s3.send(
        new PutObjectCommand({
          Bucket: contextStore.bucket,
          Key: contextKey(cell, call.tool.name, asked),
          Body: JSON.stringify(body),
          ContentType: 'application/json',
          ServerSideEncryption: 'AES256',
          // A bucket of that name in a stranger's account must not receive it.
          ExpectedBucketOwner: call.self.account,
        }),
      );
    });
    return { stored: true, objects: entries.length };
  } catch (error) {
    if (error instanceof FatalError) throw error;
    const actions = call.tool.ownIam ?? [];
    return { stored: false, reason: toToolError(error, { operation: operationOf(error), actions }).code };
  }
}

export interface StoredContext {
  tool: string;
  account_id: string;
  region: string;
  asked: Readonly<Record<string, unknown>>;
  /** ISO 8601, UTC. */
  stored_at: string;
  ttl_hours: number;
  result: Readonly<Record<string, unknown>>;
}

/** The folder of one account, Region and tool. */
export function contextPrefix({ account, region }: Cell, tool: string): string {
  return `v1/${account}/${region}/${tool}/`;
}

/** One object per account, Region, tool and arguments: a later run of the same call takes the place of the earlier. */
export function contextKey(cell: Cell, tool: string, asked: Readonly<Record<string, unknown>>): string {
  const hash = createHash('sha256').update(cursorBinding(tool, asked)).digest('hex').slice(0, 16);
  return `${contextPrefix(cell, tool)}${hash}.json`;
}
