import type { Connection } from './connection.ts';

interface Warm {
  readonly opening: Promise<Connection>;
  connection?: Connection;
  lastUsed: number;
  gone: boolean;
  /** Calls that use it or wait for it. */
  users: number;
  /** No call gets it any more. */
  forgotten: boolean;
}

export interface Warmth {
  /** Kept at rest; more are open only while calls use them. */
  readonly most: number;
  /** Whether one that rested is asked if it lives before it is used. */
  readonly pinged: boolean;
}

/** Each may be a process of some 70 MB, and one may die at rest. */
export const PROCESSES: Warmth = { most: 4, pinged: true };
/** A few KB each. A ping would be one of three requests a second; a forgotten session says so at the call itself. */
export const SESSIONS: Warmth = { most: 64, pinged: false };

/** A connection held for a call. */
export interface Lease {
  readonly connection: Connection;
  /** To be called once, when the call has ended. */
  release(): void;
}

/** A connection that rested longer is asked whether it lives before it is used. */
const IDLE_MS = 5_000;
const PING_TIMEOUT_MS = 1_000;

/**
 * Connections kept between the calls of a function, by what tells them apart. One that died, or does not answer after a
 * rest, is opened anew; when there are too many, the one that rested longest goes, but none that a call uses.
 */
export class WarmConnections {
  readonly #warm = new Map<string, Warm>();
  readonly #warmth: Warmth;

  constructor(warmth: Warmth) {
    this.#warmth = warmth;
  }

  /** The kept connection, the one just being opened, or a new one. Rejects with what `open` rejects with. */
  async get(key: string, open: () => Promise<Connection>): Promise<Lease> {
    const kept = this.#warm.get(key);
    if (kept !== undefined) {
      kept.users += 1;
      if (await isAlive(kept, this.#warmth)) return this.#lease(kept);
      kept.users -= 1;
      this.#forget(key, kept);
    }
    const warm = this.#warm.get(key) ?? this.#open(key, open);
    warm.users += 1;
    return this.#lease(warm);
  }

  /** Drops a connection that failed: the next call opens another. */
  drop(key: string, connection: Connection): void {
    const kept = this.#warm.get(key);
    if (kept?.connection === connection) this.#forget(key, kept);
  }

  #open(key: string, open: () => Promise<Connection>): Warm {
    const opening = open();
    const warm: Warm = { opening, lastUsed: performance.now(), gone: false, users: 0, forgotten: false };
    this.#warm.set(key, warm);
    this.#makeRoom();
    opening.then(
      (connection) => {
        warm.connection = connection;
        connection.client.onclose = () => {
          warm.gone = true;
        };
      },
      () => {
        if (this.#warm.get(key) === warm) this.#warm.delete(key);
      },
    );
    return warm;
  }

  async #lease(warm: Warm): Promise<Lease> {
    warm.lastUsed = performance.now();
    const release = () => {
      warm.users -= 1;
      warm.lastUsed = performance.now();
      closeUnused(warm);
      this.#makeRoom();
    };
    try {
      return { connection: await warm.opening, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  #makeRoom(): void {
    const resting = [...this.#warm].filter(([, { users, connection }]) => users === 0 && connection !== undefined);
    resting.sort(([, a], [, b]) => a.lastUsed - b.lastUsed);
    const tooMany = Math.max(0, this.#warm.size - this.#warmth.most);
    for (const [key, warm] of resting.slice(0, tooMany)) this.#forget(key, warm);
  }

  #forget(key: string, warm: Warm): void {
    if (this.#warm.get(key) === warm) this.#warm.delete(key);
    warm.forgotten = true;
    closeUnused(warm);
  }
}

/** A forgotten connection ends with the last call on it: ended at once, it would cut calls that the server is answering. */
function closeUnused({ forgotten, users, opening }: Warm): void {
  if (forgotten && users === 0) opening.then((connection) => connection.close()).catch(() => {});
}

async function isAlive({ gone, connection, lastUsed }: Warm, { pinged }: Warmth): Promise<boolean> {
  if (gone) return false;
  // Still being opened: whoever waits for it will see.
  if (!pinged || connection === undefined || performance.now() - lastUsed < IDLE_MS) return true;
  return connection.client.ping({ timeout: PING_TIMEOUT_MS }).then(
    () => true,
    () => false,
  );
}
