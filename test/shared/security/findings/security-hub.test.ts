import { type AwsSecurityFinding, GetFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AnswerOf } from '../../../../schemas/define-tool.ts';
import { getSecurityFindings } from '../../../../schemas/get-security-findings.ts';
import type { ErrorAnswer } from '../../../../shared/errors.ts';
import { callTool, useMockedAws } from '../../../support/mock-aws.ts';

type Answer = AnswerOf<typeof getSecurityFindings.output> & Partial<ErrorAnswer>;

const hub = mockClient(SecurityHubClient);

const account_id = '111111111111';
const ask = (event: object = {}) =>
  callTool<Answer>(getSecurityFindings, { account_id, service: 'securityhub', ...event });
const sent = () => hub.commandCalls(GetFindingsCommand).map(({ args }) => args[0].input);
const equals = (...values: string[]) => values.map((Value) => ({ Value, Comparison: 'EQUALS' }));

function finding(Id: string, more: Partial<AwsSecurityFinding> = {}): AwsSecurityFinding {
  return {
    ...{ Id, Title: `Finding ${Id}`, Description: '', SchemaVersion: '2018-10-08', GeneratorId: 'g' },
    ...{ AwsAccountId: account_id, Region: 'us-east-1', ProductArn: 'arn:product' },
    ...{ CreatedAt: '2026-11-01T00:00:00.000Z', UpdatedAt: '2026-11-02T00:00:00.000Z' },
    Resources: [{ Type: 'AwsEc2Instance', Id: 'arn:instance' }],
    Severity: { Label: 'HIGH' },
    RecordState: 'ACTIVE',
    Workflow: { Status: 'NEW' },
    ...more,
  };
}

/** Pages of findings; the token of each is its number. */
function hubHas(...pages: readonly AwsSecurityFinding[][]) {
  hub.on(GetFindingsCommand).callsFake(async ({ NextToken = '0' }) => ({
    Findings: pages[Number(NextToken)],
    NextToken: Number(NextToken) + 1 < pages.length ? String(Number(NextToken) + 1) : '',
  }));
}

beforeEach(() => {
  hub.reset();
  hubHas([]);
});

