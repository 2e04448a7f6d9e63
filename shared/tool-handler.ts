import { createHash } from 'node:crypto';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import type { AnswerOf, Output, Tool } from '../schemas/define-tool.ts';
import { operationOf } from './aws-clients.ts';
import type { Call, FunctionIdentity } from './call.ts';
import { readConfiguration } from './config.ts';
import { type ErrorAnswer, FatalError, ToolError, toToolError } from './errors.ts';
import { actionsOf } from './failures.ts';
import { Audit, logFault } from './logger.ts';
import { parseInput } from './parse-input.ts';

/** Waiting for AWS ends this long before the Lambda would be stopped; assembling and writing the answer take the rest. */
const DEADLINE_MARGIN_MS = 1_000;
/** The last net: whatever still runs then, the caller gets an answer. */
const LAST_NET_MS = 500;
/** For a context without a clock, as in a script. */
const DEFAULT_TIME_MS = 30_000;

export type Handler<Answer = unknown> = (event: unknown, context?: Partial<Context>) => Promise<Answer | ErrorAnswer>;

interface CallContext extends Context {
  readonly audit: Audit;
}

/**
 * A Lambda handler around a tool's work: parses the event, reads the configuration, sets the deadline, turns every fault
 * into an error answer and writes one audit line. It never throws, because the Gateway would hide the reason.
 */
export function toolHandler<Input extends z.ZodObject, Out extends Output>(
  tool: Tool<Input, Out>,
  run: (input: z.output<Input>, call: Call) => Promise<AnswerOf<Out>>,
): Handler<AnswerOf<Out>> {
  const pipeline = middy<unknown, AnswerOf<Out> | ErrorAnswer>({
    timeoutEarlyInMillis: LAST_NET_MS,
    timeoutEarlyResponse: () => {
      throw new ToolError('timeout', 'The tool ran out of time. Ask for fewer accounts, Regions or items.');
    },
  })
    .use(auditLine(tool))
    .use(errorAnswer(tool))
    .handler(async (event, context) => {
      const input = parseInput(tool.input, event);
      const ended = new AbortController();
      const remaining = context.getRemainingTimeInMillis?.() ?? DEFAULT_TIME_MS;
      const timer = setTimeout(() => ended.abort(), Math.max(0, remaining - DEADLINE_MARGIN_MS));
      try {
        return await run(input, openCall(tool as unknown as Tool, context as CallContext, ended.signal));
      } finally {
        clearTimeout(timer);
        // Nothing goes on after the answer: a request still under way would be charged to the next call.
        ended.abort();
      }
    });
  return (event, context) => pipeline(event, (context ?? {}) as Context);
}

function openCall(tool: Tool, context: CallContext, signal: AbortSignal): Call {
  return {
    tool,
    requestId: context.awsRequestId ?? crypto.randomUUID(),
    configuration: readConfiguration(),
    self: identityFrom(context.invokedFunctionArn),
    signal,
    visibleName: textOf(context, 'bedrockAgentCoreToolName'),
    audit: context.audit,
    refusals: new Map(),
  };
}

function identityFrom(functionArn: string | undefined): FunctionIdentity {
  const [, partition, , region, account] = functionArn?.split(':') ?? [];
  if (!partition || !region || !account) {
    throw new ToolError('not_configured', 'The function does not know its own ARN. Nothing was called.');
  }
  return { partition, region, account };
}

/** Writes the audit line of every call, whatever became of it. */
function auditLine(tool: Pick<Tool, 'name'>): MiddlewareObj {
  const end = ({ context, response }: { context: Context; response?: unknown }) =>
    (context as CallContext).audit.end(outcomeOf(response));
  return {
    before: (request) => {
      const audit = new Audit(tool.name, caller(request.context));
      request.context = { ...request.context, audit } as Context;
      audit.note({ ...asked(request.event), arguments_hash: hashOf(request.event) });
    },
    after: end,
    onError: end,
  };
}

/** The one boundary: whatever was thrown becomes an answer in our own words. */
function errorAnswer(tool: Pick<Tool, 'iam' | 'ownIam'>): MiddlewareObj {
  return {
    onError: (request) => {
      const failure = toToolError(request.error, { operation: operationOf(request.error), actions: actionsOf(tool) });
      // Faults of a cell are logged where they happen.
      if (failure.code === 'internal' && (failure !== request.error || failure instanceof FatalError))
        logFault(request.error);
      request.response = failure.toAnswer(asked(request.event));
    },
  };
}

function outcomeOf(answer: unknown): string {
  const { error, complete } = (answer ?? {}) as { error?: { code: string }; complete?: boolean };
  if (error !== undefined) return error.code;
  return complete === false ? 'partial' : 'ok';
}

/** Who called: what the Gateway says of the request. Its keys: AgentCore Gateway guide, "Lambda function input format". */
function caller({ awsRequestId, clientContext }: Partial<Context>): Record<string, unknown> {
  return {
    request_id: awsRequestId,
    gateway_id: textOf({ clientContext }, 'bedrockAgentCoreGatewayId'),
    target_id: textOf({ clientContext }, 'bedrockAgentCoreTargetId'),
    gateway_request_id: textOf({ clientContext }, 'bedrockAgentCoreAwsRequestId'),
    mcp_message_id: textOf({ clientContext }, 'bedrockAgentCoreMcpMessageId'),
  };
}

/** One of the texts that the Gateway gives with a call. */
function textOf({ clientContext }: Pick<Partial<Context>, 'clientContext'>, key: string): string | undefined {
  const value = (clientContext as { custom?: Record<string, unknown> } | undefined)?.custom?.[key];
  return typeof value === 'string' ? value.slice(0, 200) : undefined;
}

/** SHA-256 of the arguments as JSON: finds equal calls without telling what was asked. */
function hashOf(event: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(event) ?? '')
    .digest('hex');
}

/** The account and Region asked for, echoed in an error answer and the audit line when they have the form of such. */
function asked(event: unknown): { account_id?: string; region?: string } {
  const { account_id, region } = (typeof event === 'object' && event !== null ? event : {}) as Record<string, unknown>;
  return {
    ...(typeof account_id === 'string' && /^(all|[0-9, ]{12,200})$/.test(account_id) ? { account_id } : {}),
    ...(typeof region === 'string' && /^[a-z0-9, -]{1,200}$/.test(region) ? { region } : {}),
  };
}
