import {
  AccessAnalyzerClient,
  GetFindingsStatisticsCommand as GetAccessStatisticsCommand,
  ListAnalyzersCommand,
  ListFindingsV2Command,
} from '@aws-sdk/client-accessanalyzer';
import {
  BatchGetAccountStatusCommand,
  Inspector2Client,
  ListFindingAggregationsCommand,
  ListFindingsCommand as ListVulnerabilitiesCommand,
} from '@aws-sdk/client-inspector2';
import {
  GetFindingStatisticsCommand,
  GetMacieSessionCommand,
  ListFindingsCommand as ListMacieCommand,
  Macie2Client,
} from '@aws-sdk/client-macie2';
import { GetFindingsCommand as GetHubFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import {
  DescribeTrustedAdvisorCheckResultCommand,
  DescribeTrustedAdvisorCheckSummariesCommand,
  DescribeTrustedAdvisorChecksCommand,
  SupportClient,
} from '@aws-sdk/client-support';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AnswerOf } from '../../../../schemas/define-tool.ts';
import { getSecurityFindings } from '../../../../schemas/get-security-findings.ts';
import type { ErrorAnswer } from '../../../../shared/errors.ts';
import { callTool, failing, useMockedAws } from '../../../support/mock-aws.ts';

type Answer = AnswerOf<typeof getSecurityFindings.output> & Partial<ErrorAnswer>;

const inspector = mockClient(Inspector2Client);
const analyzer = mockClient(AccessAnalyzerClient);
const hub = mockClient(SecurityHubClient);
const support = mockClient(SupportClient);
const macie = mockClient(Macie2Client);
const mocks = [inspector, analyzer, hub, support, macie] as unknown as (typeof macie)[];
const calls = () => mocks.reduce((sum, mock) => sum + mock.calls().length, 0);

const account_id = '111111111111';
const ask = (event: object) => callTool<Answer>(getSecurityFindings, { account_id, ...event });

beforeEach(() => {
  for (const mock of mocks) mock.reset().onAnyCommand().resolves({});
});

