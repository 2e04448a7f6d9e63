import { randomUUID } from 'node:crypto';
import { catalog } from '../../schemas/catalog.ts';
import { kebabCase, type Tool } from '../../schemas/define-tool.ts';
import type { Handler } from '../../shared/tool-handler.ts';

export interface InvokeOptions {
  /** Becomes `context.clientContext`; the Gateway's six keys stand under `custom`. */
  readonly clientContext?: object;
  /** Milliseconds until the call is reported as timed out. */
  readonly timeoutMs?: number;
  /**
   * Environment variables of the function. Set on the process and left there, as a Lambda's are; `undefined` removes one.
   * Two calls at once cannot have different ones.
   */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Account in the function's ARN: 12 digits. Default: CENTRAL_OPS_FUNCTION_ACCOUNT, then the management account. */
  readonly account?: string;
}

export interface InvokeResult {
  /** What the function answered, through JSON; or Lambda's error object `{errorType, errorMessage, trace?}`. */
  readonly payload: unknown;
  /** Set when the function threw, ran out of time or answered what JSON cannot say. */
  readonly functionError?: 'Unhandled';
  readonly errorMessage?: string;
  /** Lambda's request ID of this call. */
  readonly requestId?: string;
}

/** Runs a tool's function; `invokeFunction` is the one that loads the handlers of this checkout. */
export type Invoke = (tool: Tool, event: unknown, options?: InvokeOptions) => Promise<InvokeResult>;

const DEFAULT_TIMEOUT_MS = 60_000;
const MEMORY_MB = 256;
/** Lambda's limit for a synchronous answer, in bytes: 6 MiB and 100, by its own error text. */
const MAX_RESPONSE_BYTES = 6_291_556;
/** For a checkout without configuration: the tools refuse by themselves and say what is missing. */
const NO_ACCOUNT = '000000000000';
const NO_REGION = 'us-east-1';

const handlers = new Map<string, Promise<Handler>>();
let writeLogLine = (line: string): void => void process.stderr.write(`${line}\n`);

const PREFIX = 'central-ops-';

/** `describe_ec2_instances` runs as `central-ops-describe-ec2-instances`. */
export function functionName(tool: Pick<Tool, 'name'>): string {
  return PREFIX + kebabCase(tool.name);
}

/** What a function's bundle and package are named by: its name without `central-ops-`. */
export function packageName(functionName: string): string {
  return functionName.slice(PREFIX.length);
}

/** The names of all functions, in the catalog's order. */
export function functionNames(): string[] {
  return catalog.map(functionName);
}

/** `arn:aws:lambda:<region>:<account>:function:<name>`, in the home Region. */
export function functionArn(tool: Pick<Tool, 'name'>, account?: string): string {
  const { CENTRAL_OPS_HOME_REGION, CENTRAL_OPS_FUNCTION_ACCOUNT, CENTRAL_OPS_MANAGEMENT_ACCOUNT_ID } = process.env;
  const owner = account ?? (CENTRAL_OPS_FUNCTION_ACCOUNT || CENTRAL_OPS_MANAGEMENT_ACCOUNT_ID || NO_ACCOUNT);
  return `arn:aws:lambda:${CENTRAL_OPS_HOME_REGION || NO_REGION}:${owner}:function:${functionName(tool)}`;
}

/**
 * Where the handlers' log lines go: one JSON text per line, the audit line of each call among them. Default: stderr,
 * because stdout may be a pipe or a protocol. It holds for the process: the last one given wins.
 */
export function onLogLine(write: (line: string) => void): void {
  writeLogLine = write;
}

/** Runs the tool's handler of this checkout: see `runHandler`. */
export const invokeFunction: Invoke = (tool, event, options) => runHandler(() => load(tool), tool, event, options);

/**
 * Runs a handler in this process as Lambda would: the event and the answer pass through JSON, the clock of the context
 * runs. Never rejects for what the handler does. A handler that timed out is not stopped, only no longer awaited.
 */
export async function runHandler(
  loadHandler: () => Promise<Handler>,
  tool: Pick<Tool, 'name'>,
  event: unknown,
  options: InvokeOptions = {},
): Promise<InvokeResult> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, clientContext, account, environment } = options;
  if (environment !== undefined) setEnvironment(environment);
  const requestId = randomUUID();
  const ends = performance.now() + timeoutMs;
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: functionName(tool),
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn(tool, account),
    memoryLimitInMB: String(MEMORY_MB),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName(tool)}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, Math.round(ends - performance.now())),
    ...(clientContext === undefined ? {} : { clientContext: throughJson(clientContext) }),
  };
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<InvokeResult>((resolve) => {
    const message = `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`;
    timer = setTimeout(() => resolve(unhandled('Sandbox.Timedout', message)), timeoutMs);
  });
  const answered = loadHandler()
    .then((handler) => handler(throughJson(event), context as unknown as Parameters<Handler>[1]))
    .then(toResult, (error: unknown) => thrown(error));
  const result = await Promise.race([answered, timedOut]);
  clearTimeout(timer);
  return { ...result, requestId };
}

function setEnvironment(environment: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** Loaded when first called, by the path that the name gives: a gateway starts without one AWS client. */
function load(tool: Tool): Promise<Handler> {
  let handler = handlers.get(tool.name);
  if (handler === undefined) {
    handler = importHandler(new URL(`../../functions/${kebabCase(tool.name)}.ts`, import.meta.url).href);
    handlers.set(tool.name, handler);
  }
  return handler;
}

async function importHandler(url: string): Promise<Handler> {
  const { divertLog } = await import('../../shared/logger.ts');
  divertLog((line) => writeLogLine(line));
  return ((await import(url)) as { handler: Handler }).handler;
}

function throughJson(value: unknown): unknown {
  const text = JSON.stringify(value);
  // Lambda writes null where JSON has no word.
  return text === undefined ? null : (JSON.parse(text) as unknown);
}

function toResult(answer: unknown): InvokeResult {
  let text: string;
  try {
    text = JSON.stringify(answer) ?? 'null';
  } catch {
    return unhandled('Runtime.MarshalError', 'Unable to stringify response body');
  }
  if (Buffer.byteLength(text) > MAX_RESPONSE_BYTES) {
    const message = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
    return unhandled('Function.ResponseSizeTooLarge', message);
  }
  return { payload: JSON.parse(text) as unknown };
}

/** What Lambda's Node.js runtime answers for a throw. */
function thrown(error: unknown): InvokeResult {
  if (!(error instanceof Error)) return unhandled(typeof error, String(error), []);
  return unhandled(error.name, error.message, error.stack?.split('\n') ?? []);
}

function unhandled(errorType: string, errorMessage: string, trace?: string[]): InvokeResult {
  const payload = { errorType, errorMessage, ...(trace === undefined ? {} : { trace }) };
  return { payload, functionError: 'Unhandled', errorMessage };
}
