import { describe, expect, it, vi } from 'vitest';
import { catalog } from '../../schemas/catalog.ts';
import { describeEc2Instances } from '../../schemas/describe-ec2-instances.ts';
import { listLambdaFunctions } from '../../schemas/list-lambda-functions.ts';
import { seededRandom } from '../../scripts/local/simulator/seeded-random.ts';
import { sessionName } from '../../shared/assume-role.ts';
import { ask, configure, inFakeAws } from '../support/in-fake-aws.ts';
import { cases } from '../support/proof-size.ts';

const aws = inFakeAws();
const assumed = () => aws().requests.filter(({ action }) => action === 'AssumeRole');
const afterwards = () => aws().requests.filter(({ action }) => action !== 'AssumeRole');

/** Tools that enter a member account by their documented example; the others read the organization or invoke functions. */
const entering = catalog.filter(
  ({ iam, ownIam = [] }) => iam.length > 0 && !ownIam.some((action) => /^(lambda|organizations):/.test(action)),
);

describe('a session', () => {
  it.each([
    [
      'another account',
      (form: URLSearchParams) => form.set('RoleArn', 'arn:aws:iam::999999999998:role/CentralOpsTargetRole'),
    ],
    ['another role', (form: URLSearchParams) => form.set('RoleArn', `${form.get('RoleArn')}2`)],
    ['another session', (form: URLSearchParams) => form.set('RoleSessionName', 'somebody')],
  ])('1.3 of %s than asked for stops every tool, and nothing is called with it', async (_, change) => {
    let account = 500_000_000_000;
    for (const tool of entering) {
      const own = String(++account);
      configure(aws(), { accounts: [own] });
      aws().requests.length = 0;
      aws().assumeAs = change;
      const event = {
        ...(tool.example.input as object),
        account_id: own,
        region: 'us-east-1',
        next_token: undefined,
        services: undefined,
      };
      const { error } = await ask(tool, JSON.parse(JSON.stringify(event)));
      expect(error?.code, `${tool.name}: ${error?.message}`).toBe('internal');
      expect(assumed().length, tool.name).toBeGreaterThan(0);
      expect(afterwards(), tool.name).toEqual([]);
    }
    expect(entering.length).toBeGreaterThanOrEqual(18);
  });

  it('1.4 is never asked for with 1,000 account IDs that are not on the list', async () => {
    const random = seededRandom(14);
    const digits = (length: number) => Array.from({ length }, () => Math.floor(random() * 10)).join('');
    for (let index = 0; index < 1_000; index++) {
      const kinds = [
        digits(12),
        digits(11),
        digits(13),
        `${digits(12)}\n1`,
        digits(12).replace(/./g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
      ];
      const account_id = kinds[index % kinds.length] as string;
      const { error } = await ask(describeEc2Instances, { account_id });
      expect(['invalid_input', 'account_not_allowed'], account_id).toContain(error?.code);
    }
    expect(aws().requests).toEqual([]);
  });

  it('1.6 has a name that STS takes, for 10,000 request IDs, with tool and request in it', () => {
    const random = seededRandom(16);
    for (let index = 0; index < 10_000; index++) {
      const tool = catalog[index % catalog.length] ?? describeEc2Instances;
      const requestId =
        index % 2 === 0
          ? crypto.randomUUID()
          : Array.from({ length: 40 }, () => String.fromCodePoint(Math.floor(random() * 0x2fff))).join('');
      const name = sessionName({ tool: tool as never, requestId });
      expect(name).toMatch(/^[A-Za-z0-9_+=,.@-]{2,64}$/);
      expect(name.startsWith(`${tool.name}@`)).toBe(true);
      if (index % 2 === 0) expect(requestId.replaceAll('-', '')).toContain(name.split('@')[1]);
    }
  });

  it('1.7 is asked for once by 100 calls at the same time, and never shared by two tools', async () => {
    const [account = ''] = [String(600_000_000_000)];
    configure(aws(), { accounts: [account] });
    const call = () => ask(describeEc2Instances, { account_id: account });
    const answers = await Promise.all(Array.from({ length: 100 }, call));
    expect(answers.every(({ instance_count }) => instance_count === 1)).toBe(true);
    expect(assumed()).toHaveLength(1);
    await ask(listLambdaFunctions, { account_id: account });
    expect(assumed()).toHaveLength(2);
  });

  it('1.7 that was refused is asked for again by the next call', async () => {
    const account = String(600_000_000_001);
    configure(aws(), { accounts: [account] });
    aws().faults.set(account, 'role denied');
    expect((await ask(describeEc2Instances, { account_id: account })).error?.code).toBe('role_not_assumable');
    aws().faults.clear();
    expect((await ask(describeEc2Instances, { account_id: account })).instance_count).toBe(1);
  });

  it('1.7 is renewed before its end: in three simulated hours no request is signed with an expired one', async () => {
    const account = String(600_000_000_002);
    configure(aws(), { accounts: [account] });
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const start = Date.now();
      const minutes = cases(30, 180);
      for (let minute = 0; minute < minutes; minute += 2) {
        vi.setSystemTime(start + minute * 60_000);
        expect((await ask(describeEc2Instances, { account_id: account })).error, `minute ${minute}`).toBeUndefined();
      }
      // An hour each, renewed six minutes before.
      expect(assumed()).toHaveLength(Math.ceil(minutes / 54));
    } finally {
      vi.useRealTimers();
    }
  });
});
