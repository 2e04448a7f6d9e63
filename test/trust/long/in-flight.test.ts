import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, it, vi } from 'vitest';
import { checkStorageEncryption } from '../../../schemas/check-storage-encryption.ts';
import { describeEc2Instances } from '../../../schemas/describe-ec2-instances.ts';
import { listEcsClusters } from '../../../schemas/list-ecs-clusters.ts';
import { listLambdaFunctions } from '../../../schemas/list-lambda-functions.ts';
import { MAX_SOCKETS } from '../../../shared/aws-clients.ts';
import { eventually } from '../../support/eventually.ts';
import type { FakeRequest } from '../../support/fake-aws.ts';
import { ask, configure, inFakeAws } from '../../support/in-fake-aws.ts';
import { markedAnswer } from '../../support/marked-answers.ts';
import { whenQuiet } from '../../support/when-quiet.ts';

const aws = inFakeAws();
let next = 770_000_000_000;
const everything = { account_id: 'all', region: 'all', max_results: 1_000 };

function manyAccounts(count: number): string[] {
  const accounts = Array.from({ length: count }, () => String(++next));
  configure(aws(), { accounts });
  return accounts;
}

/** Answers once no further request comes, so that all that can be in flight at once have met. */
function slowly(): void {
  const quiet = whenQuiet();
  aws().answers = async (call, account) => {
    await quiet();
    return markedAnswer(call, account);
  };
}

/** The most requests that were open at once, of those that share a key. */
function peaks(requests: readonly FakeRequest[], keyOf: (request: FakeRequest) => string): Map<string, number> {
  const events = requests.flatMap((request) => [
    { at: request.opened, change: 1, key: keyOf(request) },
    { at: request.closed, change: -1, key: keyOf(request) },
  ]);
  const open = new Map<string, number>();
  const most = new Map<string, number>();
  for (const { key, change } of events.sort((a, b) => a.at - b.at)) {
    open.set(key, (open.get(key) ?? 0) + change);
    most.set(key, Math.max(most.get(key) ?? 0, open.get(key) ?? 0));
  }
  return most;
}

/** All are closed: only then the log tells when. */
async function log(): Promise<readonly FakeRequest[]> {
  await eventually(() => expect(aws().requests.filter(({ closed }) => closed === 0)).toEqual([]));
  return aws().requests;
}

it('4.6 200 cells: 64 requests in flight at most, one in each account and Region, one AssumeRole for each account', async () => {
  const accounts = manyAccounts(100);
  slowly();
  const { instance_count } = await ask(describeEc2Instances, { ...everything, fields: ['InstanceId'] }, 60_000);
  expect(instance_count).toBe(200);
  const requests = await log();
  const total = peaks(requests, () => 'all').get('all') ?? 0;
  console.info(`in flight: ${total} of ${requests.length} requests`);
  expect(total).toBe(MAX_SOCKETS);
  const cells = peaks(requests, ({ action, account, region }) => `${action} ${account} ${region}`);
  expect(Math.max(...cells.values())).toBe(1);
  expect(requests.filter(({ action }) => action === 'AssumeRole')).toHaveLength(accounts.length);
});

it('4.6 calls side by side share the 64', async () => {
  manyAccounts(40);
  slowly();
  const tools = [describeEc2Instances, listLambdaFunctions, listEcsClusters, describeEc2Instances];
  const answers = await Promise.all(tools.map((tool) => ask(tool, everything, 60_000)));
  expect(answers.every(({ error }) => error === undefined)).toBe(true);
  const total = peaks(await log(), () => 'all').get('all') ?? 0;
  expect(total).toBe(MAX_SOCKETS);
});

it('4.6 a cell of many buckets: ten of them at once, with three requests each', async () => {
  const [account = ''] = manyAccounts(1);
  const Buckets = Array.from({ length: 60 }, (_, index) => ({ Name: `bucket-${index}`, BucketRegion: 'us-east-1' }));
  slowly();
  const answers = aws().answers;
  aws().answers = async (call, owner) => {
    if (call.operation !== 'ListBuckets') return (await answers?.(call, owner)) as never;
    const names = Buckets.map(({ Name }) => `<Bucket><Name>${Name}</Name></Bucket>`).join('');
    const body = `<ListAllMyBucketsResult><Buckets>${names}</Buckets></ListAllMyBucketsResult>`;
    return { status: 200, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) };
  };
  await ask(checkStorageEncryption, { account_id: account, region: 'us-east-1', services: ['s3'] }, 60_000);
  const ofBuckets = (await log()).filter(({ service, action }) => service === 's3' && action !== 'ListBuckets');
  expect(ofBuckets.length).toBeGreaterThan(120);
  const most = peaks(ofBuckets, () => 'all').get('all') ?? 0;
  console.info(`one cell: ${most} of ${ofBuckets.length} requests in flight`);
  expect(most).toBeLessThanOrEqual(30);
});

it('4.6 an answer whose body comes late keeps its place among the 64, whatever the hosts', async () => {
  for (const account of manyAccounts(100)) aws().faults.set(account, 'late body');
  // Sockets are counted by host, and AWS has one for each service and Region.
  const handle = NodeHttpHandler.prototype.handle;
  vi.spyOn(NodeHttpHandler.prototype, 'handle').mockImplementation(function (this: NodeHttpHandler, request, options) {
    const isOther = /\/eu-west-1\//.test(request.headers.authorization ?? '');
    return handle.call(this, Object.assign(request, isOther ? { hostname: 'localhost' } : {}), options);
  });
  const { error } = await ask(describeEc2Instances, { ...everything, fields: ['InstanceId'] }, 60_000);
  vi.restoreAllMocks();
  expect(error).toBeUndefined();
  const requests = await log();
  const total = peaks(requests, () => 'all').get('all') ?? 0;
  console.info(`two hosts: ${total} of ${requests.length} requests in flight`);
  expect(total).toBe(MAX_SOCKETS);
});
