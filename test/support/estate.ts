import { afterAll, beforeAll, beforeEach, describe, inject, vi } from 'vitest';
import type { Tool } from '../../schemas/define-tool.ts';
import { kebabCase } from '../../schemas/define-tool.ts';
import { type Demo, openDemo } from '../../scripts/local/demo.ts';
import type { Estate } from '../../scripts/local/estate/estate.ts';
import type { CallRecord } from '../../scripts/local/simulator/call-log.ts';
import type { Rule } from '../../scripts/local/simulator/rules.ts';
import type { Handler } from '../../shared/tool-handler.ts';

export interface EstateAccess {
  readonly estate: Estate;
  /** The ID of an account by its name. */
  id(name: Estate['accounts'][number]['name']): string;
  /** Calls a tool's handler as Lambda would, in the hub account. */
  call<Answer = Record<string, unknown>>(
    tool: Pick<Tool, 'name'>,
    event: object,
    milliseconds?: number,
  ): Promise<Answer>;
  /** Calls with the target role since the test began; account discovery and the function's own role left out. */
  awsCalls(): CallRecord[];
  /** Every call to AWS since the test began. */
  allCalls(): CallRecord[];
  /** Faults, delays and stubs for this test. */
  rule(rule: Rule): void;
  readonly demo: Demo;
}

export const simulation = inject('simulation');

/**
 * Tests against the demo organization in moto, which they only read. Each file has its own proxy, so its own call log
 * and faults; both are emptied before each test.
 */
export function describeEstate(name: string, tests: (access: EstateAccess) => void): void {
  const unavailable = 'unavailable' in simulation;
  describe.skipIf(unavailable)(name, () => {
    let demo: Demo;
    const access: EstateAccess = {
      get estate() {
        return demo.estate;
      },
      get demo() {
        return demo;
      },
      id: (account) => demo.estate.accounts.find((each) => each.name === account)?.id ?? `no account ${account}`,
      call: async (tool, event, milliseconds = 25_000) => {
        const { handler } = (await import(`../../functions/${kebabCase(tool.name)}.ts`)) as { handler: Handler };
        const end = Date.now() + milliseconds;
        const answer = await handler(structuredClone(event), {
          awsRequestId: crypto.randomUUID(),
          functionName: `central-ops-${kebabCase(tool.name)}`,
          invokedFunctionArn: `arn:aws:lambda:us-east-1:${demo.estate.hubAccountId}:function:central-ops-${kebabCase(tool.name)}`,
          getRemainingTimeInMillis: () => end - Date.now(),
        });
        return JSON.parse(JSON.stringify(answer));
      },
      allCalls: () => demo.proxy.calls,
      awsCalls: () =>
        demo.proxy.calls.filter(({ operation, sessionPolicyActions }) => {
          const discovery =
            operation === 'ListAccounts' && sessionPolicyActions?.join() === 'organizations:ListAccounts';
          return sessionPolicyActions !== undefined && !discovery;
        }),
      rule: (rule) => void demo.proxy.rules.add(rule),
    };
    beforeAll(async () => {
      if ('unavailable' in simulation) return;
      // The handlers read their configuration when they are loaded; those of another file have another proxy.
      vi.resetModules();
      demo = await openDemo(simulation.motoUrl, simulation.estate);
      for (const [key, value] of Object.entries(demo.environment)) vi.stubEnv(key, value);
    });
    afterAll(async () => {
      vi.unstubAllEnvs();
      await demo?.stop();
    });
    beforeEach(() => {
      demo.proxy.rules.clear();
      demo.proxy.clearCalls();
    });
    tests(access);
  });
}
