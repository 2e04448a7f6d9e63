import {
  AccessAnalyzerClient,
  type AnalyzerSummary,
  type FindingSummaryV2,
  type FindingsStatistics,
  GetFindingsStatisticsCommand,
  ListAnalyzersCommand,
  ListFindingsV2Command,
  type ListFindingsV2CommandInput,
  type Type,
} from '@aws-sdk/client-accessanalyzer';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AnswerOf } from '../../../../schemas/define-tool.ts';
import { getSecurityFindings } from '../../../../schemas/get-security-findings.ts';
import type { ErrorAnswer } from '../../../../shared/errors.ts';
import { callTool, useMockedAws } from '../../../support/mock-aws.ts';

type Answer = AnswerOf<typeof getSecurityFindings.output> & Partial<ErrorAnswer>;
type Asked = Pick<ListFindingsV2CommandInput, 'analyzerArn' | 'filter' | 'nextToken'>;

const analyzer = mockClient(AccessAnalyzerClient);

const account_id = '111111111111';
const member = '222222222222';
const ask = (event: object = {}) =>
  callTool<Answer>(getSecurityFindings, { service: 'accessanalyzer', account_id, ...event });
const listed = () => analyzer.commandCalls(ListFindingsV2Command).map(({ args }) => args[0].input);
const counted = () => analyzer.commandCalls(GetFindingsStatisticsCommand).map(({ args }) => args[0].input);
const filters = () => listed().map(({ filter = {} }) => filter);

const found: FindingSummaryV2 = {
  id: 'a-finding',
  resource: 'arn:aws:s3:::payroll',
  resourceType: 'AWS::S3::Bucket',
  resourceOwnerAccount: account_id,
  status: 'ACTIVE',
  createdAt: new Date('2026-11-01T00:00:00Z'),
  updatedAt: new Date('2026-11-02T00:00:00Z'),
  analyzedAt: new Date('2026-11-03T00:00:00Z'),
};
const unused = (findingType: FindingSummaryV2['findingType'], resourceType: FindingSummaryV2['resourceType']) => ({
  ...found,
  ...{ findingType, resourceType },
});

/** An active analyzer of each type, by the name of its type. */
function analyzersAre(...types: Type[]) {
  const analyzers = types.map(
    (type, index): AnalyzerSummary => ({
      ...{ arn: `${type}/${index}`, name: `${index}`, type, status: 'ACTIVE', createdAt: new Date(0) },
    }),
  );
  analyzer.on(ListAnalyzersCommand).resolves({ analyzers });
}

/** Which of the questions this is: the one analyzer has several kinds of finding, and each kind is asked for alone. */
function kindOf({ filter = {} }: Asked): string {
  if (filter.isPublic !== undefined) return filter.isPublic.eq?.[0] === 'true' ? 'public' : 'external';
  if (filter.findingType === undefined) return 'any';
  return filter.findingType.eq === undefined ? 'other than credentials' : 'credentials';
}

function statisticsAre(...findingsStatistics: FindingsStatistics[]) {
  analyzer.on(GetFindingsStatisticsCommand).resolves({ findingsStatistics });
}

beforeEach(() => {
  analyzer.reset().onAnyCommand().resolves({});
});

