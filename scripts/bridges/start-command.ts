import { resolve } from 'node:path';
import type { ConfiguredBridge } from './configured-bridges.ts';
import { nodeServer } from './node-server.ts';

/**
 * How an entry's server is started on this machine. A Node server is the installed package, as it will be packaged, so that
 * what is discovered is what is deployed; other programs are started as written.
 */
export function startOf(bridge: Extract<ConfiguredBridge, { kind: 'stdio' }>): { command: string; args: string[] } {
  const { command, args } = bridge.entry;
  const server = nodeServer(bridge);
  if (server === undefined) return { command, args: [...args] };
  const file = server.kind === 'package' ? resolve(server.folder, server.bin) : server.file;
  return { command: process.execPath, args: [...server.nodeArgs, file, ...server.args] };
}
