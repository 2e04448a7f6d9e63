import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { interleave, median } from '../statistics.ts';
import type { Measured, PeerRow, PeerWorld, Verdict } from './types.ts';
import { endFamily } from './watch.ts';

/** A peer that takes longer has hung. */
const ASK_LIMIT_MS = 5 * 60_000;

/** What a contender says to a question. */
export interface Said {
  /** The answer as a model is shown it; absent where no model is. */
  readonly text?: string;
  /** Where the answer is about more than instances. */
  readonly verdict?: Verdict;
  /** About this answer, for the note under the table. */
  readonly note?: string;
  /** What to do once it is measured. */
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
  readonly truth?: ReadonlySet<string>;
  /** How long it may take before it is ended. */
  readonly limitMs?: number;
  /** Adds the processes that it uses to `roots`. */
  ask(roots: Set<number>): Promise<Said>;
}

/** Asks every contender once a round, in turns; one that fails becomes a row that says why. */
export async function compete(world: PeerWorld, contenders: readonly Contender[]): Promise<PeerRow[]> {
  const failed = new Map<Contender, string>();
  const results = await interleave(contenders, world.rounds, async (contender) => {
    if (failed.has(contender)) return undefined;
    try {
      const measured = await world.measure((roots) => inTime(contender, roots));
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
    const note = [contender.note, samples.at(-1)?.result.note].filter((each) => each !== undefined).join('; ');
    return {
      ...heading(contender),
      ...(note === '' ? {} : { note }),
      ...(why === undefined ? { figures: figuresOf(contender, samples) } : { why }),
    };
  });
}

/** The row of a subject that cannot run here. */
export function whyRow(question: string, subject: string, error: unknown): PeerRow {
  return { question, subject, why: reasonOf(error) };
}

/** One answer. A contender that hangs is ended with all its processes, and fails. */
async function inTime({ ask, limitMs = ASK_LIMIT_MS }: Contender, roots: Set<number>): Promise<Said> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const why = new Error(`no answer within ${Math.ceil(limitMs / 1_000)} s`);
      endFamily(roots).then(() => reject(why), reject);
    }, limitMs);
  });
  try {
    return await Promise.race([ask(roots), late]);
  } finally {
    clearTimeout(timer);
  }
}

function heading({ question, subject, ours }: Contender) {
  return { question, subject, ...(ours ? { ours } : {}) };
}

function figuresOf({ truth = new Set(), toolListTokens }: Contender, samples: readonly Measured<Said>[]) {
  const of = (pick: (sample: Measured<Said>) => number) => median(samples.map(pick));
  const last = samples.at(-1);
  if (last === undefined) throw new Error('Nothing was measured.');
  return {
    ms: of(({ ms }) => ms),
    calls: of(({ calls }) => calls),
    peakInFlight: of(({ peakInFlight }) => peakInFlight),
    ...(last.peakMemoryMb === undefined ? {} : { peakMemoryMb: of(({ peakMemoryMb = 0 }) => peakMemoryMb) }),
    ...(last.result.text === undefined ? {} : { answerTokens: countTokens(last.result.text) }),
    ...(toolListTokens === undefined ? {} : { toolListTokens }),
    answer: last.result.verdict ?? judge(last.result.text ?? '', truth),
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
