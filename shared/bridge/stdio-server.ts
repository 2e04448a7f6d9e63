import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Call } from '../call.ts';
import { ToolError } from '../errors.ts';
import type { Identity } from './bridge-handler.ts';
import type { Opening } from './connection.ts';
import type { Asked } from './specifications.ts';

/** Of what a server writes on stderr, the end is kept: that is where a crash says why. */
const MAX_COMPLAINTS = 2_000;
/** A longer message is not read: the answer holds 64 KB of it at most, and the function's memory is small. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

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
    maxBufferSize: MAX_MESSAGE_BYTES,
  });
  let complaints = '';
  const complain = (text: string) => {
    complaints = (complaints + text).slice(-MAX_COMPLAINTS);
  };
  transport.stderr?.on('data', (chunk: Buffer) => complain(chunk.toString()));
  let tooLarge = false;
  const kill = () => {
    // No time to say goodbye: whatever it does, it must be gone when the call has ended.
    if (transport.pid !== null) process.kill(transport.pid, 'SIGKILL');
  };
  watchErrors(transport, (error) => {
    if (/buffer/i.test(error.message)) {
      tooLarge = true;
      kill();
    } else if (error instanceof SyntaxError) complain('[a line on its standard output was not JSON]\n');
  });
  return {
    transport,
    // The library's own advice for processes: a probe for the newest revision confuses older servers.
    mode: 'legacy',
    complaints: () => complaints,
    ended: () => (tooLarge ? 'too_large' : undefined),
    kill,
  };
}

/** The client takes `onerror` for itself when it connects: whoever else listens must come before it. */
function watchErrors(transport: StdioClientTransport, listen: (error: Error) => void): void {
  let next: ((error: Error) => void) | undefined;
  Object.defineProperty(transport, 'onerror', {
    get: () => (error: Error) => {
      listen(error);
      next?.(error);
    },
    set: (given: typeof next) => {
      next = given;
    },
  });
}

/** The variables that the entry names: written out, or the function's own. */
function named(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => {
      const own = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(value)?.[1];
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
