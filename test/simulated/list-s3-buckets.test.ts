import { GetBucketLocationCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { listS3Buckets } from '../../schemas/list-s3-buckets.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { refusesBadInput } from '../support/bad-input.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';
import { keyBy, truthOfAccounts } from '../support/truth.ts';
import { walk } from '../support/walk.ts';

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

const keyOf = keyBy('AccountId', 'BucketRegion', 'Name');

/** What moto holds, also past the stubs: account, Region and name of every bucket. */
async function truth(access: EstateAccess): Promise<string[]> {
  const found = await truthOfAccounts(access, async (at, AccountId) => {
    const s3 = new S3Client({ ...at, forcePathStyle: true });
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    return Promise.all(
      Buckets.map(async ({ Name }) => {
        const location = await s3.send(new GetBucketLocationCommand({ Bucket: Name }));
        return keyOf({ AccountId, BucketRegion: location.LocationConstraint ?? 'us-east-1', Name });
      }),
    );
  });
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
    const calls = access.awsCalls();
    expect(calls).toMatchObject([{ operation: 'ListBuckets', region: 'us-east-1', account: account_id }]);
    expectDeclaredActions(calls, listS3Buckets);
  });

  it('gives every bucket of the organization exactly once through the cursor', async () => {
    const answers = await walk(ask, { account_id: 'all', max_results: 4 });
    expect(answers.flatMap(({ buckets }) => buckets.map(keyOf)).sort()).toEqual(await truth(access));
    for (const { complete } of answers) expect(complete).toBe(false);
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

  refusesBadInput(access, ask, [
    ['region', { account_id: 'all', region: 'mars-north-1' }],
    ['prefix', { account_id: 'all', prefix: 'x'.repeat(64) }],
    ['bucket_name', { account_id: 'all', bucket_name: 'x' }],
  ]);

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
