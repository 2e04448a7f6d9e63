import type { Verdict } from '../types.ts';

/** One thing that is wrong, or that an answer calls wrong. */
export interface Failing {
  /** As in `comparedControls`. */
  readonly control: string;
  readonly accountId: string;
  readonly region: string;
  /** The identifier that AWS gave, or the name where the name identifies it. */
  readonly resource: string;
}

/** What an answer calls wrong. One check of a peer may stand for several controls: it counts for those that fail there. */
export interface Finding extends Omit<Failing, 'control'> {
  readonly controls: readonly string[];
}

/** A verdict with what it counts. */
export interface Judged extends Verdict {
  readonly missed: readonly Failing[];
  readonly false: readonly Failing[];
}

/**
 * Holds an answer against the truth. What an answer says twice counts once.
 *
 * @param truth everything that is wrong, whether planted or not: what an answer has beyond it is false
 */
export function judge(truth: readonly Failing[], answer: readonly Failing[]): Judged {
  const [wanted, got] = [byKey(truth), byKey(answer)];
  const missed = [...wanted].filter(([key]) => !got.has(key)).map(([, each]) => each);
  const beyond = [...got].filter(([key]) => !wanted.has(key)).map(([, each]) => each);
  return {
    expected: wanted.size,
    found: wanted.size - missed.length,
    wrong: beyond.length,
    missed,
    false: beyond,
  };
}

/** The same for each control of which the truth or the answer says something. */
export function judgeByControl(truth: readonly Failing[], answer: readonly Failing[]): Map<string, Judged> {
  const ids = new Set([...truth, ...answer].map(({ control }) => control));
  const of = (id: string) => (each: Failing) => each.control === id;
  return new Map([...ids].sort().map((id) => [id, judge(truth.filter(of(id)), answer.filter(of(id)))]));
}

function byKey(all: readonly Failing[]): Map<string, Failing> {
  return new Map(
    all.map((each) => [[each.control, each.accountId, each.region, each.resource].join(' '), each] as const),
  );
}
