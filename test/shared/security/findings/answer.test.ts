import {
  BatchGetAccountStatusCommand,
  Inspector2Client,
  ListFindingAggregationsCommand,
  ListFindingsCommand,
} from '@aws-sdk/client-inspector2';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnswerOf } from '../../../../schemas/define-tool.ts';
import { getSecurityFindings } from '../../../../schemas/get-security-findings.ts';
import { tokensOf } from '../../../../scripts/tokens.ts';
import type { ErrorAnswer } from '../../../../shared/errors.ts';
import { callTool, failing, useMockedAws } from '../../../support/mock-aws.ts';

type Answer = AnswerOf<typeof getSecurityFindings.output> & Partial<ErrorAnswer>;
type Operation = 'BatchGetAccountStatus' | 'ListFindings' | 'ListFindingAggregations';

/** Inspector in one account and Region: on and empty, but for what is said here. */
interface Place {
  readonly state?: string;
  /** As Inspector lists them: the worst first. */
  readonly severities?: readonly ('HIGH' | 'LOW')[];
  readonly title?: string;
  readonly denied?: readonly Operation[];
  readonly fault?: Error;
}

const inspector = mockClient(Inspector2Client);
const s3 = mockClient(S3Client);
const [first, second] = ['111111111111', '222222222222'];
const many = Array.from({ length: 12 }, (_, index) => String(100_000_000_001 + index));

/** By account, or by account and Region. */
let places: Record<string, Place> = {};

const ask = (event: object = {}) => callTool<Answer>(getSecurityFindings, { service: 'inspector', ...event });
const everywhere = (event: object = {}) => ask({ account_id: 'all', region: 'all', ...event });
const denial = (action: string) => failing('AccessDeniedException', `User: x is not authorized to perform: ${action}`);
const low = (count: number) => Array.from({ length: count }, () => 'LOW' as const);

async function placeOf(account: string, operation: Operation, client: Inspector2Client): Promise<Place> {
  const place = places[`${account} ${await client.config.region()}`] ?? places[account] ?? {};
  if (place.fault !== undefined) throw place.fault;
  if (place.denied?.includes(operation)) throw denial(`inspector2:${operation}`);
  return place;
}

beforeEach(() => {
  places = {};
  s3.reset().onAnyCommand().resolves({});
  inspector.reset();
  inspector.on(BatchGetAccountStatusCommand).callsFake(async ({ accountIds: [accountId] }, client) => {
    const { state = 'ENABLED' } = await placeOf(accountId, 'BatchGetAccountStatus', client());
    return { accounts: [{ accountId, state: { status: state }, resourceState: {} }] };
  });
  inspector.on(ListFindingsCommand).callsFake(async ({ filterCriteria, maxResults, nextToken = '0' }, client) => {
    const awsAccountId = filterCriteria.awsAccountId[0].value;
    const { severities = [], title } = await placeOf(awsAccountId, 'ListFindings', client());
    const common = { awsAccountId, title };
    const all = severities.map((severity, index) => ({ ...common, severity, findingArn: `${awsAccountId} ${index}` }));
    const end = Number(nextToken) + maxResults;
    return { findings: all.slice(Number(nextToken), end), nextToken: end < all.length ? String(end) : undefined };
  });
  inspector
    .on(ListFindingAggregationsCommand)
    .callsFake(async ({ accountIds: [{ value }], aggregationRequest }, client) => {
      const { severities = [] } = await placeOf(value, 'ListFindingAggregations', client());
      const high = severities.filter((severity) => severity === 'HIGH').length;
      const isVulnerability = aggregationRequest.findingTypeAggregation.findingType === 'PACKAGE_VULNERABILITY';
      const severityCounts = { all: severities.length, high };
      return { responses: isVulnerability ? [{ findingTypeAggregation: { severityCounts } }] : [] };
    });
});

