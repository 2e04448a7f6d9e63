import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../schemas/security-check.ts';
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

const SECURITY_HUB = /^https:\/\/docs\.aws\.amazon\.com\/securityhub\/latest\/userguide\/[a-z0-9]+-controls\.html#/;

/**
 * Tests every control of a service by its cases, and that it is told as all are. A control without cases fails, and so
 * do cases without a control: each shows a passing, a failing and an undecidable resource.
 */
export function testControls(
  service: CheckedService,
  // biome-ignore lint/suspicious/noExplicitAny: each control has a resource type of its own.
  cases: Readonly<Record<string, ControlCases<any>>>,
): void {
  it(`has cases for each control of ${service.name}, and for no other`, () => {
    expect(Object.keys(cases).sort()).toEqual(service.controls.map(({ id }) => id).sort());
  });

  it(`judges what is read of ${service.name}, and reads what is judged`, () => {
    const read = service.readers.flatMap(({ types }) => types);
    const judged = service.controls.flatMap(({ resourceTypes }) => resourceTypes);
    expect(judged.filter((type) => !read.includes(type))).toEqual([]);
    expect(read.filter((type) => !judged.includes(type))).toEqual([]);
    expect(service.name).toMatch(/^[a-z0-9_]+$/);
    expect(service.controls.map((control) => control.service)).toEqual(service.controls.map(() => service.name));
  });

  describe.each(service.controls.map((control) => [control.id, control] as const))('%s', (id, control) => {
    const { passing, failing, undecidable, more = [] } = cases[id] ?? {};
    const stateOf = (resource: Resource) => control.judge(resource)?.state ?? 'none';

    it('is told in short, with a link to its own place', () => {
      expect(id).toMatch(/^([A-Z][A-Za-z0-9]+\.[0-9]+|OPS\.[A-Z0-9]+\.[0-9]+)$/);
      expect(control.title).toMatch(/^[A-Z][^\n]{10,79}$/);
      expect(SEVERITIES).toContain(control.severity);
      expect(control.fields.length).toBeGreaterThan(0);
      expect(control.remediation).toMatch(/^[^\n]{10,150}\.$/);
      expect(control.url).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+$/);
      if (!id.startsWith('OPS.')) {
        expect(control.url).toMatch(SECURITY_HUB);
        expect(control.url.split('#')[1]).toBe(id.toLowerCase().replace('.', '-'));
      }
    });

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
