import {
  type Finding,
  GetDetectorCommand,
  GetFindingsCommand,
  GetFindingsStatisticsCommand,
  GuardDutyClient,
  ListDetectorsCommand,
  ListFindingsCommand,
  type Resource,
} from '@aws-sdk/client-guardduty';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AnswerOf } from '../../../../schemas/define-tool.ts';
import { getSecurityFindings } from '../../../../schemas/get-security-findings.ts';
import type { ErrorAnswer } from '../../../../shared/errors.ts';
import { callTool, useMockedAws } from '../../../support/mock-aws.ts';

type Answer = AnswerOf<typeof getSecurityFindings.output> & Partial<ErrorAnswer>;

const guardduty = mockClient(GuardDutyClient);

const account_id = '111111111111';
const ask = (event: object = {}) =>
  callTool<Answer>(getSecurityFindings, { account_id, service: 'guardduty', ...event });
const listed = () => guardduty.commandCalls(ListFindingsCommand).map(({ args }) => args[0].input);
const read = () => guardduty.commandCalls(GetFindingsCommand).map(({ args }) => args[0].input);
const counted = () => guardduty.commandCalls(GetFindingsStatisticsCommand).map(({ args }) => args[0].input);

function finding(Id: string, more: Partial<Finding> = {}): Finding {
  return {
    ...{ Id, Title: `Finding ${Id}`, Type: 'Recon:EC2/Portscan', Severity: 8, Arn: 'arn', SchemaVersion: '2.0' },
    ...{ AccountId: account_id, Region: 'us-east-1', Resource: {} },
    ...{ CreatedAt: '2026-11-01T00:00:00.000Z', UpdatedAt: '2026-11-02T00:00:00.000Z' },
    ...more,
  };
}

/** Pages of findings; the token of each is its number. GetFindings gives them in another order than ListFindings. */
function guarddutyHas(...pages: readonly Finding[][]) {
  guardduty.on(ListFindingsCommand).callsFake(async ({ NextToken = '0' }) => ({
    FindingIds: pages[Number(NextToken)]?.map(({ Id }) => Id),
    NextToken: Number(NextToken) + 1 < pages.length ? String(Number(NextToken) + 1) : '',
  }));
  guardduty.on(GetFindingsCommand).callsFake(async ({ FindingIds }) => ({
    Findings: pages
      .flat()
      .filter(({ Id }) => FindingIds.includes(Id))
      .reverse(),
  }));
}

beforeEach(() => {
  guardduty.reset().onAnyCommand().resolves({});
  guardduty.on(ListDetectorsCommand).resolves({ DetectorIds: ['d-1'] });
  guardduty.on(GetDetectorCommand).resolves({ Status: 'ENABLED' });
});

