import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { configurationFile } from '../../../schemas/configuration-file.ts';
import { type ConfiguredBridge, configuredBridges } from '../../../scripts/bridges/configured-bridges.ts';
import { discoveredFrom } from '../../../scripts/bridges/discover.ts';
import { writeDiscovered } from '../../../scripts/bridges/discovered-file.ts';
import { type ListingContext, listTools } from '../../../scripts/bridges/list-tools.ts';
import { deployable } from '../../support/packaged.ts';
import { KEY } from './listing-server.ts';

/** Whoever runs the command in these tests. */
export const caller: ListingContext = { region: 'eu-central-1', credentials: async () => KEY };

export const EVERYTHING = {
  command: 'npx',
  args: ['-y', '@modelcontextprotocol/server-everything', 'stdio'],
  tools: ['echo', 'get-sum'],
};

/** A folder with central-ops.json and mcp-servers.json; removed when the test ends. */
export function configuredFolder(servers: object, awsMcp?: object) {
  const folder = mkdtempSync(join(tmpdir(), 'central-ops-bridges-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bridges = { servers: 'mcp-servers.json', ...(awsMcp === undefined ? {} : { awsMcp }) };
  writeFileSync(join(folder, 'mcp-servers.json'), JSON.stringify({ mcpServers: servers }));
  writeFileSync(join(folder, 'central-ops.json'), JSON.stringify({ ...deployable, bridges }));
  const configuration = configurationFile.parse({ ...deployable, bridges });
  return { folder, configuration };
}

export function bridgesOf(servers: object, awsMcp?: object): ConfiguredBridge[] {
  const { folder, configuration } = configuredFolder(servers, awsMcp);
  return configuredBridges(configuration, folder);
}

/** The only bridge of an entry. */
export function stdioBridge(entry: object): Extract<ConfiguredBridge, { kind: 'stdio' }> {
  const [bridge] = bridgesOf({ server: entry });
  if (bridge?.kind !== 'stdio') throw new Error('The entry made no stdio bridge.');
  return bridge;
}

export function awsMcpBridge(endpoint: string, tools: string[]): ConfiguredBridge {
  const [bridge] = bridgesOf({}, { endpoint, tools });
  if (bridge === undefined) throw new Error('The section made no bridge.');
  return bridge;
}

export async function discover(bridge: ConfiguredBridge) {
  const found = discoveredFrom(bridge, await listTools(bridge, caller));
  await writeDiscovered(bridge, found);
  return found;
}
