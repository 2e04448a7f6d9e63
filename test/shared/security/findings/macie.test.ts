import {
  type Finding,
  GetFindingStatisticsCommand,
  GetFindingsCommand,
  GetMacieSessionCommand,
  ListFindingsCommand,
  Macie2Client,
} from '@aws-sdk/client-macie2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AnswerOf } from '../../../../schemas/define-tool.ts';
import { getSecurityFindings } from '../../../../schemas/get-security-findings.ts';
import type { ErrorAnswer } from '../../../../shared/errors.ts';
import { callTool, useMockedAws } from '../../../support/mock-aws.ts';

type Answer = AnswerOf<typeof getSecurityFindings.output> & Partial<ErrorAnswer>;

const macie = mockClient(Macie2Client);

const account_id = '111111111111';
const member = '222222222222';
const ask = (event: object = {}) => callTool<Answer>(getSecurityFindings, { service: 'macie', account_id, ...event });
const listed = () => macie.commandCalls(ListFindingsCommand).map(({ args }) => args[0].input);
const counted = () => macie.commandCalls(GetFindingStatisticsCommand).map(({ args }) => args[0].input);

const inObject: Finding = {
  id: 'm-object',
  title: 'The S3 object contains credentials',
  type: 'SensitiveData:S3Object/Credentials',
  severity: { description: 'High', score: 3 },
  accountId: account_id,
  region: 'us-east-1',
  resourcesAffected: {
    s3Bucket: { arn: 'arn:aws:s3:::payroll', name: 'payroll' },
    s3Object: { path: 'payroll/2026/keys.csv', key: '2026/keys.csv' },
  },
  createdAt: new Date('2026-11-01T00:00:00Z'),
  updatedAt: new Date('2026-11-02T00:00:00Z'),
  archived: false,
};
const ofBucket: Finding = {
  ...inObject,
  id: 'm-bucket',
  title: 'The S3 bucket is public',
  type: 'Policy:IAMUser/S3BucketPublic',
  resourcesAffected: { s3Bucket: { arn: 'arn:aws:s3:::payroll' } },
  archived: true,
};

/** Pages of findings: each is listed by its ID, and told in another order than asked for, as Macie may. */
function macieHas(...pages: Finding[][]) {
  const findings = pages.flat().reverse();
  macie.on(ListFindingsCommand).callsFake(async ({ nextToken = 'page 0' }) => {
    const index = Number(nextToken.slice(5));
    return {
      findingIds: pages[index]?.map(({ id }) => id),
      nextToken: index + 1 < pages.length ? `page ${index + 1}` : undefined,
    };
  });
  macie.on(GetFindingsCommand).callsFake(async ({ findingIds }) => ({
    findings: findings.filter(({ id }) => findingIds.includes(id)),
  }));
}

beforeEach(() => {
  macie.reset().onAnyCommand().resolves({});
  macie.on(GetMacieSessionCommand).resolves({ status: 'ENABLED' });
});