describe('the answer of GetSecurityFindings over several accounts and Regions', () => {
  useMockedAws();

  it('is complete and says only what was asked where the service is on everywhere', async () => {
    places = { [first]: { severities: ['LOW'] }, [second]: { severities: ['HIGH'] } };
    const answer = await everywhere();
    expect(answer).toMatchObject({ enabled: true, message: 'Findings of Amazon Inspector.', complete: true });
    expect(answer).not.toHaveProperty('suspended');
    expect(answer).not.toHaveProperty('failures');
    expect(answer.findings.map(({ Severity, AccountId }) => [Severity, AccountId])).toEqual([
      ['HIGH', second],
      ['HIGH', second],
      ['LOW', first],
      ['LOW', first],
    ]);
  });

  it('says where the service is suspended, changing or off, and is then not complete', async () => {
    places = {
      [`${first} us-east-1`]: { severities: ['HIGH'] },
      [`${first} eu-west-1`]: { state: 'SUSPENDED', severities: ['LOW'] },
      [`${second} us-east-1`]: { state: 'ENABLING' },
      [`${second} eu-west-1`]: { state: 'DISABLED' },
    };
    const answer = await everywhere();
    const [suspended, changing, off] = ['suspended', 'being turned on or off', 'not enabled'];
    expect(answer).toMatchObject({
      enabled: false,
      message: `Findings of Amazon Inspector. It is ${suspended} in 1 of 4 places, ${changing} in 1 of 4 places, ${off} in 1 of 4 places.`,
      finding_count: 2,
      complete: false,
      suspended: [{ account_id: first, region: 'eu-west-1' }],
    });
    expect(answer.failures).toEqual([
      {
        ...{ account_id: second, region: 'eu-west-1', code: 'service_not_enabled' },
        message: 'Amazon Inspector is not enabled in this account and Region.',
      },
    ]);
  });

  it('does not say whether the service is on where one status is denied, and gives findings and counts all the same', async () => {
    places = { [first]: { severities: ['HIGH'], denied: ['BatchGetAccountStatus'] } };
    const answer = await everywhere({ region: 'us-east-1' });
    expect(answer).not.toHaveProperty('enabled');
    expect(answer).toMatchObject({
      message: 'Findings of Amazon Inspector. It is not readable in 1 of 2 places.',
      finding_count: 1,
      summary: { total_count: 1, partial: false },
      complete: false,
      failures: [{ account_id: first, region: 'us-east-1', code: 'access_denied' }],
    });
    expect(answer.failures?.[0]?.message).toContain('inspector2:BatchGetAccountStatus');
  });

  it('names every action that is denied in a place, each once, and counts what it could not list', async () => {
    places = {
      [first]: { severities: ['HIGH', 'LOW'], denied: ['ListFindings'] },
      [second]: { denied: ['ListFindings', 'BatchGetAccountStatus', 'ListFindingAggregations'] },
    };
    const { failures, summary, finding_count } = await everywhere({ region: 'us-east-1' });
    expect(failures?.map(({ account_id, message }) => [account_id, message.split(' ')[0]])).toEqual([
      [first, 'inspector2:ListFindings'],
      [second, 'inspector2:ListFindings'],
      [second, 'inspector2:ListFindingAggregations'],
      [second, 'inspector2:BatchGetAccountStatus'],
    ]);
    expect([finding_count, summary?.total_count, summary?.partial]).toEqual([0, 2, true]);
  });

  it('names the accounts of one Region, and the Regions of one account', async () => {
    places = { [first]: { severities: ['HIGH'], state: 'SUSPENDED' } };
    for (const targets of [{ account_id: 'all' }, { account_id: first, region: 'all' }]) {
      const { suspended, summary } = await ask(targets);
      expect(suspended).toEqual([{ account_id: first, region: targets.region ? 'us-east-1,eu-west-1' : 'us-east-1' }]);
      expect(summary?.account_counts).toEqual({ [first]: targets.region ? 2 : 1 });
    }
  });

  it('goes on from account to account: every finding once, and what is said of the service in the first answer only', async () => {
    places = { [first]: { severities: low(230) }, [second]: { severities: low(230) } };
    const seen: unknown[] = [];
    let next_token: string | undefined;
    do {
      const answer: Answer = await everywhere({ region: 'us-east-1', max_findings: 130, next_token });
      const isFirst = next_token === undefined;
      for (const field of ['enabled', 'summary', 'context']) expect(Object.hasOwn(answer, field), field).toBe(isFirst);
      expect(answer.message).toBe('Findings of Amazon Inspector.');
      seen.push(...answer.findings.map(({ Id }) => Id));
      next_token = answer.next_token;
      expect(answer.complete).toBe(next_token === undefined);
    } while (next_token !== undefined);
    const of = (account: string | undefined) => Array.from({ length: 230 }, (_, index) => `${account} ${index}`);
    expect(seen).toEqual([...of(first), ...of(second)]);
  });

  it.each<[string, Place]>([
    ['the service is off', { state: 'DISABLED' }],
    ['the counts are denied', { denied: ['ListFindingAggregations'] }],
    ['findings are denied', { denied: ['ListFindings'] }],
  ])('ends no walk as complete where %s in one account', async (_what, place) => {
    places = { [first]: place, [second]: { severities: low(9) } };
    const begin = await everywhere({ region: 'us-east-1', max_findings: 5 });
    expect(begin).toMatchObject({ finding_count: 5, complete: false, failures: [{ account_id: first }] });
    const end = await everywhere({ region: 'us-east-1', next_token: begin.next_token });
    expect(end).toMatchObject({ finding_count: 4, complete: false });
    expect(end).not.toHaveProperty('next_token');
  });
});

