import type { AccountName, EstateAccount, EstateRegion } from './organization.ts';
import type { Cell, SeedingClients } from './seeding-client.ts';

/** What each service family's file gets: the cells by account name, and how often to repeat repeatable resources. */
export interface Seeder {
  scale: number;
  in(account: AccountName, region: EstateRegion): Cell;
  accountId(account: AccountName): string;
  /** Adds to the number of resources made, by the name that AWS gives the kind (`ec2:instance`). */
  made(kind: string, count?: number): void;
  counts: ReadonlyMap<string, number>;
}

export function createSeeder(clients: SeedingClients, accounts: EstateAccount[], scale: number): Seeder {
  const ids = new Map(accounts.map(({ id, name }) => [name, id]));
  const counts = new Map<string, number>();

  function accountId(account: AccountName): string {
    const id = ids.get(account);
    if (!id) throw new Error(`The organization has no account named ${account}.`);
    return id;
  }

  return {
    scale,
    accountId,
    in: (account, region) => clients.cell(accountId(account), region),
    made: (kind, count = 1) => counts.set(kind, (counts.get(kind) ?? 0) + count),
    counts,
  };
}

/** `name`, then `name-2`, `name-3` … up to the scale: how repeatable resources with unique names multiply. */
export function repeated(name: string, scale: number): string[] {
  return Array.from({ length: scale }, (_, index) => (index === 0 ? name : `${name}-${index + 1}`));
}