describe('GetSecurityFindings, service by service', () => {
  useMockedAws();

  it('Inspector: labels from the minimum on, active, counted by type and severity in three calls', async () => {
    inspector.on(BatchGetAccountStatusCommand).resolves({
      accounts: [{ accountId: account_id, state: { status: 'ENABLED' } as never, resourceState: {} as never }],
    });
    inspector.on(ListFindingAggregationsCommand).callsFake(async ({ aggregationRequest }) => ({
      responses:
        aggregationRequest.findingTypeAggregation.findingType === 'PACKAGE_VULNERABILITY'
          ? [{ findingTypeAggregation: { severityCounts: { all: 10, critical: 1, high: 2, medium: 3 } } }]
          : [],
    }));
    const { summary } = await ask({ service: 'inspector' });
    expect(summary).toMatchObject({
      total_count: 10,
      severity_counts: { critical: 1, high: 2, medium: 3, low: 4 },
      type_counts: { PACKAGE_VULNERABILITY: 10 },
    });
    const high = await ask({ service: 'inspector', severity_filter: 'HIGH' });
    expect(high.summary).toMatchObject({ total_count: 3, severity_counts: { critical: 1, high: 2 } });
    expect(inspector.commandCalls(ListFindingAggregationsCommand)).toHaveLength(6);
    const [, listed] = inspector.commandCalls(ListVulnerabilitiesCommand).map(({ args }) => args[0].input);
    expect(listed).toMatchObject({
      maxResults: 100,
      filterCriteria: {
        awsAccountId: [{ comparison: 'EQUALS', value: account_id }],
        findingStatus: [{ comparison: 'EQUALS', value: 'ACTIVE' }],
        severity: [{ value: 'CRITICAL' }, { value: 'HIGH' }],
      },
    });
  });

  it('Inspector that is off gives an empty list: that is said not to be "nothing found"', async () => {
    inspector.on(BatchGetAccountStatusCommand).resolves({
      accounts: [{ accountId: account_id, state: { status: 'DISABLED' } as never, resourceState: {} as never }],
    });
    const answer = await ask({ service: 'inspector' });
    expect(answer).toMatchObject({ enabled: false, findings: [], complete: false });
    expect(answer.message).toContain('not enabled');
  });

  it('Security Hub: by account, Region, open workflow and record state; a page is read once for list and count', async () => {
    hub.on(GetHubFindingsCommand).resolves({
      Findings: [{ Id: 'one', Severity: { Label: 'HIGH' }, Compliance: { SecurityControlId: 'EC2.8' } } as never],
    });
    const { summary, findings } = await ask({ service: 'securityhub', severity_filter: 'HIGH' });
    const asked = hub.commandCalls(GetHubFindingsCommand).map(({ args }) => args[0].input);
    expect(asked).toHaveLength(1);
    const equals = (...values: string[]) => values.map((Value) => ({ Value, Comparison: 'EQUALS' }));
    expect(asked[0]).toMatchObject({
      MaxResults: 100,
      Filters: {
        AwsAccountId: equals(account_id),
        Region: equals('us-east-1'),
        RecordState: equals('ACTIVE'),
        WorkflowStatus: equals('NEW', 'NOTIFIED'),
        SeverityLabel: equals('CRITICAL', 'HIGH'),
      },
    });
    expect(summary).toMatchObject({ total_count: 1, type_counts: { 'EC2.8': 1 }, partial: false });
    expect(findings).toMatchObject([{ Id: 'one', Severity: 'HIGH', Service: 'securityhub' }]);
  });

  it('Security Hub: a link that is none of the web is left out', async () => {
    const finding = (Id: string, Url: string) => ({ Id, Remediation: { Recommendation: { Url } } }) as never;
    hub.on(GetHubFindingsCommand).resolves({
      Findings: [finding('one', 'javascript:alert(1)'), finding('two', 'https://docs.aws.amazon.com/x')],
    });
    const { findings } = await ask({ service: 'securityhub', fields: ['RemediationUrl'] });
    expect(findings).toEqual([{}, { RemediationUrl: 'https://docs.aws.amazon.com/x' }]);
  });

  it('Security Hub: by workflow and compliance status', async () => {
    await ask({ service: 'securityhub', status_filter: 'suppressed, FAILED' });
    const [{ Filters = undefined } = {}] = hub.commandCalls(GetHubFindingsCommand).map(({ args }) => args[0].input);
    expect(Filters).toMatchObject({
      WorkflowStatus: [{ Value: 'SUPPRESSED' }],
      ComplianceStatus: [{ Value: 'FAILED' }],
    });
  });

  it('Security Hub: counts as far as 500 findings and says that there are more', async () => {
    const Findings = Array.from({ length: 100 }, (_, index) => ({ Id: `f-${index}`, Severity: { Label: 'LOW' } }));
    hub.on(GetHubFindingsCommand).callsFake(async ({ NextToken = '0' }) => ({
      Findings,
      NextToken: String(Number(NextToken) + 1),
    }));
    const { summary } = await ask({ service: 'securityhub' });
    expect(summary).toMatchObject({ total_count: 500, partial: true });
    expect(hub.commandCalls(GetHubFindingsCommand)).toHaveLength(5);
  });

  it('Macie: by its scores, 1 to 3; nothing is asked for what it cannot have', async () => {
    macie.on(GetMacieSessionCommand).resolves({ status: 'ENABLED' });
    macie.on(GetFindingStatisticsCommand).callsFake(async ({ groupBy }) => ({
      countsByGroup: groupBy === 'type' ? [{ groupKey: 'Policy:X', count: 4 }] : [{ groupKey: 'High', count: 4 }],
    }));
    const { summary } = await ask({ service: 'macie', severity_filter: 'MEDIUM' });
    expect(summary).toMatchObject({ total_count: 4, severity_counts: { high: 4 }, type_counts: { 'Policy:X': 4 } });
    const [listed] = macie.commandCalls(ListMacieCommand).map(({ args }) => args[0].input);
    expect(listed).toMatchObject({
      maxResults: 50,
      findingCriteria: { criterion: { archived: { eq: ['false'] }, 'severity.score': { gte: 2 } } },
    });
    const critical = await ask({ service: 'macie', severity_filter: 'CRITICAL' });
    expect(critical).toMatchObject({
      finding_count: 0,
      message: 'Amazon Macie has no findings of CRITICAL: HIGH is its worst.',
    });
    expect(macie.commandCalls(ListMacieCommand)).toHaveLength(1);
  });

  it('Macie that is not enabled is an AccessDeniedException of a certain text, and no other', async () => {
    macie.onAnyCommand().rejects(failing('AccessDeniedException', 'Macie is not enabled.'));
    expect(await ask({ service: 'macie' })).toMatchObject({ enabled: false, findings: [] });
    macie
      .onAnyCommand()
      .rejects(failing('AccessDeniedException', 'User: x is not authorized to perform: macie2:ListFindings'));
    expect((await ask({ service: 'macie' })).error).toMatchObject({ code: 'access_denied' });
  });

  it('Access Analyzer: what is open to everyone first, and counted by the statistics', async () => {
    analyzer.on(ListAnalyzersCommand).resolves({
      analyzers: [
        { arn: 'arn:one', name: 'one', type: 'ACCOUNT', status: 'ACTIVE', createdAt: new Date(0) },
        { arn: 'arn:two', name: 'two', type: 'ACCOUNT_UNUSED_ACCESS', status: 'ACTIVE', createdAt: new Date(0) },
      ],
    });
    analyzer.on(ListFindingsV2Command).callsFake(async ({ analyzerArn, filter, nextToken }) => ({
      findings: [
        {
          id: `${analyzerArn} ${filter.isPublic?.eq ?? (filter.findingType.eq === undefined ? 'rest' : 'keys')} ${nextToken ?? ''}`,
          ...{ resourceType: 'AWS::S3::Bucket', resourceOwnerAccount: account_id, status: 'ACTIVE' },
        },
      ],
      nextToken: filter.isPublic?.eq[0] === 'true' && nextToken === undefined ? 'page 2' : undefined,
    }));
    analyzer.on(GetAccessStatisticsCommand, { analyzerArn: 'arn:one' }).resolves({
      findingsStatistics: [
        {
          externalAccessFindingsStatistics: {
            resourceTypeStatistics: { 'AWS::S3::Bucket': { totalActivePublic: 2, totalActiveCrossAccount: 1 } },
          },
        },
      ],
    });
    analyzer.on(GetAccessStatisticsCommand, { analyzerArn: 'arn:two' }).resolves({
      findingsStatistics: [
        {
          unusedAccessFindingsStatistics: {
            unusedAccessTypeStatistics: [
              { unusedAccessType: 'UnusedIAMUserPassword', total: 3 },
              { unusedAccessType: 'UnusedIAMRole', total: 5 },
            ],
          },
        },
      ],
    });
    const { findings, summary } = await ask({ service: 'accessanalyzer' });
    expect(findings.map(({ Id, Severity }) => [Id, Severity])).toEqual([
      ['arn:one true ', 'HIGH'],
      ['arn:one true page 2', 'HIGH'],
      ['arn:one false ', 'MEDIUM'],
      ['arn:two keys ', 'MEDIUM'],
      ['arn:two rest ', 'LOW'],
    ]);
    expect(summary).toMatchObject({ total_count: 11, severity_counts: { high: 2, medium: 4, low: 5 }, partial: false });
    analyzer.resetHistory();
    await ask({ service: 'accessanalyzer', severity_filter: 'HIGH' });
    expect(analyzer.commandCalls(ListFindingsV2Command)).toHaveLength(2);
    expect(analyzer.commandCalls(ListAnalyzersCommand)).toHaveLength(1);
  });

  it('Trusted Advisor: of 40 checks the summaries in two batches, and the details of those that fail', async () => {
    support.on(DescribeTrustedAdvisorChecksCommand).resolves({
      checks: Array.from({ length: 60 }, (_, index) => ({
        ...{ id: `c-${String(index).padStart(2, '0')}`, name: `Check ${index}`, description: '' },
        category: index < 40 ? 'security' : 'cost_optimizing',
        metadata: ['Region', 'Security Group ID'],
      })),
    });
    const status = (id: string) => ({ 'c-03': 'error', 'c-07': 'warning', 'c-09': 'warning' })[id] ?? 'ok';
    support.on(DescribeTrustedAdvisorCheckSummariesCommand).callsFake(async ({ checkIds }) => ({
      summaries: checkIds.map((checkId: string) => ({
        ...{ checkId, status: status(checkId), timestamp: '2026-11-20T00:00:00Z' },
        resourcesSummary: { resourcesFlagged: status(checkId) === 'ok' ? 0 : 2 },
      })),
    }));
    support.on(DescribeTrustedAdvisorCheckResultCommand).callsFake(async ({ checkId }) => ({
      result: {
        flaggedResources: [
          {
            status: 'warning',
            region: 'eu-west-1',
            resourceId: 'b',
            isSuppressed: false,
            metadata: ['eu-west-1', 'sg-2'],
          },
          {
            status: status(checkId),
            region: 'eu-west-1',
            resourceId: 'a',
            isSuppressed: false,
            metadata: ['eu-west-1', 'sg-1'],
          },
          {
            status: 'warning',
            region: 'eu-west-1',
            resourceId: 'c',
            isSuppressed: true,
            metadata: ['eu-west-1', 'sg-3'],
          },
        ],
      },
    }));
    const answer = await ask({ service: 'trustedadvisor', region: 'eu-west-1' });
    expect(support.commandCalls(DescribeTrustedAdvisorChecksCommand)).toHaveLength(1);
    expect(support.commandCalls(DescribeTrustedAdvisorCheckSummariesCommand)).toHaveLength(2);
    expect(support.commandCalls(DescribeTrustedAdvisorCheckResultCommand)).toHaveLength(3);
    expect(calls()).toBe(6);
    expect(answer.summary).toMatchObject({ total_count: 6, severity_counts: { high: 2, medium: 4 } });
    expect(answer.findings.map(({ Severity, ResourceId }) => [Severity, ResourceId])).toEqual([
      ['HIGH', 'sg-1'],
      ['MEDIUM', 'sg-2'],
      ['MEDIUM', 'sg-2'],
      ['MEDIUM', 'sg-1'],
      ['MEDIUM', 'sg-2'],
      ['MEDIUM', 'sg-1'],
    ]);
    support.resetHistory();
    const errors = await ask({ service: 'trustedadvisor', severity_filter: 'ERROR' });
    expect(errors.findings.map(({ ResourceId }) => ResourceId)).toEqual(['sg-1']);
    expect(support.commandCalls(DescribeTrustedAdvisorCheckResultCommand)).toHaveLength(1);
  });

  it('Trusted Advisor is asked once in an account, whatever the Regions', async () => {
    support.on(DescribeTrustedAdvisorChecksCommand).rejects(failing('SubscriptionRequiredException'));
    const answer = await ask({ service: 'trustedadvisor', account_id: 'all', region: 'all' });
    expect(support.commandCalls(DescribeTrustedAdvisorChecksCommand)).toHaveLength(2);
    expect(answer).toMatchObject({ enabled: false, finding_count: 0, complete: false });
    expect(answer.failures).toMatchObject([
      { region: 'global', code: 'service_not_enabled', message: expect.stringContaining('Support plan') },
      { region: 'global', code: 'service_not_enabled' },
    ]);
  });
});