describe('the answer of GetSecurityFindings in one account and Region', () => {
  useMockedAws();

  it('does not call a service on whose status was not asked, and knows all the same that one is off', async () => {
    places = { [first]: { state: 'DISABLED' } };
    const unasked = await ask({ account_id: first, check_enabled: false });
    expect(unasked).toMatchObject({ message: 'Findings of Amazon Inspector.', finding_count: 0 });
    expect(unasked).not.toHaveProperty('enabled');
    expect(inspector.commandCalls(BatchGetAccountStatusCommand)).toEqual([]);
    places = { [first]: { fault: failing('AccessDeniedException', 'Invoking account is not enabled') } };
    expect(await ask({ account_id: first, check_enabled: false })).toMatchObject({ enabled: false, findings: [] });
  });

  it.each([
    ['SUSPENDED', 'Findings of Amazon Inspector. It is suspended and finds nothing new.'],
    ['ENABLING', 'Findings of Amazon Inspector. It is being turned on or off: what it does not find yet says nothing.'],
    [
      'DISABLED',
      'Amazon Inspector is not enabled in this account and Region. There is nothing to find; CheckSecurityServices says more.',
    ],
  ])('tells a service that is %s', async (state, message) => {
    places = { [first]: { state } };
    const answer = await ask({ account_id: first });
    expect(answer).toMatchObject({ enabled: false, message, findings: [] });
    expect(answer).not.toHaveProperty('suspended');
    expect(answer.summary).not.toHaveProperty('account_counts');
  });

  it('says that the service is not offered in the Region rather than not enabled', async () => {
    places = { [first]: { fault: failing('UnknownOperationException', 'It is not supported in this region') } };
    const { message, failures, enabled } = await ask({ account_id: first });
    expect(message).toMatch(/^Amazon Inspector is not offered in this Region\. There is nothing to find/);
    expect(failures).toMatchObject([{ message: 'Amazon Inspector is not offered in this Region.' }]);
    expect(enabled).toBe(false);
  });

  it('says that the service is suspended though its counts are denied before its status has come', async () => {
    places = { [first]: { denied: ['ListFindingAggregations'] } };
    inspector.on(BatchGetAccountStatusCommand).callsFake(async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return { accounts: [{ accountId: first, state: { status: 'SUSPENDED' } }] };
    });
    expect(await ask({ account_id: first })).toMatchObject({
      enabled: false,
      message: expect.stringContaining('suspended'),
      failures: [{ code: 'access_denied' }],
    });
  });
});

