import { ListAnalyzersCommand } from '@aws-sdk/client-accessanalyzer';
import { GetDetectorCommand, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { BatchGetAccountStatusCommand } from '@aws-sdk/client-inspector2';
import { GetMacieSessionCommand } from '@aws-sdk/client-macie2';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeHubCommand, GetEnabledStandardsCommand } from '@aws-sdk/client-securityhub';
import { DescribeTrustedAdvisorChecksCommand } from '@aws-sdk/client-support';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkSecurityServices } from '../../schemas/check-security-services.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { callTool, failing, useMockedAws } from '../support/mock-aws.ts';
import {
  allOn,
  analyzer,
  analyzerOf,
  guardduty,
  hub,
  inspector,
  macie,
  type StatusAnswer,
  services,
  state,
  support,
} from '../support/security-services.ts';
import { whenQuiet } from '../support/when-quiet.ts';

const s3 = mockClient(S3Client);
const mocks = [...services, s3 as unknown as typeof guardduty];
const calls = () => mocks.reduce((sum, mock) => sum + mock.calls().length, 0);

const { input, output } = checkSecurityServices.example;
const account_id = '111111111111';
const everywhere = { account_id: 'all', region: 'all' };
const ask = (event: object = {}, milliseconds?: number) =>
  callTool<StatusAnswer>(checkSecurityServices, { account_id, ...event }, milliseconds);

