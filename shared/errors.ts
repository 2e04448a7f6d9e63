/** Who can act: the caller (first five), the owner of the roles, AWS or time, or we. */
export type ErrorCode =
  | 'invalid_input'
  | 'account_not_allowed'
  | 'not_found'
  | 'answer_too_large'
  | 'service_not_enabled'
  | 'region_not_enabled'
  | 'role_not_assumable'
  | 'access_denied'
  | 'not_configured'
  | 'throttled'
  | 'timeout'
  | 'unavailable'
  | 'internal';

const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['throttled', 'timeout', 'unavailable']);

export interface ErrorAnswer {
  error: { code: ErrorCode; message: string; retryable: boolean; [detail: string]: unknown };
  account_id?: string;
  region?: string;
}

/** An error that a caller may see. Its message is always our own sentence, never AWS's. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }

  get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }

  toAnswer(cell: { account_id?: string; region?: string } = {}): ErrorAnswer {
    return { error: { code: this.code, message: this.message, retryable: this.retryable, ...this.details }, ...cell };
  }
}

/** A fault after which nothing more may be called, in any account: a security check has failed. */
export class FatalError extends ToolError {}

/** What is known of the call that failed. */
export interface FailedCall {
  /** The SDK command's operation, e.g. DescribeInstances. */
  readonly operation?: string | undefined;
  /** The actions that the call's session may use. */
  readonly actions: readonly string[];
}

interface AwsError {
  name?: unknown;
  message?: unknown;
  code?: unknown;
  $metadata?: { httpStatusCode?: unknown; requestId?: unknown };
}

const THROTTLING =
  /^(Throttl|RequestLimitExceeded|TooManyRequests|SlowDown|RequestThrottled|BandwidthLimitExceeded|PriorRequestNotComplete|LimitExceededException$|ProvisionedThroughputExceeded|EC2ThrottledException)/;
const DENIED =
  /^((KMS|Kms)?AccessDenied|UnauthorizedOperation|Forbidden|NotAuthorized|AuthorizationError|UnauthorizedException)/;
// An opt-in Region that is off does not know the account's credentials: EC2, the JSON and the query services
// and S3 each say so in their own way, and STS has a name for it.
const REGION_OFF =
  /^(AuthFailure|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|InvalidToken$|RegionDisabled|OptInRequired)/;
// A request that is signed wrongly, or by a clock that is wrong, is refused with 403 too; no grant would help.
const SIGNATURE =
  /^(SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|MissingAuthenticationToken|RequestTimeTooSkewed|RequestInTheFuture)/;
const NOT_ENABLED = /^(SubscriptionRequired|NotSignedUp|AWSOrganizationsNotInUse|InvalidAccessException)/;
const NOT_FOUND = /NoSuch|DoesNotExist|NotFound(Error|Exception|Fault)?$/;
const INVALID =
  /^(Validation|InvalidParameter|InvalidFilter|InvalidID|InvalidRequest|InvalidInput|InvalidArgument|BadRequest|Malformed|MissingParameter|Invalid\w+\.Malformed|InvalidNextToken|FilterLimitExceeded|InvalidPaginationToken|InvalidBucketName|UnknownParameter|MissingRequiredParameter|ClientException$)/;
