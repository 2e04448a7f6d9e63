import type { Finding } from '../../../schemas/get-security-findings.ts';
import { SEVERITIES, type Severity } from '../../../schemas/security-check.ts';
import type { SecurityService } from '../../../schemas/security-service.ts';
import type { Page } from '../../list-handler.ts';
import type { Reading } from '../reading.ts';
import { reaching } from './severity.ts';

/** Which findings are asked for. */
export interface FindingQuery {
  readonly minimum: Severity | undefined;
  readonly includeArchived: boolean;
  /** Whose findings, where the account asked is an administrator; its own otherwise. */
  readonly member: string | undefined;
  /** Security Hub's own; none: its default. */
  readonly workflow: readonly string[];
  readonly compliance: readonly string[];
}

/** How many there are, without the findings themselves. */
export interface Counts {
  readonly severity: Partial<Record<Severity, number>>;
  readonly type: Readonly<Record<string, number>>;
  /** Not all could be counted. */
  readonly partial?: boolean;
}

/** A service's findings in one account and Region. */
export interface FindingSource {
  readonly service: SecurityService;
  /** `account`: one answer for all Regions. */
  readonly scope: 'cell' | 'account';
  /** Findings of one page: the API's maximum. */
  readonly pageSize: number;
  /** Where the counts come from, for the answer. */
  readonly countedBy: string;
  readonly page: (query: FindingQuery, cell: Reading, token: string | undefined) => Promise<Page<Finding>>;
  readonly count: (query: FindingQuery, cell: Reading) => Promise<Counts>;
}

export const NO_COUNTS: Counts = { severity: {}, type: {} };

/** A source that is not asked where the service has nothing so severe. */
export function findingSource(source: FindingSource): FindingSource {
  const isEmpty = ({ minimum }: FindingQuery) => reaching(source.service, minimum).length === 0;
  return {
    ...source,
    page: async (query, cell, token) => (isEmpty(query) ? { items: [] } : source.page(query, cell, token)),
    count: async (query, cell) => (isEmpty(query) ? NO_COUNTS : source.count(query, cell)),
  };
}

/** Adds up counts; `type` under the same names. */
export function addCounts(all: readonly Counts[]): Counts {
  const severity: Partial<Record<Severity, number>> = {};
  const type: Record<string, number> = Object.create(null);
  for (const each of all) {
    for (const name of SEVERITIES) {
      const count = each.severity[name] ?? 0;
      if (count > 0) severity[name] = (severity[name] ?? 0) + count;
    }
    for (const [name, count] of Object.entries(each.type)) type[name] = (type[name] ?? 0) + count;
  }
  return { severity, type, partial: all.some(({ partial }) => partial === true) };
}

/** Counts findings that were read, for services without an API that counts. */
export function countFindings(items: readonly { Severity?: unknown; type: string }[], partial: boolean): Counts {
  return {
    ...addCounts(
      items.map(({ Severity: severity, type }) => ({ severity: { [severity as Severity]: 1 }, type: { [type]: 1 } })),
    ),
    partial,
  };
}

export function totalOf({ severity }: Counts): number {
  return Object.values(severity).reduce((sum, count) => sum + count, 0);
}

/** A link that a product put into its finding: one that a browser may follow, or none. */
export function webLink(url: string | undefined): string | undefined {
  return url?.startsWith('https://') === true ? url : undefined;
}
