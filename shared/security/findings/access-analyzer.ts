import {
  AccessAnalyzerClient,
  type AnalyzerSummary,
  type Criterion,
  type FindingSummaryV2,
  type FindingsStatistics,
  GetFindingsStatisticsCommand,
  ListFindingsV2Command,
} from '@aws-sdk/client-accessanalyzer';
import type { Severity } from '../../../schemas/security-check.ts';
import type { Reading } from '../reading.ts';
import { analyzersOf } from '../status/access-analyzer.ts';
import { isAtLeast, severityOf } from './severity.ts';
import { addCounts, type Counts, countFindings, type FindingQuery, findingSource } from './source.ts';

/** The API's maximum. */
const PAGE = 100;
/** Of an organization's analyzer the statistics are over all its accounts: one account's findings are counted by reading. */
const COUNTED_PAGES = 5;

interface Rank {
  readonly analyzers: RegExp;
  readonly label: 'public' | 'external' | 'credential' | 'unused' | 'internal';
  readonly title: string;
  readonly filter: Readonly<Record<string, Criterion>>;
}

const CREDENTIALS = ['UnusedIAMUserAccessKey', 'UnusedIAMUserPassword'];

/** Access Analyzer does not rank its findings, so each rank is asked for by itself, the worst first. */
const ACCESS_RANKS: readonly Rank[] = [
  {
    analyzers: /^(ACCOUNT|ORGANIZATION)$/,
    label: 'public',
    title: 'Open to everyone',
    filter: { isPublic: { eq: ['true'] } },
  },
  {
    analyzers: /^(ACCOUNT|ORGANIZATION)$/,
    label: 'external',
    title: 'Open to another account',
    filter: { isPublic: { eq: ['false'] } },
  },
  {
    analyzers: /_UNUSED_ACCESS$/,
    label: 'credential',
    title: 'Unused credential',
    filter: { findingType: { eq: CREDENTIALS } },
  },
  {
    analyzers: /_UNUSED_ACCESS$/,
    label: 'unused',
    title: 'Unused access',
    // Types that AWS adds must not be missing.
    filter: { findingType: { neq: CREDENTIALS } },
  },
  { analyzers: /_INTERNAL_ACCESS$/, label: 'internal', title: 'Access within the organization', filter: {} },
];

interface Part {
  readonly analyzer: AnalyzerSummary;
  readonly rank: Rank;
  readonly severity: Severity;
}

export const accessAnalyzerFindings = findingSource({
  service: 'accessanalyzer',
  scope: 'cell',
  pageSize: PAGE,
  countedBy:
    'Access Analyzer GetFindingsStatistics; ranked by us: public HIGH, external or credential MEDIUM, rest LOW',
  // The token is ours: which part of the whole, and AWS's token in it.
  page: async (query, cell, token) => {
    const parts = await partsOf(query, cell);
    const index = Number.parseInt(token ?? '0', 10);
    const part = parts[index];
    if (part === undefined) return { items: [] };
    const page = await read(part, query, cell, token?.slice(token.indexOf(' ') + 1) || undefined);
    const following = index + 1 < parts.length ? `${index + 1} ` : undefined;
    return {
      items: page.findings.map((each) => toFinding(each, part, cell)),
      next: page.nextToken ? `${index} ${page.nextToken}` : following,
    };
  },
  count: async (query, cell) => {
    const parts = await partsOf(query, cell);
    const analyzers = [...new Set(parts.map(({ analyzer }) => analyzer))];
    const counts = await Promise.all(
      analyzers.map((analyzer) => {
        const own = parts.filter((part) => part.analyzer === analyzer);
        const isOfAccount = analyzer.type?.startsWith('ACCOUNT') === true;
        const hasStatistics = isOfAccount && !query.includeArchived && query.member === undefined;
        return hasStatistics ? statistics(own, analyzer, cell) : countByReading(own, query, cell);
      }),
    );
    return addCounts(counts.flat());
  },
});

/** Every analyzer that works, by the ranks that it can have and that are severe enough, the worst first. */
async function partsOf({ minimum }: FindingQuery, cell: Reading): Promise<Part[]> {
  const analyzers = (await analyzersOf(cell)).filter(({ status }) => status === 'ACTIVE');
  return ACCESS_RANKS.flatMap((rank) => {
    const severity = severityOf('accessanalyzer', rank.label);
    const fitting = analyzers.filter(({ type = '' }) => rank.analyzers.test(type));
    return isAtLeast(severity, minimum) ? fitting.map((analyzer) => ({ analyzer, rank, severity })) : [];
  });
}

