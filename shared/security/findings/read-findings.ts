import type { SecurityService } from '../../../schemas/security-service.ts';
import { AnswerBudget } from '../../answer-budget.ts';
import type { CellPages } from '../../assemble-list.ts';
import type { Call, Cell } from '../../call.ts';
import type { Position } from '../../cursor.ts';
import { ToolError } from '../../errors.ts';
import { faultsOf } from '../../failures.ts';
import { fanOut, type Outcome } from '../../fan-out.ts';
import type { Fields } from '../../item-fields.ts';
import type { Reading } from '../reading.ts';
import { PROBES } from '../status/probes.ts';
import { faultOf, type Status, statusOf } from '../status/status.ts';
import type { Counts, FindingQuery, FindingSource } from './source.ts';

/** What one account and Region says of itself beside its findings. */
export interface Overview {
  counts?: Counts;
  status?: Status;
}

/** The status of the service and the counts, in all cells: neither needs the findings. */
export function readOverviews(
  readings: readonly Reading[],
  source: FindingSource,
  query: FindingQuery,
  checkEnabled: boolean,
  call: Call,
): Promise<Outcome<Reading, Overview>[]> {
  return fanOut<Reading, Overview>({
    cells: readings,
    emptyResult: () => ({}),
    ask: async (reading, result) => {
      await Promise.all([
        statusBeside(source.service, reading, checkEnabled).then((status) => {
          if (status !== undefined) result.status = status;
        }),
        asked(source.service, reading, () => source.count(query, reading)).then((counts) => {
          result.counts = counts;
        }),
      ]);
    },
    ...faultsOf(call),
  });
}

/** Of Security Hub and Trusted Advisor the findings themselves are refused where the service is off. */
function statusBeside(service: SecurityService, reading: Reading, checkEnabled: boolean): Promise<Status | undefined> {
  const tells = service === 'securityhub' || service === 'trustedadvisor';
  return tells || !checkEnabled ? Promise.resolve(undefined) : statusOf(PROBES[service], reading);
}

/** Findings page by page, cell after cell until there are enough of them. */
export function readFindings(
  readings: readonly Reading[],
  source: FindingSource,
  query: FindingQuery,
  { start, max, fields, call }: { start: Position | undefined; max: number; fields: Fields; call: Call },
): Promise<Outcome<Reading, CellPages>[]> {
  return fanOut<Reading, CellPages>({
    cells: readings,
    emptyResult: () => ({ pages: [], next: undefined, count: 0, characters: 0 }),
    ask: async (reading, result) => {
      const begin = reading === readings[0] ? start : undefined;
      const page = (token: string | undefined) =>
        asked(source.service, reading, () => source.page(query, reading, token));
      await readPages(result, begin, max, source.pageSize, async (token) => {
        const { items, next } = await page(token);
        return { items: items.map((item) => fields.of(item)), next };
      });
    },
    isEnough: (results) => isFull(sum(results, 'count'), sum(results, 'characters'), max),
    ...faultsOf(call),
  });
}

async function readPages(
  result: CellPages,
  start: Position | undefined,
  wanted: number,
  size: number,
  fetch: (token: string | undefined) => Promise<{ items: Record<string, unknown>[]; next: string | undefined }>,
): Promise<void> {
  let token = start?.token;
  let given = start?.offset ?? 0;
  const seen = new Set([token]);
  do {
    result.next = token;
    const { items, next } = await fetch(token);
    result.pages.push({ token, size, items });
    const fresh = items.slice(given);
    result.count += fresh.length;
    result.characters += JSON.stringify(fresh).length;
    given = 0;
    token = next === '' ? undefined : next;
    result.next = token;
    if (token !== undefined && seen.has(token))
      throw new ToolError('unavailable', 'AWS gave the same page again: the rest of this list cannot be read now.');
    seen.add(token);
  } while (token !== undefined && !isFull(result.count, result.characters, wanted));
}

/** Whether an answer could hold no more, by the number of items asked for or by its size. */
function isFull(count: number, characters: number, wanted: number): boolean {
  return count >= wanted || characters >= AnswerBudget.mostCharacters(wanted);
}

function sum(results: readonly CellPages[], what: 'count' | 'characters'): number {
  return results.reduce((total, result) => total + result[what], 0);
}

/** What a source gives, or the fault that its service's error stands for. */
async function asked<T>(service: SecurityService, reading: Reading, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw faultOf(service, error, reading);
  }
}

/** The cells that are still to be asked: the cursor's own first. Its account and Region are checked again by being found. */
export function cellsFrom(start: Position | undefined, cells: readonly Cell[]): readonly Cell[] {
  if (start === undefined) return cells;
  const index = cells.findIndex(({ account, region }) => account === start.account && region === start.region);
  if (index !== -1) return cells.slice(index);
  throw new ToolError(
    'invalid_input',
    'next_token points to an account or Region that may no longer be read. Repeat the call without next_token.',
    { field: 'next_token' },
  );
}
