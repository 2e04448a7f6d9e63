import type {
  AnalyzerSummary,
  FindingSummaryV2,
  FindingType,
  GetFindingsStatisticsCommandInput,
  GetFindingsStatisticsCommandOutput,
  ListAnalyzersCommandOutput,
  ListFindingsV2CommandInput,
  ListFindingsV2CommandOutput,
  ResourceType,
} from '@aws-sdk/client-accessanalyzer';
import { accountOf, type Caller, demoPlace, hoursAgo, pageOf } from './demo-place.ts';
import type { Stub, StubRequest } from './stub.ts';
import { AwsError } from './wire.ts';

type Output<T> = Omit<T, '$metadata'>;

/** Accounts with an analyzer of external access in every Region; the rest has none. */
const WITH_ANALYZER = ['payments-prod', 'data-platform', 'security-tooling'];
/** And one of unused access. */
const WITH_UNUSED = 'payments-prod us-east-1';
/** Its service-linked role could not be made. */
const FAILED = 'security-tooling eu-central-1';

type Row = readonly [type: FindingType, resourceType: ResourceType, resource: string, isPublic?: true];

const FINDINGS: Readonly<Record<string, readonly Row[]>> = {
  'payments-prod us-east-1': [
    ['ExternalAccess', 'AWS::Lambda::Function', 'arn:aws:lambda:us-east-1:@:function:checkout-webhook', true],
    ['ExternalAccess', 'AWS::IAM::Role', 'arn:aws:iam::@:role/partner-settlement'],
    ['UnusedIAMUserAccessKey', 'AWS::IAM::User', 'arn:aws:iam::@:user/ledger-deploy'],
    ['UnusedPermission', 'AWS::IAM::Role', 'arn:aws:iam::@:role/ledger-task'],
    ['UnusedIAMRole', 'AWS::IAM::Role', 'arn:aws:iam::@:role/migration-2024'],
  ],
  'data-platform us-east-1': [
    ['ExternalAccess', 'AWS::S3::Bucket', 'arn:aws:s3:::exampleco-notebooks-shared'],
    ['ExternalAccess', 'AWS::KMS::Key', 'arn:aws:kms:us-east-1:@:key/11111111-2222-4333-8444-555555555555'],
  ],
  'data-platform eu-central-1': [
    ['ExternalAccess', 'AWS::S3::Bucket', 'arn:aws:s3:::exampleco-clicks-public-samples', true],
  ],
};

/** moto has no Access Analyzer. */
export function accessAnalyzerStubs(): Record<string, Stub> {
  return {
    ListAnalyzers: listAnalyzers,
    ListFindingsV2: listFindings,
    GetFindingsStatistics: getFindingsStatistics,
  };
}

async function listAnalyzers(request: Caller) {
  return { analyzers: await analyzersOf(request) } satisfies Output<ListAnalyzersCommandOutput>;
}

async function analyzersOf(request: Caller): Promise<AnalyzerSummary[]> {
  const { account, region } = request;
  const place = await demoPlace(request);
  if (!WITH_ANALYZER.includes(accountOf(place))) return [];
  const analyzer = (name: string, type: 'ACCOUNT' | 'ACCOUNT_UNUSED_ACCESS'): AnalyzerSummary => ({
    arn: `arn:aws:access-analyzer:${region}:${account}:analyzer/${name}`,
    ...{ name, type, status: place === FAILED ? 'FAILED' : 'ACTIVE' },
    createdAt: new Date('2026-01-02T03:04:05Z'),
  });
  return [
    analyzer('external-access', 'ACCOUNT'),
    ...(place === WITH_UNUSED ? [analyzer('unused-access', 'ACCOUNT_UNUSED_ACCESS')] : []),
  ];
}

async function listFindings(request: StubRequest<ListFindingsV2CommandInput>) {
  const { filter = {}, maxResults = 100, nextToken } = request.input;
  const found = (await findingsOf(request, request.input.analyzerArn)).filter(({ finding, isPublic }) => {
    const values: Record<string, string | undefined> = { ...finding, isPublic: String(isPublic) } as never;
    return Object.entries(filter).every(
      ([key, { eq, neq }]) => (eq?.includes(values[key] ?? '') ?? true) && !neq?.includes(values[key] ?? ''),
    );
  });
  const { items, next } = pageOf(found, nextToken, maxResults);
  return {
    findings: items.map(({ finding }) => finding),
    ...(next === undefined ? {} : { nextToken: next }),
  } satisfies Output<ListFindingsV2CommandOutput>;
}

async function getFindingsStatistics(request: StubRequest<GetFindingsStatisticsCommandInput>) {
  const found = await findingsOf(request, request.input.analyzerArn);
  const totalActiveFindings = found.length;
  if (request.input.analyzerArn?.endsWith('unused-access')) {
    const types = [...new Set(found.map(({ finding }) => finding.findingType))];
    const unusedAccessTypeStatistics = types.map((unusedAccessType) => ({
      unusedAccessType,
      total: found.filter(({ finding }) => finding.findingType === unusedAccessType).length,
    }));
    return {
      findingsStatistics: [{ unusedAccessFindingsStatistics: { unusedAccessTypeStatistics, totalActiveFindings } }],
    } satisfies Output<GetFindingsStatisticsCommandOutput>;
  }
  const types = [...new Set(found.map(({ finding }) => finding.resourceType as ResourceType))];
  const resourceTypeStatistics = Object.fromEntries(
    types.map((type) => {
      const own = found.filter(({ finding }) => finding.resourceType === type);
      const totalActivePublic = own.filter(({ isPublic }) => isPublic).length;
      return [type, { totalActivePublic, totalActiveCrossAccount: own.length - totalActivePublic }];
    }),
  );
  return {
    findingsStatistics: [{ externalAccessFindingsStatistics: { resourceTypeStatistics, totalActiveFindings } }],
  } satisfies Output<GetFindingsStatisticsCommandOutput>;
}

async function findingsOf(request: Caller, analyzerArn: string | undefined) {
  const analyzers = await analyzersOf(request);
  if (!analyzers.some(({ arn }) => arn === analyzerArn))
    throw new AwsError('ResourceNotFoundException', 'The specified analyzer was not found', 404);
  const isUnused = analyzerArn?.endsWith('unused-access') === true;
  const rows = FINDINGS[await demoPlace(request)] ?? [];
  return rows
    .filter(([type]) => type.startsWith('Unused') === isUnused)
    .map(([findingType, resourceType, resource, isPublic = false], index) => {
      const finding: FindingSummaryV2 = {
        id: `${analyzerArn?.split('/')[1]}-${index}`,
        ...{ findingType, resourceType, resourceOwnerAccount: request.account, status: 'ACTIVE' as const },
        resource: resource.replace('@', request.account),
        ...{ analyzedAt: hoursAgo(1), createdAt: hoursAgo(200), updatedAt: hoursAgo(20) },
      };
      return { finding, isPublic };
    });
}
