import { SEVERITIES, type Severity } from '../../../schemas/security-check.ts';
import type { SecurityService } from '../../../schemas/security-service.ts';

/** How a service's own measure becomes one of our severities. */
export interface SeverityScale {
  /** Numbers: from here (inclusive) up to the next worse one. Labels: these words. */
  readonly from?: Partial<Record<Severity, number>>;
  readonly labels?: Partial<Record<Severity, readonly string[]>>;
  readonly source: string;
}

/** Each service's own ranges. What a service has no word for is left out: nothing of it is ever that severe. */
export const SCALES: Readonly<Record<SecurityService, SeverityScale>> = {
  guardduty: {
    from: { LOW: 1, MEDIUM: 4, HIGH: 7, CRITICAL: 9 },
    source:
      'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html: Low 1.0–3.9, Medium 4.0–6.9, High 7.0–8.9, Critical 9.0–10.0',
  },
  macie: {
    from: { LOW: 1, MEDIUM: 2, HIGH: 3 },
    labels: { LOW: ['Low'], MEDIUM: ['Medium'], HIGH: ['High'] },
    source: 'https://docs.aws.amazon.com/macie/latest/user/findings-severity.html: Low 1, Medium 2, High 3',
  },
  inspector: {
    labels: {
      // Not scored yet: nobody can say how bad it is, so it is hidden by no lower minimum than the lowest.
      INFORMATIONAL: ['INFORMATIONAL', 'UNTRIAGED'],
      LOW: ['LOW'],
      MEDIUM: ['MEDIUM'],
      HIGH: ['HIGH'],
      CRITICAL: ['CRITICAL'],
    },
    source: 'https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html: severity',
  },
  securityhub: {
    labels: {
      INFORMATIONAL: ['INFORMATIONAL'],
      LOW: ['LOW'],
      MEDIUM: ['MEDIUM'],
      HIGH: ['HIGH'],
      CRITICAL: ['CRITICAL'],
    },
    source: 'https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html: Label',
  },
  trustedadvisor: {
    labels: { INFORMATIONAL: ['ok', 'not_available'], MEDIUM: ['warning'], HIGH: ['error'] },
    source:
      'https://docs.aws.amazon.com/awssupport/latest/user/get-started-with-aws-trusted-advisor.html: red "action recommended", yellow "investigation recommended"',
  },
  accessanalyzer: {
    // Access Analyzer does not rank. Ours: open to the world, then to another account or a forgotten credential, then
    // rights that nobody uses. The rows of ACCESS_RANKS ask for each of them.
    labels: { LOW: ['unused', 'internal'], MEDIUM: ['external', 'credential'], HIGH: ['public'] },
    source: 'our own ranking: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-concepts.html has none',
  },
};

/** Trusted Advisor's own words as a minimum. */
export const ADVISOR_WORDS: Readonly<Record<string, Severity>> = { ERROR: 'HIGH', WARNING: 'MEDIUM' };

/** A word of the caller's on our scale; undefined for one that the service does not have. */
export function minimumOf(service: SecurityService, asked: string): Severity | undefined {
  if (service === 'trustedadvisor' && Object.hasOwn(ADVISOR_WORDS, asked)) return ADVISOR_WORDS[asked];
  return SEVERITIES.find((each) => each === asked);
}

export function isAtLeast(severity: Severity, minimum: Severity | undefined): boolean {
  return minimum === undefined || SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(minimum);
}

/** The severities of a service that reach the minimum, the worst first. Empty: it has none so severe. */
export function reaching(service: SecurityService, minimum: Severity | undefined): Severity[] {
  const { from = {}, labels = from } = SCALES[service];
  return SEVERITIES.filter((each) => Object.hasOwn(labels, each) && isAtLeast(each, minimum)).reverse();
}

/** A service's own words for everything that reaches the minimum. */
export function labelsFrom(service: SecurityService, minimum: Severity | undefined): string[] {
  return reaching(service, minimum).flatMap((each) => SCALES[service].labels?.[each] ?? []);
}

/** The lowest number of a service's scale that reaches the minimum. */
export function numberFrom(service: SecurityService, minimum: Severity): number | undefined {
  const least = reaching(service, minimum).at(-1);
  return least && SCALES[service].from?.[least];
}

/** What a service's own measure is on our scale. An unknown word is no reason to hide a finding: it is the lowest. */
export function severityOf(service: SecurityService, own: number | string | undefined): Severity {
  const { from, labels } = SCALES[service];
  const worstFirst = SEVERITIES.toReversed();
  const found =
    typeof own === 'number'
      ? worstFirst.find((each) => own >= (from?.[each] ?? Number.POSITIVE_INFINITY))
      : worstFirst.find((each) => labels?.[each]?.includes(own ?? ''));
  return found ?? 'INFORMATIONAL';
}