async function read({ analyzer, rank }: Part, query: FindingQuery, cell: Reading, nextToken: string | undefined) {
  const client = await cell.client(AccessAnalyzerClient);
  const { findings = [], nextToken: next } = await client.send(
    new ListFindingsV2Command({
      analyzerArn: analyzer.arn,
      filter: {
        ...rank.filter,
        resourceOwnerAccount: { eq: [query.member ?? cell.account] },
        ...(query.includeArchived ? {} : { status: { eq: ['ACTIVE'] } }),
      },
      maxResults: PAGE,
      nextToken,
    }),
  );
  return { findings, nextToken: next };
}

async function statistics(parts: readonly Part[], analyzer: AnalyzerSummary, cell: Reading): Promise<Counts[]> {
  const client = await cell.client(AccessAnalyzerClient);
  const { findingsStatistics = [] } = await client.send(
    new GetFindingsStatisticsCommand({ analyzerArn: analyzer.arn }),
  );
  return parts.flatMap(({ rank, severity }) =>
    findingsStatistics.flatMap((each) =>
      Object.entries(counted(each, rank.label)).flatMap(([type, count]) =>
        count > 0 ? [{ severity: { [severity]: count }, type: { [type]: count } }] : [],
      ),
    ),
  );
}

/** How many findings of a rank there are, by type of resource or of unused access. */
function counted(of: FindingsStatistics, label: Rank['label']): Record<string, number> {
  const external = Object.entries(of.externalAccessFindingsStatistics?.resourceTypeStatistics ?? {});
  const internal = Object.entries(of.internalAccessFindingsStatistics?.resourceTypeStatistics ?? {});
  const unused = of.unusedAccessFindingsStatistics?.unusedAccessTypeStatistics ?? [];
  switch (label) {
    case 'public':
      return Object.fromEntries(external.map(([type, each]) => [type, each.totalActivePublic ?? 0]));
    case 'external':
      return Object.fromEntries(external.map(([type, each]) => [type, each.totalActiveCrossAccount ?? 0]));
    case 'internal':
      return Object.fromEntries(internal.map(([type, each]) => [type, each.totalActiveFindings ?? 0]));
    default: {
      const isCredential = label === 'credential';
      const own = unused.filter(({ unusedAccessType = '' }) => CREDENTIALS.includes(unusedAccessType) === isCredential);
      return Object.fromEntries(own.map(({ unusedAccessType = '', total = 0 }) => [unusedAccessType, total]));
    }
  }
}

async function countByReading(parts: readonly Part[], query: FindingQuery, cell: Reading): Promise<Counts[]> {
  return Promise.all(
    parts.map(async (part) => {
      const found: FindingSummaryV2[] = [];
      let token: string | undefined;
      for (let pages = 0; pages < COUNTED_PAGES; pages++) {
        const page = await read(part, query, cell, token);
        found.push(...page.findings);
        token = page.nextToken || undefined;
        if (token === undefined) break;
      }
      const items = found.map((each) => ({ Severity: part.severity, type: typeOf(each, part.rank) }));
      return countFindings(items, token !== undefined);
    }),
  );
}

/** What the statistics name it by too: an unused access by its kind, anything else by its resource. */
function typeOf({ findingType, resourceType }: FindingSummaryV2, { label }: Rank): string {
  const isUnused = label === 'credential' || label === 'unused';
  return (isUnused ? findingType : resourceType) ?? 'other';
}

function toFinding(finding: FindingSummaryV2, { rank, severity }: Part, cell: Reading) {
  return {
    Id: finding.id,
    Title: `${rank.title}: ${finding.resourceType}`,
    Severity: severity,
    Service: 'accessanalyzer' as const,
    AccountId: finding.resourceOwnerAccount,
    Region: cell.region,
    ResourceType: finding.resourceType,
    ResourceId: finding.resource,
    FirstSeen: finding.createdAt,
    LastSeen: finding.updatedAt,
    Status: finding.status,
    RemediationUrl: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings-remediate.html',
  };
}
