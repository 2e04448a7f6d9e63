import { openMotoAccounts } from '../../../local/simulator/moto-account.ts';
import type { PeerWorld } from '../types.ts';
import type { Held } from './held.ts';
import type { Failing, Finding } from './judge.ts';
import { edgeOf } from './truth-edge.ts';
import { networkOf } from './truth-network.ts';
import { bucketsOf, storageOf } from './truth-storage.ts';

export interface Truth {
  /** What has to be found. */
  readonly expected: readonly Failing[];
  /** An answer in the controls and resource names of the truth, without what counts for nobody. */
  settle(answer: readonly Finding[]): Failing[];
}

/** For the reader of the tables. */
export const RULE =
  'What is wrong is read from the simulator past all tools, by the definitions of the controls in Security Hub and of our own OPS controls; a peer is asked for the checks of its own that come nearest. Default VPCs fail too, and some things are true by the definition of a peer alone (default network ACLs let everyone in, a member of an unencrypted cluster, S3 origins behind plain HTTP): these count for nobody and against nobody.';

/** Every failure of the compared controls, read from moto past the proxy. */
export async function readTruth({ demo: { estate, motoUrl } }: Pick<PeerWorld, 'demo'>): Promise<Truth> {
  const moto = openMotoAccounts(motoUrl);
  try {
    const found: (Held & Failing)[] = [];
    for (const { id: accountId } of estate.accounts.filter(({ reachable }) => reachable)) {
      for (const region of estate.regions) {
        const at = moto.as(accountId, region);
        const held = [await storageOf(at, accountId), await networkOf(at), await edgeOf(at)].flat();
        found.push(...held.map((each) => ({ region, ...each, accountId })));
      }
      found.push(...(await bucketsOf(moto.as(accountId))).map((each) => ({ ...each, accountId })));
    }
    return truthOf(found);
  } finally {
    moto.close();
  }
}

export function truthOf(found: readonly (Held & Failing)[]): Truth {
  const byName = new Map(
    found.flatMap((each) =>
      [each.resource, ...(each.aliases ?? [])].flatMap((resource) =>
        resource === undefined ? [] : [[keyOf({ ...each, resource }), each] as const],
      ),
    ),
  );
  return {
    expected: found.filter(({ beside }) => beside !== true).map(bare),
    settle: (answer) =>
      answer.flatMap(({ controls, ...each }) => {
        const held = controls.flatMap((control) => byName.get(keyOf({ ...each, control })) ?? []);
        if (held.length > 0) return held.filter(({ beside }) => beside !== true).map(bare);
        return controls.slice(0, 1).map((control) => ({ ...each, control }));
      }),
  };
}

function keyOf({ control, accountId, region, resource }: Failing): string {
  return [control, accountId, region, resource].join(' ');
}

function bare({ control, accountId, region, resource }: Failing): Failing {
  return { control, accountId, region, resource };
}
