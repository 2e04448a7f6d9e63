import { ListAnalyzersCommand } from '@aws-sdk/client-accessanalyzer';
import { GetDetectorCommand, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { BatchGetAccountStatusCommand } from '@aws-sdk/client-inspector2';
import { GetMacieSessionCommand } from '@aws-sdk/client-macie2';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { DescribeTrustedAdvisorChecksCommand } from '@aws-sdk/client-support';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { checkSecurityServices, serviceStatus } from '../../../../schemas/check-security-services.ts';
import { tokensOf } from '../../../../scripts/tokens.ts';
import type { Handler } from '../../../../shared/tool-handler.ts';
import { HOME_ACCOUNT, testConfiguration, testContext } from '../../../support/configuration.ts';
import { answerAssumeRole, callTool, failing, stsMock, useMockedAws } from '../../../support/mock-aws.ts';
import {
  allOn,
  analyzer,
  byPlace,
  guardduty,
  inspector,
  macie,
  type StatusAnswer,
  services,
  state,
  support,
} from '../../../support/security-services.ts';

const [ONE, TWO] = ['111111111111', '222222222222'];
const s3 = mockClient(S3Client);
const ask = (event: object = {}) =>
  callTool<StatusAnswer>(checkSecurityServices, { account_id: 'all', region: 'all', ...event });
const rowsOf = ({ statuses = [] }: StatusAnswer) =>
  statuses.map(({ AccountId, Region, service, status }) => [AccountId, Region, service, status].join(' '));
const macieIs = (answer: (place: string) => object) => macie.on(GetMacieSessionCommand).callsFake(byPlace(answer));

/** The services that are asked in each Region do not know the session there, as in a Region that is off. */
function regionOff(where: string): void {
  const off = failing('UnrecognizedClientException');
  const on = { DetectorIds: ['d-1'] };
  guardduty.on(ListDetectorsCommand).callsFake(byPlace((place) => (place === where ? off : on)));
  macieIs((place) => (place === where ? off : { status: 'ENABLED' }));
}

/** The target role of one account trusts somebody else. */
function roleClosed(account: string): void {
  stsMock.on(AssumeRoleCommand).callsFake(async (input) => {
    if (input.RoleArn.includes(account)) throw failing('AccessDenied');
    return answerAssumeRole(input);
  });
}

describe('the statuses of several accounts and Regions', () => {
  useMockedAws();
  beforeEach(allOn);

  it('come worst first, then by service, account and Region, with a sentence for each state', async () => {
    guardduty
      .on(ListDetectorsCommand)
      .callsFake(
        byPlace((place) => (place === `${TWO} eu-west-1` ? failing('ThrottlingException') : { DetectorIds: ['d-1'] })),
      );
    guardduty
      .on(GetDetectorCommand)
      .callsFake(byPlace((place) => ({ Status: place === `${ONE} us-east-1` ? 'DISABLED' : 'ENABLED' })));
    inspector.on(BatchGetAccountStatusCommand).callsFake(
      byPlace((place) => ({
        accounts: [
          {
            accountId: place.split(' ')[0],
            state: place === `${ONE} eu-west-1` ? { status: 'ENABLING' } : state('ENABLED'),
          },
        ],
      })),
    );
    support
      .on(DescribeTrustedAdvisorChecksCommand)
      .callsFake(
        byPlace((place) => (place.startsWith(TWO) ? failing('SubscriptionRequiredException') : { checks: [] })),
      );
    analyzer.on(ListAnalyzersCommand).resolves({ analyzers: [] });
    const answer = await ask({ services: ['trustedadvisor', 'accessanalyzer', 'inspector', 'guardduty'] });
    expect(rowsOf(answer)).toEqual([
      `${ONE} eu-west-1 accessanalyzer DISABLED`,
      `${ONE} us-east-1 accessanalyzer DISABLED`,
      `${TWO} eu-west-1 accessanalyzer DISABLED`,
      `${TWO} us-east-1 accessanalyzer DISABLED`,
      `${ONE} us-east-1 guardduty SUSPENDED`,
      `${TWO} global trustedadvisor NO_SUPPORT_PLAN`,
      `${ONE} eu-west-1 inspector CHANGING`,
      `${TWO} eu-west-1 guardduty UNKNOWN`,
      `${ONE} eu-west-1 guardduty ENABLED`,
      `${TWO} us-east-1 guardduty ENABLED`,
      `${ONE} us-east-1 inspector ENABLED`,
      `${TWO} eu-west-1 inspector ENABLED`,
      `${TWO} us-east-1 inspector ENABLED`,
      `${ONE} global trustedadvisor ENABLED`,
    ]);
    expect(answer).toMatchObject({
      status_count: 14,
      all_enabled: false,
      service_counts: {
        guardduty: { enabled: 2, suspended: 1, unknown: 1 },
        inspector: { enabled: 3, changing: 1 },
        accessanalyzer: { disabled: 4 },
        trustedadvisor: { enabled: 1, no_support_plan: 1 },
      },
      summary: [
        'Enabled: guardduty (2 of 4), inspector (3 of 4), trustedadvisor (1 of 2).',
        'Suspended: guardduty (1 of 4).',
        'Disabled: accessanalyzer (4).',
        'No support plan: trustedadvisor (1 of 2).',
        'Changing: inspector (1 of 4).',
        'Could not tell: guardduty (1 of 4).',
      ].join(' '),
      complete: false,
      failures: [{ account_id: TWO, region: 'eu-west-1', code: 'throttled' }],
    });
  });

  it('tell of a Region that is off once, and have no rows of it', async () => {
    regionOff(`${TWO} eu-west-1`);
    const answer = await ask({ services: ['guardduty', 'macie'] });
    expect(rowsOf(answer)).toEqual([
      `${ONE} eu-west-1 guardduty ENABLED`,
      `${ONE} us-east-1 guardduty ENABLED`,
      `${TWO} us-east-1 guardduty ENABLED`,
      `${ONE} eu-west-1 macie ENABLED`,
      `${ONE} us-east-1 macie ENABLED`,
      `${TWO} us-east-1 macie ENABLED`,
    ]);
    expect(answer).toMatchObject({
      all_enabled: false,
      service_counts: { guardduty: { enabled: 3, region_off: 1 }, macie: { enabled: 3, region_off: 1 } },
      summary: 'Enabled: guardduty (3 of 4), macie (3 of 4). Region off: guardduty (1 of 4), macie (1 of 4).',
      complete: false,
    });
    expect(answer.failures).toMatchObject([{ account_id: TWO, region: 'eu-west-1', code: 'region_not_enabled' }]);
  });

  it('tell of an account that is closed once for each place, and the audit counts each place with a fault', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    const logged: string[] = [];
    (await import('../../../../shared/logger.ts')).divertLog((line) => logged.push(line));
    roleClosed(TWO);
    regionOff(`${ONE} eu-west-1`);
    const answer = await ask();
    expect(answer.failures?.map(({ account_id, region, code }) => [account_id, region, code].join(' '))).toEqual([
      `${ONE} eu-west-1 region_not_enabled`,
      ...['us-east-1', 'global', 'eu-west-1'].map((region) => `${TWO} ${region} role_not_assumable`),
    ]);
    expect(rowsOf(answer)).toHaveLength(9);
    expect(rowsOf(answer).join()).not.toContain(TWO);
    expect(answer.service_counts?.macie).toEqual({ enabled: 1, region_off: 1, unknown: 2 });
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { outcome: 'partial', cells: 4, failed_cells: 3, items: 9 },
    ]);
  });

  it('are none where there is no Region to ask, and then nothing is said to be enabled', async () => {
    const path = '../../../../functions/check-security-services.ts';
    const { handler } = (await import(path)) as { handler: Handler<StatusAnswer> };
    const invokedFunctionArn = `arn:aws-cn:lambda:cn-north-1:${HOME_ACCOUNT}:function:central-ops-test`;
    const answer = await handler({ account_id: ONE, region: 'all' }, { ...testContext(), invokedFunctionArn });
    expect(answer).toMatchObject({ status_count: 0, statuses: [], all_enabled: false, summary: '' });
    expect(services.flatMap((mock) => mock.calls())).toEqual([]);
  });
});

