import { type MotoAccountConfig, openMotoAccounts } from '../../scripts/local/simulator/moto-account.ts';
import type { EstateAccess } from './estate.ts';

/** One account and Region, as the items of an answer over several name it. */
export interface Cell {
  readonly AccountId: string;
  readonly Region: string;
}

/** What moto holds in every account that can be entered, read past the proxy: no fault, stub or role lies between. */
export function truthOfAccounts<T>(
  { demo, estate }: EstateAccess,
  read: (at: MotoAccountConfig, account: string) => Promise<readonly T[]>,
): Promise<T[]> {
  const reachable = estate.accounts.filter((account) => account.reachable);
  return readAll(
    demo.motoUrl,
    reachable.map(({ id }) => ({ AccountId: id, Region: 'us-east-1' })),
    (at, { AccountId }) => read(at, AccountId),
  );
}

/** The same in every Region of those accounts that is on. */
export function truthOfCells<T>(
  { demo, estate }: EstateAccess,
  read: (at: MotoAccountConfig, cell: Cell) => Promise<readonly T[]>,
): Promise<T[]> {
  const reachable = estate.accounts.filter((account) => account.reachable);
  const cells = reachable.flatMap(({ id }) => estate.regions.map((Region) => ({ AccountId: id, Region })));
  return readAll(demo.motoUrl, cells, read);
}

/** Names items, of an answer or of moto, by these of their fields: `keyBy('AccountId', 'Region', 'VpcId')`. */
export function keyBy<Name extends string>(
  ...names: readonly Name[]
): (item: { readonly [K in Name]?: string | undefined }) => string {
  return (item) => names.map((name) => String(item[name])).join(' ');
}

async function readAll<T>(
  motoUrl: string,
  cells: readonly Cell[],
  read: (at: MotoAccountConfig, cell: Cell) => Promise<readonly T[]>,
): Promise<T[]> {
  const accounts = openMotoAccounts(motoUrl);
  try {
    const found = await Promise.all(cells.map((cell) => read(accounts.as(cell.AccountId, cell.Region), cell)));
    if (found.flat().length === 0) throw new Error('moto holds nothing of the kind: a comparison would prove nothing.');
    return found.flat();
  } finally {
    accounts.close();
  }
}
