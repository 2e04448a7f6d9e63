import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { GatewayError } from '../gateway/problem.ts';
import type { ConfiguredBridge } from './configured-bridges.ts';
import type { Discovered } from './discovered-file.ts';
import { type NodeServer, nodeServer } from './node-server.ts';
import { packageClosure, packageFiles, pathBelowRoot } from './package-closure.ts';
import { dockerfile, pythonServer } from './python-server.ts';
import { bridgesFileOf } from './specification.ts';

/** The files of a bridge's function: what its zip holds, or what its image is built from. */
export interface BridgePackage {
  readonly form: 'zip' | 'image';
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Lambda's limit for a function's code, unzipped, in bytes. */
const MAX_UNZIPPED = 250 * 1024 * 1024;

/** The function in functions/ that serves a bridge. */
export function handlerOf({ kind }: ConfiguredBridge): 'aws-mcp' | 'mcp-bridge' {
  return kind === 'aws-mcp' ? 'aws-mcp' : 'mcp-bridge';
}

/** Puts together what a bridge's function is made of; `handler` is its bundle. Throws GatewayError for what cannot be packaged. */
export async function packageBridge(
  bridge: ConfiguredBridge,
  discovered: Discovered,
  handler: Uint8Array,
): Promise<BridgePackage> {
  const withHandler = (files: ReadonlyMap<string, Uint8Array>, start?: { command: string; args: string[] }) =>
    new Map([
      ...files,
      ['index.mjs', handler] as const,
      ['bridges.json', text(`${JSON.stringify(bridgesFileOf(bridge, discovered, start), null, 2)}\n`)] as const,
    ]);
  if (bridge.kind === 'aws-mcp') return { form: 'zip', files: withHandler(new Map()) };
  const node = nodeServer(bridge);
  if (node !== undefined) {
    const { files, file } = await nodeFiles(node, bridge.name);
    const packed = withHandler(files, { command: 'node', args: [...node.nodeArgs, file, ...node.args] });
    const bytes = [...packed.values()].reduce((sum, each) => sum + each.length, 0);
    if (bytes > MAX_UNZIPPED) throw refused(bridge.name, `its files have ${bytes} bytes; Lambda takes ${MAX_UNZIPPED}`);
    return { form: 'zip', files: packed };
  }
  const python = pythonServer(bridge);
  if (python === undefined)
    throw refused(bridge.name, `the program ${bridge.entry.command} is not one that can be packaged`);
  const files = new Map([
    ['Dockerfile', text(dockerfile())],
    ['requirements.txt', text(`${python.requirement}\n`)],
  ]);
  return { form: 'image', files: withHandler(files, { command: python.command, args: [...python.args] }) };
}

async function nodeFiles(server: NodeServer, name: string): Promise<{ files: Map<string, Uint8Array>; file: string }> {
  if (server.kind === 'package') {
    const files = packageFiles(packageClosure(server.folder, name), name);
    return { files, file: `server/${pathBelowRoot(join(server.folder, server.bin))}` };
  }
  const { outputFiles } = await build({
    entryPoints: [server.file],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'silent',
    // CommonJS packages call require, which an ES module does not have.
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
  }).catch((error: unknown) => {
    throw refused(name, `${relative(process.cwd(), server.file)} cannot be bundled: ${(error as Error).message}`);
  });
  return {
    files: new Map([['server/index.mjs', outputFiles[0]?.contents ?? new Uint8Array()]]),
    file: 'server/index.mjs',
  };
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

function refused(name: string, what: string): GatewayError {
  const fix = 'Servers are started by node, npx or uvx; their packages must be installed and small enough for Lambda.';
  return new GatewayError(`${name} cannot be packaged.`, [{ where: name, what, fix }]);
}
