import { SEVERITIES, type Severity } from '../../schemas/security-check.ts';
import type { Cell } from '../call.ts';
import type { ErrorCode } from '../errors.ts';
import { type Control, type Resource, type State, unknown, type Verdict } from './control.ts';

export interface Check extends Verdict {
  readonly control: Control;
}

/** A resource with the verdicts of all controls that are about it. */
export interface CheckedResource {
  readonly cell: Cell;
  readonly service: string;
  readonly resource: Resource;
  /** Worst first. */
  readonly checks: readonly Check[];
  readonly state: State;
  /** Of the worst control that fails. */
  readonly severity: Severity | undefined;
}

/** No severity ranks below all. */
export function rankOf(severity: Severity | undefined): number {
  return SEVERITIES.indexOf(severity as Severity);
}

/** Judges a resource. Undefined where no control is about it: such a resource was not checked. */
export function judgeResource(
  cell: Cell,
  service: string,
  resource: Resource,
  controls: readonly Control[],
): CheckedResource | undefined {
  const checks = controls
    .filter(({ resourceTypes }) => resourceTypes.includes(resource.type))
    .flatMap((control) => {
      const verdict = control.judge(resource);
      return verdict === undefined ? [] : [{ ...verdict, control }];
    });
  return checks.length === 0 ? undefined : summarise(cell, service, resource, checks);
}

/** A list that could not be read stands as one resource `*`, unknown to every control: the answer never looks clean. */
export function unreadList(
  cell: Cell,
  service: string,
  type: string,
  code: ErrorCode,
  controls: readonly Control[],
): CheckedResource | undefined {
  const checks = controls
    .filter(({ resourceTypes }) => resourceTypes.includes(type))
    .map((control) => ({ ...unknown(`list not read: ${code}`), control }));
  return checks.length === 0 ? undefined : summarise(cell, service, { type, id: '*' }, checks);
}

function summarise(cell: Cell, service: string, resource: Resource, checks: readonly Check[]): CheckedResource {
  const sorted = checks.toSorted(byWorst);
  const worst = sorted.find(({ state }) => state === 'fail');
  return { cell, service, resource, checks: sorted, state: stateOf(checks), severity: worst?.control.severity };
}

const STATES: readonly State[] = ['fail', 'unknown', 'pass', 'info'];

/**
 * The worst of the checks decides. An INFORMATIONAL control never fails, so that one left undecided hides nothing: it
 * counts only where nothing else was checked.
 */
function stateOf(checks: readonly Check[]): State {
  const deciding = checks.filter(({ control, state }) => control.severity !== 'INFORMATIONAL' || state === 'pass');
  const states = (deciding.length > 0 ? deciding : checks).map(({ state }) => state);
  return STATES.find((state) => states.includes(state)) ?? 'unknown';
}

function byWorst(a: Check, b: Check): number {
  return (
    STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
    rankOf(b.control.severity) - rankOf(a.control.severity) ||
    compare(a.control.id, b.control.id)
  );
}

const ORDER: readonly State[] = ['fail', 'unknown', 'info', 'pass'];

/** Worst first, and the same order in every run over the same estate: a cursor goes on by position. */
export function byWorstResource(a: CheckedResource, b: CheckedResource): number {
  return (
    ORDER.indexOf(a.state) - ORDER.indexOf(b.state) ||
    rankOf(b.severity) - rankOf(a.severity) ||
    compare(sortKey(a), sortKey(b))
  );
}

function sortKey({ cell, service, resource }: CheckedResource): string {
  return [cell.account, cell.region, service, resource.type, resource.id].join(' ');
}

/** By code units: the order must not depend on a locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
