import { GetBucketLocationCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { listS3Buckets } from '../../schemas/list-s3-buckets.ts';
import { openMotoAccounts } from '../../scripts/local/simulator/moto-account.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';

interface Bucket {
  Name: string;
  BucketRegion: string;
  CreationDate: string;
  AccountId?: string;
  Region?: string;
}

interface Answer {
  account_id: string;
  region: string;
  bucket_count: number;
  buckets: Bucket[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string }[];
  next_token?: string;
  error?: { code: string; field?: string; action?: string };
}

const keyOf = ({ AccountId, BucketRegion, Name }: Bucket) => `${AccountId} ${BucketRegion} ${Name}`;

/** What moto holds, read past the proxy and its stubs: account, Region and name of every bucket. */
async function truth({ demo, estate }: EstateAccess): Promise<string[]> {
  const accounts = openMotoAccounts(demo.motoUrl);
  const found: string[] = [];
  for (const { id } of estate.accounts.filter(({ reachable }) => reachable)) {
    const s3 = new S3Client({ ...accounts.as(id), forcePathStyle: true });
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    for (const { Name } of Buckets) {
      const { LocationConstraint = 'us-east-1' } = await s3.send(new GetBucketLocationCommand({ Bucket: Name }));
      found.push(`${id} ${LocationConstraint} ${Name}`);
    }
  }
  accounts.close();
  return found.sort();
}

// The list itself is stubbed: moto cuts it without a token and gives no Regions.
describeEstate('list_s3_buckets', (access) => {
  const ask = (event: object) => access.call<Answer>(listS3Buckets, event);

  it('answers for one account in the plain shape, for all Regions, with one call in the home Region', async () => {
    const account_id = access.id('payments-prod');
    const answer = await ask({ account_id });
    expect(answer).toMatchObject({ account_id, region: 'all', bucket_count: answer.buckets.length });
    expect(answer).not.toHaveProperty('complete');
    expect(new Set(answer.buckets.map(({ BucketRegion }) => BucketRegion))).toEqual(
      new Set(['us-east-1', 'eu-west-1']),
    );
    expect(listS3Buckets.output.answer.safeParse(answer).error).toBeUndefined();
    const [call, ...more] = access.awsCalls();
    expect(more).toEqual([]);
    expect(call).toMatchObject({ operation: 'ListBuckets', region: 'us-east-1', account: account_id });
    expect([call?.iamAction]).toEqual(listS3Buckets.iam);
    expect(call?.sessionPolicyActions).toEqual(listS3Buckets.iam);
  });

  it('gives every bucket of the organization exactly once through the cursor', async () => {
    const seen: string[] = [];
    let next_token: string | undefined;
    do {
      const answer: Answer = await ask({ account_id: 'all', max_results: 4, next_token });
      expect(answer.complete).toBe(false);
      seen.push(...answer.buckets.map(keyOf));
      next_token = answer.next_token;
    } while (next_token !== undefined);
    expect(seen.sort()).toEqual(await truth(access));
  });

  it('asks each account once, says which is missing, and loses nothing healthy', async () => {
    const { estate } = access;
    for (const region of [undefined, 'all']) {
      const { buckets, complete, failures } = await ask({ account_id: 'all', region, max_results: 1_000 });
      expect(buckets.map(keyOf).sort()).toEqual(await truth(access));
      expect(buckets[0]).not.toHaveProperty('Region');
      expect(complete).toBe(false);
      const legacy = estate.accounts.find(({ reachable }) => !reachable)?.id;
      expect(failures).toMatchObject([{ account_id: legacy, code: 'role_not_assumable' }]);
    }
    expect(access.awsCalls()).toHaveLength(2 * estate.accounts.filter(({ reachable }) => reachable).length);
  });

  it.each([
    ['eu-central-1', ['eu-central-1']],
    ['eu-west-1,eu-central-1', ['eu-west-1', 'eu-central-1']],
  ])('keeps the buckets in %s, without a call there', async (region, kept) => {
    const { buckets } = await ask({ account_id: 'all', region, max_results: 1_000 });
    const expected = (await truth(access)).filter((key) => kept.includes(key.split(' ')[1] as string));
    expect(buckets.map(keyOf).sort()).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
    expect(new Set(access.awsCalls().map((call) => call.region))).toEqual(new Set(['us-east-1']));
  });

  it('says that a Region which is off has none, rather than failing', async () => {
    const answer = await ask({ account_id: access.id('payments-prod'), region: access.estate.disabledRegion });
    expect(answer).toMatchObject({ region: access.estate.disabledRegion, bucket_count: 0, buckets: [] });
  });

  it('filters by prefix', async () => {
    const { buckets } = await ask({ account_id: access.id('payments-prod'), prefix: 'exampleco-ledger-' });
    expect(buckets.map(({ Name }) => Name)).toEqual([
      'exampleco-ledger-backups',
      'exampleco-ledger-import',
      'exampleco-ledger-journal',
    ]);
  });

  it.each([
    ['region', { account_id: 'all', region: 'mars-north-1' }],
    ['prefix', { account_id: 'all', prefix: 'x'.repeat(64) }],
    ['bucket_name', { account_id: 'all', bucket_name: 'x' }],
  ])('refuses a bad %s without a call to S3', async (field, event) => {
    expect((await ask(event)).error).toMatchObject({ code: 'invalid_input', field });
    expect(access.allCalls()).toEqual([]);
  });

  it('names the action that is denied', async () => {
    access.rule({ match: { service: 's3' }, fault: 'access_denied' });
    const { error } = await ask({ account_id: access.id('payments-prod') });
    expect(error).toMatchObject({ code: 'access_denied', action: 's3:ListAllMyBuckets' });
  });

  it('answers within 5,000 tokens by default', async () => {
    const answer = await ask({ account_id: 'all' });
    expect(answer.bucket_count).toBeGreaterThan(20);
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
  });
});
