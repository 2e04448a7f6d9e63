import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, succeeds } from './moto-process.ts';

/** The moto release that everything here was measured with. */
export const motoVersion = '5.2.1';

const motoLine = motoVersion.split('.').slice(0, 2).join('.');

// Without the last three, API Gateway, tagging, CloudFormation and Cognito break. The whole moto[server] adds 150 MB for cfn-lint.
const motoPackages = [`moto==${motoVersion}`, 'flask', 'flask-cors', 'pyparsing', 'openapi-spec-validator', 'joserfc'];

const root = join(import.meta.dirname, '../../../.moto-venv');
const folder = join(root, motoVersion);
const lock = join(root, `${motoVersion}.lock`);
const lockIsStaleAfterMs = 5 * 60_000;

const pythonNames = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];

const hasMotoProgram = `
import sys
from importlib.metadata import version
from importlib.util import find_spec
modules = ('flask', 'flask_cors', 'pyparsing', 'openapi_spec_validator', 'joserfc')
sys.exit(0 if version('moto').startswith('${motoLine}.') and all(find_spec(m) for m in modules) else 1)
`;

/** The Python of the project's own folder, whether it exists or not. */
export const venvPython = venvProgram(folder, 'python');

/** Whether a Python can serve moto of the same line. */
export function hasMoto(python: string): Promise<boolean> {
  return succeeds(python, ['-c', hasMotoProgram]);
}

/**
 * Installs moto into the project's `.moto-venv`, with uv or else with a Python of 3.10 or newer.
 *
 * @returns false when neither is on this machine; rejects when the installation fails
 */
export async function makeVenv(onProgress: (message: string) => void): Promise<boolean> {
  const installer = (await succeeds('uv', ['--version'])) ? 'uv' : await findPython();
  if (installer === undefined) return false;
  await mkdir(root, { recursive: true });
  await holdingLock(async () => {
    if (await hasMoto(venvPython)) return;
    onProgress(`Installing moto ${motoVersion} into .moto-venv with ${installer} (once, about 100 MB)`);
    // Built aside and renamed: an interrupted installation is never taken for a whole one.
    const aside = `${folder}.${process.pid}`;
    try {
      await install(installer, aside);
      await rm(folder, { recursive: true, force: true });
      await rename(aside, folder);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  });
  return true;
}

async function install(installer: string, aside: string): Promise<void> {
  if (installer === 'uv') {
    await run('uv', ['venv', '--quiet', '--python', '>=3.10', aside]);
    await run('uv', ['pip', 'install', '--quiet', '--python', venvProgram(aside, 'python'), ...motoPackages]);
  } else {
    await run(installer, ['-m', 'venv', aside]);
    await run(venvProgram(aside, 'python'), ['-m', 'pip', 'install', '--quiet', ...motoPackages]);
  }
}

/** A Python 3 of this minor version or newer. */
export async function findPython(minor = 10): Promise<string | undefined> {
  for (const python of pythonNames) {
    if (await succeeds(python, ['-c', `import sys, venv; sys.exit(sys.version_info < (3, ${minor}))`])) return python;
  }
  return undefined;
}

// Test files run side by side, and the first run of all would install moto once for each.
async function holdingLock(work: () => Promise<void>): Promise<void> {
  while (
    !(await mkdir(lock).then(
      () => true,
      () => false,
    ))
  ) {
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > lockIsStaleAfterMs) await rm(lock, { recursive: true, force: true });
    await sleep(250);
  }
  try {
    await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** The path of a program that a venv holds, whether it exists or not. */
export function venvProgram(venv: string, program: string): string {
  return process.platform === 'win32' ? join(venv, 'Scripts', `${program}.exe`) : join(venv, 'bin', program);
}
