import type { Demo } from '../../local/demo.ts';

/** The simulated organization as the peers meet it: everything on loopback, the same latency for everybody. */
export interface PeerWorld {
  /** The demo organization, its proxy (call log, rules) and the environment of our own functions. */
  readonly demo: Demo;
  /** Milliseconds that are added to each AWS call while `measure` runs. */
  readonly latencyMs: number;
  /** How often each subject is measured; the medians are reported. */
  readonly rounds: number;
  /** The account that the peers with one account per process are asked about: payments-prod. */
  readonly accountId: string;
  /**
   * The whole environment of a peer's process that works in one account, with a session of the target role there: AWS
   * calls go to the simulator's proxy, every other HTTPS request to stand-ins on loopback, which refuse what they do not
   * know. The session lives as long as the world.
   */
  environmentOf(accountId: string): Promise<Record<string, string>>;
  /** Hosts that peers asked for and did not get, in order of the first request. */
  readonly refusedHosts: ReadonlySet<string>;
  /**
   * Runs `work` with the latency on, and gives its result with what it took. Not reentrant: one measurement at a time.
   * `roots` are the processes whose trees are watched for memory; `work` may add to them as it starts processes.
   */
  measure<T>(work: (roots: Set<number>) => Promise<T>): Promise<Measured<T>>;
}

/** What a piece of work took. */
export interface Measured<T> {
  readonly result: T;
  readonly ms: number;
  /** AWS calls that reached the simulator. */
  readonly calls: number;
  /** The most AWS calls that were open at once. */
  readonly peakInFlight: number;
  /** The largest sum of resident memory of the watched processes and their descendants, in MiB; absent without any. */
  readonly peakMemoryMb?: number;
}

/** The figures of one subject on one question: medians over the rounds. Absent where the subject has no such thing. */
export interface Figures {
  readonly ms: number;
  readonly calls: number;
  readonly peakInFlight: number;
  readonly peakMemoryMb?: number;
  /** Tokens (o200k) of the answer as a model is shown it. */
  readonly answerTokens?: number;
  /** Tokens (o200k) of the answer to `tools/list`. */
  readonly toolListTokens?: number;
  /** How the answer compares with the truth of the estate. */
  readonly answer?: Verdict;
}

/** An answer against the truth. */
export interface Verdict {
  /** Things that had to be in the answer (instances, planted faults), and how many of them were. */
  readonly expected: number;
  readonly found: number;
  /** Things in the answer that are not true. */
  readonly wrong: number;
}

/** One subject's line under one question. */
export type PeerRow = {
  /** What was asked, in words of a user; rows with the same question are compared with each other. */
  readonly question: string;
  /** Product and version, and the way it was called where it has several. */
  readonly subject: string;
  /** A row of this project; the first one of a question is what the others are compared with. */
  readonly ours?: true;
  /** Said under the table: where a subject does more or less than was asked, or what its answer looked like. */
  readonly note?: string;
} & ({ readonly figures: Figures; readonly why?: never } | { readonly figures?: never; readonly why: string });
