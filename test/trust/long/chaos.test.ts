import { describe, expect, it } from 'vitest';
import { describeEc2Instances } from '../../../schemas/describe-ec2-instances.ts';
import { seededRandom } from '../../../scripts/local/simulator/seeded-random.ts';
import type { Fault } from '../../support/fake-aws.ts';
import { ask, configure, inFakeAws } from '../../support/in-fake-aws.ts';
import { logLines } from '../../support/log-lines.ts';

const aws = inFakeAws();
const lines = await logLines('INFO');
let next = 700_000_000_000;

/** The answer of an account with one fault; each has an account of its own. */
async function faulted(fault: Fault, milliseconds = 12_000) {
  const account = String(++next);
  configure(aws(), { accounts: [account] });
  aws().faults.set(account, fault);
  const answer = await ask(describeEc2Instances, { account_id: account }, milliseconds);
  const attempts = aws().requests.filter(
    (request) => request.account === account && request.action === 'DescribeInstances',
  ).length;
  return { answer, attempts };
}

describe('an AWS that misbehaves', () => {
  it.each([
    ['reset', 'unavailable'],
    ['half a body', 'unavailable'],
    ['html 503', 'unavailable'],
    ['200 with an error', 'unavailable'],
    ['throttled', 'throttled'],
    ['denied', 'access_denied'],
    ['region off', 'region_not_enabled'],
    ['role denied', 'role_not_assumable'],
  ] as const)(
    '4.8 and 4.4 %s: a named error after at most three attempts, none of AWS’s words',
    async (fault, code) => {
      const { answer, attempts } = await faulted(fault);
      expect(answer.error?.code).toBe(code);
      expect(JSON.stringify(answer)).not.toContain('PLANTED');
      expect(attempts).toBeLessThanOrEqual(3);
    },
  );

  it('4.8 an empty NextToken ends the list; throttled twice, it is answered at last', async () => {
    for (const fault of ['empty token', 'throttled twice'] as const) {
      const { answer } = await faulted(fault);
      expect([answer.error, answer.instance_count, answer.next_token], fault).toEqual([undefined, 1, undefined]);
    }
  });

  it('4.8 a NextToken that repeats for ever ends at the size of the answer, not in a loop', async () => {
    const { answer, attempts } = await faulted('same token', 6_000);
    expect(answer.error).toBeUndefined();
    expect(answer.instance_count).toBeLessThanOrEqual(50);
    expect(attempts).toBeLessThanOrEqual(60);
  });

  it('4.3 1,000 faulted runs are all answered by the deadline less 500 ms, each with one audit line', async () => {
    const random = seededRandom(43);
    const faults: Fault[] = [
      'none',
      'role denied',
      'denied',
      'throttled',
      'silent',
      'reset',
      'half a body',
      'html 503',
    ];
    const accounts = Array.from({ length: 1_000 }, () => String(++next));
    configure(aws(), { accounts });
    for (const account of accounts) aws().faults.set(account, faults[Math.floor(random() * faults.length)] ?? 'none');
    const late: string[] = [];
    lines.length = 0;
    const one = async (account: string) => {
      const remaining = 2_000 + Math.floor(random() * 2_000);
      const started = performance.now();
      const answer = await ask(describeEc2Instances, { account_id: account }, remaining);
      const taken = performance.now() - started;
      expect(answer.error ?? answer.instance_count, 'it is answered').toBeDefined();
      if (taken > remaining - 500) late.push(`${aws().faults.get(account)}: ${Math.round(taken)} of ${remaining} ms`);
    };
    for (let first = 0; first < accounts.length; first += 20) {
      await Promise.all(accounts.slice(first, first + 20).map(one));
    }
    expect(late).toEqual([]);
    // MCP08: each call, whatever became of it, has one audit line.
    expect(lines).toHaveLength(accounts.length);
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ message: 'tool call', outcome: expect.any(String) });
  });
});
