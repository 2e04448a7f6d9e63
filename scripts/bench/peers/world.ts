import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemo } from '../../local/demo.ts';
import { openHubSession } from '../../local/simulator/hub-session.ts';
import { openMotoAccounts } from '../../local/simulator/moto-account.ts';
import { startStandIns } from './stand-ins.ts';
import type { PeerWorld } from './types.ts';
import { peakInFlight, watchMemory } from './watch.ts';

/**
 * Starts the demo organization and the stand-ins, runs `work` and puts everything away again.
 *
 * Peers run unmodified and offline by their own settings: AWS_ENDPOINT_URL leads their AWS calls to the simulator,
 * HTTPS_PROXY and REQUESTS_CA_BUNDLE lead what else they ask of the internet to the stand-ins.
 */
export async function withPeerWorld<T>(
  { latencyMs, rounds }: { latencyMs: number; rounds: number },
  work: (world: PeerWorld) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'central-ops-peers-'));
  const standIns = await startStandIns();
  try {
    const demo = await startDemo({ onProgress: (message) => process.stderr.write(`  ${message}\n`) });
    const accounts = openMotoAccounts(demo.motoUrl);
    const { estate, proxy } = demo;
    const certificate = join(folder, 'stand-ins.pem');
    await writeFile(certificate, standIns.certificate);
    try {
      return await work({
        demo,
        latencyMs,
        rounds,
        accountId: estate.accounts.find(({ name }) => name === 'payments-prod')?.id ?? '',
        environmentOf: async (accountId) => ({
          ...(await openHubSession(proxy, accounts.as(accountId), `arn:aws:iam::${accountId}:role/${estate.roleName}`)),
          PATH: process.env.PATH ?? '',
          // Peers write logs and settings into the home folder.
          HOME: folder,
          AWS_DEFAULT_REGION: 'us-east-1',
          HTTPS_PROXY: standIns.url,
          NO_PROXY: '127.0.0.1,localhost',
          REQUESTS_CA_BUNDLE: certificate,
          PYTHONDONTWRITEBYTECODE: '1',
        }),
        refusedHosts: standIns.refusedHosts,
        measure: async (work) => {
          const roots = new Set<number>();
          const remove = proxy.rules.add({ match: {}, latencyMs });
          proxy.clearCalls();
          try {
            const { peakMemoryMb, result } = await watchMemory(roots, async () => {
              const started = performance.now();
              const result = await work(roots);
              return { result, ms: performance.now() - started };
            });
            return {
              ...result,
              calls: proxy.calls.length,
              peakInFlight: peakInFlight(proxy.calls),
              ...(peakMemoryMb === undefined ? {} : { peakMemoryMb }),
            };
          } finally {
            remove();
          }
        },
      });
    } finally {
      accounts.close();
      await demo.stop();
    }
  } finally {
    await standIns.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
