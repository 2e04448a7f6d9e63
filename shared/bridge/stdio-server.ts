import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { ownVariable } from '../../schemas/bridge-specification.ts';
import type { Call } from '../call.ts';
import { ToolError } from '../errors.ts';
import type { Identity } from './bridge-handler.ts';
import { MAX_ANSWER_BYTES, type Opening } from './connection.ts';
import type { Asked } from './specifications.ts';

/** Of what a server writes on stderr, the end is kept: that is where a crash says why. */
const MAX_COMPLAINTS = 2_000;

/** A server that ignores the end of its input would outlive the function's process. */
const started = new Set<StdioClientTransport>();
process.once('exit', () => started.forEach(killProcessOf));

/** No time to say goodbye: whatever the server does, it must be gone. */
function killProcessOf({ pid }: StdioClientTransport): void {
  try {
    if (pid !== null) process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone, and a program that it started holds its output: the transport still has its number.
  }
}

/** Starts the server of a bridge when its transport is connected. Its process ends with the connection. */
export async function openServer(
  { specification: { command, args, env }, folder }: Asked<'stdio'>,
  identity: Identity | undefined,
  call: Call,
): Promise<Opening> {
  const transport = new StdioClientTransport({
    command: command === 'node' ? process.execPath : command,
    args,
    env: { ...named(env), ...(await awsVariables(identity, call)) },
    cwd: folder,
    stderr: 'pipe',
    maxBufferSize: MAX_ANSWER_BYTES,
  });
  let complaints = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-MAX_COMPLAINTS);
  });
  let tooLarge = false;
  const kill = () => {
    started.delete(transport);
    killProcessOf(transport);
  };
  started.add(transport);
  // The client keeps a listener that was there before it.
  transport.onerror = ({ message }) => {
    if (!/exceeded maximum size/.test(message)) return;
    tooLarge = true;
    kill();
  };
  return {
    transport,
    // The library's own advice for processes: a probe for the newest revision confuses older servers.
    mode: 'legacy',
    complaints: () => complaints,
    ended: () => (tooLarge ? 'too_large' : undefined),
    end: kill,
  };
}

/** The variables that the entry names: written out, or the function's own. */
function named(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => {
      const own = ownVariable(value);
      if (own === undefined) return [name, value];
      const found = process.env[own];
      if (found === undefined) {
        throw new ToolError('not_configured', `The function has no variable ${own}, which the server needs.`, {
          variables: [own],
        });
      }
      return [name, found];
    }),
  );
}

async function awsVariables(identity: Identity | undefined, { configuration }: Call): Promise<Record<string, string>> {
  if (identity === undefined) return {};
  const { accessKeyId, secretAccessKey, sessionToken } = await identity.credentials();
  const endpoint = process.env.AWS_ENDPOINT_URL;
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_REGION: configuration.homeRegion,
    AWS_DEFAULT_REGION: configuration.homeRegion,
    // A simulated AWS must be the server's too.
    ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }),
  };
}
