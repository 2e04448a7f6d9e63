import { GetDetectorCommand, GuardDutyClient, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { DescribeHubCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { expect, it } from 'vitest';
import { checkSecurityServices } from '../../schemas/check-security-services.ts';
import type { AnswerOf } from '../../schemas/define-tool.ts';
import { openMotoAccounts } from '../../scripts/local/simulator/moto-account.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import type { ErrorAnswer } from '../../shared/errors.ts';
import { describeEstate } from '../support/estate.ts';

type Answer = AnswerOf<typeof checkSecurityServices.output> & Partial<ErrorAnswer>;

const EVERYWHERE = { account_id: 'all', region: 'all' };

describeEstate('CheckSecurityServices', (access) => {
  const ask = (event: object = EVERYWHERE) => access.call<Answer>(checkSecurityServices, event);
  const place = (account: Parameters<typeof access.id>[0], region: string) => ({
    account_id: access.id(account),
    region,
  });

  it('says of GuardDuty and Security Hub what moto says itself', async () => {
    const accounts = openMotoAccounts(access.demo.motoUrl);
    const truth: string[] = [];
    for (const { id } of access.estate.accounts.filter(({ reachable }) => reachable)) {
      for (const region of access.estate.regions) {
        const guardduty = new GuardDutyClient(accounts.as(id, region));
        const { DetectorIds: [DetectorId] = [] } = await guardduty.send(new ListDetectorsCommand({}));
        const { Status } = DetectorId ? await guardduty.send(new GetDetectorCommand({ DetectorId })) : {};
        const status = Status === 'DISABLED' ? 'SUSPENDED' : (Status ?? 'DISABLED');
        truth.push(`${id} ${region} guardduty ${status}`);
        const hub = new SecurityHubClient(accounts.as(id, region));
        const isOn = await hub.send(new DescribeHubCommand({})).then(
          () => true,
          () => false,
        );
        truth.push(`${id} ${region} securityhub ${isOn ? 'ENABLED' : 'DISABLED'}`);
      }
    }
    accounts.close();
    const { statuses = [] } = await ask({ ...EVERYWHERE, services: ['guardduty', 'securityhub'], max_results: 1_000 });
    const told = statuses.map(
      ({ AccountId, Region, service, status }) => `${AccountId} ${Region} ${service} ${status}`,
    );
    expect(told.sort()).toEqual(truth.sort());
    expect(new Set(told.map((row) => row.split(' ')[3]))).toEqual(new Set(['ENABLED', 'SUSPENDED', 'DISABLED']));
  });

  it('finds every planted fault', async () => {
    const { statuses = [] } = await ask({ ...EVERYWHERE, max_results: 1_000 });
    const faults = access.estate.plantedFaults.filter(({ tool }) => tool === 'CheckSecurityServices');
    expect(faults.length).toBeGreaterThan(0);
    for (const { account, region, resource, id } of faults) {
      const row = statuses.find(
        (each) => each.AccountId === access.id(account) && each.Region === region && each.service === resource,
      );
      expect(row?.enabled, id).toBe(false);
    }
  });

  it('tells suspended, off, without a plan and unreachable apart (Macie, Inspector, Support stubbed)', async () => {
    const status = async (account: Parameters<typeof access.id>[0], region: string, service: string) => {
      const { service_statuses } = await ask({ ...place(account, region), services: [service] });
      return service_statuses?.[service];
    };
    expect(await status('payments-dev', 'eu-west-1', 'guardduty')).toMatchObject({
      status: 'SUSPENDED',
      detector_details: { status: 'DISABLED' },
    });
    expect(await status('security-tooling', 'us-east-1', 'macie')).toMatchObject({
      status: 'SUSPENDED',
      session_status: 'PAUSED',
    });
    expect(await status('payments-dev', 'us-east-1', 'macie')).toMatchObject({ status: 'DISABLED', enabled: false });
    expect(await status('payments-dev', 'us-east-1', 'trustedadvisor')).toMatchObject({ status: 'NO_SUPPORT_PLAN' });
    expect(await status('payments-prod', 'us-east-1', 'inspector')).toMatchObject({
      status: 'ENABLED',
      scan_status: { ec2_status: 'ENABLED', ecr_status: 'DISABLED', lambda_status: 'ENABLED' },
    });
    expect(await status('payments-prod', 'eu-west-1', 'inspector')).toMatchObject({ status: 'DISABLED' });
  });

  it('answers within 5,000 tokens, with complete counts, the faults first', async () => {
    const answer = await ask();
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    expect(checkSecurityServices.output.answer.safeParse(answer).error).toBeUndefined();
    expect(answer).toMatchObject({ all_enabled: false, complete: false });
    const { accounts, regions, disabledRegion } = access.estate;
    const cells = accounts.length * (regions.length + 1);
    for (const [service, counts] of Object.entries(answer.service_counts ?? {})) {
      const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
      expect(all, service).toBe(service === 'trustedadvisor' ? accounts.length : cells);
    }
    expect(answer.statuses?.[0]).toMatchObject({ enabled: false });
    expect(JSON.stringify(answer.failures)).toContain(disabledRegion);
    expect(answer.failures?.map(({ code }) => code).sort()).toEqual(['region_not_enabled', 'role_not_assumable']);
  });

  it('uses the declared actions and no others, eight calls in an account and Region', async () => {
    await ask({ ...place('payments-prod', 'us-east-1'), store_in_context: false });
    const used = access.awsCalls().map(({ iamAction }) => iamAction);
    expect(used.sort()).toEqual([...checkSecurityServices.iam].sort());
    for (const { sessionPolicyActions } of access.awsCalls())
      expect(sessionPolicyActions).toEqual(checkSecurityServices.iam);
  });

  it.each(checkSecurityServices.iam)('%s denied: unknown, and the rest as before', async (action) => {
    const event = { ...place('payments-prod', 'us-east-1'), store_in_context: false };
    const before = await ask(event);
    const { service = '', operation = '' } = access.awsCalls().find(({ iamAction }) => iamAction === action) ?? {};
    access.rule({ match: { service, operation }, fault: 'access_denied' });
    const after = await ask(event);
    const changed = Object.keys(before.service_statuses ?? {}).filter(
      (name) => before.service_statuses?.[name]?.status !== after.service_statuses?.[name]?.status,
    );
    expect(changed).toHaveLength(1);
    expect(after.service_statuses?.[changed[0] ?? '']).toMatchObject({
      enabled: null,
      status: 'UNKNOWN',
      code: 'access_denied',
    });
    expect(after).toMatchObject({ all_enabled: false, complete: false });
    expect(after.failures?.[0]?.message).toContain(action);
  });

  it.each(['scp_denied', 'throttled', 'internal_error', 'truncated', 'reset', 'html'] as const)(
    'a service that is %s is unknown and spoils no other',
    async (fault) => {
      access.rule({ match: { service: 'macie2' }, fault });
      const { service_statuses = {} } = await ask(place('payments-prod', 'us-east-1'));
      expect(service_statuses.macie).toMatchObject({ enabled: null, status: 'UNKNOWN' });
      expect(Object.values(service_statuses).filter(({ enabled }) => enabled === true)).toHaveLength(5);
    },
  );

  it('says that the Region is off', async () => {
    const answer = await ask(place('payments-prod', access.estate.disabledRegion));
    expect(answer.service_statuses?.macie).toMatchObject({ enabled: false, status: 'REGION_OFF' });
    expect(answer.service_statuses?.trustedadvisor).toMatchObject({ enabled: true });
    const closed = await ask({ ...place('payments-prod', access.estate.disabledRegion), services: ['macie'] });
    expect(closed).toMatchObject({ error: { code: 'region_not_enabled' } });
    expect(await ask(place('acquired-shop', 'us-east-1'))).toMatchObject({ error: { code: 'role_not_assumable' } });
  });
});
