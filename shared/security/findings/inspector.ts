import {
  type AggregationFindingType,
  type Finding,
  Inspector2Client,
  ListFindingAggregationsCommand,
  ListFindingsCommand,
  type SeverityCounts,
  type StringFilter,
} from '@aws-sdk/client-inspector2';
import type { Severity } from '../../../schemas/security-check.ts';
import { isAtLeast, labelsFrom, severityOf } from './severity.ts';
import { addCounts, type Counts, type FindingQuery, findingSource, webLink } from './source.ts';

/** The API's maximum. */
const PAGE = 100;

const TYPES: readonly AggregationFindingType[] = [
  'PACKAGE_VULNERABILITY',
  'NETWORK_REACHABILITY',
  'CODE_VULNERABILITY',
];

export const inspectorFindings = findingSource({
  service: 'inspector',
  scope: 'cell',
  pageSize: PAGE,
  countedBy: 'Inspector ListFindingAggregations',
  page: async (query, cell, nextToken) => {
    const inspector = await cell.client(Inspector2Client);
    const page = await inspector.send(
      new ListFindingsCommand({
        filterCriteria: criteria(query, cell.account),
        sortCriteria: { field: 'SEVERITY', sortOrder: 'DESC' },
        maxResults: PAGE,
        nextToken,
      }),
    );
    return { items: (page.findings ?? []).map(toFinding), next: page.nextToken };
  },
  // One call for each type: the answer has the counts by severity, and does not name the type.
  count: async (query, cell) => {
    const inspector = await cell.client(Inspector2Client);
    const counts = await Promise.all(
      TYPES.map(async (findingType) => {
        const { responses = [] } = await inspector.send(
          new ListFindingAggregationsCommand({
            aggregationType: 'FINDING_TYPE',
            accountIds: [equal(query.member ?? cell.account)],
            aggregationRequest: { findingTypeAggregation: { findingType } },
          }),
        );
        return responses.map(({ findingTypeAggregation }) =>
          toCounts(findingType, findingTypeAggregation?.severityCounts ?? {}, query),
        );
      }),
    );
    // UNVERIFIED: the aggregations are over active findings, as in the console. Others are then not counted.
    // What they call LOW is more than the list of LOW gives.
    return { ...addCounts(counts.flat()), partial: query.includeArchived || query.minimum === 'LOW' };
  },
});

/** Inspector counts three levels and all: the rest is LOW, INFORMATIONAL and what is not scored yet, told as LOW. */
function toCounts(
  type: AggregationFindingType,
  { all = 0, critical = 0, high = 0, medium = 0 }: SeverityCounts,
  { minimum }: FindingQuery,
): Counts {
  const levels: [Severity, number][] = [
    ['CRITICAL', critical],
    ['HIGH', high],
    ['MEDIUM', medium],
    ['LOW', all - critical - high - medium],
  ];
  const counted = levels.filter(([level, count]) => count > 0 && isAtLeast(level, minimum));
  const sum = counted.reduce((total, [, count]) => total + count, 0);
  return { severity: Object.fromEntries(counted), type: sum === 0 ? {} : { [type]: sum } };
}

function criteria({ minimum, includeArchived, member }: FindingQuery, account: string) {
  return {
    awsAccountId: [equal(member ?? account)],
    ...(includeArchived ? {} : { findingStatus: [equal('ACTIVE')] }),
    ...(minimum === undefined ? {} : { severity: labelsFrom('inspector', minimum).map(equal) }),
  };
}

function equal(value: string): StringFilter {
  return { comparison: 'EQUALS', value };
}

function toFinding(finding: Finding) {
  const [resource] = finding.resources ?? [];
  return {
    Id: finding.findingArn,
    Title: finding.title,
    Severity: severityOf('inspector', finding.severity),
    Service: 'inspector' as const,
    AccountId: finding.awsAccountId,
    Region: resource?.region,
    ResourceType: resource?.type,
    ResourceId: resource?.id,
    FirstSeen: finding.firstObservedAt,
    LastSeen: finding.lastObservedAt,
    Status: finding.status,
    RemediationUrl:
      webLink(finding.remediation?.recommendation?.Url) ?? webLink(finding.packageVulnerabilityDetails?.sourceUrl),
  };
}
