import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { GatewayError } from '../gateway/problem.ts';
import { findPackage, readManifest } from './node-server.ts';

/** What no running program reads: a third of what packages bring. */
const LEFT_OUT = /\.(map|d\.[cm]?ts|tsbuildinfo)$/;
const ARCHITECTURE = 'linux-arm64';

/** The folders of an installed package and of everything that it loads, as Node finds them. Throws for what is not installed. */
export function packageClosure(folder: string, name: string): string[] {
  const found = new Set<string>();
  const waiting = [folder];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    if (found.has(current)) continue;
    found.add(current);
    const { dependencies = {}, optionalDependencies = {}, ...manifest } = readManifest(current);
    const { peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
    const wanted = new Set(Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }));
    for (const each of wanted) {
      const at = findPackage(each, current);
      const optional = Object.hasOwn(optionalDependencies, each) || peerDependenciesMeta[each]?.optional === true;
      if (at !== undefined) waiting.push(at);
      else if (!optional) {
        const what = `${each}, which ${manifest.name} needs, is not installed`;
        throw new GatewayError(`${name} cannot be packaged.`, [{ where: name, what, fix: `Run npm install ${each}.` }]);
      }
    }
  }
  return [...found].sort();
}

/**
 * The files of packages by their paths below `server/`, laid out as they are installed so that each finds the same versions.
 * Throws for compiled code of another machine than Lambda's.
 */
export function packageFiles(folders: readonly string[], name: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const folder of folders) {
    for (const file of filesOf(folder)) {
      if (file.endsWith('.node') && `${process.platform}-${process.arch}` !== ARCHITECTURE) {
        const what = `${relative(process.cwd(), file)} is compiled for this machine; the function runs on ${ARCHITECTURE}`;
        const fix = 'Package on such a machine, or run the server as a container image of your own.';
        throw new GatewayError(`${name} cannot be packaged.`, [{ where: name, what, fix }]);
      }
      files.set(`server/${pathBelowRoot(file)}`, readFileSync(file));
    }
  }
  return files;
}

/** The path from the outermost node_modules on: nested versions stay nested. */
export function pathBelowRoot(file: string): string {
  const parts = file.split(sep);
  return parts.slice(parts.indexOf('node_modules')).join('/');
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesOf(path);
    return entry.isFile() && !LEFT_OUT.test(entry.name) ? [path] : [];
  });
}
