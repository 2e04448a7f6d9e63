import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { BridgesFile } from '../../schemas/bridge-specification.ts';
import type { Tool } from '../../schemas/define-tool.ts';
import { mcpBridge } from '../../schemas/mcp-bridge.ts';
import { type ConfiguredBridge, configuredBridges } from '../bridges/configured-bridges.ts';
import { discoveredFrom } from '../bridges/discover.ts';
import { listTools } from '../bridges/list-tools.ts';
import { bridgesFileOf } from '../bridges/specification.ts';
import { startOf } from '../bridges/start-command.ts';
import type { ServedBridge } from './gateway/served-tools.ts';

/** Where the bridge's handler of this process finds its servers. */
const PATH = join(import.meta.dirname, '..', '..', '.central-ops', 'bridges.json');

/**
 * Asks the stdio servers of an mcp-servers.json for their tools, and makes them known to the handlers of this process.
 * Throws ConfigurationError for a wrong file and GatewayError for a server that cannot be asked.
 */
export async function openBridges(file: string): Promise<ServedBridge[]> {
  const configured = configuredBridges({ bridges: { servers: basename(file) } }, dirname(resolve(file)));
  const context = { region: 'us-east-1', credentials: () => Promise.reject(new Error('a stdio server needs none')) };
  const opened = await Promise.all(
    configured.map(async (bridge) => {
      const discovered = discoveredFrom(bridge, await listTools(bridge, context));
      const { bridges } = bridgesFileOf(bridge, discovered, localStart(bridge));
      return { bridges, served: { name: bridge.name, tool: mcpBridge as unknown as Tool, tools: discovered.tools } };
    }),
  );
  const all: BridgesFile = { bridges: Object.assign({}, ...opened.map(({ bridges }) => bridges)) };
  await mkdir(dirname(PATH), { recursive: true });
  await writeFile(PATH, JSON.stringify(all, null, 2));
  process.env.CENTRAL_OPS_BRIDGES = PATH;
  return opened.map(({ served }) => served);
}

/** As `startOf`, with the entry's relative paths made absolute: the server is started from another folder than its file's. */
function localStart(bridge: ConfiguredBridge) {
  if (bridge.kind !== 'stdio') throw new Error(`${bridge.name} is no stdio server.`);
  const { command, args } = startOf(bridge);
  const absolute = (arg: string) => (existsSync(join(bridge.folder, arg)) ? resolve(bridge.folder, arg) : arg);
  return { command, args: args.map(absolute) };
}
