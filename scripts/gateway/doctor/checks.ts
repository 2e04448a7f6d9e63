import { accessChecks } from './access-checks.ts';
import type { Check, Facts, Finding } from './facts.ts';
import { reachChecks } from './reach-checks.ts';
import { toolChecks } from './tool-checks.ts';

/** Every check, from the gateway outwards: the first failure is usually the reason of those below. */
export const checks: readonly Check[] = [...reachChecks, ...accessChecks, ...toolChecks];

export interface Diagnosis extends Finding {
  readonly id: string;
  readonly title: string;
}

/** The verdict of every check. */
export function diagnose(facts: Facts): Diagnosis[] {
  return checks.map(({ id, title, judge }) => ({ id, title, ...judge(facts) }));
}
