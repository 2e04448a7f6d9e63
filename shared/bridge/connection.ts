import { AsyncLocalStorage } from 'node:async_hooks';
import { Client, type Transport, type VersionNegotiationMode } from '@modelcontextprotocol/client';

/** A server at the other end, connected. */
export interface Connection {
  readonly client: Client;
  /** What the server said of itself lately, for the error when it fails; empty when nothing. */
  readonly complaints: () => string;
  /** Why the connection was ended from this side. */
  readonly ended: () => 'too_large' | undefined;
  /** Ends it at once and leaves nothing behind. */
  close(): Promise<void>;
}

/**
 * The signal of the call that a request belongs to. The client ends a call that is late, but not its HTTP request, which
 * would go on into the next call.
 */
export const signalOfCall = new AsyncLocalStorage<AbortSignal>();

export interface Opening {
  readonly transport: Transport;
  readonly mode: VersionNegotiationMode;
  readonly complaints?: () => string;
  readonly ended?: () => 'too_large' | undefined;
  /** Before the transport is closed; must not throw. */
  readonly end?: () => void | Promise<void>;
}

/** More of one answer is not read: what is passed on is 64 KB of it at most, and the function's memory is small. */
export const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/** A server that has not answered initialize by then does not start; the call's deadline may come before. */
const CONNECT_TIMEOUT_MS = 20_000;

/** Connects a client to an opened transport. Rejects with the library's error, and then the transport is closed. */
export async function connect(opening: Opening, signal: AbortSignal): Promise<Connection> {
  const { transport, mode, complaints = () => '', ended = () => undefined, end = () => {} } = opening;
  const client = new Client({ name: 'central-ops', version: '1.0.0' }, { versionNegotiation: { mode } });
  const close = async () => {
    await end();
    await client.close();
    await transport.close();
  };
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  try {
    // A signal that was aborted before says it no more.
    signal.throwIfAborted();
    await Promise.race([client.connect(transport, { timeout: CONNECT_TIMEOUT_MS }), aborted]);
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
  return { client, complaints, ended, close };
}
