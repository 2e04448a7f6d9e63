import { describe, expect, it } from 'vitest';
import { type Resource, type State, Unread } from '../../shared/security/control.ts';
import type { CheckedService } from '../../shared/security/service.ts';

/** Resources that show what a control decides. `undecidable`: a deciding field is there, and still nothing can be said. */
export interface ControlCases<R extends Resource> {
  passing: R;
  /** For an INFORMATIONAL control, one on which it says info. */
  failing: R;
  undecidable: R;
  /** Further cases, each with its name and verdict; `none` where the control is not about the resource. */
  more?: readonly (readonly [name: string, resource: R, state: State | 'none'])[];
}

/**
 * Tests every control of a service by its cases. A control without cases fails, and so do cases without a control:
 * each shows a passing, a failing and an undecidable resource.
 */
export function testControls(
  service: CheckedService,
  // biome-ignore lint/suspicious/noExplicitAny: each control has a resource type of its own.
  cases: Readonly<Record<string, ControlCases<any>>>,
): void {
  it(`has cases for each control of ${service.name}, and for no other`, () => {
    expect(Object.keys(cases).sort()).toEqual(service.controls.map(({ id }) => id).sort());
  });

  describe.each(service.controls.map((control) => [control.id, control] as const))('%s', (id, control) => {
    const { passing, failing, undecidable, more = [] } = cases[id] ?? {};
    const stateOf = (resource: Resource) => control.judge(resource)?.state ?? 'none';

    it('passes, fails and cannot tell', () => {
      const adverse = control.severity === 'INFORMATIONAL' ? 'info' : 'fail';
      const verdicts = [passing, failing, undecidable].map((resource) => control.judge(resource));
      const states = verdicts.map((verdict) => verdict?.state);
      expect(states).toEqual(['pass', adverse, 'unknown']);
      // A verdict without its reason is one that nobody can act on.
      expect(verdicts.map((verdict) => verdict?.reason)).not.toContain('');
      for (const { type } of [passing, failing, undecidable]) expect(control.resourceTypes).toContain(type);
    });

    it.each(more)('%s', (_name, resource, expected) => {
      expect(stateOf(resource)).toBe(expected);
      expect(control.judge(resource)?.reason).not.toBe('');
    });

    it('cannot tell where a deciding field is missing or was denied', () => {
      for (const field of control.fields) {
        expect(stateOf({ ...passing, [field]: undefined }), field).toBe('unknown');
        const denied = control.judge({ ...passing, [field]: new Unread('access_denied') });
        expect(denied, field).toEqual({ state: 'unknown', reason: `${field} not read: access_denied` });
      }
    });
  });
}
