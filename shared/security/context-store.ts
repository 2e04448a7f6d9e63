import { createHash } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { allPages } from '../all-pages.ts';
import { clientOf } from '../aws-clients.ts';
import type { Call, Cell } from '../call.ts';
import { cursorBinding } from '../cursor.ts';
import { FatalError, ToolError } from '../errors.ts';
import { faultsOf } from '../failures.ts';
import { neutralise } from '../untrusted-text.ts';
import { eachOf } from './reading.ts';

/** What one object holds: the result of a tool in one account and Region. */
const storedContext = z.strictObject({
  tool: z.string(),
  account_id: z.string(),
  region: z.string(),
  /** The arguments that shaped the result. */
  asked: z.record(z.string(), z.unknown()),
  stored_at: z.iso.datetime(),
  ttl_hours: z.number(),
  /** Counts and statuses: small enough to be given whole. */
  summary: z.record(z.string(), z.unknown()),
  /** Rows, given in pages. */
  details: z.array(z.record(z.string(), z.unknown())),
});

export type StoredContext = z.output<typeof storedContext>;

export interface ContextEntry extends Pick<StoredContext, 'asked' | 'summary' | 'details'> {
  readonly cell: Cell;
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
  if (entries.length === 0) return { stored: false, reason: 'nothing could be read' };
  const { s3, where } = open(call, contextStore.bucket);
  const stored_at = new Date().toISOString();
  try {
    await eachOf(entries, async ({ cell, ...result }) => {
      const place = { tool: call.tool.name, account_id: cell.account, region: cell.region };
      const context: StoredContext = { ...place, ...result, stored_at, ttl_hours: contextStore.ttlHours };
      await s3.send(
        new PutObjectCommand({
          ...where,
          Key: contextKey(cell, call.tool.name, result.asked),
          Body: JSON.stringify(context),
          ContentType: 'application/json',
          ServerSideEncryption: 'AES256',
        }),
      );
    });
    return { stored: true, objects: entries.length };
  } catch (error) {
    if (error instanceof FatalError) throw error;
    return { stored: false, reason: faultsOf(call).toFailure(error).code };
  }
}

/** The latest result of each tool, or of one tool, in one account and Region. `onFault` hears of objects that cannot be read. */
export async function readContexts(
  call: Call,
  cell: Cell,
  tool: string | undefined,
  onFault: (fault: ToolError) => void,
): Promise<StoredContext[]> {
  const { contextStore } = call.configuration;
  if (contextStore === undefined) {
    throw new ToolError('not_configured', 'No context store is configured: CENTRAL_OPS_CONTEXT_BUCKET is not set.');
  }
  const { s3, where } = open(call, contextStore.bucket);
  try {
    const objects = await allPages(async (ContinuationToken) => {
      const Prefix = contextPrefix(cell, tool);
      const page = await s3.send(new ListObjectsV2Command({ ...where, Prefix, ContinuationToken }));
      return { items: page.Contents, next: page.NextContinuationToken };
    });
    const latest = new Map<string, { Key: string; at: number }>();
    for (const { Key = '', LastModified } of objects) {
      const folder = Key.slice(0, Key.lastIndexOf('/'));
      const at = LastModified?.getTime() ?? 0;
      if (at >= (latest.get(folder)?.at ?? 0)) latest.set(folder, { Key, at });
    }
    const contexts = await eachOf([...latest.values()], async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ ...where, Key }));
      const context = parse(await Body?.transformToString(), Key, cell);
      if (context === undefined) onFault(corrupt(Key));
      return context;
    });
    return contexts.filter((context) => context !== undefined);
  } catch (error) {
    throw faultsOf(call).toFailure(error);
  }
}

function open(call: Call, Bucket: string) {
  // The owner is said each time: a bucket of that name in a stranger's account must neither receive nor give.
  return { s3: clientOf(S3Client, call.self.region, call), where: { Bucket, ExpectedBucketOwner: call.self.account } };
}

/** Undefined for what these tools did not write, or wrote for another account or Region. */
function parse(text: string | undefined, key: string, cell: Cell): StoredContext | undefined {
  try {
    // Whoever can write to the bucket is a stranger too.
    const context = storedContext.parse(JSON.parse(text ?? '', (_key, value) => plain(value)));
    const isHere = context.account_id === cell.account && context.region === cell.region;
    return isHere && key === contextKey(cell, context.tool, context.asked) ? context : undefined;
  } catch {
    return undefined;
  }
}

/** Names of fields are text as well as their values. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return neutralise(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [neutralise(name), each]));
}

function corrupt(key: string): ToolError {
  return new ToolError('internal', `The stored object ${key} is corrupt. Run the check again, or delete it.`, {
    object: key,
  });
}

/** Where the results of one account and Region lie, by tool. */
function contextPrefix({ account, region }: Cell, tool?: string): string {
  return `v1/${account}/${region}/${tool === undefined ? '' : `${tool}/`}`;
}

/** One object per account, Region, tool and arguments: the same call again takes the place of the earlier. */
export function contextKey(cell: Cell, tool: string, asked: Readonly<Record<string, unknown>>): string {
  const hash = createHash('sha256').update(cursorBinding(tool, asked)).digest('hex').slice(0, 16);
  return `${contextPrefix(cell, tool)}${hash}.json`;
}
