import { GetFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { DescribeTrustedAdvisorChecksCommand, SupportClient } from '@aws-sdk/client-support';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AnswerOf } from '../../../../schemas/define-tool.ts';
import { getSecurityFindings } from '../../../../schemas/get-security-findings.ts';
import type { ErrorAnswer } from '../../../../shared/errors.ts';
import { HOME_ACCOUNT } from '../../../support/configuration.ts';
import { callTool, stsMock, useMockedAws } from '../../../support/mock-aws.ts';

type Answer = AnswerOf<typeof getSecurityFindings.output> & Partial<ErrorAnswer>;

const hub = mockClient(SecurityHubClient);
const support = mockClient(SupportClient);

const [administrator, member] = ['111111111111', '222222222222'];
const ask = (event: object) => callTool<Answer>(getSecurityFindings, { account_id: administrator, ...event });
const filters = () => hub.commandCalls(GetFindingsCommand).map(({ args }) => args[0].input.Filters);
const values = (filter: readonly { Value?: string | undefined }[] = []) => filter.map(({ Value }) => Value);

beforeEach(() => {
  hub.reset().onAnyCommand().resolves({});
  support.reset();
  support.on(DescribeTrustedAdvisorChecksCommand).resolves({ checks: [] });
});

describe('what GetSecurityFindings is asked for', () => {
  useMockedAws();

  const SCALE = 'INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL';
  const STATUSES = 'NEW, NOTIFIED, RESOLVED, SUPPRESSED, PASSED, WARNING, FAILED, NOT_AVAILABLE';
  const ONE_MEMBER = 'One 12-digit account ID, with one account_id: the administrator to ask.';

  it.each<[string, object, string]>([
    ['max_findings', { service: 'securityhub', max_findings: 1_001 }, '1 to 1,000.'],
    [
      'severity_filter',
      { service: 'guardduty', severity_filter: 'error' },
      `"ERROR" is none of ${SCALE}, for guardduty.`,
    ],
    ['severity_filter', { service: 'securityhub', severity_filter: '' }, `"" is none of ${SCALE}, for securityhub.`],
    [
      'severity_filter',
      { service: 'trustedadvisor', severity_filter: 'SEVERE' },
      `"SEVERE" is none of ${SCALE}, ERROR, WARNING, for trustedadvisor.`,
    ],
    ['status_filter', { service: 'macie', status_filter: 'NEW' }, 'Only securityhub has it; macie does not.'],
    ['status_filter', { service: 'securityhub', status_filter: 'NEW,old' }, `"OLD" is none of ${STATUSES}.`],
    ['status_filter', { service: 'securityhub', status_filter: 'NEW,' }, `"" is none of ${STATUSES}.`],
    [
      'finding_account_id',
      { service: 'trustedadvisor', finding_account_id: member },
      'trustedadvisor has no administrator account: ask the account itself.',
    ],
    ...['all', '', `${member},${administrator}`, `9${member}`, `${member}9`].map(
      (finding_account_id): [string, object, string] => [
        'finding_account_id',
        { service: 'securityhub', finding_account_id },
        ONE_MEMBER,
      ],
    ),
    ...['all', `${administrator},${member}`, `${member},`].map((account_id): [string, object, string] => [
      'finding_account_id',
      { service: 'securityhub', account_id, finding_account_id: member },
      ONE_MEMBER,
    ]),
  ])('is refused by its %s before AWS is called: %j', async (field, event, sentence) => {
    const { error } = await ask(event);
    expect(error).toMatchObject({ code: 'invalid_input', field, message: `${field}: ${sentence}` });
    expect([...stsMock.calls(), ...hub.calls(), ...support.calls()]).toEqual([]);
  });

  it('may be up to 1,000 findings', async () => {
    expect(await ask({ service: 'securityhub', max_findings: 1_000 })).toMatchObject({ finding_count: 0 });
  });

  it('is every status of Security Hub in any letters, each in the filter that knows it', async () => {
    await ask({
      service: 'securityhub',
      status_filter: ' new,Notified , RESOLVED,SUPPRESSED,passed,WARNING,FAILED,not_available',
    });
    expect(filters().map((given) => [values(given?.WorkflowStatus), values(given?.ComplianceStatus)])).toEqual([
      [
        ['NEW', 'NOTIFIED', 'RESOLVED', 'SUPPRESSED'],
        ['PASSED', 'WARNING', 'FAILED', 'NOT_AVAILABLE'],
      ],
    ]);
  });

  it.each([
    [' error ', 'HIGH'],
    ['Warning', 'MEDIUM and worse'],
    ['medium', 'MEDIUM and worse'],
  ])("understands Trusted Advisor's own %j as %s", async (severity_filter, least) => {
    const answer = await ask({ service: 'trustedadvisor', severity_filter });
    expect(answer.message).toBe(`Findings of AWS Trusted Advisor, ${least}.`);
  });
});

describe('finding_account_id of GetSecurityFindings', () => {
  useMockedAws({ accounts: [administrator, member, HOME_ACCOUNT] });

  it('names one member of one administrator, with blanks or without, in every Region asked for', async () => {
    const answer = await ask({
      service: 'securityhub',
      account_id: ` ${administrator} `,
      finding_account_id: ` ${member}`,
      region: 'all',
    });
    expect(answer).toMatchObject({ account_id: administrator, region: 'all', complete: true });
    expect(filters().map((given) => [...values(given?.AwsAccountId), ...values(given?.Region)])).toEqual([
      [member, 'us-east-1'],
      [member, 'eu-west-1'],
    ]);
  });

  it('is of the own account where no account_id is given', async () => {
    const event = { service: 'securityhub', finding_account_id: member };
    expect(await callTool<Answer>(getSecurityFindings, event)).toMatchObject({ account_id: HOME_ACCOUNT });
    expect(filters().map((given) => values(given?.AwsAccountId))).toEqual([[member]]);
  });

  it('is refused by its own name where these tools may not read that account', async () => {
    const { error } = await ask({ service: 'securityhub', finding_account_id: '333333333333' });
    expect(error).toMatchObject({ code: 'account_not_allowed', field: 'finding_account_id' });
    expect(error?.message).toMatch(/^finding_account_id: 333333333333 is not among the accounts/);
    expect(hub.calls()).toEqual([]);
  });
});
