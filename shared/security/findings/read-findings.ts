import type { SecurityService } from '../../../schemas/security-service.ts';
import type { CellPages } from '../../assemble-list.ts';
import type { Call } from '../../call.ts';
import type { Position } from '../../cursor.ts';
import { faultsOf } from '../../failures.ts';
import { fanOut, type Outcome } from '../../fan-out.ts';
import type { Fields } from '../../item-fields.ts';
import { areFull, noPages, readPages } from '../../read-pages.ts';
import type { Reading } from '../reading.ts';
import { PROBES } from '../status/probes.ts';
import { faultOf, type Status, statusOf } from '../status/status.ts';
import type { Counts, FindingQuery, FindingSource } from './source.ts';

/** What one account and Region says of itself beside its findings. */
export interface Overview {
  counts?: Counts;
  status?: Status | undefined;
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
      const counting = asked(source.service, reading, () => source.count(query, reading)).then((counts) => {
        result.counts = counts;
      });
      // Counts that are refused at once must not hide a status that comes a moment later.
      const counted = counting.catch(() => undefined);
      await Promise.all([
        statusBeside(source.service, reading, checkEnabled).then((status) => {
          result.status = status;
        }),
        counted,
      ]);
      await counting;
    },
    ...faultsOf(call),
  });
}

/** Of Security Hub and Trusted Advisor the findings themselves are refused where the service is off. */
export function tellsItself(service: SecurityService): boolean {
  return service === 'securityhub' || service === 'trustedadvisor';
}

async function statusBeside(
  service: SecurityService,
  reading: Reading,
  checkEnabled: boolean,
): Promise<Status | undefined> {
  return tellsItself(service) || !checkEnabled ? undefined : statusOf(PROBES[service], reading);
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
    emptyResult: noPages,
    ask: async (reading, result) => {
      const begin = reading === readings[0] ? start : undefined;
      const page = (token: string | undefined) =>
        asked(source.service, reading, () => source.page(query, reading, token));
      await readPages(result, begin, max, source.pageSize, async ({ token }) => {
        const { items, next } = await page(token);
        return { items: items.map((item) => fields.of(item)), next };
      });
    },
    isEnough: (results) => areFull(results, max),
    ...faultsOf(call),
  });
}

/** What a source gives, or the fault that its service's error stands for. */
async function asked<T>(service: SecurityService, reading: Reading, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw faultOf(service, error, reading);
  }
}
