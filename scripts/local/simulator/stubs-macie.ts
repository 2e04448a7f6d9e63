import type {
  Finding,
  FindingCriteria,
  GetFindingStatisticsCommandInput,
  GetFindingStatisticsCommandOutput,
  GetFindingsCommandInput,
  GetFindingsCommandOutput,
  GetMacieSessionCommandOutput,
  ListFindingsCommandInput,
  ListFindingsCommandOutput,
} from '@aws-sdk/client-macie2';
import { accountOf, type Caller, demoPlace, hoursAgo, pageOf } from './demo-place.ts';
import type { Stub, StubRequest } from './stub.ts';
import { AwsError } from './wire.ts';

type Output<T> = Omit<T, '$metadata'>;

/** Nobody switched it on there. */
const MISSING = ['payments-dev', 'management', ''];
/** Set up and paused. */
const PAUSED = 'security-tooling us-east-1';

const SCORES = { Low: 1, Medium: 2, High: 3 } as const;
type Row = readonly [level: keyof typeof SCORES, type: Finding['type'], title: string, bucket: string, key?: string];

const FINDINGS: Readonly<Record<string, readonly Row[]>> = {
  'payments-prod us-east-1': [
    ['High', 'SensitiveData:S3Object/Financial', 'Card numbers in an object', 'ledger-import', 'scratch/cards.csv'],
    ['Low', 'Policy:IAMUser/S3BucketEncryptionDisabled', 'Default encryption was switched off', 'ledger-import'],
  ],
  'data-platform us-east-1': [
    [
      'Medium',
      'SensitiveData:S3Object/Personal',
      'Names and addresses in an object',
      'notebooks-shared',
      'users.parquet',
    ],
  ],
  'data-platform eu-central-1': [
    ['High', 'Policy:IAMUser/S3BucketPublic', 'The bucket is open to everyone', 'clicks-public-samples'],
  ],
};

/** moto's Macie answers what the SDK cannot read. */
export function macieStubs(): Record<string, Stub> {
  return {
    GetMacieSession: getMacieSession,
    ListFindings: listFindings,
    GetFindings: getFindings,
    GetFindingStatistics: getFindingStatistics,
  };
}

async function getMacieSession(request: Caller) {
  const place = await enabledPlace(request);
  return {
    createdAt: new Date('2026-02-03T04:05:06Z'),
    findingPublishingFrequency: 'FIFTEEN_MINUTES',
    serviceRole: `arn:aws:iam::${request.account}:role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie`,
    status: place === PAUSED ? 'PAUSED' : 'ENABLED',
    updatedAt: new Date('2026-02-03T04:05:06Z'),
  } satisfies Output<GetMacieSessionCommandOutput>;
}

async function listFindings(request: StubRequest<ListFindingsCommandInput>) {
  const { findingCriteria, maxResults = 50, nextToken } = request.input;
  const { items, next } = pageOf((await findingsOf(request)).filter(matches(findingCriteria)), nextToken, maxResults);
  return {
    findingIds: items.map(({ id }) => id ?? ''),
    ...(next === undefined ? {} : { nextToken: next }),
  } satisfies Output<ListFindingsCommandOutput>;
}

async function getFindings(request: StubRequest<GetFindingsCommandInput>) {
  const wanted = request.input.findingIds ?? [];
  const found = (await findingsOf(request)).filter(({ id }) => wanted.includes(id ?? ''));
  return { findings: found.reverse() } satisfies Output<GetFindingsCommandOutput>;
}

async function getFindingStatistics(request: StubRequest<GetFindingStatisticsCommandInput>) {
  const { groupBy, findingCriteria } = request.input;
  const counts = new Map<string, number>();
  for (const { severity, type } of (await findingsOf(request)).filter(matches(findingCriteria))) {
    const key = (groupBy === 'type' ? type : severity?.description) ?? '';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return {
    countsByGroup: [...counts].map(([groupKey, count]) => ({ groupKey, count })),
  } satisfies Output<GetFindingStatisticsCommandOutput>;
}

async function enabledPlace(request: Caller): Promise<string> {
  const place = await demoPlace(request);
  if (MISSING.includes(accountOf(place))) throw new AwsError('AccessDeniedException', 'Macie is not enabled.', 403);
  return place;
}

async function findingsOf(request: Caller): Promise<Finding[]> {
  const { account, region } = request;
  const rows = FINDINGS[await enabledPlace(request)] ?? [];
  return rows
    .map(([description, type, title, name, key], index): Finding => {
      const bucket = `exampleco-${name}`;
      return {
        id: `${account.slice(-4)}${region.replaceAll('-', '')}macie${index}`,
        ...{ accountId: account, region, type, title, archived: false },
        severity: { description, score: SCORES[description] },
        createdAt: hoursAgo(30),
        updatedAt: hoursAgo(index + 2),
        resourcesAffected: {
          s3Bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
          ...(key === undefined ? {} : { s3Object: { key, path: `${bucket}/${key}` } }),
        },
      };
    })
    .sort((one, other) => (other.severity?.score ?? 0) - (one.severity?.score ?? 0));
}

function matches({ criterion = {} }: FindingCriteria = {}) {
  return ({ severity, accountId = '', archived }: Finding): boolean =>
    (severity?.score ?? 0) >= (criterion['severity.score']?.gte ?? 0) &&
    (criterion.accountId?.eq?.includes(accountId) ?? true) &&
    (criterion.archived?.eq?.includes(String(archived)) ?? true);
}
