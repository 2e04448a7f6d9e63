import type { Failure } from '../../schemas/define-tool.ts';
import type { Call, Cell } from '../call.ts';
import type { ErrorCode, ToolError } from '../errors.ts';
import { faultsOf, toFailure } from '../failures.ts';
import { fanOut } from '../fan-out.ts';
import { type Control, type Part, type Resource, Unread } from './control.ts';
import { type CheckedResource, judgeResource, unreadList } from './judge.ts';
import { Reading } from './reading.ts';
import type { CheckedService, Reader } from './service.ts';

/** What was found in one account and Region. */
export interface CheckedCell {
  readonly cell: Cell;
  readonly resources: readonly CheckedResource[];
  readonly failures: readonly Failure[];
  /** Why nothing at all could be read here: the role, or the Region. */
  readonly closed: ToolError | undefined;
}

/** Faults of the account or the Region rather than of one action: with one of them, nothing in the cell can be read. */
const CLOSED: readonly ErrorCode[] = ['role_not_assumable', 'region_not_enabled'];

/**
 * Services of a cell read at once. Each has up to 30 requests waiting, S3's buckets most of all; with more, requests would
 * wait for one of the 64 sockets until they time out.
 */
const UNITS_AT_ONCE = 32;

interface Unit {
  readonly reading: Reading;
  readonly service: CheckedService;
  readonly lists: Map<Reader, Part<Resource[]>>;
}

/** Reads all services in all cells side by side and judges what arrived before the deadline. */
export async function checkCells(
  cells: readonly Cell[],
  services: readonly CheckedService[],
  call: Call,
): Promise<CheckedCell[]> {
  const faults = faultsOf(call);
  const units = cells.map((cell, index) => {
    const isFirst = cells.findIndex(({ account }) => account === cell.account) === index;
    const reading = new Reading(cell, call, isFirst);
    return services.map((service): Unit => ({ reading, service, lists: new Map() }));
  });
  await fanOut<Unit, undefined>({
    cells: units.flat(),
    concurrency: UNITS_AT_ONCE,
    emptyResult: () => undefined,
    ask: async ({ reading, service, lists }) => {
      await Promise.all(
        service.readers.map(async (reader) => lists.set(reader, await reading.part(() => reader.read(reading)))),
      );
    },
    ...faults,
  });
  return units.map((ofCell, index) => judgeCell(cells[index] as Cell, ofCell, faults.atDeadline));
}

function judgeCell(cell: Cell, units: readonly Unit[], lateError: () => ToolError): CheckedCell {
  const faults = [...(units[0]?.reading.faults.values() ?? [])];
  const lists = units.flatMap(({ service, lists }) =>
    service.readers.map((reader) => ({ service, reader, list: lists.get(reader) ?? new Unread('timeout') })),
  );
  const isLate = lists.some(({ list }) => list instanceof Unread && list.code === 'timeout');
  if (isLate && !faults.some(({ code }) => code === 'timeout')) faults.push(lateError());
  const resources = lists.flatMap(({ service, reader, list }) => judgeList(cell, service, reader, list));
  const isDecided = resources.some(({ checks }) => checks.some(({ state }) => state !== 'unknown'));
  const closed = isDecided ? undefined : faults.find(({ code }) => CLOSED.includes(code));
  if (closed !== undefined) return { cell, resources: [], failures: [toFailure(cell, closed)], closed };
  return {
    cell,
    resources,
    failures: faults.map((fault) => toFailure(cell, fault)),
    closed,
  };
}

function judgeList(
  cell: Cell,
  { name, controls }: { name: string; controls: readonly Control[] },
  { types }: Reader,
  list: Part<Resource[]>,
): CheckedResource[] {
  const judged =
    list instanceof Unread
      ? types.map((type) => unreadList(cell, name, type, list.code, controls))
      : list.map((resource) => judgeResource(cell, name, resource, controls));
  return judged.filter((each) => each !== undefined);
}
