import { Agent } from 'node:http';
import { NodeHttpHandler } from '@smithy/node-http-handler';

interface BuildRequest {
  request: unknown;
}

interface SeededClient {
  middlewareStack: {
    // biome-ignore lint/suspicious/noExplicitAny: every SDK client types its own inputs and outputs here.
    add(middleware: (next: any) => any, options: { step: 'build'; name: string }): void;
  };
}

/** The constructor of any SDK client. */
// biome-ignore lint/suspicious/noExplicitAny: SDK configurations differ per client; ours holds only what all of them know.
export type ClientConstructor<C extends SeededClient> = new (configuration: any) => C;

/** One account in one Region of the simulated organization, and the clients that write into it. */
export interface Cell {
  accountId: string;
  region: string;
  client<C extends SeededClient>(Client: ClientConstructor<C>): C;
}

/** Opens cells of the simulator at `motoUrl`; `close` frees the sockets. */
export interface SeedingClients {
  cell(accountId: string, region: string): Cell;
  close(): void;
}

/**
 * Clients that write straight into moto, past the proxy and without any role: moto acts in the account that the
 * header names. Everything the SDK would otherwise look up in the environment or in ~/.aws is given here.
 */
export function seedingClients(motoUrl: string): SeedingClients {
  const agent = new Agent({ keepAlive: true });
  const requestHandler = new NodeHttpHandler({ httpAgent: agent, connectionTimeout: 2_000, requestTimeout: 60_000 });
  const clients = new Map<string, SeededClient>();

  function cell(accountId: string, region: string): Cell {
    return {
      accountId,
      region,
      client<C extends SeededClient>(Client: ClientConstructor<C>): C {
        const key = `${Client.name} ${accountId} ${region}`;
        const existing = clients.get(key);
        if (existing) return existing as C;
        const client = new Client({
          region,
          endpoint: motoUrl,
          credentials: { accessKeyId: 'seeding', secretAccessKey: 'seeding' },
          requestHandler,
          maxAttempts: 1,
          retryMode: 'standard',
          defaultsMode: 'standard',
          useFipsEndpoint: false,
          useDualstackEndpoint: false,
          disableRequestCompression: true,
          // S3 bucket names as host names do not resolve on a laptop.
          forcePathStyle: true,
        });
        client.middlewareStack.add(
          (next) => (args: BuildRequest) => {
            const { headers } = args.request as { headers: Record<string, string> };
            headers['x-moto-account-id'] = accountId;
            return next(args);
          },
          { step: 'build', name: 'motoAccount' },
        );
        clients.set(key, client);
        return client;
      },
    };
  }

  return { cell, close: () => agent.destroy() };
}

/** Calls one of moto's own endpoints (`/moto-api/…`), for instance its random seed. */
export async function callMoto(motoUrl: string, path: string, body?: unknown): Promise<void> {
  const response = await fetch(new URL(path, motoUrl), {
    method: 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!response.ok) throw new Error(`The simulator answered ${response.status} to ${path}.`);
}