describe('GetSecurityFindings of Security Hub', () => {
  useMockedAws();

  it('says of a finding what, how bad, on which resource, since when, in which state and what to do', async () => {
    hubHas([
      finding('one', {
        Severity: { Label: 'CRITICAL' },
        Resources: [
          { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::samples' },
          { Type: 'AwsAccount', Id: 'AWS::::Account:111111111111' },
        ],
        ...{ FirstObservedAt: '2026-10-01T00:00:00.000Z', LastObservedAt: '2026-11-20T00:00:00.000Z' },
        Workflow: { Status: 'NOTIFIED' },
        Remediation: { Recommendation: { Url: 'https://docs.aws.amazon.com/console/securityhub/S3.8' } },
      }),
    ]);
    const { findings, summary } = await ask();
    expect(findings).toEqual([
      {
        Id: 'one',
        Title: 'Finding one',
        Severity: 'CRITICAL',
        Service: 'securityhub',
        AccountId: account_id,
        Region: 'us-east-1',
        ResourceType: 'AwsS3Bucket',
        ResourceId: 'arn:aws:s3:::samples',
        FirstSeen: '2026-10-01T00:00:00.000Z',
        LastSeen: '2026-11-20T00:00:00.000Z',
        Status: 'NOTIFIED',
        RemediationUrl: 'https://docs.aws.amazon.com/console/securityhub/S3.8',
      },
    ]);
    expect(summary?.counted_by).toBe('Security Hub GetFindings, up to 500 in each account and Region');
  });

  it('a finding that was never observed again dates from its record, and one without details is told all the same', async () => {
    const bare = { Id: 'bare', Title: 'Bare', Remediation: {} } as AwsSecurityFinding;
    hubHas([finding('recorded'), bare]);
    const [recorded, other] = (await ask()).findings;
    expect(recorded).toMatchObject({ FirstSeen: '2026-11-01T00:00:00.000Z', LastSeen: '2026-11-02T00:00:00.000Z' });
    expect(other).toEqual({ Id: 'bare', Title: 'Bare', Severity: 'INFORMATIONAL', Service: 'securityhub' });
  });

  it('with include_archived every record and workflow state is asked for, and an archived finding says so', async () => {
    hubHas([
      finding('old', { RecordState: 'ARCHIVED' }),
      finding('resolved', { Workflow: { Status: 'RESOLVED' } }),
      finding('stateless', { Workflow: undefined }),
    ]);
    const { findings } = await ask({ include_archived: true });
    expect(findings.map(({ Id, Status }) => [Id, Status])).toEqual([
      ['old', 'ARCHIVED'],
      ['resolved', 'RESOLVED'],
      ['stateless', undefined],
    ]);
    expect(sent()[0]?.Filters).toEqual({ AwsAccountId: equals(account_id), Region: equals('us-east-1') });
  });

  const active = { AwsAccountId: equals(account_id), Region: equals('us-east-1'), RecordState: equals('ACTIVE') };

  it.each([
    ['by default what awaits somebody', {}, { ...active, WorkflowStatus: equals('NEW', 'NOTIFIED') }],
    ['the workflow asked for alone', { status_filter: 'RESOLVED' }, { ...active, WorkflowStatus: equals('RESOLVED') }],
    [
      'a check that passed, which is resolved, by its compliance alone',
      { status_filter: 'PASSED' },
      { ...active, ComplianceStatus: equals('PASSED') },
    ],
    [
      'of what fails only what awaits somebody',
      { status_filter: 'FAILED' },
      { ...active, WorkflowStatus: equals('NEW', 'NOTIFIED'), ComplianceStatus: equals('FAILED') },
    ],
    [
      'workflow and compliance together',
      { status_filter: 'new,FAILED,WARNING' },
      { ...active, WorkflowStatus: equals('NEW'), ComplianceStatus: equals('FAILED', 'WARNING') },
    ],
    [
      'archived findings of a workflow',
      { status_filter: 'SUPPRESSED', include_archived: true },
      { AwsAccountId: active.AwsAccountId, Region: active.Region, WorkflowStatus: equals('SUPPRESSED') },
    ],
    [
      'the severities from the minimum on',
      { severity_filter: 'MEDIUM' },
      {
        ...active,
        WorkflowStatus: equals('NEW', 'NOTIFIED'),
        SeverityLabel: equals('CRITICAL', 'HIGH', 'MEDIUM'),
      },
    ],
  ])('asks for %s', async (_what, event, expected) => {
    await ask(event);
    expect(sent().map(({ Filters }) => Filters)).toEqual([expected]);
  });

  it('asks the administrator for a member that these tools may read, and for no other', async () => {
    hubHas([finding('theirs', { AwsAccountId: '222222222222' })]);
    const { findings } = await ask({ finding_account_id: '222222222222' });
    expect(findings).toMatchObject([{ Id: 'theirs', AccountId: '222222222222' }]);
    expect(sent()[0]?.Filters?.AwsAccountId).toEqual(equals('222222222222'));
    hub.resetHistory();
    const { error } = await ask({ finding_account_id: '333333333333' });
    expect(error).toMatchObject({ code: 'account_not_allowed' });
    expect(sent()).toEqual([]);
  });

  it('every Region answers for itself, although one may hold the findings of others', async () => {
    hub.on(GetFindingsCommand).callsFake(async ({ Filters }) => ({
      Findings: [finding(Filters.Region[0].Value, { Region: Filters.Region[0].Value })],
    }));
    const { findings } = await ask({ region: 'all' });
    expect(findings.map(({ Id, Region }) => [Id, Region])).toEqual([
      ['us-east-1', 'us-east-1'],
      ['eu-west-1', 'eu-west-1'],
    ]);
  });

  it('asks for the worst first and reads on, over an empty page too, until an empty token', async () => {
    hubHas([finding('a')], [], [finding('b')]);
    const { findings, summary, complete } = await ask();
    expect(findings.map(({ Id }) => Id)).toEqual(['a', 'b']);
    expect(summary).toMatchObject({ total_count: 2, severity_counts: { high: 2 }, partial: false });
    expect(complete).toBe(true);
    const paging = { SortCriteria: [{ Field: 'SeverityNormalized', SortOrder: 'desc' }], MaxResults: 100 };
    expect(sent()).toMatchObject([paging, paging, paging]);
    // List and count share each page.
    expect(sent().map(({ NextToken }) => NextToken)).toEqual([undefined, '1', '2']);
  });

  it('the cursor goes on within a page and with the next', async () => {
    hubHas([finding('a'), finding('b'), finding('c')], [finding('d')]);
    const first = await ask({ max_findings: 2 });
    const rest = await ask({ max_findings: 2, next_token: first.next_token });
    expect([first, rest].map(({ findings }) => findings.map(({ Id }) => Id))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(first.summary?.total_count).toBe(4);
    expect([first.complete, rest.next_token]).toEqual([false, undefined]);
  });

  it('counts by the control, then the product, then the type of a finding, whatever each is worth', async () => {
    hubHas([
      finding('1', { Compliance: { SecurityControlId: 'EC2.8' }, ProductName: 'Security Hub' }),
      finding('2', { Compliance: {}, ProductName: 'GuardDuty', Types: ['TTPs/Discovery'] }),
      finding('3', { Types: ['Sensitive Data', 'Effects'] }),
      finding('4', { Types: [] }),
      finding('5', { Severity: undefined }),
      finding('6', { Severity: { Label: 'LOW' } }),
    ]);
    expect((await ask()).summary).toMatchObject({
      total_count: 6,
      severity_counts: { high: 4, low: 1, informational: 1 },
      type_counts: { 'EC2.8': 1, GuardDuty: 1, 'Sensitive Data': 1, other: 3 },
    });
  });

  it('an answer of AWS without findings is none', async () => {
    hub.on(GetFindingsCommand).resolves({});
    expect(await ask()).toMatchObject({ finding_count: 0, findings: [], summary: { total_count: 0, type_counts: {} } });
  });
});
