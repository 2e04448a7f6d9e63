import { randomUUID } from 'node:crypto';
import type { AssumedRole } from './assume-role.ts';
import type { Call } from './call.ts';
import { iamActionOf } from './iam-actions.ts';
import { allowedActions, type Session } from './sessions.ts';

/** One call that came through the proxy, in order of arrival. */
export type CallRecord = {
  /** ISO 8601, by the proxy's clock. */
  at: string;
  /** Account of the caller; absent for credentials that the proxy has not seen issued. */
  account?: string;
  region: string;
  service: string;
  operation: string;
  /** The IAM action that authorises the call. */
  iamAction: string;
  /** Role of the calling session. */
  roleArn?: string;
  sessionName?: string;
  externalId?: string;
  /** Actions of the session policy that the calling session was opened with. */
  sessionPolicyActions?: string[];
  /** Of AssumeRole calls: what was asked for. */
  assumed?: AssumedRole;
  /** Answered by a stub, not by moto. */
  stubbed?: true;
  /** Request ID of the answer, as the SDK gives it in `$metadata`. */
  requestId: string;
  /** HTTP status; 0 while, or when, no answer was given. */
  status: number;
  errorCode?: string;
  durationMs: number;
};

/** The log entry of a call that has just arrived. */
export function startRecord(
  call: Call,
  session: Session | undefined,
  assumed: AssumedRole | undefined,
  at: Date,
): CallRecord {
  return {
    at: at.toISOString(),
    ...(session ? { account: session.account } : {}),
    region: call.region,
    service: call.service.name,
    operation: call.operation,
    iamAction: iamActionOf(call.service, call.operation, call.request.method),
    ...(session ? { roleArn: session.roleArn, sessionName: session.sessionName } : {}),
    ...(session?.externalId === undefined ? {} : { externalId: session.externalId }),
    ...(session?.sessionPolicy ? { sessionPolicyActions: allowedActions(session.sessionPolicy) } : {}),
    ...(assumed ? { assumed } : {}),
    requestId: randomUUID(),
    status: 0,
    durationMs: 0,
  };
}
