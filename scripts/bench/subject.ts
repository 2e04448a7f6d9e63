import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';

type Environment = Readonly<Record<string, string>>;

/** How a form of the tool is started. */
export interface Form {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment: Environment;
}

export interface FirstAnswer {
  /** From spawning the process until its handler is there. */
  readonly readyMs: number;
  /** From spawning the process until its first answer. */
  readonly answeredMs: number;
  /** Processor time until then, of all threads. */
  readonly cpuMs: number;
  readonly answer: Answer;
  readonly maxRssMb: number;
}

export interface Calls {
  readonly times: readonly number[];
  /** Processor time per call. */
  readonly cpuMs: number;
  readonly answer: Answer;
  readonly maxRssMb: number;
}

/** What a handler answers, as far as the benchmark looks. */
export interface Answer {
  readonly error?: { readonly code: string };
  readonly instances?: readonly { readonly InstanceId: string }[];
  readonly failures?: readonly unknown[];
  readonly next_token?: string;
}

/** A process that holds one handler and answers jobs, until it is stopped. */
export interface Subject {
  readonly pid: number;
  readonly first: FirstAnswer;
  call(event: object, calls?: number): Promise<Calls>;
  stop(): Promise<void>;
}

/** A job that takes longer has failed: the run ends rather than hangs. */
const LONGEST_JOB_MS = 120_000;

/** A module with a `handler`, run by this Node. */
export function nodeForm(name: string, module: string, environment: Environment): Form {
  return { name, command: [process.execPath, join(import.meta.dirname, 'runner.mjs'), module], environment };
}

// The interpreter itself is asked for, because a version manager's shim adds 100 ms of its own. An older boto3 does not
// know AWS_ENDPOINT_URL and would call AWS itself.
const findPython = `
import sys, boto3
from botocore.httpsession import get_cert_path
assert tuple(map(int, boto3.__version__.split('.')[:2])) >= (1, 28)
print(sys.executable)
print(get_cert_path(True))
`;

/**
 * The Python form, or why it cannot run here. `trusted` is written with the roots that boto3 always reads and the stub's
 * certificate: a shorter list would start faster than it does on AWS.
 */
export async function pythonForm(
  environment: Environment,
  certificate: string,
  trusted: string,
): Promise<Form | string> {
  try {
    const { stdout } = await promisify(execFile)('python3', ['-c', findPython]);
    const [python = '', roots = ''] = stdout.trim().split('\n');
    await writeFile(trusted, `${await readFile(roots, 'utf8')}\n${certificate}`);
    const runner = join(import.meta.dirname, 'python-form', 'runner.py');
    return {
      name: 'Python form (boto3)',
      command: [python, runner, ''],
      environment: { ...environment, AWS_CA_BUNDLE: trusted, PYTHONDONTWRITEBYTECODE: '1' },
    };
  } catch (error) {
    const missing = (error as { code?: unknown }).code === 'ENOENT';
    return missing ? 'there is no python3' : 'python3 cannot import boto3 1.28 or newer';
  }
}

/** Starts a fresh process and waits for its first answer; `onPid` hears its process ID before that. */
export async function start(
  { name, command, environment }: Form,
  event: object,
  onPid: (pid: number) => void = () => {},
): Promise<Subject> {
  const [program = '', ...parameters] = command;
  const child = spawn(program, [...parameters, JSON.stringify(event)], {
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
    env: { ...environment, BENCH_SPAWNED_AT: String(performance.timeOrigin + performance.now()) },
  });
  if (child.pid !== undefined) onPid(child.pid);
  const lines = createInterface({ input: child.stdio[3] as Readable })[Symbol.asyncIterator]();
  const result = async () => {
    const timer = setTimeout(() => child.kill(), LONGEST_JOB_MS);
    const { value, done } = await lines.next();
    clearTimeout(timer);
    if (done) throw new Error(`${name} ended without an answer.`);
    return JSON.parse(value as string);
  };
  const stdin = child.stdin as Writable;
  return {
    pid: child.pid ?? 0,
    first: await result(),
    call: async (job, calls = 1) => {
      stdin.write(`${JSON.stringify({ event: job, calls })}\n`);
      return result();
    },
    stop: () => stop(child, stdin),
  };
}

/** One cold start: a fresh process up to its first answer. */
export async function startOnce(form: Form, event: object): Promise<FirstAnswer> {
  const subject = await start(form, event);
  await subject.stop();
  return subject.first;
}

async function stop(child: ChildProcess, stdin: Writable): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  stdin.end();
  await ended;
}