describe('CheckSecurityServices', () => {
  useMockedAws();
  beforeEach(() => {
    s3.reset();
    allOn();
  });

  it('answers the documented example', async () => {
    guardduty.on(ListDetectorsCommand).resolves({ DetectorIds: ['12abc34d567e8fa901bc2d34e56789f0'] });
    guardduty.on(GetDetectorCommand).resolves({
      Status: 'DISABLED',
      FindingPublishingFrequency: 'SIX_HOURS',
      Features: [{ Name: 'S3_DATA_EVENTS', Status: 'ENABLED' }],
    });
    macie.on(GetMacieSessionCommand).rejects(failing('AccessDeniedException', 'Macie is not enabled.'));
    expect(await callTool(checkSecurityServices, input)).toEqual(output);
  });

  it('asks every service once: eight calls in an account and Region', async () => {
    const answer = await ask();
    expect(calls()).toBe(8);
    expect(answer).toMatchObject({ all_enabled: true, complete: true });
    expect(Object.keys(answer.service_statuses ?? {})).toEqual(answer.services_checked);
    expect(inspector.commandCalls(BatchGetAccountStatusCommand)[0]?.args[0].input).toEqual({
      accountIds: [account_id],
    });
  });

  it('asks all services and all cells side by side', async () => {
    const quiet = whenQuiet();
    let waiting = 0;
    let most = 0;
    for (const mock of mocks) {
      mock.onAnyCommand().callsFake(async () => {
        most = Math.max(most, ++waiting);
        await quiet();
        waiting--;
        return {};
      });
    }
    await ask(everywhere);
    // Six in each of four cells, and Trusted Advisor's in each of two accounts.
    expect(most).toBe(26);
  });

  it('asks Trusted Advisor once in an account, in its own Region', async () => {
    const { statuses = [], service_counts } = await ask(everywhere);
    expect(support.commandCalls(DescribeTrustedAdvisorChecksCommand)).toHaveLength(2);
    const rows = statuses.filter(({ service }) => service === 'trustedadvisor');
    expect(rows.map(({ AccountId, Region }) => [AccountId, Region])).toEqual([
      ['111111111111', 'global'],
      ['222222222222', 'global'],
    ]);
    expect(service_counts).toMatchObject({ trustedadvisor: { enabled: 2 }, macie: { enabled: 4 } });
  });

  it('says the scan types of Inspector as they are', async () => {
    const { service_statuses } = await ask({ services: ['inspector'] });
    expect(service_statuses?.inspector).toMatchObject({
      enabled: true,
      message: 'Amazon Inspector is enabled. It scans ec2, lambda; off: ecr.',
      scan_status: { ec2_status: 'ENABLED', ecr_status: 'DISABLED', lambda_status: 'ENABLED' },
    });
  });

  it.each([
    ['guardduty', () => guardduty.on(GetDetectorCommand).resolves({ Status: 'DISABLED' })],
    ['macie', () => macie.on(GetMacieSessionCommand).resolves({ status: 'PAUSED' })],
    [
      'inspector',
      () =>
        inspector.on(BatchGetAccountStatusCommand).resolves({
          accounts: [
            { accountId: account_id, state: state('SUSPENDED'), resourceState: { ec2: undefined, ecr: undefined } },
          ],
        }),
    ],
  ] as const)('%s that is suspended is not enabled', async (service, given) => {
    given();
    const { service_statuses, all_enabled, summary, complete } = await ask();
    expect(service_statuses?.[service]).toMatchObject({ enabled: false, status: 'SUSPENDED' });
    expect([all_enabled, complete]).toEqual([false, true]);
    expect(summary).toContain(`Suspended: ${service}.`);
  });

  it.each([
    ['guardduty', () => guardduty.on(ListDetectorsCommand).resolves({ DetectorIds: [] }), 'DISABLED'],
    ['accessanalyzer', () => analyzer.on(ListAnalyzersCommand).resolves({ analyzers: [] }), 'DISABLED'],
    [
      'accessanalyzer',
      () =>
        analyzer.on(ListAnalyzersCommand).resolves({
          analyzers: [analyzerOf('ACCOUNT', 'FAILED')],
        }),
      'DISABLED',
    ],
    [
      'securityhub',
      () =>
        hub
          .on(DescribeHubCommand)
          .rejects(failing('InvalidAccessException', 'Account 1 is not subscribed to AWS Security Hub')),
      'DISABLED',
    ],
    [
      'trustedadvisor',
      () => support.on(DescribeTrustedAdvisorChecksCommand).rejects(failing('SubscriptionRequiredException')),
      'NO_SUPPORT_PLAN',
    ],
    [
      'inspector',
      () =>
        inspector.on(BatchGetAccountStatusCommand).resolves({
          accounts: [
            { accountId: account_id, state: state('DISABLED'), resourceState: { ec2: undefined, ecr: undefined } },
          ],
        }),
      'DISABLED',
    ],
  ] as const)('%s that is off is said to be off, with where to switch it on', async (service, given, status) => {
    given();
    const { service_statuses, all_enabled, failures } = await ask();
    expect(service_statuses?.[service]).toMatchObject({
      enabled: false,
      status,
      setup_url: expect.stringContaining('https://docs.aws.amazon.com/'),
    });
    expect(all_enabled).toBe(false);
    expect(failures).toBeUndefined();
  });

  it.each([
    ['guardduty', guardduty, ListDetectorsCommand],
    ['inspector', inspector, BatchGetAccountStatusCommand],
    ['accessanalyzer', analyzer, ListAnalyzersCommand],
    ['securityhub', hub, GetEnabledStandardsCommand],
    ['trustedadvisor', support, DescribeTrustedAdvisorChecksCommand],
    ['macie', macie, GetMacieSessionCommand],
  ] as const)('%s that is denied is unknown, not off, and spoils no other', async (service, mock, command) => {
    (mock as typeof guardduty)
      .on(command as never)
      .rejects(
        failing('AccessDeniedException', 'User: x is not authorized to perform: y:Z because no identity-based policy'),
      );
    const { service_statuses = {}, all_enabled, complete, failures, summary } = await ask();
    expect(service_statuses[service]).toMatchObject({ enabled: null, status: 'UNKNOWN', code: 'access_denied' });
    expect(Object.values(service_statuses).filter(({ enabled }) => enabled === true)).toHaveLength(5);
    expect([all_enabled, complete]).toEqual([false, false]);
    expect(failures).toMatchObject([{ account_id, code: 'access_denied' }]);
    expect(summary).toContain(`Could not tell: ${service}.`);
  });

  it('says of several cells where what is missing, the faults first, in pages and with all counts', async () => {
    guardduty
      .on(ListDetectorsCommand)
      .resolvesOnce({ DetectorIds: [] })
      .resolves({ DetectorIds: ['d-1'] });
    const seen: unknown[] = [];
    let next_token: string | undefined;
    do {
      const answer: StatusAnswer = await ask({
        ...everywhere,
        max_results: 7,
        next_token,
        services: ['guardduty', 'macie'],
      });
      seen.push(...(answer.statuses ?? []));
      next_token = answer.next_token;
      guardduty
        .on(ListDetectorsCommand)
        .resolvesOnce({ DetectorIds: [] })
        .resolves({ DetectorIds: ['d-1'] });
    } while (next_token !== undefined);
    expect(seen).toHaveLength(8);
    expect(seen[0]).toEqual({
      AccountId: '111111111111',
      Region: 'us-east-1',
      service: 'guardduty',
      enabled: false,
      status: 'DISABLED',
    });
    expect(new Set(seen.map((row) => JSON.stringify(row))).size).toBe(8);
  });

  it('gives the fields asked for', async () => {
    const { statuses } = await ask({ ...everywhere, services: ['macie'], fields: ['message'], max_results: 1 });
    expect(statuses).toEqual([{ AccountId: '111111111111', Region: 'eu-west-1', message: 'Amazon Macie is enabled.' }]);
    const { service_statuses } = await ask({ services: ['macie'], fields: ['status'] });
    expect(service_statuses).toEqual({ macie: { status: 'ENABLED' } });
  });

  it('answers before the deadline with what it has when a service is silent', async () => {
    macie.on(GetMacieSessionCommand).callsFake(() => new Promise(() => {}));
    const started = Date.now();
    const { service_statuses, failures, all_enabled } = await ask({}, 2_000);
    expect(Date.now() - started).toBeLessThan(2_000);
    expect(service_statuses?.macie).toMatchObject({ enabled: null, status: 'UNKNOWN', code: 'timeout' });
    expect(service_statuses?.guardduty).toMatchObject({ enabled: true });
    expect(failures).toMatchObject([{ code: 'timeout' }]);
    expect(all_enabled).toBe(false);
  });

  it('keeps within 5,000 tokens in an estate of any size', async () => {
    const answer = await ask(everywhere);
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    expect(checkSecurityServices.output.answer.safeParse(answer).error).toBeUndefined();
  });

  it.each([
    ['services.0', { services: ['GuardDuty'] }],
    ['services.1', { services: ['macie', 'detective'] }],
    ['services', { services: [] }],
    ['aws_profile', { aws_profile: 'default' }],
    ['debug', { debug: true }],
    ['fields', { fields: ['state'] }],
    ['next_token', { next_token: 'AAAA' }],
  ])('refuses a bad %s without a call to AWS', async (field, event) => {
    const { error } = await ask(event);
    expect(error).toMatchObject({ code: 'invalid_input', field });
    expect(calls()).toBe(0);
  });
});

