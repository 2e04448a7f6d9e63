import {
  type AwsSecurityFinding,
  type AwsSecurityFindingFilters,
  DescribeHubCommand,
  type GetEnabledStandardsCommandOutput,
  GetFindingsCommand,
  type GetFindingsCommandInput,
  type GetFindingsCommandOutput,
  SecurityHubClient,
  SecurityHubServiceException,
  type StringFilter,
} from '@aws-sdk/client-securityhub';
import { type Caller, pageOf } from './demo-place.ts';
import type { Stub, StubRequest } from './stub.ts';
import { AwsError } from './wire.ts';

type Output<T> = Omit<T, '$metadata'>;

const WORST_FIRST = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'];

/** moto holds the findings that were imported, filters and sorts none, and knows no standards. */
export function securityHubStubs(): Record<string, Stub> {
  return { GetFindings: getFindings, GetEnabledStandards: getEnabledStandards };
}

async function getFindings(request: StubRequest<GetFindingsCommandInput>) {
  const { Filters = {}, MaxResults = 100, NextToken } = request.input;
  await requireHub(request);
  const hub = new SecurityHubClient(request.moto);
  const found: AwsSecurityFinding[] = [];
  let token: string | undefined;
  do {
    const page: GetFindingsCommandOutput = await hub.send(
      new GetFindingsCommand({ MaxResults: 100, ...(token === undefined ? {} : { NextToken: token }) }),
    );
    found.push(...(page.Findings ?? []));
    token = page.NextToken || undefined;
  } while (token !== undefined);
  const sorted = found
    .filter(matches(Filters))
    .sort((a, b) => WORST_FIRST.indexOf(a.Severity?.Label ?? '') - WORST_FIRST.indexOf(b.Severity?.Label ?? ''));
  const { items, next } = pageOf(sorted, NextToken, MaxResults);
  return {
    Findings: items,
    ...(next === undefined ? {} : { NextToken: next }),
  } satisfies Output<GetFindingsCommandOutput>;
}

function matches(filters: AwsSecurityFindingFilters) {
  const fits = (of: readonly StringFilter[] | undefined, value = '') =>
    of?.some(({ Value }) => Value === value) ?? true;
  return (finding: AwsSecurityFinding) =>
    fits(filters.AwsAccountId, finding.AwsAccountId) &&
    fits(filters.Region, finding.Region) &&
    fits(filters.RecordState, finding.RecordState) &&
    fits(filters.WorkflowStatus, finding.Workflow?.Status) &&
    fits(filters.ComplianceStatus, finding.Compliance?.Status) &&
    fits(filters.SeverityLabel, finding.Severity?.Label);
}

async function getEnabledStandards(request: Caller) {
  await requireHub(request);
  const { account, region } = request;
  const standards = ['aws-foundational-security-best-practices/v/1.0.0', 'cis-aws-foundations-benchmark/v/3.0.0'];
  return {
    StandardsSubscriptions: standards.map((standard) => ({
      StandardsSubscriptionArn: `arn:aws:securityhub:${region}:${account}:subscription/${standard}`,
      StandardsArn: `arn:aws:securityhub:${region}::standards/${standard}`,
      StandardsInput: {},
      StandardsStatus: 'READY',
    })),
  } satisfies Output<GetEnabledStandardsCommandOutput>;
}

async function requireHub({ moto }: Caller): Promise<void> {
  await new SecurityHubClient(moto).send(new DescribeHubCommand({})).catch((error: unknown) => {
    if (!(error instanceof SecurityHubServiceException)) throw error;
    throw new AwsError(error.name, error.message, error.$metadata.httpStatusCode);
  });
}
