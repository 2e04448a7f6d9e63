import type { Call } from './call.ts';
import type { WireProtocol } from './services.ts';
import { AwsError } from './wire.ts';

/** Faults that are errors of AWS itself. */
export type ErrorFault =
  | 'access_denied'
  | 'scp_denied'
  | 'throttled'
  | 'region_disabled'
  | 'expired_token'
  | 'internal_error';

/**
 * Faults below the protocol: `html` a 503 page of a load balancer; `truncated` the true answer cut in the middle of its
 * document; `half_closed` the connection lost in the middle of the body; `hang` no answer at all; `reset` the
 * connection lost before the answer.
 */
export type TransportFault = 'html' | 'truncated' | 'half_closed' | 'hang' | 'reset';

export type Fault = ErrorFault | TransportFault | { code: string; message: string; status: number };

type Shape = [code: string, message: string, status: number];
type Table = Record<Exclude<ErrorFault, 'access_denied' | 'scp_denied'>, Shape> & { denied: Shape };

const json = (status: number): Table => ({
  denied: ['AccessDeniedException', '', status],
  throttled: ['ThrottlingException', 'Rate exceeded', status === 403 ? 429 : 400],
  region_disabled: ['UnrecognizedClientException', 'The security token included in the request is invalid.', status],
  expired_token: ['ExpiredTokenException', 'The security token included in the request is expired', status],
  internal_error: ['InternalServerException', 'An internal error occurred.', 500],
});

const query: Table = {
  denied: ['AccessDenied', '', 403],
  throttled: ['Throttling', 'Rate exceeded', 400],
  region_disabled: ['InvalidClientTokenId', 'The security token included in the request is invalid.', 403],
  expired_token: ['ExpiredToken', 'The security token included in the request is expired', 403],
  internal_error: ['InternalFailure', 'An internal error has occurred.', 500],
};

const tables: Record<WireProtocol, Table> = {
  ec2: {
    denied: ['UnauthorizedOperation', 'You are not authorized to perform this operation. ', 403],
    throttled: ['RequestLimitExceeded', 'Request limit exceeded.', 503],
    region_disabled: ['AuthFailure', 'AWS was not able to validate the provided access credentials', 401],
    expired_token: ['RequestExpired', 'Request has expired.', 400],
    internal_error: ['InternalError', 'An internal error has occurred', 500],
  },
  query,
  'rest-xml': query,
  s3: {
    denied: ['AccessDenied', '', 403],
    throttled: ['SlowDown', 'Please reduce your request rate.', 503],
    region_disabled: ['InvalidToken', 'The provided token is malformed or otherwise invalid.', 400],
    expired_token: ['ExpiredToken', 'The provided token has expired.', 400],
    internal_error: ['InternalError', 'We encountered an internal error. Please try again.', 500],
  },
  json: json(400),
  'rest-json': json(403),
};

/** The error that the call's service answers for a fault. */
export function faultError(call: Call, fault: ErrorFault, principal: string, action: string): AwsError {
  if (fault === 'access_denied') {
    return deniedError(call, principal, action, 'because no identity-based policy allows the {action} action');
  }
  if (fault === 'scp_denied') {
    return deniedError(call, principal, action, 'with an explicit deny in a service control policy');
  }
  const [code, message, status] = tables[call.service.protocol][fault];
  const throttleCode = fault === 'throttled' ? call.service.throttleCode : undefined;
  return new AwsError(throttleCode ?? code, message, status);
}

/**
 * A denial in AWS's words.
 *
 * @param reason the words after the action; `{action}` stands for it
 */
export function deniedError(
  call: Call,
  principal: string,
  action: string,
  reason: string,
  resource?: string,
): AwsError {
  const [code, prefix, status] = tables[call.service.protocol].denied;
  const where = resource === undefined ? '' : ` on resource: ${resource}`;
  const why = reason === '' ? '' : ` ${reason.replace('{action}', action)}`;
  return new AwsError(
    code,
    `${prefix}User: ${principal} is not authorized to perform: ${action}${where}${why}`,
    status,
  );
}
