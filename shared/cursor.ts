import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { ToolError } from './errors.ts';

/** Where an answer stopped: an item within an AWS page, within a cell. */
const position = z.strictObject({
  account: z.string(),
  region: z.string(),
  /** AWS's token of the page, absent for the first. */
  token: z.string().optional(),
  /** The page size that was asked for; the same page is asked for again. */
  size: z.int().min(1),
  /** Items of that page already given. */
  offset: z.int().min(0),
  /** Whether an earlier answer of this walk had failures. */
  incomplete: z.boolean(),
  /** Milliseconds since the epoch. */
  expires: z.number(),
});

export type Position = Omit<z.output<typeof position>, 'expires'>;

/** A cursor lives 15 minutes: AWS's own page tokens do not promise more, and a stale place in a list misleads. */
const LIFETIME_MS = 15 * 60_000;
const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const MAX_CURSOR_CHARACTERS = 8_192;

/**
 * Seals a position with AES-256-GCM, bound to the tool and the arguments, so that a caller can neither read, alter nor
 * carry it elsewhere. base64url, never longer than openCursor takes: throws `answer_too_large` where AWS's token is.
 */
export function sealCursor(where: Position, secret: string, binding: string, now = Date.now()): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key(secret), iv).setAAD(Buffer.from(binding));
  const text = JSON.stringify({ ...where, expires: now + LIFETIME_MS } satisfies z.output<typeof position>);
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  const cursor = Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), sealed]).toString('base64url');
  if (cursor.length > MAX_CURSOR_CHARACTERS) {
    throw new ToolError(
      'answer_too_large',
      `AWS's own page token is longer than next_token may be. Ask for one account and Region at a time, or a larger max_results.`,
    );
  }
  return cursor;
}

/** Opens a cursor, or throws `invalid_input`: altered, from another tool or other arguments, or expired. */
export function openCursor(cursor: string, secret: string, binding: string, now = Date.now()): Position {
  const { expires, ...where } = decrypt(cursor, secret, binding);
  if (expires < now) throw refused('has expired');
  return where;
}

function decrypt(cursor: string, secret: string, binding: string): z.output<typeof position> {
  if (cursor.length > MAX_CURSOR_CHARACTERS) throw refused('is not one of ours');
  const bytes = Buffer.from(cursor, 'base64url');
  // Buffer ignores what is no base64 and stray trailing bits, so many texts could mean one cursor; only the canonical one
  // is ours.
  if (bytes.toString('base64url') !== cursor) throw refused('is not one of ours');
  if (bytes[0] !== VERSION || bytes.length <= 1 + IV_BYTES + TAG_BYTES) throw refused('is not one of ours');
  const iv = bytes.subarray(1, 1 + IV_BYTES);
  const tag = bytes.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
  const sealed = bytes.subarray(1 + IV_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key(secret), iv, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(binding))
      .setAuthTag(tag);
    const text = Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
    return position.parse(JSON.parse(text));
  } catch {
    throw refused('is altered, or belongs to another tool or other arguments');
  }
}

function refused(why: string): ToolError {
  return new ToolError('invalid_input', `next_token ${why}. Repeat the call without next_token to start again.`, {
    field: 'next_token',
  });
}

function key(secret: string): Buffer {
  return createHash('sha256').update('central-ops cursor').update(secret).digest();
}

/** What a cursor is bound to: the tool and its arguments, except those that only say how much to answer. */
export function cursorBinding(tool: string, input: Record<string, unknown>): string {
  const { next_token: _token, max_results: _size, ...bound } = input;
  return `${tool} ${canonical(bound)}`;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return String(JSON.stringify(value));
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  const members = entries.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`);
  return `{${members.sort().join()}}`;
}
