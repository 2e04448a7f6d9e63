import { describe, expect, it, vi } from 'vitest';
import { catalog } from '../../../schemas/catalog.ts';
import type { Tool } from '../../../schemas/define-tool.ts';
import { attemptsOf } from '../../support/fake-aws.ts';
import { ask, configure, inFakeAws } from '../../support/in-fake-aws.ts';
import { markedAnswer, ownersIn } from '../../support/marked-answers.ts';
import { retryAtOnce } from '../../support/retry-at-once.ts';
import { wideEvent } from '../../support/wide-event.ts';

/** A tool for each protocol, and the operation that it sends first. */
const PROTOCOLS = [
  ['EC2 query', 'describe_ec2_instances', {}, 'DescribeInstances'],
  ['query', 'describe_rds_instances', {}, 'DescribeDBInstances'],
  ['JSON 1.0', 'CheckStorageEncryption', { services: ['dynamodb'] }, 'ListTables'],
  ['JSON 1.1', 'list_ecs_clusters', {}, 'ListClusters'],
  ['CBOR', 'list_cloudwatch_alarms', {}, 'DescribeAlarms'],
  ['REST-JSON', 'list_lambda_functions', {}, 'ListFunctions'],
  ['REST-XML', 'CheckNetworkSecurity', { services: ['cloudfront'] }, 'ListDistributions'],
  ['S3', 'list_s3_buckets', {}, 'ListBuckets'],
] as const;

const aws = inFakeAws();
let account = 750_000_000_000;

function question(name: string, more: object): { tool: Tool; event: object } {
  const tool = catalog.find((each) => each.name === name) as Tool;
  configure(aws(), { accounts: [String(++account)] });
  aws().answers = markedAnswer;
  return { tool, event: { ...wideEvent(tool), ...more, account_id: String(account) } };
}

/** The attempts of each `send`, of the requests from `first` on. */
const attempts = (first = 0) => attemptsOf(aws().requests.slice(first));

describe.each(PROTOCOLS)('%s', (_, name, more, action) => {
  it.each([3, -3])(
    '4.8 a clock that is %d hours off is corrected once by each client, and the answer is whole',
    async (hours) => {
      retryAtOnce();
      const { tool, event } = question(name, more);
      const right = await ask(tool, event);
      expect(ownersIn(right).concat(JSON.stringify(right)).join(), 'it has data').toContain(String(account));
      const skewed = question(name, more);
      aws().clockAhead = hours * 3_600_000;
      const answer = await ask(tool, skewed.event);
      // The same but for the account's number.
      expect(JSON.stringify(answer).replaceAll(String(account), String(account - 1))).toBe(JSON.stringify(right));
      expect(Math.max(...attempts())).toBe(2);
      // A client that was corrected stays right; sessions may end early by a clock that is ahead.
      const before = aws().requests.length;
      expect((await ask(tool, skewed.event)).error).toBeUndefined();
      expect(Math.max(...attempts(before))).toBe(1);
    },
  );

  it('4.8 a time that is refused whatever it is: a named error after at most three attempts', async () => {
    retryAtOnce();
    const { tool, event } = question(name, more);
    aws().faults.set(`${account} ${action}`, { code: 'RequestTimeTooSkewed', status: 403 });
    const text = JSON.stringify(await ask(tool, event));
    expect(text).toContain('"internal"');
    expect(text).not.toContain('PLANTED');
    expect(Math.max(...attempts())).toBeLessThanOrEqual(3);
  });

  it('4.8 and 4.3 a byte each 100 ms is given up by the deadline less 500 ms, and its connection is closed', async () => {
    const { tool, event } = question(name, more);
    aws().faults.set(`${account} ${action}`, 'slow drip');
    const started = performance.now();
    const text = JSON.stringify(await ask(tool, event, 3_000));
    expect(performance.now() - started).toBeLessThan(2_500);
    expect(text).toContain('"timeout"');
    expect(attempts()).toEqual(attempts().map(() => 1));
    await vi.waitFor(() => expect(aws().requests.filter(({ closed }) => closed === 0)).toEqual([]));
  });
});
