import type * as z from 'zod';
import type { getSecurityFindings } from '../../../schemas/get-security-findings.ts';
import { SEVERITIES, type Severity } from '../../../schemas/security-check.ts';
import type { SecurityService } from '../../../schemas/security-service.ts';
import type { Call } from '../../call.ts';
import { ToolError } from '../../errors.ts';
import { expandAccounts, quote } from '../../targets.ts';
import { ADVISOR_WORDS, minimumOf } from './severity.ts';
import type { FindingQuery } from './source.ts';

/** Refuses what the service asked for does not know, before anything is called. */
export async function checkQuestion(
  input: z.output<typeof getSecurityFindings.input>,
  call: Call,
): Promise<FindingQuery> {
  const { service, severity_filter, finding_account_id } = input;
  // The bound that max_results has in the schema, said here: the definition has no room for it twice.
  if ((input.max_findings ?? 0) > 1_000) throw invalid('max_findings', '1 to 1,000.');
  const statuses = input.status_filter?.split(',').map((each) => each.trim().toUpperCase()) ?? [];
  if (statuses.length > 0 && service !== 'securityhub')
    throw invalid('status_filter', `Only securityhub has it; ${service} does not.`);
  for (const status of statuses) {
    if (![...WORKFLOW, ...COMPLIANCE].includes(status))
      throw invalid('status_filter', `${quote(status)} is none of ${[...WORKFLOW, ...COMPLIANCE].join(', ')}.`);
  }
  return {
    minimum: minimumIn(service, severity_filter?.trim().toUpperCase()),
    includeArchived: input.include_archived,
    member: finding_account_id === undefined ? undefined : await memberOf(input, finding_account_id.trim(), call),
    workflow: statuses.filter((status) => WORKFLOW.includes(status)),
    compliance: statuses.filter((status) => COMPLIANCE.includes(status)),
  };
}

/** Security Hub API reference: Workflow.Status and Compliance.Status. No word is in both. */
const WORKFLOW: readonly string[] = ['NEW', 'NOTIFIED', 'RESOLVED', 'SUPPRESSED'];
const COMPLIANCE: readonly string[] = ['PASSED', 'WARNING', 'FAILED', 'NOT_AVAILABLE'];

function minimumIn(service: SecurityService, asked: string | undefined): Severity | undefined {
  if (asked === undefined) return undefined;
  const minimum = minimumOf(service, asked);
  const words = [...SEVERITIES, ...(service === 'trustedadvisor' ? Object.keys(ADVISOR_WORDS) : [])];
  if (minimum === undefined)
    throw invalid('severity_filter', `${quote(asked)} is none of ${words.join(', ')}, for ${service}.`);
  return minimum;
}

/** An account that these tools may read: what its administrator holds of it is as protected as itself. */
async function memberOf(
  { service, account_id = '' }: z.output<typeof getSecurityFindings.input>,
  member: string,
  call: Call,
): Promise<string> {
  if (service === 'trustedadvisor')
    throw invalid('finding_account_id', 'trustedadvisor has no administrator account: ask the account itself.');
  if (!/^\d{12}$/.test(member) || !/^(\d{12})?$/.test(account_id.trim()))
    throw invalid('finding_account_id', 'One 12-digit account ID, with one account_id: the administrator to ask.');
  await expandAccounts(member, call, 'finding_account_id');
  return member;
}

function invalid(field: string, message: string): ToolError {
  return new ToolError('invalid_input', `${field}: ${message}`, { field });
}
