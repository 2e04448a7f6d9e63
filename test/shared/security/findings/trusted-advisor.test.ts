import {
  DescribeTrustedAdvisorCheckResultCommand,
  DescribeTrustedAdvisorCheckSummariesCommand,
  DescribeTrustedAdvisorChecksCommand,
  SupportClient,
  type TrustedAdvisorCheckDescription,
  type TrustedAdvisorCheckSummary,
  type TrustedAdvisorResourceDetail,
} from '@aws-sdk/client-support';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AnswerOf } from '../../../../schemas/define-tool.ts';
import { getSecurityFindings } from '../../../../schemas/get-security-findings.ts';
import type { ErrorAnswer } from '../../../../shared/errors.ts';
import { callTool, useMockedAws } from '../../../support/mock-aws.ts';

type Answer = AnswerOf<typeof getSecurityFindings.output> & Partial<ErrorAnswer>;
type Resource = Partial<TrustedAdvisorResourceDetail>;
interface Check {
  readonly id: string;
  readonly status?: string;
  readonly columns?: (string | null)[];
  readonly resources?: readonly Resource[];
  readonly more?: Partial<TrustedAdvisorCheckSummary>;
}

const support = mockClient(SupportClient);

const account_id = '111111111111';
const ask = (event: object = {}) =>
  callTool<Answer>(getSecurityFindings, { account_id, service: 'trustedadvisor', ...event });
const resultsRead = () =>
  support.commandCalls(DescribeTrustedAdvisorCheckResultCommand).map(({ args }) => args[0].input);

function description({ id, columns = [] }: Check, category = 'security'): TrustedAdvisorCheckDescription {
  return { id, name: `Check ${id}`, description: '', category, metadata: columns };
}

/** Checks of an account; every summary and result by the ID it is asked for. */
function accountHas(checks: readonly Check[], described = checks.map((each) => description(each))) {
  const named = (id: string) => checks.find((each) => each.id === id);
  support.on(DescribeTrustedAdvisorChecksCommand).resolves({ checks: described });
  support.on(DescribeTrustedAdvisorCheckSummariesCommand).callsFake(async ({ checkIds }) => ({
    summaries: checkIds.map((checkId: string) => ({
      ...{ checkId, status: named(checkId)?.status ?? 'error', timestamp: '2026-11-20T05:00:00Z' },
      resourcesSummary: { resourcesFlagged: named(checkId)?.resources?.length ?? 0 },
      ...named(checkId)?.more,
    })),
  }));
  support.on(DescribeTrustedAdvisorCheckResultCommand).callsFake(async ({ checkId }) => ({
    result: { checkId, flaggedResources: named(checkId)?.resources },
  }));
}

function resource(resourceId: string, more: Resource = {}): Resource {
  return { resourceId, status: 'error', region: 'eu-west-1', isSuppressed: false, metadata: [], ...more };
}

beforeEach(() => {
  support.reset().onAnyCommand().resolves({});
});

