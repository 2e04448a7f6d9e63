import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { GatewayError } from '../gateway/problem.ts';
import type { ConfiguredBridge } from './configured-bridges.ts';

interface Started {
  /** Options of Node itself, before the file. */
  readonly nodeArgs: readonly string[];
  /** What the server gets. */
  readonly args: readonly string[];
}

/** A server that Node runs: an installed package, or a file of one's own. */
export type NodeServer =
  | (Started & { readonly kind: 'package'; readonly folder: string; readonly bin: string })
  | (Started & { readonly kind: 'file'; readonly file: string });

type StdioBridge = Extract<ConfiguredBridge, { kind: 'stdio' }>;

const ROOT = join(import.meta.dirname, '..', '..');

/** What an entry starts with node or npx; undefined for other programs. Throws GatewayError when it is not installed. */
export function nodeServer(bridge: StdioBridge): NodeServer | undefined {
  if (bridge.entry.command === 'npx') return npxPackage(bridge);
  return bridge.entry.command === 'node' ? nodeFile(bridge) : undefined;
}

function nodeFile({ name, entry, folder }: StdioBridge): NodeServer {
  const at = entry.args.findIndex((argument) => !argument.startsWith('-'));
  const given = entry.args[at];
  if (given === undefined) throw refused(name, 'node is given no file', 'Write the server’s file into args.');
  const file = resolve(folder, given);
  if (!existsSync(file)) throw refused(name, `${given} is not there`, 'Give its path, relative to mcp-servers.json.');
  const started = { nodeArgs: entry.args.slice(0, at), args: entry.args.slice(at + 1) };
  const packageFolder = file.includes('/node_modules/') ? enclosingPackage(file) : undefined;
  return packageFolder === undefined
    ? { kind: 'file', file, ...started }
    : { kind: 'package', folder: packageFolder, bin: relative(packageFolder, file), ...started };
}

/** The folder of the package directly below a node_modules that holds the file. */
function enclosingPackage(file: string): string | undefined {
  const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
  return match?.[1] !== undefined && existsSync(join(match[1], 'package.json')) ? match[1] : undefined;
}

/** `npx [-y] <package>[@version] …` and `npx [-y] --package <package> <command> …`. */
function npxPackage({ name, entry, folder }: StdioBridge): NodeServer {
  const rest = [...entry.args];
  let wanted: string | undefined;
  while (rest[0]?.startsWith('-')) {
    const flag = rest.shift();
    if (flag === '-p' || flag === '--package') wanted = rest.shift();
    else if (flag === '--') break;
    else if (flag !== '-y' && flag !== '--yes') {
      throw refused(name, `the option ${flag} of npx is not known here`, 'Use npx -y <package>.');
    }
  }
  const first = rest.shift();
  const [, packageName = '', version] = /^((?:@[^/@]+\/)?[^/@]+)(?:@(.+))?$/.exec(wanted ?? first ?? '') ?? [];
  const found = [folder, ROOT].flatMap((from) => findPackage(packageName, from) ?? []).at(0);
  const install = `npm install ${packageName}${version === undefined ? '' : `@${version}`}`;
  if (packageName === '' || found === undefined) {
    throw refused(name, `the package ${packageName} is not installed`, `Run ${install}.`);
  }
  const manifest = readManifest(found);
  if (version !== undefined && version !== 'latest' && version !== manifest.version) {
    throw refused(name, `${packageName} is installed as ${manifest.version}, not ${version}`, `Run ${install}.`);
  }
  const bins = typeof manifest.bin === 'string' ? { [packageName]: manifest.bin } : (manifest.bin ?? {});
  const command = wanted === undefined ? packageName.split('/').at(-1) : first;
  const bin = bins[command ?? ''] ?? (wanted === undefined ? Object.values(bins)[0] : undefined);
  if (bin === undefined) throw refused(name, `${packageName} has no command ${command}`, 'Name one with node <file>.');
  return { kind: 'package', folder: found, bin: join('.', bin), nodeArgs: [], args: rest };
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The package as Node would find it from a folder: in its node_modules, or in one further up. */
export function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

function refused(name: string, what: string, fix: string): GatewayError {
  return new GatewayError(`The server ${name} cannot be started.`, [{ where: name, what, fix }]);
}
