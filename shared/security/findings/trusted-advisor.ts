import {
  DescribeTrustedAdvisorCheckResultCommand,
  DescribeTrustedAdvisorCheckSummariesCommand,
  type TrustedAdvisorCheckDescription,
  type TrustedAdvisorCheckSummary,
  type TrustedAdvisorResourceDetail,
} from '@aws-sdk/client-support';
import type { Severity } from '../../../schemas/security-check.ts';
import { compare } from '../judge.ts';
import type { Reading } from '../reading.ts';
import { checksOf, supportClient } from '../status/trusted-advisor.ts';
import { labelsFrom, severityOf } from './severity.ts';
import { addCounts, type FindingQuery, findingSource } from './source.ts';

/** Checks in one call of DescribeTrustedAdvisorCheckSummaries. Judged: the API reference gives no maximum. */
const BATCH = 20;
/** Failing checks whose resources are read side by side, as one page. */
const CHECKS_PER_PAGE = 10;

type FailingCheck = TrustedAdvisorCheckSummary & {
  readonly id: string;
  readonly name: string;
  /** The names of the columns that its resources have. */
  readonly columns: TrustedAdvisorCheckDescription['metadata'];
};

/** The columns differ from check to check: the ARN names a resource best, then an ID, then a name, but not its Region's. */
const NAMING_COLUMNS = [/\bARN\b/i, /\bID\b/i, /(?<!\bRegion )\b(name|bucket|user|key|resource)\b/i];

/** Summaries of the security checks in batches; the resources of those that fail only. One finding for each resource. */
export const trustedAdvisorFindings = findingSource({
  service: 'trustedadvisor',
  scope: 'account',
  pageSize: CHECKS_PER_PAGE,
  countedBy: 'Trusted Advisor check summaries: flagged resources by the worst status of their check',
  page: async (query, cell, token) => {
    const failing = await failingChecks(query, cell);
    const start = Number(token ?? 0);
    const support = await supportClient(cell);
    const pages = await Promise.all(
      failing.slice(start, start + CHECKS_PER_PAGE).map(async (check) => {
        const command = new DescribeTrustedAdvisorCheckResultCommand({ checkId: check.id, language: 'en' });
        const { result } = await support.send(command);
        return flagged(result?.flaggedResources ?? [], check, query).map((each) => toFinding(check, each, cell));
      }),
    );
    const end = start + CHECKS_PER_PAGE;
    return { items: pages.flat(), next: end < failing.length ? String(end) : undefined };
  },
  count: async (query, cell) => {
    const counts = (await failingChecks(query, cell)).map(({ name, status, resourcesSummary }) => {
      // A check may fail as a whole, such as MFA on the root user, without a resource.
      const count = Math.max(1, resourcesSummary?.resourcesFlagged ?? 0);
      const severity: Partial<Record<Severity, number>> = { [severityOf('trustedadvisor', status)]: count };
      return { severity, type: { [name]: count } };
    });
    return addCounts(counts);
  },
});

/** The security checks whose status reaches the minimum, the worst first. */
function failingChecks({ minimum }: FindingQuery, cell: Reading): Promise<FailingCheck[]> {
  return cell.once('trusted advisor failing', async () => {
    const checks = (await checksOf(cell)).filter(({ category }) => category === 'security');
    const support = await supportClient(cell);
    const batches = Array.from({ length: Math.ceil(checks.length / BATCH) }, (_, index) =>
      checks.slice(index * BATCH, (index + 1) * BATCH),
    );
    const answers = await Promise.all(
      batches.map((batch) =>
        support.send(new DescribeTrustedAdvisorCheckSummariesCommand({ checkIds: batch.map(({ id }) => id ?? '') })),
      ),
    );
    const wanted = failingLabels(minimum);
    const byWorst = byStatus(wanted);
    const failing = answers.flatMap(({ summaries = [] }) => summaries).filter(({ status }) => wanted.includes(status));
    const named = failing.map((summary) => {
      const check = checks.find(({ id }) => id === summary.checkId);
      const name = check?.name ?? 'unknown check';
      return { ...summary, id: summary.checkId ?? '', name, columns: check?.metadata };
    });
    // The same in every run: a cursor goes on by position.
    return named.sort((a, b) => byWorst(a, b) || compare(a.id, b.id));
  });
}

/** Checks and resources that pass are no findings, whatever the minimum. The worst first. */
function failingLabels(minimum: Severity | undefined): readonly (string | undefined)[] {
  return labelsFrom('trustedadvisor', minimum).filter((label) => label === 'error' || label === 'warning');
}

function byStatus(worstFirst: readonly (string | undefined)[]) {
  type Judged = Pick<TrustedAdvisorCheckSummary, 'status'>;
  return (a: Judged, b: Judged) => worstFirst.indexOf(a.status) - worstFirst.indexOf(b.status);
}

/** The resources that reach the minimum; the check itself where it names none. */
function flagged(
  resources: readonly TrustedAdvisorResourceDetail[],
  check: FailingCheck,
  { minimum, includeArchived }: FindingQuery,
): Partial<TrustedAdvisorResourceDetail>[] {
  if (resources.length === 0) return [{ status: check.status }];
  const wanted = failingLabels(minimum);
  return resources
    .filter(({ status, isSuppressed }) => wanted.includes(status) && (includeArchived || isSuppressed !== true))
    .sort(byStatus(wanted));
}

function toFinding(check: FailingCheck, resource: Partial<TrustedAdvisorResourceDetail>, cell: Reading) {
  return {
    Id: resource.resourceId === undefined ? check.id : `${check.id}/${resource.resourceId}`,
    Title: check.name,
    Severity: severityOf('trustedadvisor', resource.status),
    Service: 'trustedadvisor' as const,
    AccountId: cell.account,
    Region: resource.region ?? 'global',
    ResourceId: resourceName(check.columns ?? [], resource.metadata ?? []),
    LastSeen: check.timestamp,
    Status: resource.isSuppressed === true ? 'suppressed' : resource.status,
    RemediationUrl: 'https://docs.aws.amazon.com/awssupport/latest/user/security-checks.html',
  };
}

/** By the best column that has a value for it. */
function resourceName(columns: readonly (string | null)[], values: readonly (string | null)[]): string | undefined {
  const names = NAMING_COLUMNS.map(
    (mark) => values[columns.findIndex((column) => column !== null && mark.test(column))],
  );
  return names.find((name) => name) ?? undefined;
}
