import type * as z from 'zod';
import { type checkSecurityServices, serviceStatus } from '../../../schemas/check-security-services.ts';
import type { AnswerOf } from '../../../schemas/define-tool.ts';
import type { SecurityService } from '../../../schemas/security-service.ts';
import type { Call, Cell } from '../../call.ts';
import type { ToolError } from '../../errors.ts';
import { joinFailures, toFailure } from '../../failures.ts';
import { selectFields } from '../../item-fields.ts';
import { pageOfRows } from '../../row-page.ts';
import type { Targets } from '../../targets.ts';
import { storeContext } from '../context-store.ts';
import type { PlacedStatus } from './read-statuses.ts';
import { byWorstStatus, countStatuses, summarise } from './report.ts';

type Answer = AnswerOf<typeof checkSecurityServices.output>;
type Input = z.output<typeof checkSecurityServices.input>;

/** With one of them nothing in the account or the Region can be asked: told once, not service by service. */
const CLOSED: readonly string[] = ['role_not_assumable', 'region_not_enabled'];

const allFields = Object.keys(serviceStatus.item.shape).filter((name) => name !== 'service');

export interface Found {
  readonly input: Input;
  readonly call: Call;
  readonly targets: Targets;
  readonly cells: readonly Cell[];
  readonly services: readonly SecurityService[];
  readonly statuses: readonly PlacedStatus[];
  readonly binding: string;
  /** Rows that earlier answers gave. */
  readonly offset: number;
}

/** Puts the statuses together: a map by service for one account and Region, rows in pages for several. */
export async function assembleStatuses(found: Found): Promise<Answer> {
  const { input, call, targets, cells, services, statuses } = found;
  const faulty = statuses.flatMap(({ cell, fault }) => (fault === undefined ? [] : [{ cell, fault }]));
  const single = cells.length === 1;
  const closed = single && isClosed(statuses) ? statuses[0]?.fault : undefined;
  if (closed !== undefined) throw closed;
  const failures = joinFailures(distinct(faulty).map(({ cell, fault }) => toFailure(cell, fault)));
  const failed = cells.filter((cell) => statusesOf(cell, statuses).some(({ fault }) => fault !== undefined));
  call.audit.note({ cells: cells.length, failed_cells: failed.length });

  const envelope = {
    services_checked: [...services],
    all_enabled: statuses.length > 0 && statuses.every(({ row }) => row.enabled === true),
    ...(single ? {} : { service_counts: countStatuses(services, statuses) }),
    summary: summarise(services, statuses),
    ...(input.next_token === undefined ? { context: await keep(found) } : {}),
    complete: failures.length === 0,
    ...(failures.length > 0 ? { failures } : {}),
  };
  if (single) {
    const fields = selectFields(serviceStatus, input.fields ?? allFields);
    const entries = statuses.map(({ row }) => [row.service as string, fields.of(row)] as const);
    return { ...targets.asked, service_statuses: Object.fromEntries(entries), ...envelope } as Answer;
  }
  return { ...targets.asked, ...rows(found, envelope), ...envelope } as Answer;
}

/** Those of the services of an account and Region, the account's global ones among them. */
function statusesOf({ account, region }: Cell, statuses: readonly PlacedStatus[]): PlacedStatus[] {
  return statuses.filter(({ cell }) => cell.account === account && [region, 'global'].includes(cell.region));
}

function isClosed(statuses: readonly PlacedStatus[]): boolean {
  return statuses.every(({ fault }) => fault !== undefined && CLOSED.includes(fault.code));
}

/** One fault for each place and message: a role that cannot be assumed is not told six times. */
function distinct(faulty: readonly { cell: Cell; fault: ToolError }[]) {
  const seen = new Map(
    faulty.map((each) => [[each.cell.account, each.cell.region, each.fault.message].join(' '), each]),
  );
  return [...seen.values()];
}

function rows({ input, call, targets, statuses, binding, offset }: Found, envelope: object) {
  const fields = selectFields(serviceStatus, input.fields);
  const listed = statuses
    .filter(({ fault }) => fault === undefined || !CLOSED.includes(fault.code))
    .sort(byWorstStatus);
  const { items, next } = pageOfRows(
    listed,
    ({ cell, row }) => ({ AccountId: cell.account, Region: cell.region, ...fields.of(row) }),
    {
      offset,
      max: input.max_results,
      envelope: { ...targets.asked, statuses: [], status_count: 0, ...envelope },
      binding,
      call,
    },
  );
  call.audit.note({ items: items.length });
  return { status_count: items.length, statuses: items, ...next };
}

/** Each account and Region by itself, with the account's global services in each of its Regions. */
async function keep({ input, call, cells, services, statuses }: Found) {
  if (!input.store_in_context) return { stored: false, reason: 'not asked for' };
  const fields = selectFields(serviceStatus, ['service', ...allFields]);
  const entries = cells.flatMap((cell) => {
    const here = statusesOf(cell, statuses);
    if (isClosed(here)) return [];
    return {
      cell,
      asked: { services },
      summary: {
        services_checked: services,
        all_enabled: here.every(({ row }) => row.enabled === true),
        statuses: Object.fromEntries(here.map(({ row }) => [row.service, row.status])),
        summary: summarise(services, here),
      },
      details: here.map(({ row }) => fields.of(row)),
    };
  });
  return storeContext(call, entries);
}