describe('GetSecurityFindings of Macie', () => {
  useMockedAws();

  it('says of a finding which object it is in, or which bucket it is about, in the order that Macie lists them', async () => {
    macieHas([inObject, ofBucket]);
    const { findings } = await ask();
    const both = {
      Severity: 'HIGH',
      Service: 'macie',
      AccountId: account_id,
      Region: 'us-east-1',
      FirstSeen: '2026-11-01T00:00:00.000Z',
      LastSeen: '2026-11-02T00:00:00.000Z',
      RemediationUrl: 'https://docs.aws.amazon.com/macie/latest/user/findings-types.html',
    };
    expect(findings).toEqual([
      {
        ...both,
        Id: 'm-object',
        Title: 'The S3 object contains credentials',
        ResourceType: 'S3Object',
        ResourceId: 'payroll/2026/keys.csv',
        Status: 'ACTIVE',
      },
      {
        ...both,
        Id: 'm-bucket',
        Title: 'The S3 bucket is public',
        ResourceType: 'S3Bucket',
        ResourceId: 'arn:aws:s3:::payroll',
        Status: 'ARCHIVED',
      },
    ]);
  });

  it('asks Macie for the active findings of the account itself, whatever their score, the worst first', async () => {
    await ask();
    expect(listed()).toEqual([
      {
        findingCriteria: { criterion: { accountId: { eq: [account_id] }, archived: { eq: ['false'] } } },
        sortCriteria: { attributeName: 'severity.score', orderBy: 'DESC' },
        maxResults: 50,
      },
    ]);
  });

  it('lists and counts the archived findings too when they are asked for', async () => {
    await ask({ include_archived: true, severity_filter: 'LOW' });
    const findingCriteria = { criterion: { accountId: { eq: [account_id] }, 'severity.score': { gte: 1 } } };
    expect(listed()).toMatchObject([{ findingCriteria }]);
    expect(counted().map((each) => each.findingCriteria)).toEqual([findingCriteria, findingCriteria]);
  });

  it('lists and counts the findings of the member named, which the administrator holds', async () => {
    macieHas([{ ...inObject, accountId: member }]);
    const { findings } = await ask({ finding_account_id: member });
    expect(findings).toMatchObject([{ Id: 'm-object', AccountId: member }]);
    const accounts = [...listed(), ...counted()].map(({ findingCriteria }) => findingCriteria?.criterion?.accountId);
    expect(accounts).toEqual([{ eq: [member] }, { eq: [member] }, { eq: [member] }]);
  });

  it('counts by severity and by type with two calls, which ask for the findings that are listed', async () => {
    macie.on(GetFindingStatisticsCommand, { groupBy: 'severity.description' }).resolves({
      countsByGroup: [
        { groupKey: 'High', count: 3 },
        { groupKey: 'Low', count: 40 },
        { groupKey: 'Unheard of', count: 2 },
        { groupKey: 'Unheard of too', count: 1 },
      ],
    });
    macie.on(GetFindingStatisticsCommand, { groupBy: 'type' }).resolves({
      countsByGroup: [
        { groupKey: 'SensitiveData:S3Object/Credentials', count: 6 },
        { groupKey: 'Policy:IAMUser/S3BucketPublic', count: 40 },
      ],
    });
    expect((await ask()).summary).toEqual({
      total_count: 46,
      severity_counts: { high: 3, low: 40, informational: 3 },
      type_counts: { 'Policy:IAMUser/S3BucketPublic': 40, 'SensitiveData:S3Object/Credentials': 6 },
      counted_by: 'Macie GetFindingStatistics',
      partial: false,
    });
    const [{ findingCriteria = undefined } = {}] = listed();
    expect(counted()).toEqual([
      { groupBy: 'severity.description', findingCriteria },
      { groupBy: 'type', findingCriteria },
    ]);
  });

  it('has no findings, counts nothing and asks for no details where Macie found nothing', async () => {
    expect(await ask()).toMatchObject({
      enabled: true,
      finding_count: 0,
      findings: [],
      summary: { total_count: 0, severity_counts: {}, type_counts: {}, partial: false },
      complete: true,
    });
    expect(macie.commandCalls(GetFindingsCommand)).toEqual([]);
  });

  it('leaves out what is gone between the list and the details, and gives what Macie says little of', async () => {
    macie.on(ListFindingsCommand).resolves({ findingIds: ['gone', 'bare'] });
    macie.on(GetFindingsCommand).resolves({ findings: [{ id: 'bare' }] });
    const { findings } = await ask();
    expect(findings).toMatchObject([{ Id: 'bare', Severity: 'INFORMATIONAL', Service: 'macie', Status: 'ACTIVE' }]);
    expect(findings[0]).not.toHaveProperty('ResourceId');
    macie.on(GetFindingsCommand).resolves({});
    expect(await ask()).toMatchObject({ finding_count: 0, findings: [], complete: true });
  });

  it('gives every finding once through the cursor, also those behind an empty page', async () => {
    const of = (index: number): Finding => ({ ...inObject, id: `m-${index}` });
    macieHas([of(0), of(1)], [], [of(2)], [of(3), of(4)]);
    const seen: unknown[] = [];
    let next_token: string | undefined;
    do {
      const answer: Answer = await ask({ max_findings: 3, next_token });
      seen.push(answer.findings.map(({ Id }) => Id));
      next_token = answer.next_token;
    } while (next_token !== undefined);
    expect(seen).toEqual([
      ['m-0', 'm-1', 'm-2'],
      ['m-3', 'm-4'],
    ]);
  });

  it('asks and counts in every Region that is asked for', async () => {
    macieHas([inObject]);
    macie.on(GetFindingStatisticsCommand).resolves({ countsByGroup: [{ groupKey: 'High', count: 1 }] });
    const answer = await ask({ region: 'all' });
    expect(answer).toMatchObject({ finding_count: 2, summary: { total_count: 2 }, complete: true });
    expect(listed()).toHaveLength(2);
  });
});
