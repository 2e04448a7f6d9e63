import { findingSummary } from '../../../schemas/get-security-findings.ts';
import { SEVERITIES, type Severity } from '../../../schemas/security-check.ts';
import type { SecurityService } from '../../../schemas/security-service.ts';
import type { Outcome } from '../../fan-out.ts';
import { project } from '../../projection.ts';
import { SERVICE_NAMES } from '../not-enabled.ts';
import type { Reading } from '../reading.ts';
import type { Answered } from '../status/status.ts';
import type { Overview } from './read-findings.ts';
import { reaching } from './severity.ts';
import { addCounts, type Counts, totalOf } from './source.ts';

/** Types and accounts given by name; the rest is one number. */
const MOST_NAMES = 12;

/** The counts of all cells together. A cell whose service is off has none; one that could not be asked is missing. */
export function summarise(overviews: readonly Outcome<Reading, Overview>[], countedBy: string, single: boolean) {
  const counts = overviews.flatMap(({ result }) => result.counts ?? []);
  const all = addCounts(counts);
  const isMissing = overviews.some(
    ({ result, failure }) => result.counts === undefined && failure?.code !== 'service_not_enabled',
  );
  const summary = {
    total_count: totalOf(all),
    severity_counts: Object.fromEntries(
      SEVERITIES.toReversed().flatMap((level) =>
        all.severity[level] ? [[level.toLowerCase(), all.severity[level]]] : [],
      ),
    ),
    type_counts: largest(all.type),
    ...(single ? {} : { account_counts: largest(byAccount(overviews)) }),
    counted_by: countedBy,
    partial: isMissing || all.partial === true,
  };
  // Types are names that a third-party product may have chosen.
  return project(findingSummary, summary) as typeof summary;
}

function byAccount(overviews: readonly Outcome<Reading, Overview>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { cell, result } of overviews) {
    const count = result.counts === undefined ? 0 : totalOf(result.counts as Counts);
    if (count > 0) counts[cell.account] = (counts[cell.account] ?? 0) + count;
  }
  return counts;
}

function largest(counts: Readonly<Record<string, number>>): Record<string, number> {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const rest = sorted.slice(MOST_NAMES).reduce((sum, [, count]) => sum + count, 0);
  return { ...Object.fromEntries(sorted.slice(0, MOST_NAMES)), ...(rest > 0 ? { '(others)': rest } : {}) };
}

/** Whether a service is on in a cell, as far as the answers told. */
export type Presence = 'on' | 'suspended' | 'changing' | 'off' | 'unknown';

export function presenceOf({ result, failure }: Outcome<Reading, Overview>): Presence {
  if (failure?.code === 'service_not_enabled') return 'off';
  const status = result.status?.row.status;
  if (status === undefined) return failure === undefined ? 'on' : 'unknown';
  return PRESENCES[status] ?? 'unknown';
}

const PRESENCES: Partial<Record<Answered['status'], Presence>> = {
  ENABLED: 'on',
  SUSPENDED: 'suspended',
  CHANGING: 'changing',
  DISABLED: 'off',
};

/** What was asked, and where the service is not at work. */
export function describe(
  service: SecurityService,
  minimum: Severity | undefined,
  presences: readonly Presence[],
): string {
  const name = SERVICE_NAMES[service];
  const [worst] = reaching(service, undefined);
  if (reaching(service, minimum).length === 0) return `${name} has no findings of ${minimum}: ${worst} is its worst.`;
  const what = `Findings of ${name}${minimum === undefined ? '' : `, ${minimum}${minimum === worst ? '' : ' and worse'}`}.`;
  const [only] = presences;
  if (presences.length === 1) return only === 'suspended' || only === 'changing' ? `${what} ${ALONE[only]}` : what;
  const told = (['suspended', 'changing', 'off', 'unknown'] as const).flatMap((presence) => {
    const count = presences.filter((each) => each === presence).length;
    return count === 0 ? [] : [`${WORDS[presence]} in ${count} of ${presences.length} places`];
  });
  return told.length === 0 ? what : `${what} It is ${told.join(', ')}.`;
}

const ALONE = {
  suspended: 'It is suspended and finds nothing new.',
  changing: 'It is being turned on or off: what it does not find yet says nothing.',
} as const;

const WORDS = {
  suspended: 'suspended',
  changing: 'being turned on or off',
  off: 'not enabled',
  unknown: 'not readable',
} as const;
