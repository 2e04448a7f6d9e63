import type * as z from 'zod';
import type { AnswerOf } from '../../../schemas/define-tool.ts';
import { inventory, type listServicesInRegion } from '../../../schemas/list-services-in-region.ts';
import type { Call, Cell } from '../../call.ts';
import type { ToolError } from '../../errors.ts';
import { joinFailures, toFailure } from '../../failures.ts';
import type { Outcome } from '../../fan-out.ts';
import { selectFields } from '../../item-fields.ts';
import { pageOfRows } from '../../row-page.ts';
import type { Targets } from '../../targets.ts';
import { storeContext } from '../context-store.ts';
import type { Counting } from './read-inventory.ts';
import { Tally } from './tally.ts';

type Answer = AnswerOf<typeof listServicesInRegion.output>;

/** Types given in the answer over all; a row has those of its own cell on request. */
const MOST_TYPES = 150;

interface Counted {
  readonly input: z.output<typeof listServicesInRegion.input>;
  readonly call: Call;
  readonly targets: Targets;
  readonly outcomes: readonly Outcome<Cell, Counting>[];
  readonly binding: string;
  /** Rows that earlier answers gave. */
  readonly offset: number;
}

/** The counts of all cells together, and of several cells a row for each. */
export async function assembleInventory(counted: Counted): Promise<Answer> {
  const { input, call, targets, outcomes } = counted;
  const only = outcomes.length === 1 ? outcomes[0] : undefined;
  const failed = outcomes.flatMap(({ cell, result, failure }): { cell: Cell; failure: ToolError }[] =>
    [failure, result.fault].flatMap((each) => (each === undefined ? [] : [{ cell, failure: each }])),
  );
  // What was counted before the end of the time is an answer; nothing at all is none.
  if (only?.failure !== undefined && only.result.tally.counts().total_resources === 0) throw only.failure;
  call.audit.note({ cells: outcomes.length, failed_cells: new Set(failed.map(({ cell }) => cell)).size });
  const failures = joinFailures(failed.map(({ cell, failure }) => toFailure(cell, failure)));
  const notes = notesOf(outcomes);
  const sources = new Set(outcomes.flatMap(({ result }) => result.source ?? []));
  const envelope = {
    ...sum(outcomes),
    source: [...sources].join() || 'none',
    ...(only?.result.index === undefined ? {} : { index: only.result.index }),
    ...(notes.length > 0 ? { notes } : {}),
    ...(input.next_token === undefined ? { context: await keep(counted) } : {}),
    complete: outcomes.every(isComplete),
    ...(failures.length > 0 ? { failures } : {}),
  };
  const given = only === undefined ? rows(counted, envelope) : {};
  return { ...targets.asked, ...given, ...envelope } as unknown as Answer;
}

/** Everything that the source has was counted, and the source has everything. */
function isComplete({ result }: Outcome<Cell, Counting>): boolean {
  return result.isDone && result.note === undefined;
}

function sum(outcomes: readonly Outcome<Cell, Counting>[]) {
  const all = new Tally();
  for (const { result } of outcomes) all.addAll(result.tally.counts().resource_type_counts);
  const { resource_type_counts, ...counts } = all.counts();
  const types = Object.entries(resource_type_counts);
  return {
    services: counts.services,
    service_counts: counts.service_counts,
    resource_type_counts: Object.fromEntries(types.slice(0, MOST_TYPES)),
    total_resources: counts.total_resources,
    ...(types.length > MOST_TYPES ? { Truncated: [`resource_type_counts: ${MOST_TYPES} of ${types.length}`] } : {}),
  };
}

/** Each note once, of several cells with how many it is about. */
function notesOf(outcomes: readonly Outcome<Cell, Counting>[]): string[] {
  const counts = new Map<string, number>();
  for (const { note } of outcomes.map(({ result }) => result)) {
    if (note !== undefined) counts.set(note, (counts.get(note) ?? 0) + 1);
  }
  return [...counts].map(([note, count]) =>
    outcomes.length === 1 ? note : `In ${count} of ${outcomes.length} places: ${note}`,
  );
}

function toRow(outcome: Outcome<Cell, Counting>) {
  const { tally, source, index, note } = outcome.result;
  return { ...tally.counts(), source, index, note, complete: isComplete(outcome) };
}

function rows({ input, call, targets, outcomes, binding, offset }: Counted, envelope: object) {
  const fields = selectFields(inventory, input.fields);
  const listed = outcomes
    .filter(({ result, failure }) => failure === undefined || result.tally.counts().total_resources > 0)
    .map((outcome) => ({ cell: outcome.cell, row: toRow(outcome) }))
    .sort((a, b) => b.row.total_resources - a.row.total_resources || (placeOf(a.cell) < placeOf(b.cell) ? -1 : 1));
  const { items, next } = pageOfRows(
    listed,
    // A note over many rows is told once, above them.
    ({ cell, row }) => ({ AccountId: cell.account, Region: cell.region, ...fields.of(row) }),
    {
      offset,
      max: input.max_results,
      envelope: { ...targets.asked, inventories: [], inventory_count: 0, ...envelope },
      binding,
      call,
    },
  );
  call.audit.note({ items: items.length });
  return { inventory_count: items.length, inventories: items, ...next };
}

function placeOf({ account, region }: Cell): string {
  return `${account} ${region}`;
}

/** Each account and Region by itself. */
async function keep({ input, call, outcomes }: Counted) {
  if (!input.store_in_context) return { stored: false, reason: 'not asked for' };
  const entries = outcomes
    .filter(({ failure }) => failure === undefined)
    .map((outcome) => {
      const { services, resource_type_counts, ...row } = toRow(outcome);
      const details = Object.entries(resource_type_counts).map(([type, count]) => ({ type, count }));
      return {
        cell: outcome.cell,
        asked: {},
        summary: row,
        details,
      };
    });
  return storeContext(call, entries);
}
