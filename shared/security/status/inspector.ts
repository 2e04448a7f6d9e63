import { BatchGetAccountStatusCommand, Inspector2Client, type Status } from '@aws-sdk/client-inspector2';
import { ToolError } from '../../errors.ts';
import type { Answered, StatusProbe } from './status.ts';

/** AWS may add to its states what no type knows yet. */
const STATES: Readonly<Partial<Record<Status, Answered['status']>>> = {
  ENABLED: 'ENABLED',
  DISABLED: 'DISABLED',
  SUSPENDED: 'SUSPENDED',
  ENABLING: 'CHANGING',
  DISABLING: 'CHANGING',
  SUSPENDING: 'CHANGING',
};

export const inspectorStatus: StatusProbe = {
  service: 'inspector',
  scope: 'cell',
  setupUrl: 'https://docs.aws.amazon.com/inspector/latest/user/getting_started_tutorial.html',
  ask: async (cell) => {
    const inspector = await cell.client(Inspector2Client);
    const answer = await inspector.send(new BatchGetAccountStatusCommand({ accountIds: [cell.account] }));
    const account = answer.accounts?.find(({ accountId }) => accountId === cell.account);
    const status = account?.state?.status;
    if (account === undefined || status === undefined) {
      const failed = answer.failedAccounts?.[0]?.errorCode;
      throw failed === 'ACCESS_DENIED'
        ? new ToolError('access_denied', 'Inspector does not let this account read its own status.')
        : new ToolError('unavailable', 'Inspector did not say the status of this account. Ask again later.');
    }
    const known = STATES[status];
    if (known === undefined) throw new ToolError('internal', 'Inspector gave a status that this tool does not know.');
    const { ec2, ecr, lambda, lambdaCode, codeRepository } = account.resourceState ?? {};
    const scans = {
      ec2_status: ec2?.status,
      ecr_status: ecr?.status,
      lambda_status: lambda?.status,
      lambda_code_status: lambdaCode?.status,
      code_repository_status: codeRepository?.status,
    };
    return { status: known, message: told(status, scans), scan_status: scans };
  },
};

function told(status: Status, scans: Readonly<Record<string, Status | undefined>>): string {
  if (status !== 'ENABLED') return `Amazon Inspector is ${status.toLowerCase()} in this account and Region.`;
  const named = (on: boolean) =>
    Object.entries(scans)
      .filter(([, each]) => each !== undefined && (each === 'ENABLED') === on)
      .map(([name]) => name.replace('_status', ''))
      .join(', ') || 'nothing';
  return `Amazon Inspector is enabled. It scans ${named(true)}; off: ${named(false)}.`;
}
