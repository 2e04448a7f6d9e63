import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { kebabCase } from '../schemas/define-tool.ts';
import { clientOf } from './aws-clients.ts';
import type { Call } from './call.ts';
import { type ErrorAnswer, ToolError } from './errors.ts';

/** A function answers within its own deadline; this only ends the waiting for one that does not. */
const INVOKE_TIMEOUT_MS = 120_000;

/**
 * Runs another tool through its Lambda function, with the function's own role, and gives its answer. Throws the tool's
 * error answer as a ToolError; `invalid_input` when there is no such tool.
 */
export async function invokeTool(tool: string, event: object, call: Call): Promise<Record<string, unknown>> {
  // Locally the functions are served by the local gateway, while everything else goes to AWS or to the simulator.
  const lambda = clientOf(LambdaClient, call.self.region, call, {
    endpoint: process.env.CENTRAL_OPS_INVOKE_ENDPOINT || process.env.AWS_ENDPOINT_URL,
  });
  const command = new InvokeCommand({ FunctionName: `central-ops-${kebabCase(tool)}`, Payload: JSON.stringify(event) });
  const { Payload, FunctionError } = await lambda
    .send(command, { requestTimeout: INVOKE_TIMEOUT_MS })
    .catch((error: unknown) => {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') {
        throw new ToolError('invalid_input', 'tool: there is no such tool, or its function is not deployed.', {
          field: 'tool',
        });
      }
      throw error;
    });
  if (FunctionError !== undefined || Payload === undefined)
    throw new ToolError('internal', `The function of ${tool} failed.`);
  const answer = JSON.parse(Buffer.from(Payload).toString('utf8')) as Record<string, unknown> & Partial<ErrorAnswer>;
  if (answer.error !== undefined) {
    const { code, message, retryable: _derived, ...details } = answer.error;
    throw new ToolError(code, message, details);
  }
  return answer;
}
