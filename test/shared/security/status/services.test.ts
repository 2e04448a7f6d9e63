import { ListAnalyzersCommand } from '@aws-sdk/client-accessanalyzer';
import { GetDetectorCommand, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import {
  type BatchGetAccountStatusCommandOutput,
  BatchGetAccountStatusCommand as ReadInspectorCommand,
} from '@aws-sdk/client-inspector2';
import { GetMacieSessionCommand } from '@aws-sdk/client-macie2';
import { GetEnabledStandardsCommand } from '@aws-sdk/client-securityhub';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { DescribeTrustedAdvisorChecksCommand } from '@aws-sdk/client-support';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { checkSecurityServices } from '../../../../schemas/check-security-services.ts';
import type { SecurityService } from '../../../../schemas/security-service.ts';
import type { Handler } from '../../../../shared/tool-handler.ts';
import { HOME_ACCOUNT, testContext } from '../../../support/configuration.ts';
import { answerAssumeRole, callTool, failing, stsMock, useMockedAws } from '../../../support/mock-aws.ts';
import {
  allOn,
  analyzer,
  analyzerOf,
  checkOf,
  guardduty,
  hub,
  inspector,
  macie,
  type StatusAnswer,
  services,
  standardOf,
  state,
  support,
} from '../../../support/security-services.ts';

const account_id = '111111111111';
const ask = (event: object = {}) => callTool<StatusAnswer>(checkSecurityServices, { account_id, ...event });
const statusOf = async (service: SecurityService) => (await ask({ services: [service] })).service_statuses?.[service];
const inputsOf = (mock: unknown, command: unknown) =>
  (mock as typeof macie).commandCalls(command as typeof GetMacieSessionCommand).map(({ args }) => args[0].input);

/** Inspector as it answers for the account; AWS may leave out any field, and name a state that no type knows. */
const inspectorSays = (accounts: object | undefined, failedAccounts?: object[]) =>
  inspector
    .on(ReadInspectorCommand)
    .resolves({ accounts, failedAccounts } as unknown as BatchGetAccountStatusCommandOutput);
const inspectorIs = (status: string, scans: object = {}) =>
  inspectorSays([{ accountId: account_id, state: { status }, resourceState: scans }]);

describe('the status of a security service', () => {
  useMockedAws();
  beforeEach(allOn);

  it.each(['ENABLING', 'DISABLING', 'SUSPENDING'])(
    'Inspector that is %s is changing, and not on yet',
    async (status) => {
      inspectorIs(status, { ec2: state('ENABLED') });
      const { service_statuses, summary, complete } = await ask({ services: ['inspector'] });
      expect(service_statuses?.inspector).toEqual({
        enabled: false,
        status: 'CHANGING',
        message: `Amazon Inspector is ${status.toLowerCase()} in this account and Region.`,
        setup_url: expect.stringContaining('/inspector/'),
        scan_status: { ec2_status: 'ENABLED' },
      });
      expect([summary, complete]).toEqual(['Changing: inspector.', true]);
    },
  );

  it('names every type of scan of Inspector, the absent ones left out', async () => {
    const on = state('ENABLED');
    inspectorIs('ENABLED', { ec2: on, ecr: on, lambda: on, lambdaCode: on, codeRepository: on });
    expect(await statusOf('inspector')).toMatchObject({
      message: 'Amazon Inspector is enabled. It scans ec2, ecr, lambda, lambda_code, code_repository; off: nothing.',
      scan_status: { lambda_code_status: 'ENABLED', code_repository_status: 'ENABLED' },
    });
    inspectorIs('ENABLED', { ec2: state('DISABLED'), ecr: state('SUSPENDED') });
    expect(await statusOf('inspector')).toMatchObject({
      message: 'Amazon Inspector is enabled. It scans nothing; off: ec2, ecr.',
      scan_status: { ec2_status: 'DISABLED', ecr_status: 'SUSPENDED' },
    });
    inspectorSays([{ accountId: account_id, state: state('ENABLED') }]);
    expect(await statusOf('inspector')).toMatchObject({ enabled: true, scan_status: {} });
  });

  it.each([
    ['an account that failed', [], [{ accountId: account_id, errorCode: 'INTERNAL_ERROR' }], 'unavailable'],
    ['an account that is denied', [], [{ accountId: account_id, errorCode: 'ACCESS_DENIED' }], 'access_denied'],
    ['no account', [], [], 'unavailable'],
    ['nothing', undefined, undefined, 'unavailable'],
    ['an account without a state', [{ accountId: account_id }], undefined, 'unavailable'],
    ['another account', [{ accountId: '222222222222', state: state('DISABLED') }], undefined, 'unavailable'],
    ['a state that is new', [{ accountId: account_id, state: { status: 'DORMANT' } }], undefined, 'internal'],
  ])('Inspector that answers with %s is unknown, never off', async (_, accounts, failed, code) => {
    inspectorSays(accounts, failed);
    const { service_statuses, complete, failures } = await ask({ services: ['inspector'] });
    expect(service_statuses?.inspector).toEqual({
      enabled: null,
      status: 'UNKNOWN',
      code,
      message: expect.stringMatching(
        /^Amazon Inspector could not be asked: Inspector (does not let|did not say|gave a)/,
      ),
    });
    expect(complete).toBe(false);
    expect(failures).toMatchObject([{ account_id, region: 'us-east-1', code }]);
  });

  it('reads every page of the analyzers, of whatever kind; one active is enough', async () => {
    const unused = { ...analyzerOf('ACCOUNT_UNUSED_ACCESS', 'DISABLED'), createdAt: undefined };
    const all = [analyzerOf('ORGANIZATION', 'CREATING'), unused, analyzerOf('ACCOUNT', 'ACTIVE')];
    analyzer
      .on(ListAnalyzersCommand)
      .resolvesOnce({ analyzers: all.slice(0, 2), nextToken: 'more' })
      .resolvesOnce({ analyzers: all.slice(2) });
    expect(await statusOf('accessanalyzer')).toEqual({
      enabled: true,
      status: 'ENABLED',
      message: 'IAM Access Analyzer has 3 analyzers, 1 of them active.',
      analyzers: [
        { name: 'of ORGANIZATION', type: 'ORGANIZATION', status: 'CREATING', created_at: '1970-01-01T00:00:00.000Z' },
        { name: 'of ACCOUNT_UNUSED_ACCESS', type: 'ACCOUNT_UNUSED_ACCESS', status: 'DISABLED' },
        { name: 'of ACCOUNT', type: 'ACCOUNT', status: 'ACTIVE', created_at: '1970-01-01T00:00:00.000Z' },
      ],
    });
    expect(inputsOf(analyzer, ListAnalyzersCommand)).toEqual([
      { maxResults: 100, nextToken: undefined },
      { maxResults: 100, nextToken: 'more' },
    ]);
  });

  it('an analyzer that is being made is changing, even beside one that failed; a failed one alone is off', async () => {
    const [failed, coming] = [analyzerOf('ACCOUNT', 'FAILED'), analyzerOf('ORGANIZATION', 'CREATING')];
    analyzer.on(ListAnalyzersCommand).resolves({ analyzers: [failed, coming] });
    expect(await statusOf('accessanalyzer')).toMatchObject({
      enabled: false,
      status: 'CHANGING',
      message: 'IAM Access Analyzer has 2 analyzers, 0 of them active.',
    });
    analyzer.on(ListAnalyzersCommand).resolves({ analyzers: [failed] });
    expect(await statusOf('accessanalyzer')).toMatchObject({
      status: 'DISABLED',
      message: 'IAM Access Analyzer has 1 analyzer, 0 of them active.',
    });
  });

  it('names the standards of Security Hub, by either form of ARN, from every page', async () => {
    expect(await statusOf('securityhub')).toMatchObject({ message: 'AWS Security Hub is enabled with 1 standard.' });
    hub
      .on(GetEnabledStandardsCommand)
      .resolvesOnce({
        StandardsSubscriptions: [standardOf('arn:aws:securityhub:us-east-1::standards/pci-dss/v/3.2.1')],
        NextToken: 'more',
      })
      .resolvesOnce({
        StandardsSubscriptions: [
          standardOf('arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0', 'PENDING'),
          { ...standardOf('', 'READY'), StandardsArn: undefined },
        ],
      });
    hub.resetHistory();
    expect(await statusOf('securityhub')).toEqual({
      enabled: true,
      status: 'ENABLED',
      message: 'AWS Security Hub is enabled with 3 standards.',
      standards: [
        { name: 'pci-dss', version: '3.2.1', status: 'READY' },
        { name: 'cis-aws-foundations-benchmark', version: '1.2.0', status: 'PENDING' },
        { status: 'READY' },
      ],
    });
    expect(inputsOf(hub, GetEnabledStandardsCommand)).toEqual([
      { MaxResults: 100, NextToken: undefined },
      { MaxResults: 100, NextToken: 'more' },
    ]);
  });

  it("counts Trusted Advisor's checks by category, with those on security apart", async () => {
    const checks = [checkOf('security'), checkOf('cost_optimizing'), checkOf('security'), checkOf('')];
    support
      .on(DescribeTrustedAdvisorChecksCommand)
      .resolvesOnce({ checks: checks.with(3, { ...checkOf(''), category: undefined as never }) })
      .resolvesOnce({});
    expect(await statusOf('trustedadvisor')).toMatchObject({
      message: 'AWS Trusted Advisor is enabled, with 4 checks, 2 of them on security.',
      total_checks: 4,
      security_checks: 2,
      category_counts: { security: 2, cost_optimizing: 1, other: 1 },
    });
    expect(await statusOf('trustedadvisor')).toMatchObject({
      message: 'AWS Trusted Advisor is enabled, with 0 checks, 0 of them on security.',
      category_counts: {},
    });
    expect(inputsOf(support, DescribeTrustedAdvisorChecksCommand)).toEqual([{ language: 'en' }, { language: 'en' }]);
  });

  it('gives the features of the GuardDuty detector that the account has', async () => {
    guardduty.on(GetDetectorCommand).resolves({
      Status: 'ENABLED',
      Features: [
        { Name: 'S3_DATA_EVENTS', Status: 'ENABLED' },
        { Name: 'RUNTIME_MONITORING', Status: 'DISABLED' },
        { Name: 'CLOUD_TRAIL' },
        { Status: 'ENABLED' },
      ],
    });
    expect(await statusOf('guardduty')).toEqual({
      enabled: true,
      status: 'ENABLED',
      message: 'Amazon GuardDuty is enabled and active.',
      detector_details: {
        id: 'd-1',
        status: 'ENABLED',
        features: { S3_DATA_EVENTS: 'ENABLED', RUNTIME_MONITORING: 'DISABLED' },
      },
    });
    expect(inputsOf(guardduty, GetDetectorCommand)).toEqual([{ DetectorId: 'd-1' }]);
  });

  it('says of each service by its name that there is none, and asks no further', async () => {
    guardduty.on(ListDetectorsCommand).resolves({});
    analyzer.on(ListAnalyzersCommand).resolves({});
    const { service_statuses = {}, failures } = await ask({ services: ['guardduty', 'accessanalyzer'] });
    expect(service_statuses).toMatchObject({
      guardduty: { status: 'DISABLED', message: 'Amazon GuardDuty is not enabled in this account and Region.' },
      accessanalyzer: { status: 'DISABLED', message: 'IAM Access Analyzer is not enabled in this account and Region.' },
    });
    expect(failures).toBeUndefined();
    expect(guardduty.commandCalls(GetDetectorCommand)).toEqual([]);
  });

  it('says of each service by its name that it could not be asked, and why', async () => {
    for (const mock of services) mock.onAnyCommand().rejects(failing('ThrottlingException'));
    const { service_statuses = {}, summary } = await ask();
    const told = Object.values(service_statuses).map(({ message = '' }) => message.split(' could not be asked: '));
    expect(told.map(([name]) => name)).toEqual([
      'Amazon GuardDuty',
      'Amazon Inspector',
      'IAM Access Analyzer',
      'AWS Security Hub',
      'AWS Trusted Advisor',
      'Amazon Macie',
    ]);
    for (const [, why] of told) expect(why).toMatch(/^AWS throttled .* Ask again later/);
    expect(summary).toBe('Could not tell: guardduty, inspector, accessanalyzer, securityhub, trustedadvisor, macie.');
  });

  it('says where the service cannot be set up that it is not offered, and what plan is missing', async () => {
    macie
      .on(GetMacieSessionCommand)
      .rejects(failing('AccessDeniedException', 'This operation is not supported in this region'));
    support.on(DescribeTrustedAdvisorChecksCommand).rejects(failing('SubscriptionRequiredException'));
    const { service_statuses, summary } = await ask({ services: ['macie', 'trustedadvisor'] });
    expect(service_statuses).toEqual({
      macie: { enabled: false, status: 'DISABLED', message: 'Amazon Macie is not offered in this Region.' },
      trustedadvisor: {
        enabled: false,
        status: 'NO_SUPPORT_PLAN',
        message: expect.stringContaining('needs a Business, Enterprise On-Ramp or Enterprise Support plan'),
        setup_url: expect.stringContaining('/awssupport/'),
      },
    });
    expect(summary).toBe('Disabled: macie. No support plan: trustedadvisor.');
  });

  it('puts an error that nobody knows into the log, without what AWS says of it', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'ERROR');
    const logged: string[] = [];
    (await import('../../../../shared/logger.ts')).divertLog((line) => logged.push(line));
    macie.on(GetMacieSessionCommand).rejects(failing('OddException', 'about 111111111111'));
    expect(await statusOf('macie')).toMatchObject({
      enabled: null,
      code: 'internal',
      message: 'Amazon Macie could not be asked: GetMacieSession failed in a way that the tool does not know.',
    });
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([{ message: 'fault', name: 'OddException' }]);
    expect(logged.join()).not.toContain(account_id);
  });

  it('asks nothing with a session of another account', async () => {
    stsMock
      .on(AssumeRoleCommand)
      .callsFake(async (input) =>
        answerAssumeRole({ ...input, RoleArn: input.RoleArn.replace(account_id, '222222222222') }),
      );
    const { error, service_statuses } = await ask();
    expect(error).toMatchObject({ code: 'internal', message: expect.stringContaining('another account') });
    expect(service_statuses).toBeUndefined();
    expect(services.flatMap((mock) => mock.calls())).toEqual([]);
  });
});

describe.each([
  ['aws', 'eu-west-1', 'us-east-1'],
  ['aws-us-gov', 'us-gov-east-1', 'us-gov-west-1'],
  ['aws-cn', 'cn-northwest-1', 'cn-north-1'],
])('in the partition %s', (partition, region, supportRegion) => {
  useMockedAws({ homeRegion: region, regions: [region] });
  beforeEach(allOn);

  it(`asks Trusted Advisor in ${supportRegion} and all others in the Region`, async () => {
    const path = '../../../../functions/check-security-services.ts';
    const { handler } = (await import(path)) as { handler: Handler<StatusAnswer> };
    const invokedFunctionArn = `arn:${partition}:lambda:${region}:${HOME_ACCOUNT}:function:central-ops-test`;
    expect(await handler({ account_id }, { ...testContext(), invokedFunctionArn })).toMatchObject({
      all_enabled: true,
    });
    const asked = await Promise.all(services.map(async (mock) => mock.calls()[0]?.thisValue.config.region()));
    expect(asked).toEqual(services.map((mock) => ((mock as unknown) === support ? supportRegion : region)));
  });
});
