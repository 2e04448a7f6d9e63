import { succeeds } from './moto-process.ts';
import { hasMoto, makeVenv, motoVersion, venvPython } from './moto-venv.ts';

// The process ends with its standard input, so it cannot outlive a parent that was killed without a chance to clean up.
// Then what costs moto a fifth of its CPU: an access log that nobody reads, its own folders listed on each request, and
// the search for garbage in all that it holds.
const bootstrap = `
import gc, logging, os, sys, threading
def end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)
threading.Thread(target=end_with_parent, daemon=True).start()
logging.getLogger('werkzeug').setLevel(logging.ERROR)
gc.set_threshold(100_000)
from moto import backends
modules = frozenset(backends.list_of_moto_modules())
backends.list_of_moto_modules = lambda: modules
from moto.server import main
main(['-H', sys.argv[1], '-p', sys.argv[2]])
`;

/**
 * moto's switches. Default AMIs cost 100 ms and 4 MB for every account and Region and add 1,180 foreign snapshots;
 * cross-account S3 would let one account read another's buckets.
 */
export const motoEnvironment = {
  MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
  MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS: 'false',
};

/** The simulated AWS cannot be had on this machine; the message says what to install. */
export class SimulatorUnavailable extends Error {
  override name = 'SimulatorUnavailable';
}

/** A program that serves moto on a loopback port and ends when its standard input closes. */
export type MotoCommand = { command: string; args: (port: number) => string[] };

/**
 * Finds moto, or installs it into the project's `.moto-venv`.
 * Order: an installed moto of the same line, the project's folder, uv, Python 3.10 or newer, Docker.
 *
 * @throws SimulatorUnavailable when there is none of them
 */
export async function findMotoCommand(onProgress: (message: string) => void): Promise<MotoCommand> {
  for (const python of ['python3', venvPython]) if (await hasMoto(python)) return pythonCommand(python);
  let problem = '';
  try {
    if (await makeVenv(onProgress)) return pythonCommand(venvPython);
  } catch (error) {
    problem = `\nInstalling it failed: ${lastLine(error)}`;
  }
  if (await succeeds('docker', ['info'])) return dockerCommand();
  throw new SimulatorUnavailable(
    `The simulated AWS needs moto ${motoVersion}: install uv, or Python 3.10 or newer with venv (Debian and Ubuntu: ` +
      `python3-venv), or start Docker.${problem}`,
  );
}

function pythonCommand(python: string): MotoCommand {
  return { command: python, args: (port) => ['-c', bootstrap, '127.0.0.1', String(port)] };
}

function dockerCommand(): MotoCommand {
  const environment = Object.entries(motoEnvironment).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const image = `motoserver/moto:${motoVersion}`;
  return {
    command: 'docker',
    args: (port) => [
      ...['run', '--rm', '--interactive', '--publish', `127.0.0.1:${port}:5000`, ...environment],
      ...['--entrypoint', 'python3', image, '-c', bootstrap, '0.0.0.0', '5000'],
    ],
  };
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim() || message).split('\n').at(-1) ?? message;
}
