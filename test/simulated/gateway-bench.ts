import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BedrockAgentCoreControlClient } from '@aws-sdk/client-bedrock-agentcore-control';
import { onTestFinished } from 'vitest';
import type { Bench } from '../../scripts/gateway/apply.ts';
import { StateFile } from '../../scripts/gateway/state-file.ts';
import type { Simulator } from '../../scripts/local/simulator/simulator.ts';
import { hubCredentials } from '../support/simulated-callers.ts';

/** A request as it went over the wire: the operation, and body and path put together as botocore names them. */
export interface SentRequest {
  operation: string;
  params: Record<string, unknown>;
}

export interface TestBench extends Bench {
  /** Requests that write, in their order. */
  readonly sent: SentRequest[];
  readonly lines: string[];
  /** Most requests that were under way at once. */
  readonly most: { atOnce: number };
}

const WRITES = /^(Create|Update|Delete)/;

/** A bench on the simulated control plane, quick, with a state file of its own, recording what it sends. */
export function benchFor(aws: Simulator, maxAttempts = 5): TestBench {
  const folder = mkdtempSync(join(tmpdir(), 'central-ops-gateway-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const control = new BedrockAgentCoreControlClient({
    endpoint: aws.url,
    region: 'us-east-1',
    credentials: hubCredentials(aws),
    maxAttempts,
  });
  const sent: SentRequest[] = [];
  const lines: string[] = [];
  control.middlewareStack.add(
    (next, context) => (args) => {
      const operation = String(context.commandName).replace(/Command$/, '');
      const { body, path } = args.request as { body?: string | Uint8Array; path: string };
      const [, , gatewayIdentifier, , targetId] = path.split('/');
      if (WRITES.test(operation)) {
        const labels = { ...(gatewayIdentifier ? { gatewayIdentifier } : {}), ...(targetId ? { targetId } : {}) };
        sent.push({
          operation,
          params: {
            ...labels,
            ...(body ? JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)) : {}),
          },
        });
      }
      return next(args);
    },
    { step: 'build', name: 'recordRequests', priority: 'low' },
  );
  const most = { atOnce: 0 };
  let underWay = 0;
  control.middlewareStack.add(
    (next) => async (args) => {
      underWay += 1;
      most.atOnce = Math.max(most.atOnce, underWay);
      return next(args).finally(() => {
        underWay -= 1;
      });
    },
    { step: 'initialize', name: 'countRequests' },
  );
  // moto leaves what was updated in UPDATING for ever; AWS goes on to READY. The second answer says so here.
  const updating = new Set<string>();
  control.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const output = result.output as { status?: string; targetId?: string; gatewayId?: string };
      const id = output.targetId ?? output.gatewayId ?? '';
      if (output.status === 'UPDATING' && updating.has(id)) output.status = 'READY';
      else if (output.status === 'UPDATING') updating.add(id);
      return result;
    },
    { step: 'initialize', name: 'endUpdating' },
  );
  return {
    control,
    region: 'us-east-1',
    state: new StateFile(join(folder, 'agent-state.json')),
    pace: { intervalMs: 5, timeoutMs: 2_000 },
    report: (line) => lines.push(line),
    sent,
    most,
    lines,
  };
}
