import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { run } from '../../scripts/local/simulator/moto-process.ts';
import { findPython } from '../../scripts/local/simulator/moto-venv.ts';
import { makeVenv, PYTHON_MINOR } from './python-venv.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Pythons of the clients' venvs; undefined where there is no Python to make them. */
    pythons: { readonly sdk: string; readonly proxy: string; readonly labs: string } | undefined;
  }
}

/** Installs the clients, each time their locks have changed. */
export default async function setup(project: TestProject): Promise<void> {
  await installPackages();
  const python = await findPython(PYTHON_MINOR);
  if (python === undefined) {
    const message =
      'No Python of 3.11 or newer: the Python SDK, mcp-proxy-for-aws and the bridge to a Python server are NOT tested.';
    if (process.env.CI) throw new Error(message);
    process.stderr.write(`\n${message}\n\n`);
    project.provide('pythons', undefined);
    return;
  }
  const [sdk, proxy] = [await makeVenv(python, 'sdk', say), await makeVenv(python, 'proxy', say)];
  project.provide('pythons', { sdk, proxy, labs: await makeVenv(python, 'labs', say) });
}

async function installPackages(): Promise<void> {
  const changed = async (path: string) =>
    stat(join(import.meta.dirname, path)).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  // npm writes this one last.
  if ((await changed('node_modules/.package-lock.json')) > (await changed('package-lock.json'))) return;
  say('Installing the clients from npm into test/clients/node_modules (once, about 260 MB)');
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: import.meta.dirname });
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