describe('GetSecurityFindings of Trusted Advisor', () => {
  useMockedAws();

  it('says of each flagged resource which check, what, where, how bad and what to do', async () => {
    accountHas([
      {
        id: 'open-ports',
        columns: ['Region', 'Security Group Name', 'Security Group ID'],
        resources: [resource('r-1', { metadata: ['eu-west-1', 'sftp', 'sg-0f0f'] })],
      },
    ]);
    const answer = await ask();
    expect(answer.findings).toEqual([
      {
        Id: 'open-ports/r-1',
        Title: 'Check open-ports',
        Severity: 'HIGH',
        Service: 'trustedadvisor',
        AccountId: account_id,
        Region: 'eu-west-1',
        ResourceId: 'sg-0f0f',
        LastSeen: '2026-11-20T05:00:00Z',
        Status: 'error',
        RemediationUrl: 'https://docs.aws.amazon.com/awssupport/latest/user/security-checks.html',
      },
    ]);
    expect(answer.summary).toEqual({
      total_count: 1,
      severity_counts: { high: 1 },
      type_counts: { 'Check open-ports': 1 },
      counted_by: 'Trusted Advisor check summaries: flagged resources by the worst status of their check',
      partial: false,
    });
    expect(resultsRead()).toEqual([{ checkId: 'open-ports', language: 'en' }]);
  });

  it.each([
    { best: 'its ARN', columns: ['Function ID', 'Function ARN'], values: ['f', 'arn:f'], named: 'arn:f' },
    { best: 'an ID before a name', columns: ['Bucket Name', 'Key ID'], values: ['samples', 'k'], named: 'k' },
    { best: 'a name', columns: ['Status', 'IAM User'], values: ['Yellow', 'deploy'], named: 'deploy' },
    {
      best: 'its own name, not that of its Region',
      columns: ['Region Name', 'Region API Parameter', 'Bucket Name'],
      values: ['Frankfurt', 'eu-central-1', 'samples'],
      named: 'samples',
    },
    {
      best: 'the next best where the best is empty',
      columns: [null, 'Function ARN', 'Function ID', 'Function Name'],
      values: ['x', null, '', 'resize'],
      named: 'resize',
    },
    { best: 'nothing where no column names it', columns: ['Status'], values: ['Yellow'], named: undefined },
    { best: 'nothing where it has no values', columns: ['Bucket Name'], values: undefined, named: undefined },
    { best: 'nothing where its value is null', columns: ['Bucket Name'], values: [null], named: undefined },
  ])('a resource is named by $best', async ({ columns, values, named }) => {
    accountHas([{ id: 'c', columns, resources: [resource('r', { metadata: values })] }]);
    expect((await ask()).findings.map(({ ResourceId }) => ResourceId)).toEqual([named]);
  });

  it('a check that fails without a resource, such as MFA on the root user, is a finding by itself', async () => {
    accountHas([
      { id: 'root-mfa', status: 'error', columns: ['Resource ARN'], resources: [] },
      { id: 'passwords', status: 'warning', more: { resourcesSummary: undefined } },
    ]);
    support.on(DescribeTrustedAdvisorCheckResultCommand, { checkId: 'passwords', language: 'en' }).resolves({});
    const { findings, summary } = await ask();
    expect(findings).toMatchObject([
      { Id: 'root-mfa', Region: 'global', Severity: 'HIGH', Status: 'error' },
      { Id: 'passwords', Region: 'global', Severity: 'MEDIUM', Status: 'warning' },
    ]);
    expect(findings.map(({ ResourceId }) => ResourceId)).toEqual([undefined, undefined]);
    expect(summary).toMatchObject({ total_count: 2, type_counts: { 'Check root-mfa': 1, 'Check passwords': 1 } });
  });

  it('resources that pass are no findings; suppressed ones only with include_archived, and marked', async () => {
    const resources = [
      resource('fine', { status: 'ok' }),
      resource('unknown', { status: undefined }),
      resource('yellow', { status: 'warning', isSuppressed: undefined }),
      resource('silenced', { isSuppressed: true }),
      resource('red'),
    ];
    accountHas([{ id: 'c', resources }]);
    const stated = async (event: object) => (await ask(event)).findings.map(({ Id, Status }) => [Id, Status]);
    expect(await stated({})).toEqual([
      ['c/red', 'error'],
      ['c/yellow', 'warning'],
    ]);
    expect(await stated({ include_archived: true })).toEqual([
      ['c/silenced', 'suppressed'],
      ['c/red', 'error'],
      ['c/yellow', 'warning'],
    ]);
    expect(await stated({ severity_filter: 'ERROR' })).toEqual([['c/red', 'error']]);
  });

  it('an answer that holds one finding of a check holds its worst', async () => {
    accountHas([{ id: 'c', resources: [resource('yellow', { status: 'warning' }), resource('red')] }]);
    const first = await ask({ max_findings: 1 });
    const rest = await ask({ max_findings: 1, next_token: first.next_token });
    expect([first, rest].map(({ findings }) => findings.map(({ Id }) => Id))).toEqual([['c/red'], ['c/yellow']]);
  });

  it('a check whose flagged resources are all suppressed gives no finding, not one without a resource', async () => {
    accountHas([{ id: 'c', resources: [resource('silenced', { isSuppressed: true })] }]);
    expect((await ask()).findings).toEqual([]);
  });

  it('reads checks on security alone that fail, those that end in error first and then by ID', async () => {
    const statuses = { 'b-yellow': 'warning', 'd-red': 'error', fine: 'ok', stale: 'not_available' };
    const checks = Object.entries({ ...statuses, 'a-yellow': 'warning', 'c-red': 'error' }).map(([id, status]) => ({
      id,
      status,
    }));
    const cost = description({ id: 'idle' }, 'cost_optimizing');
    accountHas(checks, [...checks.map((each) => description(each)), cost]);
    const worstFirst = ['c-red', 'd-red', 'a-yellow', 'b-yellow'];
    expect((await ask()).findings.map(({ Id }) => Id)).toEqual(worstFirst);
    expect(resultsRead().map(({ checkId }) => checkId)).toEqual(worstFirst);
    const [asked] = support.commandCalls(DescribeTrustedAdvisorCheckSummariesCommand);
    expect(asked?.args[0].input).toEqual({ checkIds: checks.map(({ id }) => id) });
  });

  it('asks for the summaries of 45 checks in batches of 20, each check once', async () => {
    const ids = Array.from({ length: 45 }, (_, index) => `c-${String(index).padStart(2, '0')}`);
    accountHas(ids.map((id) => ({ id, status: 'ok' })));
    expect(await ask()).toMatchObject({ finding_count: 0, summary: { total_count: 0 }, complete: true });
    const asked = support.commandCalls(DescribeTrustedAdvisorCheckSummariesCommand);
    expect(asked.map(({ args }) => args[0].input.checkIds)).toEqual([
      ids.slice(0, 20),
      ids.slice(20, 40),
      ids.slice(40),
    ]);
    expect(resultsRead()).toEqual([]);
  });

  it('goes through the failing checks ten by ten, and the cursor goes on with the next ten', async () => {
    const ids = Array.from({ length: 21 }, (_, index) => `c-${String(index).padStart(2, '0')}`);
    accountHas(ids.map((id) => ({ id })));
    const seen: unknown[] = [];
    const read: number[] = [];
    let next_token: string | undefined;
    do {
      support.resetHistory();
      const answer: Answer = await ask({ max_findings: 10, next_token });
      seen.push(...answer.findings.map(({ Id }) => Id));
      read.push(resultsRead().length);
      next_token = answer.next_token;
    } while (next_token !== undefined);
    expect(seen).toEqual(ids);
    expect(read).toEqual([10, 10, 1]);
  });

  it('ten failing checks that fill an answer are all there is', async () => {
    accountHas(Array.from({ length: 10 }, (_, index) => ({ id: `c-${index}` })));
    const answer = await ask({ max_findings: 10 });
    expect(answer).toMatchObject({ finding_count: 10, complete: true });
    expect(answer.next_token).toBeUndefined();
  });

  it('tells a failing check that the list of checks does not describe', async () => {
    accountHas([{ id: 'listed', status: 'ok' }]);
    support.on(DescribeTrustedAdvisorCheckSummariesCommand).resolves({
      summaries: [{ checkId: 'new', status: 'error', timestamp: undefined, resourcesSummary: undefined } as never],
    });
    const { findings, summary } = await ask();
    expect(findings).toMatchObject([{ Id: 'new', Title: 'unknown check', Severity: 'HIGH' }]);
    expect(summary).toMatchObject({ total_count: 1, type_counts: { 'unknown check': 1 } });
  });

  it('an answer of AWS without summaries is no finding', async () => {
    accountHas([{ id: 'c' }]);
    support.on(DescribeTrustedAdvisorCheckSummariesCommand).resolves({});
    expect(await ask()).toMatchObject({ finding_count: 0, summary: { total_count: 0 } });
  });
});
