import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { onTestFinished } from 'vitest';

export interface Witness {
  /** `host:port` of each HTTP request that this process began, by node:http and by fetch. */
  readonly hosts: Set<string>;
  /** Processes that it started. */
  readonly processes: unknown[];
}

/** Sees, by Node's own diagnostics, what leaves the process until the end of the test. */
export function witness(): Witness {
  const seen: Witness = { hosts: new Set(), processes: [] };
  const watch = (channel: string, see: (message: never) => void) => {
    const listener = (message: unknown) => see(message as never);
    subscribe(channel, listener);
    onTestFinished(() => void unsubscribe(channel, listener));
  };
  watch('http.client.request.start', ({ request }: { request: { getHeader(name: string): unknown } }) =>
    seen.hosts.add(String(request.getHeader('host'))),
  );
  watch('undici:request:create', ({ request }: { request: { origin: string } }) =>
    seen.hosts.add(new URL(request.origin).host),
  );
  watch('child_process', (message) => seen.processes.push(message));
  return seen;
}