describe('GetSecurityFindings of GuardDuty', () => {
  useMockedAws();

  it('a finding without events dates from its record, is active and has a link to what to do', async () => {
    guarddutyHas([finding('one', { Resource: undefined })]);
    expect((await ask()).findings).toEqual([
      {
        Id: 'one',
        Title: 'Finding one',
        Severity: 'HIGH',
        Service: 'guardduty',
        AccountId: account_id,
        Region: 'us-east-1',
        FirstSeen: '2026-11-01T00:00:00.000Z',
        LastSeen: '2026-11-02T00:00:00.000Z',
        Status: 'ACTIVE',
        RemediationUrl: 'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_remediate.html',
      },
    ]);
  });

  it('archived findings are asked for, counted and marked only with include_archived', async () => {
    guarddutyHas([finding('old', { Service: { Archived: true } }), finding('new', { Service: { Archived: false } })]);
    const { findings } = await ask({ include_archived: true });
    expect(findings.map(({ Id, Status }) => [Id, Status])).toEqual([
      ['old', 'ARCHIVED'],
      ['new', 'ACTIVE'],
    ]);
    await ask();
    const everything = { accountId: { Equals: [account_id] } };
    const active = { ...everything, 'service.archived': { Equals: ['false'] } };
    const asked = (inputs: readonly { FindingCriteria?: unknown }[]) =>
      inputs.map(({ FindingCriteria }) => FindingCriteria);
    expect(asked(listed())).toEqual([{ Criterion: everything }, { Criterion: active }]);
    expect(asked(counted())).toEqual([
      ...[{ Criterion: everything }, { Criterion: everything }],
      ...[{ Criterion: active }, { Criterion: active }],
    ]);
  });

  const node: Resource = { InstanceDetails: { InstanceId: 'i-0f0f' }, AccessKeyDetails: { UserName: 'deploy' } };
  it.each<[string, Resource, string | undefined]>([
    ['a function', { LambdaDetails: { FunctionArn: 'arn:function' } }, 'arn:function'],
    [
      'a bucket before the key that read it',
      { S3BucketDetails: [{ Arn: 'arn:bucket' }], AccessKeyDetails: node.AccessKeyDetails },
      'arn:bucket',
    ],
    ['a database', { RdsDbInstanceDetails: { DbInstanceArn: 'arn:db' } }, 'arn:db'],
    ['a database without instances', { RdsLimitlessDbDetails: { DbShardGroupArn: 'arn:shards' } }, 'arn:shards'],
    ['a Kubernetes cluster before its node', { EksClusterDetails: { Arn: 'arn:eks' }, ...node }, 'arn:eks'],
    ['a container cluster before its node', { EcsClusterDetails: { Arn: 'arn:ecs' }, ...node }, 'arn:ecs'],
    ['an image that was scanned', { Ec2ImageDetails: { ImageArn: 'arn:image' } }, 'arn:image'],
    ['a snapshot that was scanned', { EbsSnapshotDetails: { SnapshotArn: 'arn:snapshot' } }, 'arn:snapshot'],
    ['a backup that was scanned', { RecoveryPointDetails: { RecoveryPointArn: 'arn:backup' } }, 'arn:backup'],
    ['an instance before the key that it holds', { S3BucketDetails: [], ...node }, 'i-0f0f'],
    ['a container by its name', { ContainerDetails: { Name: 'web', Id: 'c-1' } }, 'web'],
    [
      'a user by the name rather than the ID',
      { AccessKeyDetails: { AccessKeyId: 'key', PrincipalId: 'AIDA', UserName: 'deploy' } },
      'deploy',
    ],
    ['a principal without a name by its ID', { AccessKeyDetails: { PrincipalId: 'AROA:session' } }, 'AROA:session'],
    ['nothing where no detail names it', { KubernetesDetails: {} }, undefined],
  ])('names as the resource %s', async (_what, details, expected) => {
    guarddutyHas([finding('one', { Resource: { ResourceType: 'Kind', ...details } })]);
    const [only] = (await ask()).findings;
    expect([only?.ResourceType, only?.ResourceId]).toEqual(['Kind', expected]);
  });

  it('lists the worst first and keeps that order, without a finding that is gone by the time it is read', async () => {
    guarddutyHas([finding('a'), finding('b'), finding('c')]);
    guardduty.on(GetFindingsCommand).resolves({ Findings: [finding('c'), finding('a')] });
    expect((await ask()).findings.map(({ Id }) => Id)).toEqual(['a', 'c']);
    expect(listed()).toMatchObject([
      { DetectorId: 'd-1', SortCriteria: { AttributeName: 'severity', OrderBy: 'DESC' }, MaxResults: 50 },
    ]);
    expect(read()).toEqual([{ DetectorId: 'd-1', FindingIds: ['a', 'b', 'c'] }]);
  });

  it('reads on over an empty page, and reads no findings where none are listed', async () => {
    guarddutyHas([finding('a')], [], [finding('b')]);
    const answer = await ask();
    expect(answer).toMatchObject({ finding_count: 2, complete: true });
    expect(listed().map(({ NextToken }) => NextToken)).toEqual([undefined, '1', '2']);
    expect(read().map(({ FindingIds }) => FindingIds)).toEqual([['a'], ['b']]);
  });

  it('an answer of AWS that holds nothing is no finding and no count', async () => {
    expect(await ask()).toMatchObject({
      ...{ finding_count: 0, findings: [], complete: true },
      summary: { total_count: 0, severity_counts: {}, type_counts: {}, partial: false },
    });
    guardduty.on(ListFindingsCommand).resolves({ FindingIds: ['gone'] });
    expect(await ask()).toMatchObject({ finding_count: 0, findings: [], complete: true });
  });

  it('adds up numbers of one severity, and counts by type', async () => {
    guardduty.on(GetFindingsStatisticsCommand).callsFake(async ({ GroupBy }) => ({
      FindingStatistics:
        GroupBy === 'SEVERITY'
          ? {
              GroupedBySeverity: [
                { Severity: 8.5, TotalFindings: 2 },
                { Severity: 7, TotalFindings: 3 },
                { Severity: 2, TotalFindings: 4 },
                { Severity: 5 },
              ],
            }
          : {
              GroupedByFindingType: [
                { FindingType: 'Recon:EC2/Portscan', TotalFindings: 9 },
                { FindingType: 'Stealth:S3/ServerAccessLoggingDisabled' },
              ],
            },
    }));
    expect((await ask()).summary).toEqual({
      total_count: 9,
      severity_counts: { high: 5, low: 4 },
      type_counts: { 'Recon:EC2/Portscan': 9, 'Stealth:S3/ServerAccessLoggingDisabled': 0 },
      counted_by: 'GuardDuty GetFindingsStatistics',
      partial: false,
    });
    expect(counted().map(({ DetectorId, GroupBy, MaxResults }) => [DetectorId, GroupBy, MaxResults])).toEqual([
      ['d-1', 'SEVERITY', 100],
      ['d-1', 'FINDING_TYPE', 100],
    ]);
  });

  it.each([
    [99, false],
    [100, true],
  ])('counts of %i finding types, of which AWS tells 100 at most, are partial: %s', async (types, partial) => {
    guardduty.on(GetFindingsStatisticsCommand).callsFake(async ({ GroupBy }) => ({
      FindingStatistics:
        GroupBy === 'SEVERITY'
          ? { GroupedBySeverity: [{ Severity: 8, TotalFindings: types }] }
          : {
              GroupedByFindingType: Array.from({ length: types }, (_, index) => ({
                ...{ FindingType: `Type ${index}`, TotalFindings: 1 },
              })),
            },
    }));
    expect((await ask()).summary).toMatchObject({ total_count: types, partial });
  });

  it('the findings of a member that its administrator holds are told with the member as their account', async () => {
    guarddutyHas([finding('theirs', { AccountId: '222222222222' })]);
    const answer = await ask({ finding_account_id: '222222222222' });
    expect(answer).toMatchObject({ account_id, findings: [{ Id: 'theirs', AccountId: '222222222222' }] });
    const asked = [...listed(), ...counted()].map(({ FindingCriteria }) => FindingCriteria?.Criterion?.accountId);
    expect(asked).toEqual(Array.from({ length: 3 }, () => ({ Equals: ['222222222222'] })));
  });
});