describe('GetSecurityFindings in many accounts', () => {
  useMockedAws({ accounts: many, contextStore: { bucket: 'security-context', ttlHours: 12 } });

  const stored = () => s3.commandCalls(PutObjectCommand).map(({ args }) => JSON.parse(String(args[0].input.Body)));

  it('counts them all, and lists only as many as fill the answer; each is kept with what was read of it', async () => {
    places = Object.fromEntries(many.map((id) => [id, { severities: ['HIGH', 'LOW'] }]));
    const answer = await ask({ account_id: 'all', max_findings: 3 });
    expect(answer).toMatchObject({ finding_count: 3, summary: { total_count: 24 } });
    // The first wave is asked at once.
    expect(inspector.commandCalls(ListFindingsCommand)).toHaveLength(8);
    expect(answer.context).toEqual({ stored: true, objects: 12 });
    const kept = stored().map(({ account_id, summary, details }) => [
      account_id,
      summary.total_count,
      summary.findings_stored,
      details.map(({ AccountId }: { AccountId: string }) => AccountId),
    ]);
    expect(kept).toEqual(many.map((id, index) => (index < 8 ? [id, 2, 2, [id, id]] : [id, 2, 0, []])));
  });

  it('keeps how each account was asked and what was said of it, and nothing of one that could not be counted', async () => {
    const [on, suspended, denied] = many;
    places = { [`${suspended}`]: { state: 'SUSPENDED' }, [`${denied}`]: { denied: ['ListFindingAggregations'] } };
    const event = { severity_filter: 'high', include_archived: true };
    const { context } = await ask({ ...event, account_id: [on, suspended, denied].join() });
    expect(context).toEqual({ stored: true, objects: 2 });
    expect(stored().map(({ account_id, summary }) => [account_id, summary.status, summary.message])).toEqual([
      [on, 'ENABLED', 'Findings of Amazon Inspector, HIGH and worse.'],
      [suspended, 'SUSPENDED', 'Findings of Amazon Inspector, HIGH and worse. It is suspended and finds nothing new.'],
    ]);
    for (const { asked, summary } of stored()) {
      expect(asked).toEqual({ service: 'inspector', severity_filter: 'high', include_archived: true });
      expect(summary).not.toHaveProperty('account_counts');
    }
  });

  it('logs in how many accounts and Regions something failed, however few failures the answer makes of it', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
    const lines: Record<string, unknown>[] = [];
    (await import('../../../../shared/logger.ts')).divertLog((line) => void lines.push(JSON.parse(line)));
    const denied: Operation[] = ['BatchGetAccountStatus', 'ListFindingAggregations'];
    places = Object.fromEntries(many.slice(1).map((id) => [id, { denied }]));
    const { failures } = await ask({ account_id: 'all' });
    expect(failures?.map(({ account_id }) => account_id)).toEqual([many.slice(1).join(), many.slice(1).join()]);
    expect(lines).toMatchObject([{ outcome: 'partial', cells: 12, failed_cells: 11 }]);
  });
});

describe('GetSecurityFindings in 250 accounts', () => {
  const accounts = Array.from({ length: 250 }, (_, index) => String(300_000_000_001 + index));
  useMockedAws({ accounts });

  it('answers within 5,000 tokens, whatever has failed beside the findings', async () => {
    const denied: Operation[] = ['BatchGetAccountStatus', 'ListFindingAggregations'];
    const title = 'CVE-2026-0001 in a package that many depend on. '.repeat(4);
    places = Object.fromEntries(accounts.map((id) => [id, { denied, title, severities: low(50) }]));
    const answer = await ask({ account_id: 'all' });
    expect(answer.finding_count).toBeGreaterThan(5);
    expect(answer.failures).toHaveLength(2);
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
  });
});
