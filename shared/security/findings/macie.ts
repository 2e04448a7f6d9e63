import {
  type Finding,
  type FindingCriteria,
  GetFindingStatisticsCommand,
  GetFindingsCommand,
  type GroupBy,
  ListFindingsCommand,
  Macie2Client,
} from '@aws-sdk/client-macie2';
import type { Severity } from '../../../schemas/security-check.ts';
import { numberFrom, severityOf } from './severity.ts';
import { type FindingQuery, findingSource } from './source.ts';

/** The most that ListFindings gives and GetFindings takes. */
const PAGE = 50;

export const macieFindings = findingSource({
  service: 'macie',
  scope: 'cell',
  pageSize: PAGE,
  countedBy: 'Macie GetFindingStatistics',
  page: async (query, cell, nextToken) => {
    const macie = await cell.client(Macie2Client);
    const listed = await macie.send(
      new ListFindingsCommand({
        findingCriteria: criteria(query, cell.account),
        sortCriteria: { attributeName: 'severity.score', orderBy: 'DESC' },
        maxResults: PAGE,
        nextToken,
      }),
    );
    const findingIds = listed.findingIds ?? [];
    if (findingIds.length === 0) return { items: [], next: listed.nextToken };
    const { findings = [] } = await macie.send(new GetFindingsCommand({ findingIds }));
    const byId = new Map(findings.map((finding) => [finding.id, finding]));
    return { items: findingIds.flatMap((id) => toFinding(byId.get(id))), next: listed.nextToken };
  },
  count: async (query, cell) => {
    const macie = await cell.client(Macie2Client);
    const by = async (groupBy: GroupBy) => {
      const command = new GetFindingStatisticsCommand({ groupBy, findingCriteria: criteria(query, cell.account) });
      return (await macie.send(command)).countsByGroup ?? [];
    };
    const [levels, types] = await Promise.all([by('severity.description'), by('type')]);
    const severity: Partial<Record<Severity, number>> = {};
    for (const { groupKey, count = 0 } of levels) {
      const level = severityOf('macie', groupKey);
      severity[level] = (severity[level] ?? 0) + count;
    }
    return { severity, type: Object.fromEntries(types.map(({ groupKey = '', count = 0 }) => [groupKey, count])) };
  },
});

function criteria({ minimum, includeArchived, member }: FindingQuery, account: string): FindingCriteria {
  const from = minimum && numberFrom('macie', minimum);
  return {
    criterion: {
      accountId: { eq: [member ?? account] },
      ...(includeArchived ? {} : { archived: { eq: ['false'] } }),
      ...(from === undefined ? {} : { 'severity.score': { gte: from } }),
    },
  };
}

function toFinding(finding: Finding | undefined) {
  if (finding === undefined) return [];
  const { s3Bucket, s3Object } = finding.resourcesAffected ?? {};
  return [
    {
      Id: finding.id,
      Title: finding.title,
      Severity: severityOf('macie', finding.severity?.description),
      Service: 'macie' as const,
      AccountId: finding.accountId,
      Region: finding.region,
      ResourceType: s3Object?.path === undefined ? 'S3Bucket' : 'S3Object',
      ResourceId: s3Object?.path ?? s3Bucket?.arn,
      FirstSeen: finding.createdAt,
      LastSeen: finding.updatedAt,
      Status: finding.archived === true ? 'ARCHIVED' : 'ACTIVE',
      RemediationUrl: 'https://docs.aws.amazon.com/macie/latest/user/findings-types.html',
    },
  ];
}
