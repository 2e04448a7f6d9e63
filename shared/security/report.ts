import type { CheckedResource as Detail } from '../../schemas/security-check.ts';
import { estimateTokens } from '../answer-budget.ts';
import type { Control, State } from './control.ts';
import { type CheckedResource, compare, rankOf } from './judge.ts';

/** How many resources are in which state; the first is the sum of the others. */
function countResources(resources: readonly CheckedResource[]) {
  const { pass, fail, info, unknown } = countStates(resources);
  return {
    resources_checked: resources.length,
    compliant_resources: pass,
    non_compliant_resources: fail,
    info_resources: info,
    unknown_resources: unknown,
  };
}

function countStates(of: readonly { readonly state: State }[]): Record<State, number> {
  const counts = { pass: 0, fail: 0, info: 0, unknown: 0 };
  for (const { state } of of) counts[state]++;
  return counts;
}

/** Resources by service, for each service asked for, also where it has none. */
function countByService(services: readonly string[], resources: readonly CheckedResource[]) {
  return Object.fromEntries(
    services.map((name) => [name, countResources(resources.filter(({ service }) => service === name))]),
  );
}

interface Tally {
  readonly control: Control;
  readonly counts: Record<State, number>;
}

/** The verdicts of each control that judged anything, worst control first. */
function tallyControls(resources: readonly CheckedResource[]): Tally[] {
  const tallies = new Map<Control, Tally>();
  for (const { control, state } of resources.flatMap(({ checks }) => checks)) {
    const tally = tallies.get(control) ?? { control, counts: countStates([]) };
    tally.counts[state]++;
    tallies.set(control, tally);
  }
  return [...tallies.values()].sort(byWorstControl);
}

function byWorstControl(a: Tally, b: Tally): number {
  const severity = rankOf(b.control.severity) - rankOf(a.control.severity);
  if (a.counts.fail > 0 !== b.counts.fail > 0) return a.counts.fail > 0 ? -1 : 1;
  if (a.counts.fail > 0) return severity || b.counts.fail - a.counts.fail || compare(a.control.id, b.control.id);
  return b.counts.unknown - a.counts.unknown || severity || compare(a.control.id, b.control.id);
}

/** A control's row: with its title where there is something to look at, counts of 0 left out. */
function toControlRow({ control: { id, severity, service, title }, counts }: Tally) {
  const some = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  return { id, severity, service, ...(counts.fail + counts.unknown > 0 ? { title } : {}), ...some };
}

/** Advice may take so many tokens, about 30 lines: the details must have room beside it. */
const ADVICE_TOKENS = 1_500;

/** What to do, worst first: one line per control that fails, however many resources fail it. */
function recommend(tallies: readonly Tally[]): string[] {
  const failing = tallies.filter(({ counts }) => counts.fail > 0);
  const lines = failing.map(({ control: { id, remediation, url } }) => `${id}: ${remediation} ${url}`);
  let tokens = 0;
  const kept = lines.filter((line) => {
    tokens += estimateTokens(line);
    return tokens <= ADVICE_TOKENS;
  });
  const left = lines.length - kept.length;
  return left === 0 ? kept : [...kept, `For ${left} more controls, ask for fewer services or a higher min_severity.`];
}

/** A resource as it is given, before its fields are selected. */
export function toDetail({ service, resource, checks, state, severity }: CheckedResource): Detail {
  const issues = checks.filter((check) => check.state === 'fail' || check.state === 'unknown');
  return {
    service,
    type: resource.type,
    id: resource.id,
    name: resource.name,
    arn: resource.arn,
    state,
    ...(state === 'pass' || state === 'fail' ? { compliant: state === 'pass' } : {}),
    severity,
    ...(issues.length > 0 ? { issues: issues.map(({ control, reason }) => `${control.id}: ${reason}`) } : {}),
    checks: Object.fromEntries(checks.map((check) => [check.control.id, check.state])),
  };
}

/** Everything that is said of all resources together. */
export function summarise(services: readonly string[], resources: readonly CheckedResource[]) {
  const tallies = tallyControls(resources);
  return {
    ...countResources(resources),
    checks: countStates(resources.flatMap(({ checks }) => checks)),
    compliance_by_service: countByService(services, resources),
    controls: tallies.map(toControlRow),
    recommendations: recommend(tallies),
  };
}
