import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../scripts/local/simulator/moto-process.ts';

const root = join(import.meta.dirname, '../../.clients-venv');

/** The pinned packages need it. */
export const PYTHON_MINOR = 11;

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
