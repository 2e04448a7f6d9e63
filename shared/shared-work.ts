/**
 * Work that several calls wait for, such as one AssumeRole for all of them. Each waits until its own deadline; the work goes
 * on while anyone waits, and its requests end with the last who does.
 */
export class SharedWork<T> {
  readonly #abandoned = new AbortController();
  /** For who has no deadline of his own; he does not keep the work going. */
  readonly outcome: Promise<T>;
  #isDone = false;
  #waiting = 0;

  /** `start` begins the work; its requests carry the signal. */
  constructor(start: (signal: AbortSignal) => Promise<T>) {
    const done = () => {
      this.#isDone = true;
    };
    this.outcome = start(this.#abandoned.signal);
    // A failure is told to those who wait; when all have left, nobody is there to hear it.
    this.outcome.then(done, done);
  }

  /** Whether everyone left before it was done: its outcome is a failure that concerns no other call. */
  get isAbandoned(): boolean {
    return this.#abandoned.signal.aborted;
  }

  /** The outcome, or the reason of `signal` when that comes first. What is there already is given after a deadline too. */
  async wait(signal: AbortSignal): Promise<T> {
    this.#waiting++;
    let leave = () => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason);
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave);
    });
    try {
      // The outcome first: of two that are settled, the race takes the one that it is given first.
      return await Promise.race([this.outcome, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      if (--this.#waiting === 0 && !this.#isDone) this.#abandoned.abort(signal.reason);
    }
  }
}
