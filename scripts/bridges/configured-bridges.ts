import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { BridgeSection } from '../../schemas/bridge-section.ts';
import { catalog } from '../../schemas/catalog.ts';
import type { ConfigurationFile } from '../../schemas/configuration-file.ts';
import { type McpServer, mcpServersFile } from '../../schemas/mcp-servers.ts';
import { ConfigurationError } from '../configuration-file.ts';
import { defaultReadActions } from './read-actions.ts';

interface Common {
  /** The target's name: `aws-mcp`, or the server's. */
  readonly name: string;
  readonly functionName: string;
  /** The server's names of the tools that are served. */
  readonly allow: readonly string[];
  /** What discovery writes: generated/bridges/<name>.json beside central-ops.json, as an absolute path. */
  readonly generatedFile: string;
}

/** A bridge as central-ops.json and mcp-servers.json ask for it. */
export type ConfiguredBridge =
  | (Common & { readonly kind: 'aws-mcp'; readonly endpoint: string; readonly iam: readonly string[] })
  | (Common & {
      readonly kind: 'stdio';
      readonly entry: McpServer;
      readonly iam?: readonly string[];
      /** The folder of mcp-servers.json, which the entry's paths are relative to. */
      readonly folder: string;
    });

export const AWS_MCP = 'aws-mcp';

/**
 * The bridges of a configuration, the AWS MCP Server first; none when its toolsets leave bridges out. `folder` is that of
 * central-ops.json. Throws ConfigurationError naming each wrong field of mcp-servers.json.
 */
export function configuredBridges(
  { bridges, toolsets }: Pick<ConfigurationFile, 'bridges' | 'toolsets'>,
  folder: string,
): ConfiguredBridge[] {
  if (toolsets !== undefined && !toolsets.includes('bridge')) return [];
  const { awsMcp, servers } = bridges;
  const generated = join(folder, 'generated', 'bridges');
  return [
    ...(awsMcp === undefined ? [] : [awsMcpBridge(awsMcp, generated)]),
    ...(servers === undefined ? [] : stdioBridges(resolve(folder, servers), generated)),
  ];
}

function awsMcpBridge({ endpoint, tools, iam }: NonNullable<BridgeSection['awsMcp']>, generated: string) {
  return {
    kind: 'aws-mcp' as const,
    name: AWS_MCP,
    functionName: `central-ops-${AWS_MCP}`,
    allow: tools,
    endpoint,
    iam: iam ?? defaultReadActions(catalog),
    generatedFile: join(generated, `${AWS_MCP}.json`),
  };
}

function stdioBridges(path: string, generated: string): ConfiguredBridge[] {
  return Object.entries(readServers(path)).map(([name, entry]) => ({
    kind: 'stdio',
    name,
    functionName: `central-ops-mcp-${name}`,
    allow: entry.tools,
    entry,
    ...(entry.iam === undefined ? {} : { iam: entry.iam }),
    folder: dirname(path),
    generatedFile: join(generated, `${name}.json`),
  }));
}

function readServers(path: string): Record<string, McpServer> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const what = error instanceof SyntaxError ? `is not JSON: ${error.message}` : 'cannot be read';
    throw new ConfigurationError(`bridges.servers: ${path} ${what}.`);
  }
  const parsed = mcpServersFile.safeParse(value);
  const wrong = parsed.success
    ? []
    : parsed.error.issues.map(({ path: at, message }) => `${at.join('.') || '(file)'}: ${message}`);
  if (parsed.success && Object.hasOwn(parsed.data.mcpServers, AWS_MCP)) {
    wrong.push(`mcpServers.${AWS_MCP}: is the name of the managed AWS MCP Server; give another`);
  }
  if (!parsed.success || wrong.length > 0) {
    throw new ConfigurationError(`${path} is not valid:\n${wrong.map((line) => `  ${line}`).join('\n')}`);
  }
  return parsed.data.mcpServers;
}