describe('the statuses of one account and Region', () => {
  useMockedAws();
  beforeEach(allOn);
  const one = { account_id: ONE, region: 'us-east-1' };

  it('are an error where the role cannot be assumed', async () => {
    roleClosed(ONE);
    const { error, service_statuses } = await ask(one);
    expect(error).toMatchObject({ code: 'role_not_assumable', reason: 'role_missing_or_not_trusting' });
    expect(service_statuses).toBeUndefined();
  });

  it('are an error where the Region is off and none of the services can be asked elsewhere', async () => {
    regionOff(`${ONE} us-east-1`);
    const answer = await ask({ ...one, services: ['guardduty', 'macie'] });
    expect(answer).toMatchObject({ error: { code: 'region_not_enabled' }, account_id: ONE, region: 'us-east-1' });
  });

  it('say service by service that the Region is off where one of them answers all the same', async () => {
    regionOff(`${ONE} us-east-1`);
    const { service_statuses, summary, all_enabled, failures } = await ask({
      ...one,
      services: ['guardduty', 'trustedadvisor', 'macie'],
    });
    expect(service_statuses).toMatchObject({
      guardduty: { enabled: false, status: 'REGION_OFF', code: 'region_not_enabled' },
      trustedadvisor: { enabled: true },
      macie: { enabled: false, status: 'REGION_OFF', code: 'region_not_enabled' },
    });
    expect(summary).toBe('Enabled: trustedadvisor. Region off: guardduty, macie.');
    expect(all_enabled).toBe(false);
    expect(failures).toHaveLength(1);
  });

  it('stay an answer where a single service is denied', async () => {
    macie.on(GetMacieSessionCommand).rejects(failing('AccessDeniedException'));
    const { error, service_statuses } = await ask({ ...one, services: ['macie'] });
    expect(error).toBeUndefined();
    expect(service_statuses?.macie).toMatchObject({ enabled: null, code: 'access_denied' });
  });
});

