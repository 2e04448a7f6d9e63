import { randomUUID } from 'node:crypto';
import type { CallToolResult, RequestId } from '@modelcontextprotocol/server';
import { functionArn, type Invoke, type InvokeResult } from '../functions.ts';
import { type CallRecord, outcomeOf, recordOf } from './call-record.ts';
import { clientContext, fitsClientContext } from './client-context.ts';
import type { ServedTool } from './served-tools.ts';
import { validateArguments } from './validate-arguments.ts';

export interface CallSettings {
  readonly invoke: Invoke;
  readonly gatewayId: string;
  /** The Gateway's exceptionLevel DEBUG: errors say their cause. */
  readonly debug: boolean;
  readonly timeoutMs?: number | undefined;
  readonly account?: string | undefined;
  readonly onCall?: ((record: CallRecord) => void) | undefined;
}

/** The Gateway's text for every fault that it does not show. Source: guide, "Debug messages". */
const GENERIC_ERROR = 'An internal error occurred. Please retry later.';

/** Checks the arguments, invokes the tool's function and gives its answer as the Gateway does. Never rejects. */
export async function callTool(
  served: ServedTool,
  args: Readonly<Record<string, unknown>>,
  messageId: RequestId,
  settings: CallSettings,
): Promise<CallToolResult> {
  const started = performance.now();
  const done = (outcome: string, result: CallToolResult) => {
    // A bridge's own name says nothing of what was called.
    const named = served.tool.toolset === 'bridge' ? { name: served.visibleName } : served.tool;
    settings.onCall?.(recordOf(named, args, outcome, started));
    return result;
  };
  const fault = validateArguments(served.definition.inputSchema, args);
  // Assumption about the real Gateway: a wrong argument is a tool result, as seen live; the guide's table says HTTP 400.
  if (fault !== undefined) return done('rejected', { content: [{ type: 'text', text: fault }], isError: true });
  const context = clientContext(served, { gatewayId: settings.gatewayId, requestId: randomUUID(), messageId });
  if (!fitsClientContext(context)) {
    // Assumption about the real Gateway: what Lambda would refuse is an internal error of the Gateway.
    return done('failed', internalError('The client context exceeds the limit of Lambda.', settings.debug));
  }
  const { functionError, errorMessage = '', payload } = await invokeSafely(served, args, context, settings);
  if (functionError !== undefined) return done('failed', internalError(errorMessage, settings.debug));
  return done(outcomeOf(payload), toolResult(payload));
}

/** The whole answer as one JSON text: `{statusCode, body}` and `{content: [...]}` are not unwrapped either. */
function toolResult(payload: unknown): CallToolResult {
  return { isError: false, content: [{ type: 'text', text: JSON.stringify(payload ?? null) }] };
}

/** The shape is the guide's; assumption about the real Gateway: a function's error and its timeout look the same. */
function internalError(message: string, debug: boolean): CallToolResult {
  if (!debug) return { content: [{ type: 'text', text: GENERIC_ERROR }], isError: true };
  const text = { type: 'text' as const, text: message };
  return { content: [text], _meta: { debug: text }, isError: true };
}

async function invokeSafely(
  { tool }: ServedTool,
  args: Readonly<Record<string, unknown>>,
  context: object,
  { invoke, timeoutMs, account }: CallSettings,
): Promise<InvokeResult> {
  const options = {
    clientContext: context,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(account === undefined ? {} : { account }),
  };
  const failed = (message: string): InvokeResult => ({
    payload: undefined,
    functionError: 'Unhandled',
    errorMessage: `Error while invoking Lambda function ${functionArn(tool, account)}: ${message}`,
  });
  try {
    const result = await invoke(tool, args, options);
    return result.functionError === undefined ? result : failed(result.errorMessage ?? 'Unhandled');
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}
