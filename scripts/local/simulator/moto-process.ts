import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a program to its end; rejects with its stderr when it fails. */
export const run = promisify(execFile);

/** Whether a program is there and ends well within 20 s. */
export async function succeeds(command: string, args: string[]): Promise<boolean> {
  return run(command, args, { timeout: 20_000 }).then(
    () => true,
    () => false,
  );
}
