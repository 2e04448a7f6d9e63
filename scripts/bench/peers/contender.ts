import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { interleave, median } from '../statistics.ts';
import type { Measured, PeerRow, PeerWorld, Verdict } from './types.ts';

/** What a contender says to a question: the answer as a model is shown it, and what to end once it is measured. */
export interface Said {
  readonly text: string;
  readonly end?: () => Promise<void>;
}

/** One subject that can be asked one question again and again. */
export interface Contender {
  readonly subject: string;
  readonly question: string;
  readonly ours?: true;
  readonly note?: string;
  readonly toolListTokens?: number;
  /** The instances that the right answer holds. */
  readonly truth: ReadonlySet<string>;
  /** Adds the processes that it uses to `roots`. */
  ask(roots: Set<number>): Promise<Said>;
}

/** Asks every contender once a round, in turns; one that fails becomes a row that says why. */
export async function compete(world: PeerWorld, contenders: readonly Contender[]): Promise<PeerRow[]> {
  const failed = new Map<Contender, string>();
  const results = await interleave(contenders, world.rounds, async (contender) => {
    if (failed.has(contender)) return undefined;
    try {
      const measured = await world.measure((roots) => contender.ask(roots));
      await measured.result.end?.();
      return measured;
    } catch (error) {
      failed.set(contender, reasonOf(error));
      return undefined;
    }
  });
  return contenders.map((contender) => {
    const why = failed.get(contender);
    const samples = (results.get(contender) ?? []).filter((sample) => sample !== undefined);
    return { ...heading(contender), ...(why === undefined ? { figures: figuresOf(contender, samples) } : { why }) };
  });
}

/** The row of a subject that cannot run here. */
export function whyRow(question: string, subject: string, error: unknown): PeerRow {
  return { question, subject, why: reasonOf(error) };
}

function heading({ question, subject, ours, note }: Contender) {
  return { question, subject, ...(ours ? { ours } : {}), ...(note === undefined ? {} : { note }) };
}

function figuresOf({ truth, toolListTokens }: Contender, samples: readonly Measured<Said>[]) {
  const of = (pick: (sample: Measured<Said>) => number) => median(samples.map(pick));
  const last = samples.at(-1);
  if (last === undefined) throw new Error('Nothing was measured.');
  return {
    ms: of(({ ms }) => ms),
    calls: of(({ calls }) => calls),
    peakInFlight: of(({ peakInFlight }) => peakInFlight),
    ...(last.peakMemoryMb === undefined ? {} : { peakMemoryMb: of(({ peakMemoryMb = 0 }) => peakMemoryMb) }),
    answerTokens: countTokens(last.result.text),
    ...(toolListTokens === undefined ? {} : { toolListTokens }),
    answer: judge(last.result.text, truth),
  };
}

/** The instance IDs of a text against those that should be in it. */
export function judge(text: string, truth: ReadonlySet<string>): Verdict {
  const named = new Set(text.match(/\bi-[0-9a-f]{17}\b/g));
  return {
    expected: truth.size,
    found: [...truth].filter((id) => named.has(id)).length,
    wrong: [...named].filter((id) => !truth.has(id)).length,
  };
}

/** The first line of an error, short enough for a table. */
function reasonOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).trim().split('\n');
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