describe('CheckSecurityServices with a context store', () => {
  useMockedAws({ contextStore: { bucket: 'security-context', ttlHours: 12 } });
  beforeEach(() => {
    s3.reset();
    allOn();
    s3.on(PutObjectCommand).resolves({});
  });

  it("keeps each account and Region apart, with the account's Trusted Advisor in each", async () => {
    const { context } = await ask({ ...everywhere, services: ['macie', 'trustedadvisor'] });
    expect(context).toEqual({ stored: true, objects: 4 });
    const puts = s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
    expect(puts.map(({ Key }) => Key?.replace(/[0-9a-f]{16}\.json$/, '')).sort()).toEqual(
      ['111111111111', '222222222222'].flatMap((account) =>
        ['eu-west-1', 'us-east-1'].map((region) => `v1/${account}/${region}/CheckSecurityServices/`),
      ),
    );
    const body = JSON.parse(String(puts[0]?.Body));
    expect(body).toMatchObject({
      asked: { services: ['trustedadvisor', 'macie'] },
      summary: { all_enabled: true, statuses: { macie: 'ENABLED', trustedadvisor: 'ENABLED' } },
    });
    expect(body.details).toHaveLength(2);
  });

  it('stores nothing when it is told not to', async () => {
    expect((await ask({ store_in_context: false })).context).toEqual({ stored: false, reason: 'not asked for' });
    expect(s3.calls()).toEqual([]);
  });
});
