/**
 * The comparison with what users would pick instead, in one run on the simulated organization.
 *
 * The peers are installed unmodified from PyPI and npm into `.peers/` on first use; from then on a run needs no network:
 * AWS is moto behind the proxy, and the one document that aws-api-mcp-server refuses to start without comes from a
 * stand-in (stand-ins.ts). A peer that cannot be installed or started becomes a row that says why.
 */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { run } from '../../local/simulator/moto-process.ts';
import { toMarkdown } from '../report.ts';
import { chartOf } from './chart.ts';
import { compareInventory } from './inventory.ts';
import { compareSecurity } from './security/security.ts';
import { RULE } from './security/truth.ts';
import { tablesOf } from './table.ts';
import type { PeerRow, PeerWorld } from './types.ts';
import { withPeerWorld } from './world.ts';

const LATENCY_MS = 50;

/** Each asks its questions of everybody it concerns. */
const comparisons: readonly ((world: PeerWorld) => Promise<PeerRow[]>)[] = [compareInventory, compareSecurity];

/** Runs every comparison and prints the tables; `publish` writes docs/peers.md and docs/peers.svg too. */
export async function comparePeers({ quick, publish }: { quick: boolean; publish: boolean }): Promise<void> {
  const rounds = quick ? 2 : 5;
  const { rows, refused } = await withPeerWorld({ latencyMs: LATENCY_MS, rounds }, async (world) => {
    const rows: PeerRow[] = [];
    for (const compare of comparisons) rows.push(...(await compare(world)));
    return { rows, refused: [...world.refusedHosts] };
  });
  const where = `${new Date().toISOString().slice(0, 10)} · ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'} · Node ${process.version} · ${await pythonVersion()}`;
  const heading = [
    '# Beside its peers',
    `${where}\n\n\`npm run bench -- --peers\`: medians of ${rounds} rounds in turns, ${LATENCY_MS} ms added to each AWS call; simulated organization, nothing here ran against AWS. In brackets ours ÷ theirs: below 1, ours takes less. Tokens are o200k. In flight: the most AWS calls open at once, by a log in milliseconds, which can count one too many. MiB: the largest resident memory of the subject's processes together. Right: how much of what should be in the answer is; wrong: what is in it and should not be. The tool list of ours is that of all its tools.\n\n${RULE}`,
    ...(refused.length === 0
      ? []
      : [`Asked for and refused, because nothing may leave the machine: ${refused.join(', ')}.`]),
  ].join('\n\n');
  const markdown = `${toMarkdown(heading, tablesOf(rows))}\n`;
  console.log(markdown);
  if (!publish) return;
  const docs = join(import.meta.dirname, '../../../docs');
  await writeFile(
    join(docs, 'peers.md'),
    markdown.replace('\n\n', '\n\n![Milliseconds of each question](peers.svg)\n\n'),
  );
  await writeFile(join(docs, 'peers.svg'), chartOf(rows, where));
}

async function pythonVersion(): Promise<string> {
  return run('python3', ['--version']).then(
    ({ stdout }) => stdout.trim(),
    () => 'no Python',
  );
}
