import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installOnce } from '../../local/install-once.ts';
import { run } from '../../local/simulator/moto-process.ts';
import { findPython, venvProgram } from '../../local/simulator/moto-venv.ts';

/** Where the peers are installed: beside the checkout's own files, ignored by git and the linter. */
const root = join(import.meta.dirname, '../../../.peers');

/** Prowler with its dependencies takes the longest: 2.3 GB, and minutes of processor time. */
const INSTALL_LIMIT_MS = 40 * 60_000;
const TELL_EVERY_MS = 30_000;

const PYTHON_MINOR = 10;

/** A venv that holds a peer. */
export interface PeerVenv {
  readonly python: string;
  /** The path of a program that one of its packages installed. */
  program(name: string): string;
}

/**
 * The venv `.peers/<name>-<hash of the requirements>`, made on first use from the ordinary registry.
 *
 * @param requirements as pip takes them, each with its exact version: `prowler==5.46.0`
 * @throws Error that says why it cannot be had here: no Python, or the end of pip's own words
 */
export async function peerVenv(name: string, requirements: readonly string[]): Promise<PeerVenv> {
  const folder = await installPeer(name, requirements, async (venv) => {
    const python = await findPython(PYTHON_MINOR);
    if (python === undefined) throw new Error(`there is no Python of 3.${PYTHON_MINOR} or newer`);
    await install(python, ['-m', 'venv', venv]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    await install(venvProgram(venv, 'python'), [...pip, ...requirements]);
  });
  return { python: venvProgram(folder, 'python'), program: (program) => venvProgram(folder, program) };
}

/**
 * The `node_modules` of `.peers/<name>-<hash of the packages>`, made on first use from the ordinary registry; no package
 * runs a script of its own there.
 *
 * @param packages as npm takes them, each with its exact version
 * @throws Error with the end of npm's own words
 */
export async function peerPackages(name: string, packages: readonly string[]): Promise<string> {
  const folder = await installPeer(name, packages, async (folder) => {
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    const npm = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact'];
    await install('npm', [...npm, ...packages]);
  });
  return join(folder, 'node_modules');
}

function installPeer(name: string, packages: readonly string[], install: (folder: string) => Promise<void>) {
  const onInstall = () =>
    void process.stderr.write(`Installing ${packages.join(' ')} into .peers for ${name} (once)\n`);
  return installOnce({ root, name, packages: packages.join('\n'), onInstall, install });
}

async function install(program: string, parameters: string[]): Promise<void> {
  const started = Date.now();
  const telling = setInterval(() => {
    process.stderr.write(`  still installing after ${Math.round((Date.now() - started) / 1_000)} s\n`);
  }, TELL_EVERY_MS);
  try {
    await run(program, parameters, { timeout: INSTALL_LIMIT_MS });
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new Error(stderr.trim().split('\n').at(-1) || message);
  } finally {
    clearInterval(telling);
  }
}
