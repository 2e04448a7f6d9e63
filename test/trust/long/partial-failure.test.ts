import { describe, expect, it } from 'vitest';
import { describeEc2Instances } from '../../../schemas/describe-ec2-instances.ts';
import { seededRandom } from '../../../scripts/local/simulator/seeded-random.ts';
import type { NamedFault as Fault } from '../../support/fake-aws.ts';
import { type Answer, ask, configure, inFakeAws } from '../../support/in-fake-aws.ts';

const aws = inFakeAws();

/** The code that each fault must be told as; `none` is an account whose instance must be there. */
const CODES: Partial<Record<Fault, string>> = {
  'role denied': 'role_not_assumable',
  denied: 'access_denied',
  'region off': 'region_not_enabled',
  throttled: 'throttled',
  silent: 'timeout',
  reset: 'unavailable',
  'html 503': 'unavailable',
  'half a body': 'unavailable',
};
const FAULTS = Object.keys(CODES) as Fault[];

/** Each run has accounts of its own, because sessions and clients are kept between calls. */
function accountsOf(run: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(100_000_000_000 + run * 1_000 + index));
}

/** The class of each account in the answer: its failure's code, or `none`. */
function classes({ failures = [], instances = [] }: Answer): Map<string, string> {
  const found = new Map(instances.map(({ AccountId = '' }) => [AccountId, 'none']));
  for (const { account_id, code } of failures) {
    for (const account of account_id.split(',')) {
      expect(found.has(account), `${account} stands in two classes`).toBe(false);
      found.set(account, code);
    }
  }
  return found;
}

const everything = { account_id: 'all', region: 'us-east-1', max_results: 1_000, fields: ['InstanceId'] };

describe('an answer over many accounts', () => {
  it('4.1 200 seeded runs of 100 accounts with faults: every account in its right class', async () => {
    const runs = 200;
    const size = 100;
    const one = async (run: number) => {
      const random = seededRandom(run);
      const accounts = accountsOf(run, size);
      // Silence lasts until the deadline: a tenth of the runs has it. All else must be over by then: the SDK waits a second
      // or more between throttled attempts, whatever it is told, and a busy machine may be slow.
      const isSilent = run < runs / 10;
      const possible = isSilent ? FAULTS : FAULTS.filter((fault) => fault !== 'silent');
      const milliseconds = isSilent ? 30_000 : 120_000;
      const truth = new Map<string, string>();
      for (const account of accounts) {
        const fault: Fault = random() < 0.3 ? (possible[Math.floor(random() * possible.length)] ?? 'none') : 'none';
        aws().faults.set(account, fault);
        truth.set(account, CODES[fault] ?? 'none');
      }
      const answer = await ask(describeEc2Instances, { ...everything, account_id: accounts.join() }, milliseconds);
      expect(Object.fromEntries(classes(answer)), `run ${run}`).toEqual(Object.fromEntries(truth));
      expect(answer.complete).toBe([...truth.values()].every((each) => each === 'none'));
    };
    configure(aws(), { accounts: Array.from({ length: runs }, (_, run) => accountsOf(run, size)).flat() });
    // Waiting is what takes the time, so four runs at once. More would wait for each other: what is silent holds its
    // place among the 64 requests in flight until the deadline.
    for (let first = 0; first < runs; first += 4) {
      await Promise.all(Array.from({ length: Math.min(4, runs - first) }, (_, index) => one(first + index)));
    }
  });

  it('4.2 1,000 random single faults: no answer says complete with data missing', async () => {
    const random = seededRandom(42);
    for (let run = 0; run < 1_000; run++) {
      const accounts = accountsOf(1_000 + run, 6);
      const broken = accounts[Math.floor(random() * accounts.length)] ?? '';
      const quick: Fault[] = [
        'role denied',
        'denied',
        'region off',
        'reset',
        'html 503',
        'half a body',
        '200 with an error',
      ];
      aws().faults.set(broken, quick[Math.floor(random() * quick.length)] ?? 'denied');
      configure(aws(), { accounts });
      const answer = await ask(describeEc2Instances, everything, 6_000);
      expect(answer.complete, JSON.stringify([aws().faults.get(broken), answer])).toBe(false);
      expect(classes(answer).size, 'the account is either there or told').toBe(6);
      expect(answer.instances?.map(({ AccountId }) => AccountId)).not.toContain(broken);
    }
  });
});
