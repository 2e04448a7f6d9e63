import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, succeeds } from '../../scripts/local/simulator/moto-process.ts';

const root = join(import.meta.dirname, '../../.clients-venv');
const pythonNames = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11'];

/** A Python that the pinned packages run on. */
export async function findPython(): Promise<string | undefined> {
  for (const python of pythonNames) {
    if (await succeeds(python, ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 11))'])) return python;
  }
  return undefined;
}

/** The Python of a venv with requirements-<name>.txt, made when it is not there or the file has changed. */
export async function makeVenv(python: string, name: string, say: (message: string) => void): Promise<string> {
  const requirements = join(import.meta.dirname, `requirements-${name}.txt`);
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const folder = join(root, `${name}-${hash.slice(0, 12)}`);
  const whole = join(folder, 'whole');
  const own = join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  const made = await access(whole).then(
    () => true,
    () => false,
  );
  if (made) return own;
  say(`Installing requirements-${name}.txt into .clients-venv with ${python} (once)`);
  // In place, because programs in a venv know its path; the mark at the end tells a whole one from an interrupted one.
  await rm(folder, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  await run(python, ['-m', 'venv', folder]);
  await run(own, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', requirements]);
  await writeFile(whole, '');
  return own;
}
