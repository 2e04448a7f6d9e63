import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import type { RuntimeConfiguration } from '../../schemas/configuration.ts';
import { kebabCase, type Tool } from '../../schemas/define-tool.ts';
import type { Handler } from '../../shared/tool-handler.ts';
import { testContext, testEnvironment } from './configuration.ts';
import { type FakeAws, startFakeAws } from './fake-aws.ts';

/** Puts every test of the file into a configured function in front of a fake AWS of its own. */
export function inFakeAws(changes: Partial<RuntimeConfiguration> = {}): () => FakeAws {
  let aws: FakeAws;
  beforeAll(async () => {
    aws = await startFakeAws();
  });
  afterAll(() => aws.close());
  beforeEach(() => {
    aws.requests.length = 0;
    aws.faults.clear();
    aws.assumeAs = undefined;
    aws.answers = undefined;
    aws.clockAhead = 0;
    aws.sessionMs = 3_600_000;
    Object.assign(aws.estate, { instances: 1, pageSize: 1_000 });
    configure(aws, changes);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  return () => aws;
}

/** The environment of the functions, in front of the fake. */
export function configure(aws: FakeAws, changes: Partial<RuntimeConfiguration>): void {
  const environment = { ...testEnvironment(changes), AWS_ENDPOINT_URL: aws.url, AWS_REGION: 'us-east-1' };
  const own = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'own', AWS_SESSION_TOKEN: 'own' };
  for (const [name, value] of Object.entries({ ...environment, ...own })) vi.stubEnv(name, value);
}

/** Functions that a function invokes run in this process too. */
export function invokeInProcess(aws: FakeAws): void {
  // At another name of the fake: what is invoked must not wait for the place that its invocation holds.
  vi.stubEnv('CENTRAL_OPS_INVOKE_ENDPOINT', aws.url.replace('127.0.0.1', 'localhost'));
}

/** What a handler answers, as far as these tests look. */
export interface Answer {
  readonly error?: { readonly code: string; readonly message: string; readonly field?: string };
  readonly account_id?: string;
  readonly region?: string;
  readonly complete?: boolean;
  readonly failures?: readonly { readonly account_id: string; readonly region: string; readonly code: string }[];
  readonly instances?: readonly {
    readonly InstanceId: string;
    readonly AccountId?: string;
    readonly Region?: string;
  }[];
  readonly instance_count?: number;
  readonly next_token?: string;
}

const handlers = new Map<string, Handler>();

/** Calls a tool's real handler, loaded once. */
export async function ask(tool: Pick<Tool, 'name'>, event: unknown, milliseconds?: number): Promise<Answer> {
  let handler = handlers.get(tool.name);
  if (handler === undefined) {
    ({ handler } = (await import(`../../functions/${kebabCase(tool.name)}.ts`)) as { handler: Handler });
    handlers.set(tool.name, handler);
  }
  return (await handler(event, testContext(milliseconds))) as Answer;
}
