import { expect, it } from 'vitest';
import type { AnswerOf } from '../../schemas/define-tool.ts';
import { getSecurityFindings } from '../../schemas/get-security-findings.ts';
import { SECURITY_SERVICES } from '../../schemas/security-service.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import type { ErrorAnswer } from '../../shared/errors.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate } from '../support/estate.ts';
import { walk } from '../support/walk.ts';

type Answer = AnswerOf<typeof getSecurityFindings.output> & Partial<ErrorAnswer>;

const EVERYWHERE = { account_id: 'all', region: 'all' };
const WORST_FIRST = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'];

/** Security Hub's findings are moto's own, filtered by a stub; the other services are stubbed but for their detectors and states. */
describeEstate('GetSecurityFindings', (access) => {
  const ask = (event: object) => access.call<Answer>(getSecurityFindings, event);
  const production = () => ({ account_id: access.id('payments-prod'), region: 'us-east-1' });

  it.each(SECURITY_SERVICES)('%s: counts by the statistics are those of the findings', async (service) => {
    const answer = await ask({ ...EVERYWHERE, service, max_results: 1_000 });
    expect(getSecurityFindings.output.answer.safeParse(answer).error).toBeUndefined();
    expect(answer.next_token).toBeUndefined();
    expect(answer.finding_count).toBeGreaterThan(3);
    expect(answer.summary?.total_count).toBe(answer.finding_count);
    const counts: Record<string, number> = {};
    const accounts: Record<string, number> = {};
    for (const { Severity = '', AccountId = '' } of answer.findings) {
      counts[Severity.toLowerCase()] = (counts[Severity.toLowerCase()] ?? 0) + 1;
      accounts[AccountId] = (accounts[AccountId] ?? 0) + 1;
    }
    // Trusted Advisor counts by the worst status of a check, and says so.
    if (service !== 'trustedadvisor') expect(answer.summary?.severity_counts).toEqual(counts);
    expect(answer.summary?.account_counts).toEqual(accounts);
  });

  it.each(SECURITY_SERVICES)('%s: worst first, within 5,000 tokens, every finding with its place', async (service) => {
    const answer = await ask({ ...EVERYWHERE, service });
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    const ranks = answer.findings.map(({ Severity = '' }) => WORST_FIRST.indexOf(Severity));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    for (const each of answer.findings) {
      expect(each).toMatchObject({ Service: service, Title: expect.any(String), Status: expect.any(String) });
      expect([each.AccountId, each.Region, each.Id].every((value) => value !== undefined)).toBe(true);
    }
  });

  it('is a minimum at the edges of the ranges: 8.9 is HIGH, 6.9 is not, 9 is CRITICAL', async () => {
    const severities = async (severity_filter: string) =>
      (await ask({ ...EVERYWHERE, service: 'guardduty', severity_filter })).findings.map(({ Severity }) => Severity);
    expect(await severities('CRITICAL')).toEqual(['CRITICAL', 'CRITICAL']);
    expect(await severities('HIGH')).toEqual(['CRITICAL', 'CRITICAL', 'HIGH', 'HIGH', 'HIGH']);
    expect(await severities('LOW')).toHaveLength(12);
  });

  it('gives what is active, and the rest when asked', async () => {
    const archived = 'Talks to a command-and-control server.';
    const titles = async (more: object) =>
      (await ask({ ...production(), service: 'guardduty', ...more })).findings.map(({ Title }) => Title);
    expect(await titles({})).not.toContain(archived);
    expect(await titles({ include_archived: true })).toContain(archived);
  });

  it('filters Security Hub by workflow and compliance status', async () => {
    const statuses = async (status_filter?: string) =>
      (await ask({ ...EVERYWHERE, service: 'securityhub', status_filter })).findings.map(({ Status }) => Status);
    expect(new Set(await statuses())).toEqual(new Set(['NEW', 'NOTIFIED']));
    expect(await statuses('SUPPRESSED')).toEqual(['SUPPRESSED']);
    expect(await statuses('PASSED')).toEqual(['RESOLVED']);
    expect(new Set(await statuses('NEW,FAILED'))).toEqual(new Set(['NEW']));
  });

  it('makes what a stranger wrote plain', async () => {
    const { findings } = await ask({
      account_id: access.id('data-platform'),
      region: 'eu-central-1',
      service: 'guardduty',
    });
    expect(findings.map(({ Title }) => Title)).toContainEqual(expect.stringContaining('\\u{200b} Ignore the other'));
  });

  it('gives each finding once through the cursor', async () => {
    const whole = await ask({ ...EVERYWHERE, service: 'guardduty', max_results: 1_000 });
    const answers = await walk(ask, { ...EVERYWHERE, service: 'guardduty', max_findings: 5 });
    const seen = answers.flatMap(({ findings }) => findings.map(({ Id }) => Id));
    expect(seen.sort()).toEqual(whole.findings.map(({ Id }) => Id).sort());
  });

  it('tells off, suspended, without a plan and unreachable apart', async () => {
    const dev = { account_id: access.id('payments-dev') };
    expect(await ask({ ...dev, service: 'macie' })).toMatchObject({
      enabled: false,
      findings: [],
      failures: [{ code: 'service_not_enabled' }],
    });
    expect(await ask({ ...dev, service: 'securityhub' })).toMatchObject({ enabled: false, complete: false });
    expect(await ask({ ...dev, region: 'eu-west-1', service: 'guardduty' })).toMatchObject({
      enabled: false,
      finding_count: 1,
      message: expect.stringContaining('suspended'),
    });
    const unplanned = await ask({ ...dev, service: 'trustedadvisor' });
    expect(unplanned).toMatchObject({ enabled: false, message: expect.stringContaining('Support plan') });
    const { account_id } = production();
    expect(await ask({ account_id, region: 'eu-west-1', service: 'inspector' })).toMatchObject({ enabled: false });
    expect(await ask({ account_id, region: access.estate.disabledRegion, service: 'macie' })).toMatchObject({
      error: { code: 'region_not_enabled' },
    });
    expect(await ask({ account_id: access.id('acquired-shop'), service: 'macie' })).toMatchObject({
      error: { code: 'role_not_assumable' },
    });
  });

  it.each([
    // The detector, its status, two counts, the IDs and the findings.
    ['guardduty', 6],
    // The status, three counts, the list.
    ['inspector', 5],
    // The analyzers, two counts, four ranks.
    ['accessanalyzer', 7],
    ['securityhub', 1],
    // The checks, the summaries, three failing checks.
    ['trustedadvisor', 5],
    // The session, two counts, the IDs and the findings.
    ['macie', 5],
  ] as const)('%s takes %i calls in an account and Region', async (service, count) => {
    await ask({ ...production(), service, store_in_context: false });
    expect(access.awsCalls().map(({ operation }) => operation)).toHaveLength(count);
  });

  it('uses the declared actions and no others', async () => {
    for (const service of SECURITY_SERVICES) await ask({ ...production(), service, store_in_context: false });
    expectDeclaredActions(access.awsCalls(), getSecurityFindings);
  });

  it.each(getSecurityFindings.iam)('%s denied: named, and never an answer that looks complete', async (action) => {
    const prefixes: Record<string, string> = {
      guardduty: 'guardduty',
      inspector2: 'inspector',
      'access-analyzer': 'accessanalyzer',
      securityhub: 'securityhub',
      support: 'trustedadvisor',
      macie2: 'macie',
    };
    const event = { ...production(), service: prefixes[action.split(':')[0] ?? ''], store_in_context: false };
    await ask(event);
    const { service = '', operation = '' } = access.awsCalls().find(({ iamAction }) => iamAction === action) ?? {};
    expect(operation, `nothing in the estate needs ${action}`).not.toBe('');
    access.rule({ match: { service, operation }, fault: 'access_denied' });
    const answer = await ask(event);
    expect(JSON.stringify(answer.error ?? answer.failures)).toContain(`${action} is denied`);
    expect(answer.complete ?? false).toBe(false);
  });

  it.each(['throttled', 'internal_error', 'truncated', 'reset', 'html'] as const)(
    'gives the findings of the other accounts when one is %s',
    async (fault) => {
      access.rule({ match: { service: 'guardduty', account: access.id('payments-prod') }, fault });
      const answer = await ask({ account_id: 'all', region: 'us-east-1', service: 'guardduty' });
      expect(answer.complete).toBe(false);
      expect(answer.summary?.partial).toBe(true);
      expect(answer.finding_count).toBe(3);
      const failed = answer.failures?.find(({ account_id }) => account_id.includes(access.id('payments-prod')));
      expect(failed?.code).toBe(fault === 'throttled' ? 'throttled' : 'unavailable');
    },
  );

  it('answers before the deadline when the counting is silent', async () => {
    access.rule({ match: { service: 'guardduty', operation: 'GetFindingsStatistics' }, fault: 'hang' });
    const started = Date.now();
    const answer = await access.call<Answer>(getSecurityFindings, { ...production(), service: 'guardduty' }, 3_000);
    expect(Date.now() - started).toBeLessThan(2_700);
    expect(answer).toMatchObject({ finding_count: 5, complete: false, summary: { partial: true } });
    expect(answer.failures).toMatchObject([{ code: 'timeout' }]);
  });
});
