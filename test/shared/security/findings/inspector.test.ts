import {
  BatchGetAccountStatusCommand,
  type Finding,
  Inspector2Client,
  ListFindingAggregationsCommand,
  ListFindingsCommand,
  type SeverityCounts,
} from '@aws-sdk/client-inspector2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AnswerOf } from '../../../../schemas/define-tool.ts';
import { getSecurityFindings } from '../../../../schemas/get-security-findings.ts';
import type { ErrorAnswer } from '../../../../shared/errors.ts';
import { callTool, useMockedAws } from '../../../support/mock-aws.ts';

type Answer = AnswerOf<typeof getSecurityFindings.output> & Partial<ErrorAnswer>;

const inspector = mockClient(Inspector2Client);

const account_id = '111111111111';
const member = '222222222222';
const ask = (event: object = {}) =>
  callTool<Answer>(getSecurityFindings, { service: 'inspector', account_id, ...event });
const listed = () => inspector.commandCalls(ListFindingsCommand).map(({ args }) => args[0].input);
const counted = () => inspector.commandCalls(ListFindingAggregationsCommand).map(({ args }) => args[0].input);
const equals = (value: string) => ({ comparison: 'EQUALS', value });

const vulnerable: Finding = {
  findingArn: 'arn:aws:inspector2:us-east-1:111111111111:finding/one',
  awsAccountId: account_id,
  title: 'CVE-2026-0001 - openssl',
  description: 'A text that is not given.',
  type: 'PACKAGE_VULNERABILITY',
  severity: 'CRITICAL',
  status: 'ACTIVE',
  resources: [{ type: 'AWS_EC2_INSTANCE', id: 'i-0123456789abcdef0', region: 'us-east-1' }],
  firstObservedAt: new Date('2026-11-01T00:00:00Z'),
  lastObservedAt: new Date('2026-11-02T00:00:00Z'),
  remediation: { recommendation: { text: 'Update it.', Url: 'https://advisories.example/one' } },
  packageVulnerabilityDetails: {
    ...{ vulnerabilityId: 'CVE-2026-0001', source: 'NVD' },
    sourceUrl: 'https://nvd.example/CVE-2026-0001',
  },
};

/** What Inspector counts of some types of finding; of any other it has no group. */
function counts(of: Readonly<Record<string, SeverityCounts>>) {
  inspector.on(ListFindingAggregationsCommand).callsFake(async ({ aggregationRequest }) => {
    const severityCounts = of[aggregationRequest.findingTypeAggregation.findingType];
    return severityCounts === undefined ? {} : { responses: [{ findingTypeAggregation: { severityCounts } }] };
  });
}

beforeEach(() => {
  inspector.reset().onAnyCommand().resolves({});
  inspector.on(BatchGetAccountStatusCommand).resolves({
    accounts: [{ accountId: account_id, state: { status: 'ENABLED' } as never, resourceState: {} as never }],
  });
});

