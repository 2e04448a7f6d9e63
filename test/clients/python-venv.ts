import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installOnce } from '../../scripts/local/install-once.ts';
import { run } from '../../scripts/local/simulator/moto-process.ts';
import { venvProgram } from '../../scripts/local/simulator/moto-venv.ts';

/** The pinned packages need it. */
export const PYTHON_MINOR = 11;

/** The Python of a venv with requirements-<name>.txt, made when it is not there or the file has changed. */
export async function makeVenv(python: string, name: string, say: (message: string) => void): Promise<string> {
  const requirements = join(import.meta.dirname, `requirements-${name}.txt`);
  const folder = await installOnce({
    root: join(import.meta.dirname, '../../.clients-venv'),
    name,
    packages: await readFile(requirements, 'utf8'),
    onInstall: () => say(`Installing requirements-${name}.txt into .clients-venv with ${python} (once)`),
    install: async (venv) => {
      await run(python, ['-m', 'venv', venv]);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
      await run(venvProgram(venv, 'python'), [...pip, '-r', requirements]);
    },
  });
  return venvProgram(folder, 'python');
}
