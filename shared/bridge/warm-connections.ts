import type { Connection } from './connection.ts';

interface Warm {
  readonly opening: Promise<Connection>;
  connection?: Connection;
  lastUsed: number;
  gone: boolean;
}

/** A connection that rested longer is asked whether it lives before it is used. */
const IDLE_MS = 5_000;
const PING_TIMEOUT_MS = 1_000;
/** Each may be a process of some 70 MB. */
const MAX_WARM = 4;

/**
 * Connections kept between the calls of a function, by what tells them apart. One that died, or does not answer after a
 * rest, is opened anew; when there are too many, the one that rested longest goes.
 */
export class WarmConnections {
  readonly #warm = new Map<string, Warm>();

  /** The kept connection, the one just being opened, or a new one. Rejects with what `open` rejects with. */
  async get(key: string, open: () => Promise<Connection>): Promise<Connection> {
    const kept = this.#warm.get(key);
    if (kept !== undefined && (await isAlive(kept))) {
      kept.lastUsed = performance.now();
      return kept.opening;
    }
    if (kept !== undefined) this.#forget(key, kept);
    const other = this.#warm.get(key);
    return other === undefined ? this.#open(key, open) : other.opening;
  }

  /** Drops a connection that failed; the next call opens another. */
  drop(key: string, connection: Connection): void {
    const kept = this.#warm.get(key);
    if (kept?.connection === connection) this.#forget(key, kept);
  }

  async #open(key: string, open: () => Promise<Connection>): Promise<Connection> {
    const warm: Warm = { opening: open(), lastUsed: performance.now(), gone: false };
    this.#warm.set(key, warm);
    this.#makeRoom();
    try {
      warm.connection = await warm.opening;
      warm.connection.client.onclose = () => {
        warm.gone = true;
      };
      return warm.connection;
    } catch (error) {
      if (this.#warm.get(key) === warm) this.#warm.delete(key);
      throw error;
    }
  }

  #makeRoom(): void {
    if (this.#warm.size <= MAX_WARM) return;
    const [oldest] = [...this.#warm].sort(([, a], [, b]) => a.lastUsed - b.lastUsed);
    if (oldest !== undefined) this.#forget(...oldest);
  }

  #forget(key: string, warm: Warm): void {
    if (this.#warm.get(key) === warm) this.#warm.delete(key);
    warm.opening.then((connection) => connection.close()).catch(() => {});
  }
}

async function isAlive({ gone, connection, lastUsed }: Warm): Promise<boolean> {
  if (gone) return false;
  // Still being opened: whoever waits for it will see.
  if (connection === undefined || performance.now() - lastUsed < IDLE_MS) return true;
  return connection.client.ping({ timeout: PING_TIMEOUT_MS }).then(
    () => true,
    () => false,
  );
}
