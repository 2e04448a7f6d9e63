import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { program } from 'commander';
import { bridge } from './parts/bridge.ts';
import { checks } from './parts/checks.ts';
import { coldStart, coldStartOfEach } from './parts/cold.ts';
import { fanOut } from './parts/fan-out.ts';
import { largeCell } from './parts/large-cell.ts';
import { sizes } from './parts/sizes.ts';
import { warm } from './parts/warm.ts';
import { comparePeers } from './peers/peers.ts';
import { isMet, type Section, toMarkdown } from './report.ts';
import { type Setting, withSetting } from './setting.ts';

const parts: Readonly<Record<string, (setting: Setting) => Promise<Section>>> = {
  sizes,
  cold: coldStart,
  each: coldStartOfEach,
  warm,
  'fan-out': fanOut,
  'large-cell': largeCell,
  checks,
  bridge,
};

const {
  quick = false,
  only,
  peers,
  publish: published = false,
} = program
  .name('npm run bench --')
  .description('Measures the bundles against a stub of AWS on loopback; writes bench/results/.')
  .option('--quick', 'fewer rounds')
  .option('--only <parts>', `only these parts, separated by commas: ${Object.keys(parts).join(', ')}`)
  .option('--peers', 'instead: beside what others would pick, installed into .peers/ on first use')
  .option('--publish', 'with --peers: writes docs/peers.md and docs/peers.svg')
  .parse()
  .opts<{ quick?: boolean; only?: string; peers?: boolean; publish?: boolean }>();

if (peers) {
  await comparePeers({ quick, publish: published });
  process.exit();
}

const names = only?.split(',') ?? Object.keys(parts);
const unknown = names.filter((name) => parts[name] === undefined);
if (unknown.length > 0) program.error(`Unknown part: ${unknown.join(', ')}. Parts: ${Object.keys(parts).join(', ')}.`);

await withSetting(quick, async (setting) => {
  const sections: Section[] = [];
  for (const name of names) {
    process.stderr.write(`${name} …\n`);
    const section = await parts[name]?.(setting);
    if (section !== undefined) sections.push(section);
  }
  await publish(sections);
});
// The bridge's server would hold the process.
process.exit();

async function publish(sections: readonly Section[]): Promise<void> {
  const at = new Date().toISOString();
  const machine = {
    node: process.version,
    arch: process.arch,
    cpus: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
  };
  const heading = `# Benchmark of ${at}\n\nNode ${machine.node}, ${machine.arch}, ${machine.cpus} × ${machine.cpu}. Not Lambda: compare the ratios.`;
  const markdown = `${toMarkdown(heading, sections)}\n`;
  const goals = sections.flatMap((section) => section.goals).map((goal) => ({ ...goal, met: isMet(goal) }));
  const folder = join(import.meta.dirname, '../../bench/results');
  const file = join(folder, at.replaceAll(':', '-'));
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.md`, markdown);
  await writeFile(`${file}.json`, `${JSON.stringify({ at, machine, goals, sections }, null, 2)}\n`);
  console.log(markdown);
}
