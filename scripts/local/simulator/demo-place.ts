import { IAMClient, ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import type { StubRequest } from './stub.ts';

/** Whoever calls, whatever for. */
export type Caller = Pick<StubRequest, 'account' | 'region' | 'moto'>;

/** The demo account and Region of a call, e.g. `payments-prod us-east-1`; an account outside the demo has no name. */
export async function demoPlace({ moto, region }: Caller): Promise<string> {
  const { AccountAliases: [alias = ''] = [] } = await new IAMClient(moto).send(new ListAccountAliasesCommand({}));
  return `${alias.replace(/^exampleco-/, '')} ${region}`;
}

export function accountOf(place: string): string {
  return place.split(' ')[0] ?? '';
}

/** One page of a list, and the token of the next: a number, as text. */
export function pageOf<T>(all: readonly T[], token: string | undefined, size: number): { items: T[]; next?: string } {
  const start = Number(token ?? 0);
  const end = start + size;
  return { items: all.slice(start, end), ...(end < all.length ? { next: String(end) } : {}) };
}

const HOUR = 3_600_000;

export function hoursAgo(hours: number): Date {
  return new Date(Math.floor(Date.now() / HOUR) * HOUR - hours * HOUR);
}
