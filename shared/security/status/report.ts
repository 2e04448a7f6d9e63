import { SERVICE_STATES } from '../../../schemas/check-security-services.ts';
import { SECURITY_SERVICES, type SecurityService } from '../../../schemas/security-service.ts';
import { compare } from '../judge.ts';
import type { PlacedStatus } from './read-statuses.ts';

type State = (typeof SERVICE_STATES)[number];

/** Faults first, what could not be told next. */
const WORST_FIRST: readonly State[] = [
  'DISABLED',
  'SUSPENDED',
  'NO_SUPPORT_PLAN',
  'CHANGING',
  'UNKNOWN',
  'REGION_OFF',
  'ENABLED',
];

/** The same order in every run over the same estate: a cursor goes on by position. */
export function byWorstStatus(a: PlacedStatus, b: PlacedStatus): number {
  return (
    WORST_FIRST.indexOf(a.row.status) - WORST_FIRST.indexOf(b.row.status) ||
    SECURITY_SERVICES.indexOf(a.row.service as SecurityService) -
      SECURITY_SERVICES.indexOf(b.row.service as SecurityService) ||
    compare(`${a.cell.account} ${a.cell.region}`, `${b.cell.account} ${b.cell.region}`)
  );
}

/** How often each service is in which state; states that nowhere occur are left out. */
export function countStatuses(services: readonly SecurityService[], statuses: readonly PlacedStatus[]) {
  return Object.fromEntries(
    services.map((service) => {
      const counts: Record<string, number> = {};
      for (const { row } of statuses) {
        if (row.service === service) counts[keyOf(row.status)] = (counts[keyOf(row.status)] ?? 0) + 1;
      }
      return [service, counts];
    }),
  );
}

/** `Enabled: guardduty (4), macie (3 of 4). Suspended: …`; numbers only where there are several places. */
export function summarise(services: readonly SecurityService[], statuses: readonly PlacedStatus[]): string {
  const counts = countStatuses(services, statuses);
  const sentences = SERVICE_STATES.flatMap((state) => {
    const names = services.flatMap((service) => {
      const of = counts[service] ?? {};
      const all = Object.values(of).reduce((sum, count) => sum + count, 0);
      const here = of[keyOf(state)] ?? 0;
      if (here === 0) return [];
      if (all === 1) return [service];
      return [`${service} (${here === all ? all : `${here} of ${all}`})`];
    });
    return names.length === 0 ? [] : [`${WORDS[state]}: ${names.join(', ')}.`];
  });
  return sentences.join(' ');
}

const WORDS: Readonly<Record<State, string>> = {
  ENABLED: 'Enabled',
  SUSPENDED: 'Suspended',
  DISABLED: 'Disabled',
  NO_SUPPORT_PLAN: 'No support plan',
  CHANGING: 'Changing',
  REGION_OFF: 'Region off',
  UNKNOWN: 'Could not tell',
};

function keyOf(state: State): string {
  return state.toLowerCase();
}
