import type {
  DescribeTrustedAdvisorCheckResultCommandInput,
  DescribeTrustedAdvisorCheckResultCommandOutput,
  DescribeTrustedAdvisorCheckSummariesCommandInput,
  DescribeTrustedAdvisorCheckSummariesCommandOutput,
  DescribeTrustedAdvisorChecksCommandOutput,
  TrustedAdvisorResourceDetail,
} from '@aws-sdk/client-support';
import { accountOf, type Caller, demoPlace, hoursAgo } from './demo-place.ts';
import type { Stub, StubRequest } from './stub.ts';
import { AwsError } from './wire.ts';

type Output<T> = Omit<T, '$metadata'>;

/** Accounts without a plan that has the API. */
const WITHOUT_PLAN = ['payments-dev', ''];

const CHECKS = [
  [
    'HCP4007jGY',
    'Security Groups - Specific Ports Unrestricted',
    ['Region', 'Security Group Name', 'Security Group ID'],
  ],
  ['1iG5NDGVre', 'Security Groups - Unrestricted Access', ['Region', 'Security Group Name', 'Security Group ID']],
  ['Pfx0RwqBli', 'Amazon S3 Bucket Permissions', ['Region Name', 'Region API Parameter', 'Bucket Name']],
  ['7DAFEmoDos', 'MFA on Root Account', []],
  ['DqdJqYeRm5', 'IAM Access Key Rotation', ['Status', 'IAM User', 'Access Key', 'Key Last Rotated']],
  ['a2sEc6ILx', 'ELB Listener Security', ['Region', 'Load Balancer Name']],
] as const;

type Flag = readonly [check: string, status: 'error' | 'warning', region: string, metadata: readonly string[]];

const FLAGGED: Readonly<Record<string, readonly Flag[]>> = {
  'payments-prod': [
    ['HCP4007jGY', 'error', 'eu-west-1', ['eu-west-1', 'settlement-sftp', 'sg-0settlementsftp']],
    ['DqdJqYeRm5', 'warning', '-', ['Yellow', 'ledger-deploy', 'AKIA…', '412 days']],
    ['a2sEc6ILx', 'warning', 'eu-west-1', ['eu-west-1', 'settlement-legacy']],
  ],
  'data-platform': [
    ['Pfx0RwqBli', 'error', 'eu-central-1', ['Frankfurt', 'eu-central-1', 'exampleco-clicks-public-samples']],
    ['HCP4007jGY', 'error', 'eu-central-1', ['eu-central-1', 'windows-jump', 'sg-0windowsjump']],
    ['HCP4007jGY', 'warning', 'us-east-1', ['us-east-1', 'notebooks', 'sg-0notebooks']],
  ],
  management: [['7DAFEmoDos', 'error', '-', []]],
};

/** moto has a static list of checks, and no results. */
export function trustedAdvisorStubs(): Record<string, Stub> {
  return {
    DescribeTrustedAdvisorChecks: describeChecks,
    DescribeTrustedAdvisorCheckSummaries: describeSummaries,
    DescribeTrustedAdvisorCheckResult: describeResult,
  };
}

async function describeChecks(request: Caller) {
  await plannedAccount(request);
  const security = CHECKS.map(([id, name, metadata]) => ({
    ...{ id, name, description: '', category: 'security' },
    metadata: [...metadata],
  }));
  const cost = {
    id: 'Qch7DwouX1',
    name: 'Low Utilization EC2',
    description: '',
    category: 'cost_optimizing',
    metadata: [],
  };
  return { checks: [...security, cost] } satisfies Output<DescribeTrustedAdvisorChecksCommandOutput>;
}

async function describeSummaries(request: StubRequest<DescribeTrustedAdvisorCheckSummariesCommandInput>) {
  const account = await plannedAccount(request);
  const ids = request.input.checkIds ?? [];
  return {
    summaries: ids.map((checkId) => {
      const { status, resourcesSummary, timestamp } = resultOf(account, checkId ?? '');
      return { checkId: checkId ?? '', status, resourcesSummary, timestamp, categorySpecificSummary: {} };
    }),
  } satisfies Output<DescribeTrustedAdvisorCheckSummariesCommandOutput>;
}

async function describeResult(request: StubRequest<DescribeTrustedAdvisorCheckResultCommandInput>) {
  const account = await plannedAccount(request);
  const checkId = request.input.checkId ?? '';
  return {
    result: { checkId, ...resultOf(account, checkId), categorySpecificSummary: {} },
  } satisfies Output<DescribeTrustedAdvisorCheckResultCommandOutput>;
}

function resultOf(account: string, checkId: string) {
  const flags = (FLAGGED[account] ?? []).filter(([check]) => check === checkId);
  const statuses = flags.map(([, status]) => status);
  // A check of the account as a whole names no resource.
  const flaggedResources = flags
    .filter(([, , , metadata]) => metadata.length > 0)
    .map(
      ([, status, region, metadata], index): TrustedAdvisorResourceDetail => ({
        ...{ status, region, resourceId: `${checkId}-${index}`, isSuppressed: false },
        metadata: [...metadata],
      }),
    );
  const flagged = flaggedResources.length;
  return {
    status: statuses.includes('error') ? 'error' : (statuses[0] ?? 'ok'),
    timestamp: hoursAgo(5).toISOString(),
    resourcesSummary: {
      ...{ resourcesProcessed: 20, resourcesFlagged: flagged, resourcesIgnored: 0, resourcesSuppressed: 0 },
    },
    flaggedResources,
  };
}

async function plannedAccount(request: Caller): Promise<string> {
  const account = accountOf(await demoPlace(request));
  if (!WITHOUT_PLAN.includes(account)) return account;
  const message = 'Amazon Web Services Premium Support Subscription is required to use this service.';
  throw new AwsError('SubscriptionRequiredException', message, 400);
}
