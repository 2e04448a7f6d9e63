import type { SecurityService } from '../../../schemas/security-service.ts';
import type { Call, Cell } from '../../call.ts';
import { faultsOf } from '../../failures.ts';
import { fanOut } from '../../fan-out.ts';
import { Reading } from '../reading.ts';
import { PROBES } from './probes.ts';
import { faultStatus, type Status, type StatusProbe, statusOf } from './status.ts';

/** A service's status, and where: a global service stands in the Region `global`. */
export interface PlacedStatus extends Status {
  readonly cell: Cell;
}

interface Unit {
  readonly probe: StatusProbe;
  readonly reading: Reading;
  readonly cell: Cell;
}

/** Asks every service in every cell side by side; a global one once in an account. One status for each. */
export async function readStatuses(
  cells: readonly Cell[],
  services: readonly SecurityService[],
  call: Call,
): Promise<PlacedStatus[]> {
  const units = cells.flatMap((cell, index): Unit[] => {
    const reading = new Reading(cell, call);
    const isFirst = cells.findIndex(({ account }) => account === cell.account) === index;
    return services
      .map((service) => PROBES[service])
      .filter(({ scope }) => scope === 'cell' || isFirst)
      .map((probe) => ({
        probe,
        reading,
        cell: probe.scope === 'account' ? { account: cell.account, region: 'global' } : cell,
      }));
  });
  const faults = faultsOf(call);
  const outcomes = await fanOut<Unit, { status?: Status }>({
    cells: units,
    emptyResult: () => ({}),
    ask: async ({ probe, reading }, result) => {
      result.status = await statusOf(probe, reading);
    },
    ...faults,
  });
  return units.map(({ probe, cell }, index) => ({
    cell,
    ...(outcomes[index]?.result.status ?? faultStatus(probe.service, probe.setupUrl, faults.atDeadline())),
  }));
}