describe('GetSecurityFindings of Inspector', () => {
  useMockedAws();

  it('gives a finding with its resource, its times, its status and where to read how to mend it', async () => {
    inspector.on(ListFindingsCommand).resolves({ findings: [vulnerable] });
    const { findings } = await ask();
    expect(findings).toEqual([
      {
        Id: 'arn:aws:inspector2:us-east-1:111111111111:finding/one',
        Title: 'CVE-2026-0001 - openssl',
        Severity: 'CRITICAL',
        Service: 'inspector',
        AccountId: account_id,
        Region: 'us-east-1',
        ResourceType: 'AWS_EC2_INSTANCE',
        ResourceId: 'i-0123456789abcdef0',
        FirstSeen: '2026-11-01T00:00:00.000Z',
        LastSeen: '2026-11-02T00:00:00.000Z',
        Status: 'ACTIVE',
        RemediationUrl: 'https://advisories.example/one',
      },
    ]);
  });

  it('links to the recommendation, else to the vulnerability, and to nothing that is none of the web', async () => {
    const details = vulnerable.packageVulnerabilityDetails;
    const finding = (remediation: unknown, packageVulnerabilityDetails?: unknown) =>
      ({ ...vulnerable, remediation, packageVulnerabilityDetails }) as Finding;
    inspector.on(ListFindingsCommand).resolves({
      findings: [
        finding({ recommendation: { text: 'None Provided' } }, details),
        finding({ recommendation: { Url: 'javascript:alert(1)' } }, details),
        finding({}, details),
        finding(undefined, { ...details, sourceUrl: 'ftp://nvd.example/CVE-2026-0001' }),
        finding(undefined),
      ],
    });
    const { findings } = await ask({ fields: ['RemediationUrl'] });
    const ofVulnerability = { RemediationUrl: 'https://nvd.example/CVE-2026-0001' };
    expect(findings).toEqual([ofVulnerability, ofVulnerability, ofVulnerability, {}, {}]);
  });

  it('gives a finding without a resource, and one of a severity that is not known yet', async () => {
    const { resources: _, ...unplaced } = vulnerable;
    inspector.on(ListFindingsCommand).resolves({
      findings: [unplaced as Finding, { ...vulnerable, resources: [], severity: 'UNTRIAGED', status: 'SUPPRESSED' }],
    });
    const { findings } = await ask({ fields: ['Severity', 'Status', 'ResourceType', 'ResourceId', 'Region'] });
    expect(findings).toEqual([
      { Severity: 'CRITICAL', Status: 'ACTIVE' },
      { Severity: 'INFORMATIONAL', Status: 'SUPPRESSED' },
    ]);
  });

  it('asks Inspector for the active findings of the account itself, of any severity, the worst first', async () => {
    await ask();
    expect(listed()).toEqual([
      {
        filterCriteria: { awsAccountId: [equals(account_id)], findingStatus: [equals('ACTIVE')] },
        sortCriteria: { field: 'SEVERITY', sortOrder: 'DESC' },
        maxResults: 100,
      },
    ]);
  });

  it('lists the closed findings too when they are asked for, and says that they are not counted', async () => {
    const { summary } = await ask({ include_archived: true });
    expect(listed()).toMatchObject([{ filterCriteria: { awsAccountId: [equals(account_id)] } }]);
    expect(listed()[0]?.filterCriteria).not.toHaveProperty('findingStatus');
    expect(summary?.partial).toBe(true);
  });

  it('counts each type of finding of the account by itself', async () => {
    counts({
      PACKAGE_VULNERABILITY: { all: 7, critical: 4, high: 3 },
      NETWORK_REACHABILITY: { all: 5, high: 1, medium: 2 },
      CODE_VULNERABILITY: { all: 1, medium: 1 },
    });
    expect((await ask()).summary).toEqual({
      total_count: 13,
      severity_counts: { critical: 4, high: 4, medium: 3, low: 2 },
      type_counts: { PACKAGE_VULNERABILITY: 7, NETWORK_REACHABILITY: 5, CODE_VULNERABILITY: 1 },
      counted_by: 'Inspector ListFindingAggregations',
      partial: false,
    });
    expect(counted()).toEqual(
      ['PACKAGE_VULNERABILITY', 'NETWORK_REACHABILITY', 'CODE_VULNERABILITY'].map((findingType) => ({
        aggregationType: 'FINDING_TYPE',
        accountIds: [equals(account_id)],
        aggregationRequest: { findingTypeAggregation: { findingType } },
      })),
    );
  });

  it('says that the count of LOW is not exact: Inspector counts what is less severe with it', async () => {
    inspector.on(ListFindingAggregationsCommand).resolves({
      responses: [{ findingTypeAggregation: { severityCounts: { all: 2, medium: 1 } } }],
    });
    const partialOf = async (severity_filter?: string) => (await ask({ severity_filter })).summary?.partial;
    expect(await partialOf('LOW')).toBe(true);
    expect(await Promise.all([undefined, 'INFORMATIONAL', 'MEDIUM'].map(partialOf))).toEqual([false, false, false]);
  });

  it('names no type of which nothing is severe enough, or of which Inspector counts nothing', async () => {
    counts({
      PACKAGE_VULNERABILITY: { all: 5, medium: 5 },
      NETWORK_REACHABILITY: {},
      CODE_VULNERABILITY: { all: 3, high: 2 },
    });
    const { summary } = await ask({ severity_filter: 'HIGH' });
    expect(summary).toMatchObject({ total_count: 2, severity_counts: { high: 2 } });
    expect(summary?.type_counts).toEqual({ CODE_VULNERABILITY: 2 });
    inspector.on(ListFindingAggregationsCommand).resolves({ responses: [{ $unknown: ['newAggregation', {}] }] });
    expect(await ask()).toMatchObject({ summary: { total_count: 0, partial: false }, complete: true });
  });

  it('has no findings and counts nothing where Inspector found nothing', async () => {
    const { findings, summary, complete } = await ask();
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ total_count: 0, partial: false });
    expect(summary?.severity_counts).toEqual({});
    expect(summary?.type_counts).toEqual({});
    expect(complete).toBe(true);
  });

  it('lists and counts the findings of the member named, which the administrator holds', async () => {
    inspector.on(ListFindingsCommand).resolves({ findings: [{ ...vulnerable, awsAccountId: member }] });
    const { findings } = await ask({ finding_account_id: member });
    expect(findings).toMatchObject([{ AccountId: member }]);
    expect(listed()).toMatchObject([{ filterCriteria: { awsAccountId: [equals(member)] } }]);
    expect(counted().map(({ accountIds }) => accountIds)).toEqual(Array(3).fill([equals(member)]));
  });

  it('reads page after page of every Region that is asked for, and each finding once through the cursor', async () => {
    inspector.on(ListFindingsCommand).callsFake(async ({ nextToken = '0' }) => ({
      findings: [{ ...vulnerable, findingArn: `finding ${nextToken}` }],
      nextToken: nextToken === '2' ? undefined : String(Number(nextToken) + 1),
    }));
    const seen: unknown[] = [];
    let next_token: string | undefined;
    do {
      const answer: Answer = await ask({ region: 'all', max_findings: 4, next_token, fields: ['Id'] });
      seen.push(answer.findings.map(({ Id, Region }) => [Id, Region]));
      next_token = answer.next_token;
    } while (next_token !== undefined);
    const of = (Region: string, ...numbers: number[]) => numbers.map((number) => [`finding ${number}`, Region]);
    expect(seen).toEqual([[...of('us-east-1', 0, 1, 2), ...of('eu-west-1', 0)], of('eu-west-1', 1, 2)]);
  });
});
