import {
  InsufficientScopeError,
  ProtocolError,
  ProtocolErrorCode,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
} from '@modelcontextprotocol/client';
import { ToolError } from '../errors.ts';
import { logFault } from '../logger.ts';
import { neutralise, neutraliseDocument } from '../untrusted-text.ts';
import type { Connection } from './connection.ts';

/** In characters; as much as is given of other texts of strangers. */
const MAX_SAID = 1_000;

/** Where a call stood when it failed. */
export interface FailedBridge {
  readonly name: string;
  readonly connection?: Connection | undefined;
  /** What the server said before it was connected. */
  readonly complaints?: (() => string) | undefined;
  /** Whether the call's deadline has passed. */
  readonly late: boolean;
}

/** Translates what a client threw. Texts of the server stay in the named detail `server_said`, made plain. */
export function toBridgeError(error: unknown, { name, connection, complaints, late }: FailedBridge): ToolError {
  if (error instanceof ToolError) return error;
  const said = endOf((connection?.complaints ?? complaints)?.().trim() ?? '');
  const details = (reason: string) => ({ reason, ...(said === '' ? {} : { server_said: said }) });
  const failed = (code: 'timeout' | 'unavailable' | 'throttled', reason: string, message: string) =>
    new ToolError(code, message, details(reason));
  const refused = () =>
    new ToolError('access_denied', `${name} refused the signature or the role of the call.`, details('refused'));
  if (connection?.ended() === 'too_large') {
    return new ToolError(
      'answer_too_large',
      `${name} answered more than a bridge passes on. Ask for less.`,
      details('too_large'),
    );
  }
  if (late || codeOf(error) === SdkErrorCode.RequestTimeout) {
    return connection === undefined
      ? failed('timeout', 'no_initialize', `${name} did not start in time: it never answered initialize.`)
      : failed('timeout', 'no_answer', `${name} did not answer in time.`);
  }
  if (error instanceof SdkHttpError) {
    if (error.status === 429) return failed('throttled', 'throttled', `${name} throttled the call. Ask again later.`);
    if (error.status === 401 || error.status === 403) return refused();
    return failed('unavailable', `http_${error.status}`, `${name} answered with HTTP ${error.status}.`);
  }
  // What the client makes of a 403 that speaks of OAuth.
  if (error instanceof InsufficientScopeError) return refused();
  if (error instanceof ProtocolError) {
    const answered = (reason: string) => ({ ...details(reason), server_said: neutralise(error.message) });
    // Of initialize, which holds nothing that the caller gave.
    if (connection === undefined)
      return new ToolError('unavailable', `${name} refused to begin a session.`, answered('no_session'));
    return error.code === ProtocolErrorCode.InternalError
      ? new ToolError('unavailable', `${name} failed at the call.`, answered('internal_error'))
      : new ToolError('invalid_input', `${name} refused the call.`, answered('refused'));
  }
  if (isClosed(error)) return failed('unavailable', 'server_exited', `${name} ended before it answered.`);
  if (isBroken(error)) {
    const when = connection === undefined ? 'before a session began' : 'before it answered: the call may have run';
    return failed('unavailable', 'connection_broken', `${name} broke off ${when}.`);
  }
  if (isMissing(error))
    return new ToolError('not_configured', `The program of ${name} is not there.`, details('no_program'));
  if (connection === undefined && isOfOtherVersion(error)) {
    const message = `${name} speaks no version of MCP that a bridge knows.`;
    return new ToolError('not_configured', message, details('protocol_version'));
  }
  // An answer that is no JSON, or no JSON-RPC.
  if (error instanceof SyntaxError || (error as Error | undefined)?.name === 'ZodError') {
    return failed('unavailable', 'no_valid_answer', `${name} gave no valid answer.`);
  }
  if (error instanceof SdkError)
    return failed('unavailable', String(error.code).toLowerCase(), `${name} gave no valid answer.`);
  if (error instanceof TypeError) return failed('unavailable', 'no_connection', `${name} cannot be reached.`);
  logFault(error);
  return new ToolError('internal', `The bridge to ${name} failed by a fault of its own, which is in its log.`);
}

/** Of what a server said before it failed, the end says why. Made plain first: half a credential would not be known as one. */
function endOf(said: string): string {
  const plain = neutraliseDocument(said, Number.POSITIVE_INFINITY);
  return plain.length <= MAX_SAID ? plain : `…${plain.slice(-MAX_SAID).replace(/^[\udc00-\udfff]/, '')}`;
}

/** Whether the connection is gone: the server has ended, or its pipe is closed. */
export function isClosed(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === SdkErrorCode.ConnectionClosed || code === SdkErrorCode.NotConnected || code === SdkErrorCode.SendFailed
  );
}

/** Whether the connection broke in a request: the server may have done what it asked, and is there for the next one. */
export function isBroken(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(String(causeCode(error)));
}

/** Whether nothing of the call has reached the server. */
export function nothingSent(error: unknown): boolean {
  if (codeOf(error) === SdkErrorCode.NotConnected) return true;
  // A session that the server has forgotten: it refuses before it looks at the call.
  if (error instanceof SdkHttpError) return error.status === 404;
  return causeCode(error) === 'ECONNREFUSED';
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'EACCES'].includes(String((error as { code?: unknown } | undefined)?.code));
}

/** The client has neither a class nor a code for it. */
function isOfOtherVersion(error: unknown): boolean {
  return error instanceof Error && /protocol version is not supported/.test(error.message);
}

function codeOf(error: unknown): unknown {
  return error instanceof SdkError ? error.code : undefined;
}

function causeCode(error: unknown): unknown {
  return (error as { cause?: { code?: unknown } } | undefined)?.cause?.code;
}
