import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';

/** Seen on a live gateway; the guide gives no number. */
export const PAGE_SIZE = 30;

const CURSOR = /^page:([1-9][0-9]{0,6})$/;

/**
 * One page of a list, and the cursor of the next. Throws -32602 for a cursor that is not one of ours, which is an
 * assumption about the real Gateway.
 */
export function page<T>(items: readonly T[], cursor: string | undefined): { items: T[]; nextCursor?: string } {
  const start = cursor === undefined ? 0 : Number(CURSOR.exec(Buffer.from(cursor, 'base64url').toString())?.[1]);
  if (Number.isNaN(start) || start > items.length) {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Invalid cursor');
  }
  const end = start + PAGE_SIZE;
  return {
    items: items.slice(start, end),
    ...(end < items.length ? { nextCursor: Buffer.from(`page:${end}`).toString('base64url') } : {}),
  };
}
