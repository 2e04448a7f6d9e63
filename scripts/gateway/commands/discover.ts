import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Command } from 'commander';
import { toTable } from '../../answer-table.ts';
import { type ConfiguredBridge, configuredBridges } from '../../bridges/configured-bridges.ts';
import { discoveredFrom } from '../../bridges/discover.ts';
import { type Discovered, textOf, writeDiscovered } from '../../bridges/discovered-file.ts';
import { listTools } from '../../bridges/list-tools.ts';
import { readSettings } from '../configuration.ts';
import { listingContext } from '../open.ts';
import { GatewayError, type Problem } from '../problem.ts';
import { say, sayJson, width } from './options.ts';

interface DiscoverOptions {
  configFile?: string;
  check?: boolean;
  json?: boolean;
}

/** discover: asks the bridges' servers for their tools and writes generated/bridges/. */
export function addDiscoverCommand(program: Command): void {
  program
    .command('discover')
    .description("Lists the tools of the bridges' servers, narrows their schemas and writes generated/bridges/.")
    .argument('[names...]', 'only these bridges: aws-mcp, or names of mcp-servers.json')
    .option('--config-file <file>', 'configuration file (default: central-ops.json)')
    .option('--check', 'write nothing; exit 1 when a file is not what the server offers')
    .option('--json', 'machine-readable output')
    .action((names: string[], options: DiscoverOptions) => discover(names, options));
}

async function discover(names: readonly string[], { configFile, check = false, json }: DiscoverOptions): Promise<void> {
  const settings = readSettings(configFile);
  const chosen = choose(configuredBridges(settings, settings.folder), names);
  const context = listingContext(settings);
  const found: { bridge: ConfiguredBridge; discovered: Discovered; current: boolean }[] = [];
  const problems: Problem[] = [];
  for (const bridge of chosen) {
    try {
      const discovered = discoveredFrom(bridge, await listTools(bridge, context), settings.gateway.targetPrefix);
      const current = (await readFile(bridge.generatedFile, 'utf8').catch(() => '')) === textOf(discovered);
      if (!check && !current) await writeDiscovered(bridge, discovered);
      found.push({ bridge, discovered, current });
    } catch (error) {
      // One server that is down keeps no other from being discovered.
      if (!(error instanceof GatewayError) || error.problems.length === 0) throw error;
      problems.push(...error.problems);
    }
  }
  if (json === true) sayJson(Object.fromEntries(found.map(({ bridge, discovered }) => [bridge.name, discovered])));
  else for (const each of found) say(`${await summary(each.bridge, each.discovered)}\n`);
  if (problems.length > 0) throw new GatewayError('Not every server could be asked.', problems);
  const stale = check ? found.filter(({ current }) => !current).map(({ bridge }) => bridge.name) : [];
  if (stale.length > 0) {
    process.stderr.write(`generated/bridges/ differs from what is offered: ${stale.join(', ')}\n`);
    process.stderr.write(`Look at plan, then: npm run gateway -- discover ${stale.join(' ')}\n`);
    process.exitCode = 1;
  }
}

function choose(all: readonly ConfiguredBridge[], names: readonly string[]): readonly ConfiguredBridge[] {
  const known = all.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (all.length === 0 || unknown.length > 0) {
    const what = all.length === 0 ? 'no bridge is configured' : `there is no bridge ${unknown.join(', ')}`;
    const fix = all.length === 0 ? 'Add bridges to central-ops.json.' : `Configured are: ${known.join(', ')}.`;
    throw new GatewayError('Nothing was asked.', [{ where: 'bridges', what, fix }]);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

async function summary({ name, generatedFile }: ConfiguredBridge, discovered: Discovered): Promise<string> {
  // The tokenizer's tables take longer to load than most commands take.
  const { tokensOf } = await import('../../tokens.ts');
  const { server, protocol, tools, repeatable, refused, others } = discovered;
  const rows = tools.map((tool) => ({
    tool: tool.name,
    tokens: tokensOf(tool),
    again: repeatable.includes(tool.name) ? 'yes' : 'no',
  }));
  return toTable(
    {
      bridge: name,
      server: `${server.name} ${server.version}`,
      protocol,
      file: relative(process.cwd(), generatedFile),
      tokens: rows.reduce((sum, { tokens }) => sum + tokens, 0),
      tools: rows,
      ...(Object.keys(refused).length === 0 ? {} : { refused }),
      ...(others.length === 0 ? {} : { not_allowed: { tools: others.join(', ') } }),
    },
    width(),
  );
}
