import type { ServiceStatus } from '../../../schemas/check-security-services.ts';
import type { SecurityService } from '../../../schemas/security-service.ts';
import { operationOf } from '../../aws-clients.ts';
import { FatalError, type ToolError } from '../../errors.ts';
import { faultsOf } from '../../failures.ts';
import { SERVICE_NAMES, securityFault } from '../not-enabled.ts';
import type { Reading } from '../reading.ts';

/** How a service says whether it is on. */
export interface StatusProbe {
  readonly service: SecurityService;
  /** `account`: one answer for all Regions. */
  readonly scope: 'cell' | 'account';
  readonly setupUrl: string;
  /** Throws what AWS throws; the runner knows what that means. */
  readonly ask: (cell: Reading) => Promise<Answered>;
}

export type Answered = Omit<ServiceStatus, 'service' | 'enabled' | 'code' | 'setup_url'> & {
  readonly status: NonNullable<ServiceStatus['status']>;
};

/** A status, and the fault behind it where there is one. */
export interface Status {
  readonly row: ServiceStatus & Answered;
  readonly fault?: ToolError;
}

/** The status of a service. Never throws for a fault of AWS: what could not be told is UNKNOWN, with its code. */
export async function statusOf({ service, setupUrl, ask }: StatusProbe, cell: Reading): Promise<Status> {
  try {
    const answered = await ask(cell);
    const enabled = answered.status === 'ENABLED';
    return { row: { service, enabled, ...answered, ...(enabled ? {} : { setup_url: setupUrl }) } };
  } catch (error) {
    if (error instanceof FatalError) throw error;
    return faultStatus(service, setupUrl, faultOf(service, error, cell));
  }
}

/** What an error of a service means, in a call that may already be at its end. */
export function faultOf(service: SecurityService, error: unknown, { call }: Reading): ToolError {
  if (call.signal.aborted) return faultsOf(call).atDeadline();
  const fault = securityFault(service, error, { operation: operationOf(error), actions: call.tool.iam });
  // Logs what we do not know.
  return fault.code === 'internal' ? faultsOf(call).toFailure(error) : fault;
}

export function faultStatus(service: SecurityService, setupUrl: string, fault: ToolError): Status {
  const { code, message, details } = fault;
  if (code === 'service_not_enabled') {
    const status = details.reason === 'no_support_plan' ? 'NO_SUPPORT_PLAN' : 'DISABLED';
    const setup_url = details.reason === 'not_offered' ? undefined : setupUrl;
    return { row: { service, enabled: false, status, message, setup_url } };
  }
  const status = code === 'region_not_enabled' ? 'REGION_OFF' : 'UNKNOWN';
  const enabled = status === 'REGION_OFF' ? false : null;
  return {
    row: { service, enabled, status, code, message: `${SERVICE_NAMES[service]} could not be asked: ${message}` },
    fault,
  };
}
