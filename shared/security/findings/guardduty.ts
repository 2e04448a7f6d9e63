import {
  type Finding,
  type FindingCriteria,
  GetFindingsCommand,
  GetFindingsStatisticsCommand,
  GuardDutyClient,
  ListFindingsCommand,
  type Resource,
} from '@aws-sdk/client-guardduty';
import type { Severity } from '../../../schemas/security-check.ts';
import { detectorOf } from '../status/guardduty.ts';
import { numberFrom, severityOf } from './severity.ts';
import { type FindingQuery, findingSource } from './source.ts';

/** The most that ListFindings gives and GetFindings takes. */
const PAGE = 50;
/** The most groups that GetFindingsStatistics gives; it has no further pages. */
const GROUPS = 100;

export const guarddutyFindings = findingSource({
  service: 'guardduty',
  scope: 'cell',
  pageSize: PAGE,
  countedBy: 'GuardDuty GetFindingsStatistics',
  page: async (query, cell, token) => {
    const DetectorId = await detectorOf(cell);
    const guardduty = await cell.client(GuardDutyClient);
    const { FindingIds = [], NextToken } = await guardduty.send(
      new ListFindingsCommand({
        DetectorId,
        FindingCriteria: criteria(query, cell.account),
        SortCriteria: { AttributeName: 'severity', OrderBy: 'DESC' },
        MaxResults: PAGE,
        NextToken: token,
      }),
    );
    if (FindingIds.length === 0) return { items: [], next: NextToken };
    const { Findings = [] } = await guardduty.send(new GetFindingsCommand({ DetectorId, FindingIds }));
    // GetFindings gives them in an order of its own.
    const byId = new Map(Findings.map((finding) => [finding.Id, finding]));
    return { items: FindingIds.flatMap((id) => toFinding(byId.get(id))), next: NextToken };
  },
  count: async (query, cell) => {
    const DetectorId = await detectorOf(cell);
    const guardduty = await cell.client(GuardDutyClient);
    const by = async (GroupBy: 'SEVERITY' | 'FINDING_TYPE') => {
      const FindingCriteria = criteria(query, cell.account);
      const command = new GetFindingsStatisticsCommand({ DetectorId, FindingCriteria, GroupBy, MaxResults: GROUPS });
      return (await guardduty.send(command)).FindingStatistics ?? {};
    };
    const [{ GroupedBySeverity = [] }, { GroupedByFindingType = [] }] = await Promise.all([
      by('SEVERITY'),
      by('FINDING_TYPE'),
    ]);
    const severity: Partial<Record<Severity, number>> = {};
    for (const { Severity, TotalFindings = 0 } of GroupedBySeverity) {
      const level = severityOf('guardduty', Severity);
      severity[level] = (severity[level] ?? 0) + TotalFindings;
    }
    const type = Object.fromEntries(GroupedByFindingType.map((row) => [row.FindingType ?? '', row.TotalFindings ?? 0]));
    return {
      severity,
      type,
      partial: [GroupedBySeverity, GroupedByFindingType].some(({ length }) => length === GROUPS),
    };
  },
});

function criteria({ minimum, includeArchived, member }: FindingQuery, account: string): FindingCriteria {
  const from = minimum && numberFrom('guardduty', minimum);
  return {
    Criterion: {
      accountId: { Equals: [member ?? account] },
      ...(includeArchived ? {} : { 'service.archived': { Equals: ['false'] } }),
      ...(from === undefined ? {} : { severity: { GreaterThanOrEqual: from } }),
    },
  };
}

function toFinding(finding: Finding | undefined) {
  // Gone between the two calls.
  if (finding === undefined) return [];
  const { Service: service, Resource: resource } = finding;
  return [
    {
      Id: finding.Id,
      Title: finding.Title,
      Severity: severityOf('guardduty', finding.Severity),
      Service: 'guardduty' as const,
      AccountId: finding.AccountId,
      Region: finding.Region,
      ResourceType: resource?.ResourceType,
      ResourceId: resource && resourceId(resource),
      FirstSeen: service?.EventFirstSeen ?? finding.CreatedAt,
      LastSeen: service?.EventLastSeen ?? finding.UpdatedAt,
      Status: service?.Archived === true ? 'ARCHIVED' : 'ACTIVE',
      RemediationUrl: 'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_remediate.html',
    },
  ];
}

/** A workload before what it runs on; a user's name rather than the ID of the key. */
function resourceId(resource: Resource): string | undefined {
  return (
    resource.LambdaDetails?.FunctionArn ??
    resource.S3BucketDetails?.[0]?.Arn ??
    resource.RdsDbInstanceDetails?.DbInstanceArn ??
    resource.RdsLimitlessDbDetails?.DbShardGroupArn ??
    resource.EksClusterDetails?.Arn ??
    resource.EcsClusterDetails?.Arn ??
    resource.Ec2ImageDetails?.ImageArn ??
    resource.EbsSnapshotDetails?.SnapshotArn ??
    resource.RecoveryPointDetails?.RecoveryPointArn ??
    resource.InstanceDetails?.InstanceId ??
    resource.ContainerDetails?.Name ??
    resource.AccessKeyDetails?.UserName ??
    resource.AccessKeyDetails?.PrincipalId
  );
}