describe('the statuses that are kept for later', () => {
  useMockedAws({ contextStore: { bucket: 'security-context', ttlHours: 12 } });
  beforeEach(() => {
    allOn();
    s3.reset();
    s3.on(PutObjectCommand).resolves({});
  });
  const kept = () =>
    s3
      .commandCalls(PutObjectCommand)
      .map(({ args }) => JSON.parse(String(args[0].input.Body)) as Record<string, never>);

  it('are those of each place, with everything that is known there', async () => {
    macieIs((place) => ({ status: place === `${ONE} us-east-1` ? 'PAUSED' : 'ENABLED', serviceRole: place }));
    await ask({ account_id: ONE, services: ['trustedadvisor', 'macie'], fields: ['status'] });
    const [here, there] = kept();
    expect(here).toMatchObject({
      account_id: ONE,
      region: 'us-east-1',
      summary: {
        services_checked: ['trustedadvisor', 'macie'],
        all_enabled: false,
        statuses: { trustedadvisor: 'ENABLED', macie: 'SUSPENDED' },
        summary: 'Enabled: trustedadvisor. Suspended: macie.',
      },
      details: [
        { service: 'trustedadvisor', enabled: true, status: 'ENABLED', total_checks: 1 },
        { service: 'macie', enabled: false, session_status: 'PAUSED', service_role: `${ONE} us-east-1` },
      ],
    });
    expect(there).toMatchObject({
      region: 'eu-west-1',
      summary: { all_enabled: true, statuses: { macie: 'ENABLED' } },
      details: [{ service: 'trustedadvisor' }, { service: 'macie', service_role: `${ONE} eu-west-1` }],
    });
  });

  it('leave out what is closed, and what is off', async () => {
    roleClosed(TWO);
    regionOff(`${ONE} eu-west-1`);
    expect((await ask({ services: ['guardduty', 'macie'] })).context).toEqual({ stored: true, objects: 1 });
    expect(kept()).toMatchObject([{ account_id: ONE, region: 'us-east-1' }]);
    expect((await ask({ account_id: TWO, services: ['macie'] })).context).toEqual({
      stored: false,
      reason: 'nothing could be read',
    });
  });

  it('are kept with the first answer of a walk, not again with the next', async () => {
    const first = await ask({ services: ['macie'], max_results: 3 });
    expect(first.context).toEqual({ stored: true, objects: 4 });
    const next = await ask({ services: ['macie'], max_results: 3, next_token: first.next_token });
    expect(next.context).toBeUndefined();
    expect(next.statuses).toHaveLength(1);
    expect(kept()).toHaveLength(4);
  });
});

describe('the statuses of many accounts', () => {
  const accounts = Array.from({ length: 60 }, (_, index) => String(300_000_000_000 + index));
  useMockedAws({ ...testConfiguration, accounts });
  beforeEach(allOn);

  it('fit the answer beside the failures of half of them, and a walk gives each row once', async () => {
    const isDenied = (place: string) => Number(place.slice(0, 12)) % 2 === 1;
    macieIs((place) => (isDenied(place) ? failing('AccessDeniedException') : { status: 'ENABLED' }));
    const event = { services: ['macie'], fields: Object.keys(serviceStatus.item.shape) };
    const rows: string[] = [];
    let next_token: string | undefined;
    do {
      const answer = await ask({ ...event, next_token });
      expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
      expect(answer.failures?.map(({ account_id, region }) => [account_id.split(',').length, region])).toEqual([
        [30, 'us-east-1,eu-west-1'],
      ]);
      rows.push(...rowsOf(answer));
      next_token = answer.next_token;
    } while (next_token !== undefined);
    expect(new Set(rows).size).toBe(120);
    expect(rows).toHaveLength(120);
    expect(rows.findLastIndex((row) => row.endsWith('UNKNOWN'))).toBe(59);
  });
});
