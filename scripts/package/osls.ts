import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Where osls puts what a deployment uploads, below the project. */
export const PACKAGE_FOLDER = 'dist/serverless';
/** The stack as it will be, in PACKAGE_FOLDER. */
export const STACK_TEMPLATE = 'cloudformation-template-update-stack.json';

/** osls failed; the message is what it said. */
export class PackagingError extends Error {
  override readonly name = 'PackagingError';
}

/** Runs `osls package` in a folder that holds serverless.yml and all that it names. It calls nobody. */
export function oslsPackage(serviceFolder = root): Promise<void> {
  const program = join(dirname(createRequire(import.meta.url).resolve('osls/package.json')), 'bin', 'serverless.js');
  const child = spawn(process.execPath, [program, 'package', '--package', PACKAGE_FOLDER], {
    cwd: serviceFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new PackagingError(`osls package failed:\n${Buffer.concat(said).toString().trim()}`));
    });
  });
}
