import { checkedResource, type Severity } from '../../schemas/security-check.ts';
import type { Call } from '../call.ts';
import { selectFields } from '../item-fields.ts';
import { type Stored, storeContext } from './context-store.ts';
import { byWorstResource } from './judge.ts';
import type { CheckedCell } from './read-cells.ts';
import { summarise, toDetail } from './report.ts';

/** Every declared field of a detail, for the store. */
const allFields = selectFields(checkedResource, Object.keys(checkedResource.item.shape));

/** Keeps each cell's own result apart, so that a check over many accounts can be read back for one. */
export async function keepResults(
  call: Call,
  { store_in_context, min_severity }: { store_in_context: boolean; min_severity?: Severity | undefined },
  services: readonly string[],
  cells: readonly CheckedCell[],
): Promise<Stored> {
  if (!store_in_context) return { stored: false, reason: 'not asked for' };
  const read = cells.filter(({ closed }) => closed === undefined);
  const entries = read.map(({ cell, resources, failures }) => ({
    cell,
    asked: { services, ...(min_severity === undefined ? {} : { min_severity }) },
    summary: {
      services_checked: services,
      ...summarise(services, resources),
      complete: failures.length === 0,
      ...(failures.length > 0 ? { failures } : {}),
    },
    details: resources.toSorted(byWorstResource).map((resource) => allFields.of(toDetail(resource))),
  }));
  return storeContext(call, entries);
}
