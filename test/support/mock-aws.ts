import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, vi } from 'vitest';
import type { RuntimeConfiguration } from '../../schemas/configuration.ts';
import { kebabCase, type Tool } from '../../schemas/define-tool.ts';
import type { Handler } from '../../shared/tool-handler.ts';
import { answerAssumeRole } from './assume-role-answer.ts';
import { testContext, testEnvironment } from './configuration.ts';

export { answerAssumeRole };

/** STS behind every test with mocked clients: it gives a session for whatever role is asked for. */
export const stsMock = mockClient(STSClient);

/** Puts every test of the file into a configured function whose AWS is mocked per client class. */
export function useMockedAws(changes: Partial<RuntimeConfiguration> = {}): void {
  beforeEach(() => {
    // Sessions and clients are remembered per module: each test gets fresh ones.
    vi.resetModules();
    for (const [key, value] of Object.entries(testEnvironment(changes))) vi.stubEnv(key, value);
    stsMock.reset();
    stsMock.on(AssumeRoleCommand).callsFake(async (input: AssumeRoleCommandInput) => answerAssumeRole(input));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
}

/** Calls a tool's handler with an event, as Lambda would. */
export async function callTool<Answer = Record<string, unknown>>(
  tool: Pick<Tool, 'name'>,
  event: unknown,
  milliseconds?: number,
): Promise<Answer> {
  const { handler } = (await import(`../../functions/${kebabCase(tool.name)}.ts`)) as { handler: Handler };
  return JSON.parse(JSON.stringify(await handler(event, testContext(milliseconds))));
}

/** An error as an SDK client throws it: its name says what AWS answered. */
export function failing(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}
