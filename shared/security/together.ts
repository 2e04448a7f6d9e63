import type { State, Verdict } from './control.ts';

const WORST_FIRST: readonly State[] = ['fail', 'unknown', 'pass', 'info'];
/** So many reasons are told, so that one resource with many parts does not fill an answer. */
const REASONS = 3;

/** One verdict on the parts of a resource, such as its listeners: the worst, with the reasons of the parts in that state. */
export function together(verdicts: readonly Verdict[], none: Verdict): Verdict {
  const state = WORST_FIRST.find((each) => verdicts.some((verdict) => verdict.state === each));
  if (state === undefined) return none;
  const reasons = [...new Set(verdicts.filter((verdict) => verdict.state === state).map((verdict) => verdict.reason))];
  const more = reasons.length - REASONS;
  const told = more > 0 ? [...reasons.slice(0, REASONS), `${more} more`] : reasons;
  return { state, reason: told.join('; ') };
}
