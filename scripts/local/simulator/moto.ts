import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { findMotoCommand, type MotoCommand, motoEnvironment } from './moto-runtime.ts';

export { SimulatorUnavailable } from './moto-runtime.ts';

// Measured: 0.6 s to the first answer. The rest is for a cold disk, a busy machine or the pull of a Docker image.
const readyWithinMs = 120_000;
const stopWithinMs = 3_000;
const stderrTailLength = 4_000;

/** A running moto server: its base URL, and how to end it. */
export type Moto = { url: string; stop(): Promise<void> };

/**
 * Starts moto on a free loopback port and waits until it answers.
 * It sees no `AWS_*` of the caller and ends with this process, whatever ends it.
 *
 * @throws SimulatorUnavailable when moto cannot be had; Error with the end of its output when it does not come up.
 */
export async function startMoto(options: { onProgress?: (message: string) => void } = {}): Promise<Moto> {
  const command = await findMotoCommand(options.onProgress ?? (() => {}));
  // Another process may take the free port between our finding it and moto's binding it.
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(command, await freePort());
    } catch (error) {
      if (attempt === 3 || !/address already in use/i.test(String(error))) throw error;
    }
  }
}

async function launch({ command, args }: MotoCommand, port: number): Promise<Moto> {
  const child = spawn(command, args(port), { stdio: ['pipe', 'ignore', 'pipe'], env: cleanEnvironment() });
  let stderrTail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-stderrTailLength);
  });
  // A pipe to a process that has just ended reports EPIPE here; its end is noticed by 'exit'.
  child.stdin?.on('error', () => {});
  const spawnError = once(child, 'error').then(([error]: Error[]) => error?.message ?? 'could not be started');
  const exit = once(child, 'exit').then(([code, signal]) => `ended with ${signal ?? `code ${code}`}`);
  const ended = Promise.race([spawnError, exit]).catch(String);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);

  const stop = async () => {
    process.off('exit', kill);
    await end(child);
  };
  const url = `http://127.0.0.1:${port}`;
  const problem = await untilReady(url, ended);
  if (problem === undefined) return { url, stop };
  await stop();
  throw new Error(`moto ${problem}. Its last output:\n${stderrTail}`);
}

async function untilReady(url: string, ended: Promise<string>): Promise<string | undefined> {
  let problem: string | undefined;
  void ended.then((reason) => {
    problem = reason;
  });
  const deadline = Date.now() + readyWithinMs;
  while (Date.now() < deadline) {
    if (problem !== undefined) return problem;
    const ready = await fetch(`${url}/moto-api/data.json`, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return undefined;
    await sleep(50);
  }
  return `did not answer within ${readyWithinMs / 1000} s`;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.stdin?.end();
  // Measured: the end of its input ends moto at once, while SIGTERM lets it wait up to 3 s for its threads.
  const timers = [
    setTimeout(() => child.kill('SIGTERM'), stopWithinMs / 6),
    setTimeout(() => child.kill('SIGKILL'), stopWithinMs),
  ];
  await exited;
  for (const timer of timers) clearTimeout(timer);
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|MOTO)_/i.test(name));
  return { ...Object.fromEntries(inherited), ...motoEnvironment };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}