const EXPIRED = /^(Expired|RequestExpired|TokenRefreshRequired)/;
const BROKEN = /^(ECONNRESET|EPIPE|ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/;
const TIMEOUT = /^(TimeoutError|AbortError|RequestTimeout|RequestTimeoutException)/;

/** Translates whatever a call threw into the catalogue. Only names and status codes decide; texts never pass through. */
export function toToolError(error: unknown, call: FailedCall): ToolError {
  if (error instanceof ToolError) return error;
  const { name, code, status, message } = readAwsError(error);
  const operation = call.operation ?? 'the request';
  if (THROTTLING.test(name) || status === 429) {
    return new ToolError(
      'throttled',
      `AWS throttled ${operation} and retries did not help. Ask again later, or for fewer accounts and Regions.`,
    );
  }
  if (REGION_OFF.test(name)) {
    return new ToolError(
      'region_not_enabled',
      'The Region is not enabled in this account, or it does not know the credentials.',
    );
  }
  if (EXPIRED.test(name)) return new ToolError('unavailable', 'The session expired while the call ran. Ask again.');
  if (NOT_ENABLED.test(name)) {
    return new ToolError(
      'service_not_enabled',
      `The service that ${operation} asks is not enabled in this account and Region.`,
    );
  }
  if (SIGNATURE.test(name)) {
    return new ToolError(
      'internal',
      `AWS refused the signature of ${operation}: the clock or the credentials of the tools are wrong.`,
      { aws_error: safeName(name) },
    );
  }
  if (DENIED.test(name) || status === 403) return accessDenied(message, call);
  if (NOT_FOUND.test(name))
    return new ToolError('not_found', `AWS knows no such resource in this account and Region (${operation}).`);
  // The SDK calls a reset connection a TimeoutError too; its code tells them apart.
  if (BROKEN.test(code)) return unavailable(operation);
  if (TIMEOUT.test(name) || code === 'ETIMEDOUT')
    return new ToolError('timeout', `AWS did not answer ${operation} in time.`);
  if (INVALID.test(name)) {
    return new ToolError(
      'invalid_input',
      `AWS refused the arguments of ${operation}: check identifiers, filter names and values.`,
      { aws_error: safeName(name) },
    );
  }
  // A TypeError that no request brought is a fault of ours, not of AWS.
  const fromAws = call.operation !== undefined || status > 0 || name === 'SyntaxError';
  if (fromAws && isUnavailable(name, code, status)) return unavailable(operation);
  return !fromAws
    ? new ToolError('internal', 'The tool failed by a fault of its own, which is in its log.')
    : new ToolError('internal', `${operation} failed in a way that the tool does not know.`, {
        aws_error: safeName(name),
      });
}

function readAwsError(error: unknown): { name: string; code: string; status: number; message: string } {
  const { name, message, code, $metadata } = (typeof error === 'object' && error !== null ? error : {}) as AwsError;
  return {
    name: typeof name === 'string' ? name : '',
    code: typeof code === 'string' ? code : '',
    status: typeof $metadata?.httpStatusCode === 'number' ? $metadata.httpStatusCode : 0,
    message: typeof message === 'string' ? message : '',
  };
}

function unavailable(operation: string): ToolError {
  return new ToolError('unavailable', `${operation} got no valid answer from AWS. Ask again later.`);
}

/** Of a request: HTML or half an answer is a SyntaxError or a parse error of the SDK; a broken connection has a system code. */
function isUnavailable(name: string, code: string, status: number): boolean {
  return (
    status >= 500 ||
    status === 200 ||
    name === 'SyntaxError' ||
    name === 'TypeError' ||
    name === 'Error' ||
    /^E[A-Z]+$/.test(code)
  );
}

/** Names the IAM action only when it is one of our own: the text of AWS's error is not passed on. */
function accessDenied(message: string, { operation, actions }: FailedCall): ToolError {
  const named = /perform:? ([a-z0-9-]+:[A-Za-z0-9]+)/.exec(message)?.[1];
  const action =
    named === undefined
      ? (actions.find((candidate) => candidate.split(':')[1] === operation) ??
        (actions.length === 1 ? actions[0] : undefined))
      : actions.find((candidate) => candidate === named);
  // The two forms of the message: IAM User Guide, "Troubleshoot access denied error messages".
  const kind = /\b(?:explicit deny in a|because no) (service|resource) control policy\b/.exec(message)?.[1];
  const policy = kind === undefined ? undefined : `a ${kind} control policy`;
  const what = action ?? operation ?? 'this call';
  const why = policy === undefined ? `Grant it to the role that the tools use there.` : `It is denied by ${policy}.`;
  return new ToolError('access_denied', `${what} is denied in this account. ${why}`, {
    ...(action === undefined ? {} : { action }),
    ...(policy === undefined ? {} : { denied_by: policy }),
  });
}

/** An error's name is a token of AWS's API, but it crossed the network: keep it to the form of a name. */
function safeName(name: string): string {
  return /^[A-Za-z0-9.:]{1,80}$/.test(name) ? name : 'unknown';
}
