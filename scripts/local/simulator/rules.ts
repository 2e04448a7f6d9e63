import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, WireAnswer } from './call.ts';
import type { Fault } from './faults.ts';
import { seededRandom } from './seeded-random.ts';
import type { Session } from './sessions.ts';
import type { Stub } from './stub.ts';

/** Which calls a rule is for; absent fields match everything. */
export type RuleMatch = {
  /** Account of the caller; of an AssumeRole call too. */
  account?: string;
  /** Account that an AssumeRole call enters. */
  targetAccount?: string;
  region?: string;
  /** Service name as in the call log, or its SigV4 name. */
  service?: string;
  operation?: string;
  /** Role of the calling session: its name or its ARN. */
  role?: string;
};

/**
 * Changes the answers of matching calls. `latencyMs` alone delays and lets the call go on; the first matching rule with
 * an effect decides. `times` ends the rule after so many calls; `rate` (0 to 1) applies it to that share of calls.
 */
export type Rule = { match: RuleMatch; times?: number; rate?: number; latencyMs?: number } & (
  | { fault?: Fault; stub?: never; transform?: never }
  | { fault?: never; stub: Stub; transform?: never }
  | { fault?: never; stub?: never; transform: (answer: WireAnswer) => WireAnswer }
);

export type Rules = {
  /** Adds a rule after the others and gives the function that removes it. */
  add(rule: Rule): () => void;
  /** Removes all rules and starts the random numbers of `rate` anew. */
  clear(): void;
};

/** The rules in force; `seed` makes `rate` repeat from run to run. */
export class RuleBook implements Rules {
  readonly #seed: number;
  #random: () => number;
  #rules: { rule: Rule; left: number }[] = [];

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seededRandom(seed);
  }

  add(rule: Rule): () => void {
    const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
    this.#rules.push(entry);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== entry);
    };
  }

  clear(): void {
    this.#rules = [];
    this.#random = seededRandom(this.#seed);
  }

  /** Waits for the delays that apply to a call and gives the rule that decides it, if any. */
  async apply(call: Call, session: Session | undefined, targetAccount: string | undefined): Promise<Rule | undefined> {
    let delay = 0;
    let decisive: Rule | undefined;
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (entry.left < 1 || !matches(rule.match, call, session, targetAccount)) continue;
      if (rule.rate !== undefined && this.#random() >= rule.rate) continue;
      entry.left -= 1;
      delay += rule.latencyMs ?? 0;
      if (!rule.fault && !rule.stub && !rule.transform) continue;
      decisive = rule;
      break;
    }
    if (delay > 0) await sleep(delay);
    return decisive;
  }
}

function matches(
  match: RuleMatch,
  call: Call,
  session: Session | undefined,
  targetAccount: string | undefined,
): boolean {
  return (
    (match.account === undefined || match.account === session?.account) &&
    (match.targetAccount === undefined || match.targetAccount === targetAccount) &&
    (match.region === undefined || match.region === call.region) &&
    (match.service === undefined ||
      match.service === call.service.name ||
      match.service === call.service.signingName) &&
    (match.operation === undefined || match.operation === call.operation) &&
    (match.role === undefined || match.role === session?.roleArn || match.role === session?.roleArn.split('/').at(-1))
  );
}
