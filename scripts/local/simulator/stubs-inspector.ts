import {
  BatchGetAccountStatusCommand,
  type BatchGetAccountStatusCommandInput,
  type BatchGetAccountStatusCommandOutput,
  type Finding,
  Inspector2Client,
  type ListFindingAggregationsCommandInput,
  type ListFindingAggregationsCommandOutput,
  ListFindingsCommand,
  type ListFindingsCommandInput,
  type ListFindingsCommandOutput,
  type StringFilter,
} from '@aws-sdk/client-inspector2';
import { type Caller, pageOf } from './demo-place.ts';
import type { Stub, StubRequest } from './stub.ts';
import { AwsError } from './wire.ts';

type Output<T> = Omit<T, '$metadata'>;

const WORST_FIRST = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNTRIAGED'];

/** moto holds the findings, and filters, sorts and counts nothing. */
export function inspectorStubs(): Record<string, Stub> {
  return {
    BatchGetAccountStatus: batchGetAccountStatus,
    ListFindings: listFindings,
    ListFindingAggregations: listFindingAggregations,
  };
}

/** As AWS says it of an account where nobody switched it on. */
const OFF = { status: 'DISABLED', errorCode: undefined, errorMessage: undefined } as const;

// moto says nothing of such an account, and fails where no account is named.
async function batchGetAccountStatus({ account, moto, input }: StubRequest<BatchGetAccountStatusCommandInput>) {
  const accountIds = input.accountIds ?? [account];
  const { accounts = [] } = await new Inspector2Client(moto).send(new BatchGetAccountStatusCommand({ accountIds }));
  const unknown = accountIds.filter((id) => !accounts.some(({ accountId }) => accountId === id));
  return {
    accounts: [
      ...accounts,
      ...unknown.map((accountId) => ({
        ...{ accountId, state: OFF },
        resourceState: { ec2: OFF, ecr: OFF, lambda: OFF, lambdaCode: OFF },
      })),
    ],
  } satisfies Output<BatchGetAccountStatusCommandOutput>;
}

async function listFindings(request: StubRequest<ListFindingsCommandInput>) {
  const { filterCriteria = {}, maxResults = 100, nextToken } = request.input;
  const found = (await findingsOf(request)).filter(
    ({ severity, status, awsAccountId }) =>
      fits(filterCriteria.severity, severity) &&
      fits(filterCriteria.findingStatus, status) &&
      fits(filterCriteria.awsAccountId, awsAccountId),
  );
  const { items, next } = pageOf(found, nextToken, maxResults);
  return {
    findings: items,
    ...(next === undefined ? {} : { nextToken: next }),
  } satisfies Output<ListFindingsCommandOutput>;
}

async function listFindingAggregations(request: StubRequest<ListFindingAggregationsCommandInput>) {
  const type = request.input.aggregationRequest?.findingTypeAggregation?.findingType;
  const found = (await findingsOf(request)).filter(
    (each) => each.status === 'ACTIVE' && each.type === type && fits(request.input.accountIds, each.awsAccountId),
  );
  const count = (severity: string) => found.filter((each) => each.severity === severity).length;
  const severityCounts = {
    all: found.length,
    critical: count('CRITICAL'),
    high: count('HIGH'),
    medium: count('MEDIUM'),
  };
  return {
    aggregationType: 'FINDING_TYPE',
    responses: found.length === 0 ? [] : [{ findingTypeAggregation: { accountId: request.account, severityCounts } }],
  } satisfies Output<ListFindingAggregationsCommandOutput>;
}

async function findingsOf({ account, moto }: Caller): Promise<Finding[]> {
  const inspector = new Inspector2Client(moto);
  const { accounts = [] } = await inspector.send(new BatchGetAccountStatusCommand({ accountIds: [account] }));
  if (accounts[0]?.state?.status !== 'ENABLED')
    throw new AwsError('AccessDeniedException', 'Invoking account is not enabled.', 403);
  // Always the same call: moto takes its prepared answers from a queue, one for each different call.
  const { findings = [] } = await inspector.send(new ListFindingsCommand({}));
  return findings.sort((a, b) => WORST_FIRST.indexOf(a.severity ?? '') - WORST_FIRST.indexOf(b.severity ?? ''));
}

function fits(filters: readonly StringFilter[] | undefined, value = ''): boolean {
  return filters?.some((filter) => filter.value === value) ?? true;
}
