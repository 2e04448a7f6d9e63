import {
  type AwsSecurityFinding,
  type AwsSecurityFindingFilters,
  GetFindingsCommand,
  SecurityHubClient,
  type StringFilter,
} from '@aws-sdk/client-securityhub';
import type { Reading } from '../reading.ts';
import { labelsFrom, severityOf } from './severity.ts';
import { countFindings, type FindingQuery, findingSource, webLink } from './source.ts';

/** The API's maximum. */
const PAGE = 100;
/** Security Hub has no API that counts; GetFindings may be called 3 times a second. What 500 findings do not show is told. */
const COUNTED_PAGES = 5;

/** What awaits somebody: neither put right nor put aside. */
const OPEN_WORKFLOW = ['NEW', 'NOTIFIED'];

export const securityHubFindings = findingSource({
  service: 'securityhub',
  scope: 'cell',
  pageSize: PAGE,
  countedBy: 'Security Hub GetFindings, up to 500 in each account and Region',
  page: async (query, cell, token) => {
    const { Findings = [], NextToken } = await read(query, cell, token);
    return { items: Findings.map(toFinding), next: NextToken };
  },
  count: async (query, cell) => {
    const counted: { Severity: string; type: string }[] = [];
    let token: string | undefined;
    for (let pages = 0; pages < COUNTED_PAGES; pages++) {
      const { Findings = [], NextToken } = await read(query, cell, token);
      counted.push(
        ...Findings.map((each) => ({
          Severity: severityOf('securityhub', each.Severity?.Label),
          type: each.Compliance?.SecurityControlId ?? each.ProductName ?? each.Types?.[0] ?? 'other',
        })),
      );
      token = NextToken === '' ? undefined : NextToken;
      if (token === undefined) break;
    }
    return countFindings(counted, token !== undefined);
  },
});

/** A page, read once however many need it: the summary counts what the answer gives. */
function read(query: FindingQuery, cell: Reading, NextToken: string | undefined) {
  return cell.once(`security hub ${NextToken ?? ''}`, async () => {
    const hub = await cell.client(SecurityHubClient);
    return hub.send(
      new GetFindingsCommand({
        Filters: filters(query, cell),
        SortCriteria: [{ Field: 'SeverityNormalized', SortOrder: 'desc' }],
        MaxResults: PAGE,
        NextToken,
      }),
    );
  });
}

function filters({ minimum, includeArchived, member, workflow, compliance }: FindingQuery, cell: Reading) {
  // A check that passed is resolved: who asks for those wants to see them all the same.
  const isAny = includeArchived || compliance.includes('PASSED');
  const open = workflow.length > 0 || isAny ? workflow : OPEN_WORKFLOW;
  const given: AwsSecurityFindingFilters = {
    // An administrator, or a Region that others are linked to, holds their findings too: each answers for itself.
    AwsAccountId: equal(member ?? cell.account),
    Region: equal(cell.region),
    RecordState: includeArchived ? undefined : equal('ACTIVE'),
    WorkflowStatus: open.length === 0 ? undefined : equal(...open),
    ComplianceStatus: compliance.length === 0 ? undefined : equal(...compliance),
    SeverityLabel: minimum === undefined ? undefined : equal(...labelsFrom('securityhub', minimum)),
  };
  return given;
}

function equal(...values: readonly string[]): StringFilter[] {
  return values.map((Value) => ({ Value, Comparison: 'EQUALS' }));
}

function toFinding(finding: AwsSecurityFinding) {
  const [resource] = finding.Resources ?? [];
  return {
    Id: finding.Id,
    Title: finding.Title,
    Severity: severityOf('securityhub', finding.Severity?.Label),
    Service: 'securityhub' as const,
    AccountId: finding.AwsAccountId,
    Region: finding.Region,
    ResourceType: resource?.Type,
    ResourceId: resource?.Id,
    FirstSeen: finding.FirstObservedAt ?? finding.CreatedAt,
    LastSeen: finding.LastObservedAt ?? finding.UpdatedAt,
    Status: finding.RecordState === 'ARCHIVED' ? 'ARCHIVED' : finding.Workflow?.Status,
    RemediationUrl: webLink(finding.Remediation?.Recommendation?.Url),
  };
}
