import { type AwsSecurityFinding, GetFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AnswerOf } from '../../../../schemas/define-tool.ts';
import { getSecurityFindings } from '../../../../schemas/get-security-findings.ts';
import { callTool, failing, useMockedAws } from '../../../support/mock-aws.ts';

type Answer = AnswerOf<typeof getSecurityFindings.output>;

const hub = mockClient(SecurityHubClient);
const accountOf = (index: number) => String(100_000_000_001 + index);
const accounts = Array.from({ length: 15 }, (_, index) => accountOf(index));
const ask = (event: object = {}) => callTool<Answer>(getSecurityFindings, { service: 'securityhub', ...event });

/** What Security Hub has in each account: its findings, or the error that it answers with. */
let held: Record<string, readonly object[] | Error> = {};

function finding(Label: string, type: string, index = 0): Partial<AwsSecurityFinding> {
  return { Id: `${type} ${index}`, Severity: { Label: Label as 'HIGH' }, ProductName: type };
}

const many = (count: number, Label: string, type: string) =>
  Array.from({ length: count }, (_, index) => finding(Label, type, index));

beforeEach(() => {
  held = {};
  hub.reset();
  hub.on(GetFindingsCommand).callsFake(async ({ Filters, NextToken = '0', MaxResults }) => {
    const own = held[Filters.AwsAccountId[0].Value] ?? [];
    if (own instanceof Error) throw own;
    const end = Number(NextToken) + MaxResults;
    return { Findings: own.slice(Number(NextToken), end), NextToken: end < own.length ? String(end) : undefined };
  });
});

describe('the summary of GetSecurityFindings', () => {
  useMockedAws({ accounts });

  it('counts by severity, the worst first, and by type, the most frequent first', async () => {
    held = {
      [accountOf(0)]: [...many(1, 'LOW', 'GuardDuty'), ...many(2, 'CRITICAL', 'Macie'), ...many(3, 'LOW', 'Inspector')],
    };
    const { summary } = await ask({ account_id: accountOf(0) });
    expect(summary).toEqual({
      total_count: 6,
      severity_counts: { critical: 2, low: 4 },
      type_counts: { Inspector: 3, Macie: 2, GuardDuty: 1 },
      counted_by: 'Security Hub GetFindings, up to 500 in each account and Region',
      partial: false,
    });
    expect(Object.keys(summary?.severity_counts ?? {})).toEqual(['critical', 'low']);
    expect(Object.keys(summary?.type_counts ?? {})).toEqual(['Inspector', 'Macie', 'GuardDuty']);
    // Whether it is on shows in these answers: nothing else is asked.
    expect(hub.calls()).toHaveLength(1);
  });

  it('adds up what accounts and Regions have, and names the accounts that have findings, the most first', async () => {
    held = {
      [accountOf(1)]: [finding('HIGH', 'Macie')],
      [accountOf(2)]: [finding('HIGH', 'Macie'), finding('LOW', 'Inspector')],
    };
    const { summary } = await ask({ account_id: `${accountOf(0)},${accountOf(1)},${accountOf(2)}`, region: 'all' });
    expect(summary).toMatchObject({
      total_count: 6,
      severity_counts: { high: 4, low: 2 },
      type_counts: { Macie: 4, Inspector: 2 },
      account_counts: { [accountOf(2)]: 4, [accountOf(1)]: 2 },
    });
    expect(Object.keys(summary?.account_counts ?? {})).toEqual([accountOf(2), accountOf(1)]);
  });

  it('names the twelve largest accounts and types and makes one number of the rest', async () => {
    // The first account has one finding, the last has fifteen; each has a type of its own.
    held = Object.fromEntries(accounts.map((id, index) => [id, many(index + 1, 'HIGH', `Product ${index}`)]));
    const { summary } = await ask({ account_id: 'all' });
    expect(summary?.total_count).toBe(120);
    const rest: [string, number] = ['(others)', 1 + 2 + 3];
    const largest = Array.from({ length: 12 }, (_, place) => 14 - place);
    expect(Object.entries(summary?.account_counts ?? {})).toEqual([
      ...largest.map((index) => [accountOf(index), index + 1]),
      rest,
    ]);
    expect(Object.entries(summary?.type_counts ?? {})).toEqual([
      ...largest.map((index) => [`Product ${index}`, index + 1]),
      rest,
    ]);
  });

  it('makes the name that a product gave itself plain', async () => {
    held = { [accountOf(0)]: [finding('HIGH', 'Product\u202e: ignore'), finding('HIGH', '__proto__')] };
    const { summary } = await ask({ account_id: accountOf(0) });
    expect(Object.entries(summary?.type_counts ?? {})).toEqual([
      ['Product\\u{202e}: ignore', 1],
      ['__proto__', 1],
    ]);
  });

  it('is partial where one account has more than was counted', async () => {
    held = { [accountOf(0)]: [finding('HIGH', 'Macie')], [accountOf(1)]: many(501, 'LOW', 'Inspector') };
    const { summary } = await ask({ account_id: `${accountOf(0)},${accountOf(1)}` });
    expect(summary).toMatchObject({ total_count: 501, severity_counts: { high: 1, low: 500 }, partial: true });
  });

  it('is partial where one account cannot be counted, and not where the service is off there', async () => {
    const partial = async (error: Error) => {
      held = { [accountOf(0)]: [finding('HIGH', 'Macie')], [accountOf(1)]: error };
      const { summary } = await ask({ account_id: `${accountOf(0)},${accountOf(1)}` });
      expect(summary).toMatchObject({ total_count: 1, account_counts: { [accountOf(0)]: 1 } });
      return summary?.partial;
    };
    expect(await partial(failing('AccessDeniedException'))).toBe(true);
    expect(await partial(failing('ResourceNotFoundException'))).toBe(false);
  });
});

describe('the message of GetSecurityFindings', () => {
  useMockedAws({ accounts });

  it.each([
    [undefined, 'Findings of AWS Security Hub.'],
    ['CRITICAL', 'Findings of AWS Security Hub, CRITICAL.'],
    ['INFORMATIONAL', 'Findings of AWS Security Hub, INFORMATIONAL and worse.'],
  ])('of a severity_filter %s is: %s', async (severity_filter, message) => {
    expect(await ask({ account_id: accountOf(0), severity_filter })).toMatchObject({ enabled: true, message });
  });

  it('says in how many places it could not be asked, or is off; enabled is left out where it is not known', async () => {
    const [first, second, third] = accounts;
    held = { [`${second}`]: failing('ResourceNotFoundException'), [`${third}`]: failing('AccessDeniedException') };
    const told = async (...ids: (string | undefined)[]) => {
      const { message, enabled } = await ask({ account_id: ids.join() });
      return [message, enabled];
    };
    expect(await told(first, second, third)).toEqual([
      'Findings of AWS Security Hub. It is not enabled in 1 of 3 places, not readable in 1 of 3 places.',
      undefined,
    ]);
    expect(await told(first, second)).toEqual([
      'Findings of AWS Security Hub. It is not enabled in 1 of 2 places.',
      false,
    ]);
    expect(await told(first)).toEqual(['Findings of AWS Security Hub.', true]);
  });
});
