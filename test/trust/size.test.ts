import { expect, it } from 'vitest';
import { describeEc2Instances } from '../../schemas/describe-ec2-instances.ts';
import type { Call, WireAnswer } from '../../scripts/local/simulator/call.ts';
import { seededRandom } from '../../scripts/local/simulator/seeded-random.ts';
import { MAX_BYTES } from '../../shared/answer-budget.ts';
import { collectGarbage } from '../support/collect-garbage.ts';
import { type Answer, ask, configure, inFakeAws } from '../support/in-fake-aws.ts';
import { cases } from '../support/proof-size.ts';
import { walk } from '../support/walk.ts';

const REGIONS = ['us-east-1', 'eu-west-1'];
const aws = inFakeAws();

/** Which instances, by number, lie in a cell: `[first, end)`. */
type Estate = ReadonlyMap<string, readonly [number, number]>;

/** `size` instances over some accounts in both Regions: cells that are empty, of one instance, and of most of them. */
function estateOf(size: number, accounts: readonly string[], random: () => number): Estate {
  const cells = accounts.flatMap((account) => REGIONS.map((region) => `${account} ${region}`));
  const weights = cells.map(() => (random() < 0.2 ? 0 : random() ** 4));
  const whole = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  let first = 0;
  return new Map(
    cells.map((cell, index) => {
      const isLast = index === cells.length - 1;
      const end = isLast ? size : Math.min(size, first + Math.floor((size * (weights[index] as number)) / whole));
      const range = [first, end] as const;
      first = end;
      return [cell, range];
    }),
  );
}

/** What is alive at the most while answers are being read, of every so many requests. */
let peak = 0;
let requests = 0;

function sample(): number {
  collectGarbage();
  const { heapUsed } = process.memoryUsage();
  peak = Math.max(peak, heapUsed);
  return heapUsed;
}

/** DescribeInstances over the estate. AWS may give fewer than asked for, and now and then nothing but a token. */
function answers(estate: Estate, most: number) {
  return ({ params, region }: Call, account: string): WireAnswer => {
    if (++requests % 500 === 0) sample();
    const [first, end] = estate.get(`${account} ${region}`) ?? [0, 0];
    const token = params.get('NextToken') ?? '0';
    const from = first + Number.parseInt(token, 10);
    const isEmpty = !token.endsWith('again') && from % 19 === 0;
    const to = isEmpty ? from : Math.min(end, from + Math.min(most, Number(params.get('MaxResults') ?? 1_000)));
    let items = '';
    for (let index = from; index < to; index++) items += `<item><instanceId>i-${index}</instanceId></item>`;
    const next = to < end ? `<nextToken>${to - first}${isEmpty ? ' again' : ''}</nextToken>` : '';
    const reservation = `<reservationSet><item><instancesSet>${items}</instancesSet></item></reservationSet>`;
    const body = `<DescribeInstancesResponse>${reservation}${next}</DescribeInstancesResponse>`;
    return { status: 200, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) };
  };
}

/** How often each instance was given, and whether in its own account and Region. */
function count(pages: readonly Answer[], estate: Estate, size: number): Uint8Array {
  const given = new Uint8Array(size);
  for (const { instances = [], account_id, region } of pages) {
    for (const { InstanceId, AccountId = account_id, Region = region } of instances) {
      const index = Number(InstanceId.slice(2));
      const [first, end] = estate.get(`${AccountId} ${Region}`) ?? [0, 0];
      if (index >= first && index < end) given[index] = (given[index] as number) + 1;
    }
  }
  return given;
}

it('4.7 up to 100,000 instances over accounts and pages under 200 seeds: each given once, in answers and memory that stay small', async () => {
  let before = 0;
  let largest = 0;
  for (let seed = 1; seed <= cases(4, 200); seed++) {
    const random = seededRandom(seed);
    const size = seed % 20 === 1 ? cases(5_000, 100_000) : cases(2_000, 10_000);
    const accounts = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, index) => `76000000000${index}`);
    const estate = estateOf(size, accounts, random);
    configure(aws(), { accounts });
    aws().answers = answers(estate, 100 + Math.floor(random() * 900));
    const event = { account_id: 'all', region: 'all', max_results: 100 + Math.floor(random() * 900) };
    const pages = await walk((page) => ask(describeEc2Instances, page, 120_000), {
      ...event,
      fields: ['InstanceId'],
    });
    aws().requests.length = 0;
    largest = Math.max(largest, ...pages.map((page) => Buffer.byteLength(JSON.stringify(page))));
    expect(pages.filter(({ error, failures }) => error !== undefined || failures !== undefined)).toEqual([]);
    const wrong = [...count(pages, estate, size).entries()].filter(([, times]) => times !== 1);
    expect(wrong.slice(0, 5), `seed ${seed}: lost, or given twice`).toEqual([]);
    // The first walk loads and compiles what stays.
    if (seed === 1) [before, peak] = [sample(), 0];
  }
  const after = sample();
  const mb = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MB`;
  console.info(
    `size: ${requests} requests, largest answer ${largest} bytes, heap + ${mb(after - before)}, at most + ${mb(peak - before)}`,
  );
  expect(largest).toBeLessThanOrEqual(MAX_BYTES);
  expect(after - before).toBeLessThan(20 * 1_048_576);
  expect(peak - before).toBeLessThan(64 * 1_048_576);
});
