import { describe, expect, it } from 'vitest';
import type { Severity } from '../../../schemas/security-check.ts';
import { type Control, controlsOn, type Resource, type State } from '../../../shared/security/control.ts';
import {
  byWorstResource,
  type CheckedResource,
  compare,
  judgeResource,
  rankOf,
  unreadList,
} from '../../../shared/security/judge.ts';

const cell = { account: '1', region: 'a' };
const THING = 'AWS::Some::Thing';
const thing: Resource = { type: THING, id: 'thing-1' };

/** A control that always says the same; `none` where it is not about the resource. */
function control(id: string, state: State | 'none', severity: Severity = 'LOW', type = THING): Control {
  const verdict = { state: state as State, reason: `${id} says ${state}` };
  return controlsOn(
    'things',
    type,
  )({
    id,
    title: id,
    severity,
    when: () => state !== 'none',
    fields: [],
    remediation: '',
    url: '',
    judge: () => verdict,
  });
}

const judged = (...controls: Control[]) => judgeResource(cell, 'things', thing, controls);

describe('judgeResource', () => {
  it('gives the verdicts of the controls that are about the resource', () => {
    const [own, foreign] = [control('T.1', 'pass'), control('T.2', 'fail', 'HIGH', 'AWS::Other::Thing')];
    expect(judged(own, foreign, control('T.3', 'none'))).toEqual({
      cell,
      service: 'things',
      resource: thing,
      checks: [{ state: 'pass', reason: 'T.1 says pass', control: own }],
      state: 'pass',
      severity: undefined,
    });
    expect(judged(foreign, control('T.3', 'none'))).toBeUndefined();
  });

  it('sorts by state, then by severity, then by ID', () => {
    const checked = judged(
      control('T.1', 'info'),
      control('T.2', 'pass'),
      control('T.3', 'unknown'),
      control('T.6', 'fail', 'LOW'),
      control('T.5', 'fail', 'LOW'),
      control('T.4', 'fail', 'CRITICAL'),
    );
    expect(checked?.checks.map((check) => check.control.id)).toEqual(['T.4', 'T.5', 'T.6', 'T.3', 'T.2', 'T.1']);
  });

  it.each<[State, State[]]>([
    ['fail', ['info', 'pass', 'unknown', 'fail']],
    ['unknown', ['info', 'pass', 'unknown']],
    ['pass', ['info', 'pass']],
    ['info', ['info']],
  ])('is %s by the worst of %j', (state, states) => {
    expect(judged(...states.map((each, index) => control(`T.${index}`, each)))?.state).toBe(state);
  });

  it('has the severity of the worst control that fails, and none where none does', () => {
    const failing = [control('T.1', 'fail', 'LOW'), control('T.2', 'fail', 'HIGH'), control('T.3', 'pass', 'CRITICAL')];
    expect(judged(...failing)?.severity).toBe('HIGH');
    expect(judged(control('T.1', 'unknown', 'HIGH'))?.severity).toBeUndefined();
  });

  it('is not left open by an informational control alone', () => {
    const open = control('T.1', 'unknown', 'INFORMATIONAL');
    expect(judged(open, control('T.2', 'info'))?.state).toBe('info');
    expect(judged(open)?.state).toBe('unknown');
    expect(judged(open, control('T.2', 'pass', 'INFORMATIONAL'))?.state).toBe('pass');
    expect(judged(control('T.1', 'info', 'INFORMATIONAL'), control('T.2', 'info', 'INFORMATIONAL'))?.state).toBe(
      'info',
    );
  });
});

describe('a list that was not read', () => {
  it('is one resource * that every control leaves open, as no control were asked', () => {
    const controls = [
      control('T.1', 'pass'),
      control('T.2', 'fail'),
      control('T.3', 'fail', 'LOW', 'AWS::Other::Thing'),
    ];
    const unread = unreadList(cell, 'things', THING, 'access_denied', controls);
    expect(unread).toMatchObject({ cell, service: 'things', resource: { type: THING, id: '*' }, state: 'unknown' });
    expect(unread?.checks.map(({ state, reason, control: { id } }) => [id, state, reason])).toEqual([
      ['T.1', 'unknown', 'list not read: access_denied'],
      ['T.2', 'unknown', 'list not read: access_denied'],
    ]);
    expect(unreadList(cell, 'things', 'AWS::No::Thing', 'access_denied', controls)).toBeUndefined();
  });
});

describe('the order of resources', () => {
  const resource = (state: State, more: Partial<CheckedResource> = {}): CheckedResource => ({
    cell,
    service: 'things',
    resource: thing,
    checks: [],
    state,
    severity: undefined,
    ...more,
  });

  it('is by state, then by severity, then by where and what they are', () => {
    const sorted = [
      resource('fail', { severity: 'CRITICAL' }),
      resource('fail', { severity: 'LOW' }),
      resource('unknown'),
      resource('info'),
      resource('pass'),
      resource('pass', { resource: { type: THING, id: 'thing-2' } }),
      resource('pass', { resource: { type: 'AWS::Some::Tool', id: 'thing-0' } }),
      resource('pass', { service: 'tools' }),
      resource('pass', { cell: { account: '1', region: 'b' }, service: 'apples' }),
      resource('pass', { cell: { account: '2', region: 'a' } }),
    ];
    expect(sorted.toReversed().toSorted(byWorstResource)).toEqual(sorted);
    expect(byWorstResource(resource('pass'), resource('pass'))).toBe(0);
  });

  it('goes by code units', () => {
    expect([compare('a', 'b'), compare('b', 'a'), compare('a', 'a'), compare('Z', 'a')]).toEqual([-1, 1, 0, -1]);
  });

  it('ranks no severity below all', () => {
    expect([undefined, 'INFORMATIONAL' as const, 'CRITICAL' as const].map(rankOf)).toEqual([-1, 0, 4]);
  });
});