describe('GetSecurityFindings of Access Analyzer', () => {
  useMockedAws();

  it('says of a finding what is open and since when, and where to read how to close it', async () => {
    analyzersAre('ACCOUNT');
    analyzer.on(ListFindingsV2Command).callsFake(async (asked) => ({
      findings: kindOf(asked) === 'public' ? [found] : [],
    }));
    expect((await ask({ region: 'eu-west-1' })).findings).toEqual([
      {
        Id: 'a-finding',
        Title: 'Open to everyone: AWS::S3::Bucket',
        Severity: 'HIGH',
        Service: 'accessanalyzer',
        AccountId: account_id,
        Region: 'eu-west-1',
        ResourceType: 'AWS::S3::Bucket',
        ResourceId: 'arn:aws:s3:::payroll',
        FirstSeen: '2026-11-01T00:00:00.000Z',
        LastSeen: '2026-11-02T00:00:00.000Z',
        Status: 'ACTIVE',
        RemediationUrl: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings-remediate.html',
      },
    ]);
  });

  it('asks each type of analyzer for what it can find, of the account or the organization, the worst first', async () => {
    analyzersAre(
      ...(['ACCOUNT_UNUSED_ACCESS', 'ORGANIZATION_UNUSED_ACCESS'] as const),
      ...(['ACCOUNT_INTERNAL_ACCESS', 'ORGANIZATION_INTERNAL_ACCESS', 'ACCOUNT', 'ORGANIZATION'] as const),
    );
    analyzer.on(ListFindingsV2Command).callsFake(async (asked) => ({
      findings: [{ ...found, id: `${asked.analyzerArn} ${kindOf(asked)}` }],
    }));
    const { findings } = await ask();
    expect(findings.map(({ Id, Severity, Title }) => [Id, Severity, Title?.split(':')[0]])).toEqual([
      ['ACCOUNT/4 public', 'HIGH', 'Open to everyone'],
      ['ORGANIZATION/5 public', 'HIGH', 'Open to everyone'],
      ['ACCOUNT/4 external', 'MEDIUM', 'Open to another account'],
      ['ORGANIZATION/5 external', 'MEDIUM', 'Open to another account'],
      ['ACCOUNT_UNUSED_ACCESS/0 credentials', 'MEDIUM', 'Unused credential'],
      ['ORGANIZATION_UNUSED_ACCESS/1 credentials', 'MEDIUM', 'Unused credential'],
      ['ACCOUNT_UNUSED_ACCESS/0 other than credentials', 'LOW', 'Unused access'],
      ['ORGANIZATION_UNUSED_ACCESS/1 other than credentials', 'LOW', 'Unused access'],
      ['ACCOUNT_INTERNAL_ACCESS/2 any', 'LOW', 'Access within the organization'],
      ['ORGANIZATION_INTERNAL_ACCESS/3 any', 'LOW', 'Access within the organization'],
    ]);
  });

  it('asks for the active findings of the account itself, and splits unused access by what is a credential', async () => {
    analyzersAre('ACCOUNT_UNUSED_ACCESS');
    await ask();
    const credentials = ['UnusedIAMUserAccessKey', 'UnusedIAMUserPassword'];
    const own = { resourceOwnerAccount: { eq: [account_id] }, status: { eq: ['ACTIVE'] } };
    const question = { analyzerArn: 'ACCOUNT_UNUSED_ACCESS/0', maxResults: 100 };
    expect(listed()).toEqual([
      { ...question, filter: { findingType: { eq: credentials }, ...own } },
      { ...question, filter: { findingType: { neq: credentials }, ...own } },
    ]);
  });

  it('asks nothing of an analyzer that does not work', async () => {
    const of = (status: AnalyzerSummary['status']): AnalyzerSummary => ({
      ...{ arn: `${status}`, name: `${status}`, type: 'ACCOUNT', status, createdAt: new Date(0) },
    });
    const idle = [of('CREATING'), of('DISABLED'), of('FAILED')];
    analyzer.on(ListAnalyzersCommand).resolves({ analyzers: [...idle, of('ACTIVE')] });
    const answer = await ask();
    expect(answer).toMatchObject({ enabled: true, findings: [], summary: { total_count: 0 }, complete: true });
    expect(answer.summary?.type_counts).toEqual({});
    const asked = [...listed(), ...counted()].map(({ analyzerArn }) => analyzerArn);
    expect(new Set(asked)).toEqual(new Set(['ACTIVE']));

    analyzer.resetHistory();
    analyzer.on(ListAnalyzersCommand).resolves({ analyzers: idle.slice(1) });
    expect(await ask()).toMatchObject({ enabled: false, finding_count: 0, findings: [], complete: false });
    expect([...listed(), ...counted()]).toEqual([]);
  });

  it('walks every page of every analyzer through the cursor, and ends with the last of them', async () => {
    analyzersAre('ACCOUNT', 'ACCOUNT_UNUSED_ACCESS');
    const pages: Readonly<Record<string, number>> = { public: 2, credentials: 3, 'other than credentials': 1 };
    analyzer.on(ListFindingsV2Command).callsFake(async (asked) => {
      const number = Number(asked.nextToken?.split('\n').at(-1) ?? 0);
      const kind = kindOf(asked);
      const count = pages[kind] ?? 0;
      return {
        findings: number < count ? [{ ...found, id: `${kind} ${number}` }] : [],
        nextToken: number + 1 < count ? `12 a token\n${number + 1}` : '',
      };
    });
    const seen: unknown[] = [];
    let next_token: string | undefined;
    do {
      const answer: Answer = await ask({ max_findings: 2, next_token });
      seen.push(answer.findings.map(({ Id }) => Id));
      next_token = answer.next_token;
      expect(answer.complete).toBe(next_token === undefined);
    } while (next_token !== undefined);
    expect(seen).toEqual([
      ['public 0', 'public 1'],
      ['credentials 0', 'credentials 1'],
      ['credentials 2', 'other than credentials 0'],
    ]);
  });

  it("counts an account's own analyzers by their statistics, each by itself, and names no type with nothing", async () => {
    analyzersAre('ACCOUNT', 'ACCOUNT', 'ACCOUNT_INTERNAL_ACCESS');
    statisticsAre({
      externalAccessFindingsStatistics: {
        resourceTypeStatistics: {
          'AWS::S3::Bucket': { totalActivePublic: 2, totalActiveCrossAccount: 1 },
          'AWS::KMS::Key': { totalActiveCrossAccount: 4 },
          'AWS::SQS::Queue': { totalActivePublic: 0, totalActiveCrossAccount: 0 },
        },
      },
    });
    const internal: FindingsStatistics = {
      internalAccessFindingsStatistics: {
        resourceTypeStatistics: { 'AWS::S3::Bucket': { totalActiveFindings: 7 }, 'AWS::RDS::DBSnapshot': {} },
      },
    };
    analyzer
      .on(GetFindingsStatisticsCommand, { analyzerArn: 'ACCOUNT_INTERNAL_ACCESS/2' })
      .resolves({ findingsStatistics: [internal] });
    expect((await ask()).summary).toEqual({
      total_count: 21,
      severity_counts: { high: 4, medium: 10, low: 7 },
      type_counts: { 'AWS::S3::Bucket': 13, 'AWS::KMS::Key': 8 },
      counted_by:
        'Access Analyzer GetFindingsStatistics; ranked by us: public HIGH, external or credential MEDIUM, rest LOW',
      partial: false,
    });
    expect(counted()).toHaveLength(3);
    const { summary } = await ask({ severity_filter: 'HIGH' });
    expect(summary).toMatchObject({ total_count: 4, severity_counts: { high: 4 } });
  });

  it('counts unused access by its kind, a key or a password before the rest', async () => {
    analyzersAre('ACCOUNT_UNUSED_ACCESS');
    statisticsAre({
      unusedAccessFindingsStatistics: {
        unusedAccessTypeStatistics: [
          { unusedAccessType: 'UnusedIAMUserAccessKey', total: 3 },
          { unusedAccessType: 'UnusedIAMUserPassword', total: 2 },
          { unusedAccessType: 'UnusedPermission', total: 8 },
          { unusedAccessType: 'UnusedIAMRole' },
        ],
      },
    });
    const { summary } = await ask();
    expect(summary).toMatchObject({ total_count: 13, severity_counts: { medium: 5, low: 8 } });
    const kinds = { UnusedPermission: 8, UnusedIAMUserAccessKey: 3, UnusedIAMUserPassword: 2 };
    expect(summary?.type_counts).toEqual(kinds);
  });

  it("counts one account in an organization's analyzer by reading: its statistics are over all accounts", async () => {
    analyzersAre('ORGANIZATION', 'ORGANIZATION_UNUSED_ACCESS');
    analyzer.on(ListFindingsV2Command).callsFake(async (asked) => {
      const second = { findings: [{ ...found, resourceType: 'AWS::KMS::Key' }], nextToken: '' };
      const kinds: Readonly<Record<string, object>> = {
        public: asked.nextToken === 'page 2' ? second : { findings: [found, found], nextToken: 'page 2' },
        external: { findings: [found] },
        credentials: { findings: [unused('UnusedIAMUserPassword', 'AWS::IAM::User')] },
        'other than credentials': {
          findings: [unused('UnusedIAMRole', 'AWS::IAM::Role'), unused(undefined, 'AWS::IAM::Role')],
        },
      };
      return kinds[kindOf(asked)];
    });
    const { summary } = await ask();
    expect(summary).toMatchObject({ total_count: 7, severity_counts: { high: 3, medium: 2, low: 2 }, partial: false });
    expect(summary?.type_counts).toEqual({
      'AWS::S3::Bucket': 3,
      'AWS::KMS::Key': 1,
      UnusedIAMUserPassword: 1,
      UnusedIAMRole: 1,
      other: 1,
    });
    expect(counted()).toEqual([]);
    expect(filters().every(({ resourceOwnerAccount }) => resourceOwnerAccount?.eq?.[0] === account_id)).toBe(true);
  });

  it.each([
    [5, 500, false],
    [6, 500, true],
  ])(
    'counts by reading five pages at most: of %i pages %i findings, and whether there are more',
    async (pages, total, partial) => {
      analyzersAre('ORGANIZATION_INTERNAL_ACCESS');
      analyzer.on(ListFindingsV2Command).callsFake(async ({ nextToken = '1' }) => ({
        findings: Array.from({ length: 100 }, (_, index) => ({ ...found, id: `${nextToken} ${index}` })),
        nextToken: Number(nextToken) < pages ? String(Number(nextToken) + 1) : undefined,
      }));
      const { summary } = await ask({ max_findings: 1 });
      expect(summary).toMatchObject({ total_count: total, severity_counts: { low: total }, partial });
      // And one for the finding that is given.
      expect(listed()).toHaveLength(6);
    },
  );

  it('lists and counts the archived findings too when they are asked for: the statistics have none', async () => {
    analyzersAre('ACCOUNT_INTERNAL_ACCESS');
    statisticsAre({ internalAccessFindingsStatistics: { totalActiveFindings: 9 } });
    analyzer.on(ListFindingsV2Command).resolves({ findings: [{ ...found, status: 'ARCHIVED' }] });
    const { findings, summary } = await ask({ include_archived: true });
    expect(findings).toMatchObject([{ Status: 'ARCHIVED' }]);
    expect(summary).toMatchObject({ total_count: 1, type_counts: { 'AWS::S3::Bucket': 1 } });
    expect(filters()).toEqual(Array(2).fill({ resourceOwnerAccount: { eq: [account_id] } }));
    expect(counted()).toEqual([]);
  });

  it("lists and counts what the analyzers of the administrator found in the member's account alone", async () => {
    analyzersAre('ACCOUNT_INTERNAL_ACCESS', 'ORGANIZATION_INTERNAL_ACCESS');
    analyzer.on(ListFindingsV2Command).callsFake(async ({ analyzerArn }) => ({
      findings: analyzerArn.startsWith('ORGANIZATION') ? [{ ...found, resourceOwnerAccount: member }] : [],
    }));
    const { findings, summary } = await ask({ finding_account_id: member });
    expect(findings).toMatchObject([{ Id: 'a-finding', AccountId: member }]);
    expect(summary).toMatchObject({ total_count: 1, severity_counts: { low: 1 } });
    const ofMember = { resourceOwnerAccount: { eq: [member] }, status: { eq: ['ACTIVE'] } };
    expect(filters()).toEqual(Array(4).fill(ofMember));
    expect(counted()).toEqual([]);
  });
});
