import { randomUUID } from 'node:crypto';
import type { Tool } from '../../../schemas/define-tool.ts';
import { functionName, type InvokeResult } from '../functions.ts';
import { outcomeOf, recordOf } from './call-record.ts';
import { MAX_CLIENT_CONTEXT_BYTES } from './client-context.ts';
import { header, type RawRequest } from './http.ts';
import type { McpSettings } from './mcp-server.ts';

const PREFIX = '/2015-03-31/';
const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
/** A name, `account:function:name`, or an ARN, each perhaps with a version or alias behind it. */
const FUNCTION =
  /^(?:(?:arn:aws[\w-]*:lambda:[\w-]+:)?(?:\d{12}:)?function:)?([\w-]{1,64})(?::(\$LATEST|[\w-]{1,128}))?$/;
const ACCOUNT_AND_NAME = /^\d{12}:function:/;

/** Whether the path belongs to the Lambda API. */
export function isLambdaPath(path: string): boolean {
  return path.startsWith(PREFIX);
}

/**
 * Lambda's Invoke operation for the served functions, so that `new LambdaClient({ endpoint })` invokes the same handlers.
 * Signatures are not checked. Versions and aliases all mean the one code there is.
 */
export async function lambdaApi(request: RawRequest, path: string, settings: McpSettings): Promise<Response> {
  const asked = decoded(INVOCATIONS.exec(path)?.[1] ?? '');
  if (request.method !== 'POST' || asked === '')
    return fault(404, 'UnknownOperationException', 'Only Invoke is served.');
  const name = FUNCTION.exec(asked.replace(ACCOUNT_AND_NAME, 'function:'))?.[1];
  const tool = [...settings.tools.values()].map((served) => served.tool).find((each) => functionName(each) === name);
  if (tool === undefined) return fault(404, 'ResourceNotFoundException', `Function not found: ${asked}`);
  const event = parseEvent(request.body);
  if (event === undefined) {
    return fault(400, 'InvalidRequestContentException', 'Could not parse request body into json.');
  }
  const context = parseContext(header(request, 'x-amz-client-context'));
  if (context === undefined) {
    return fault(400, 'InvalidRequestContentException', 'Client context must be a base64-encoded JSON object.');
  }
  switch (header(request, 'x-amz-invocation-type') ?? 'RequestResponse') {
    case 'RequestResponse':
      return toResponse(await invoke(tool, event.value, context.value, settings));
    case 'Event':
      // Lambda gives the client context to synchronous invocations only.
      invoke(tool, event.value, undefined, settings).catch(() => {});
      return new Response(null, { status: 202, headers: { 'x-amzn-requestid': randomUUID() } });
    case 'DryRun':
      return new Response(null, { status: 204, headers: { 'x-amzn-requestid': randomUUID() } });
    default:
      return fault(400, 'InvalidParameterValueException', 'Unknown invocation type.');
  }
}

async function invoke(
  tool: Tool,
  event: unknown,
  clientContext: object | undefined,
  { invoke, timeoutMs, account, onCall }: McpSettings,
): Promise<InvokeResult> {
  const started = performance.now();
  const result = await invoke(tool, event, {
    ...(clientContext === undefined ? {} : { clientContext }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(account === undefined ? {} : { account }),
  });
  const outcome = result.functionError === undefined ? outcomeOf(result.payload) : 'failed';
  onCall?.(recordOf(tool, event, outcome, started));
  return result;
}

/** Empty for what is no encoding. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

function toResponse({ payload, functionError, requestId = randomUUID() }: InvokeResult): Response {
  return Response.json(payload, {
    headers: {
      'x-amzn-requestid': requestId,
      'x-amz-executed-version': '$LATEST',
      ...(functionError === undefined ? {} : { 'x-amz-function-error': functionError }),
    },
  });
}

/** An empty payload is an empty event. */
function parseEvent(body: Buffer): { value: unknown } | undefined {
  try {
    return { value: body.length === 0 ? {} : (JSON.parse(body.toString()) as unknown) };
  } catch {
    return undefined;
  }
}

function parseContext(encoded: string | undefined): { value: object | undefined } | undefined {
  if (encoded === undefined) return { value: undefined };
  if (encoded.length > MAX_CLIENT_CONTEXT_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString());
    return typeof value === 'object' && value !== null ? { value } : undefined;
  } catch {
    return undefined;
  }
}

function fault(status: number, type: string, message: string): Response {
  const headers = { 'x-amzn-errortype': type, 'x-amzn-requestid': randomUUID() };
  return Response.json({ Type: status < 500 ? 'User' : 'Service', Message: message }, { status, headers });
}
