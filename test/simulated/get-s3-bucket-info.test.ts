import { expect, it } from 'vitest';
import { getS3BucketInfo } from '../../schemas/get-s3-bucket-info.ts';
import { peakInFlight } from '../../scripts/bench/peers/watch.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { refusesBadInput } from '../support/bad-input.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate } from '../support/estate.ts';
import { retryAtOnce } from '../support/retry-at-once.ts';

interface Answer {
  account_id: string;
  region: string;
  bucket: Record<string, unknown> & { Unavailable?: Record<string, string> };
  bucket_count?: number;
  buckets?: Record<string, unknown>[];
  complete?: boolean;
  failures?: { account_id: string; code: string }[];
  error?: { code: string; field?: string; action?: string };
}

/** One call for each part. */
const PARTS = [
  'GetBucketEncryption',
  'GetBucketLifecycleConfiguration',
  'GetBucketLogging',
  'GetBucketOwnershipControls',
  'GetBucketPolicyStatus',
  'GetBucketTagging',
  'GetBucketVersioning',
  'GetPublicAccessBlock',
];

const BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

describeEstate('get_s3_bucket_info', (access) => {
  const ask = (event: object, milliseconds?: number) => access.call<Answer>(getS3BucketInfo, event, milliseconds);

  it('gives a bucket in full, with one call for its Region and one for each part there', async () => {
    const account_id = access.id('log-archive');
    const answer = await ask({ account_id, bucket_name: 'exampleco-cloudtrail-replica' });
    expect(answer).toEqual({
      account_id,
      region: 'all',
      bucket: {
        Name: 'exampleco-cloudtrail-replica',
        BucketRegion: 'eu-central-1',
        Tags: expect.objectContaining({ Application: 'audit-logs' }),
        Encryption: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/audit-logs', BucketKeyEnabled: true },
        PublicAccessBlock: BLOCKED,
        PolicyIsPublic: false,
        Versioning: { Status: 'Enabled' },
        ObjectOwnership: 'BucketOwnerEnforced',
        Logging: null,
        LifecycleRules: [
          {
            ID: 'keep-seven-years',
            Status: 'Enabled',
            Prefix: '',
            ExpirationDays: 2557,
            Transitions: ['GLACIER after 90 days'],
          },
        ],
      },
    });
    expect(getS3BucketInfo.output.answer.safeParse(answer).error).toBeUndefined();
    expect(tokensOf(answer)).toBeLessThan(500);
    const [first, ...parts] = access.awsCalls();
    expect(first).toMatchObject({ operation: 'GetBucketLocation', region: 'us-east-1' });
    expect(parts.map(({ operation }) => operation).sort()).toEqual(PARTS);
    expect(new Set(parts.map(({ region }) => region))).toEqual(new Set(['eu-central-1']));
  });

  it('says null for what is not set, and that a policy is public', async () => {
    const bare = await ask({ account_id: access.id('payments-dev'), bucket_name: 'exampleco-dev-scratch' });
    expect(bare.bucket).toMatchObject({ PublicAccessBlock: null, Tags: null, Versioning: null, LifecycleRules: null });
    const samples = { account_id: access.id('data-platform'), bucket_name: 'exampleco-clicks-public-samples' };
    expect((await ask(samples)).bucket).toMatchObject({ PolicyIsPublic: true, PublicAccessBlock: null });
    const shared = { account_id: access.id('data-platform'), bucket_name: 'exampleco-notebooks-shared' };
    expect((await ask(shared)).bucket).toMatchObject({ PolicyIsPublic: null });
    const plain = { account_id: access.id('payments-prod'), bucket_name: 'exampleco-ledger-import' };
    expect((await ask(plain)).bucket).toMatchObject({ Encryption: null });
  });

  it('asks for the parts side by side', async () => {
    const event = { account_id: access.id('payments-prod'), bucket_name: 'exampleco-checkout-assets' };
    for (const operation of PARTS) access.rule({ match: { operation }, latencyMs: 1_000 });
    expect((await ask(event)).error).toBeUndefined();
    const parts = access.awsCalls().filter(({ operation }) => PARTS.includes(operation));
    expect(peakInFlight(parts)).toBe(PARTS.length);
  });

  it('names denied parts in Unavailable with their code, and gives the others', async () => {
    retryAtOnce();
    access.rule({ match: { operation: 'GetBucketEncryption' }, fault: 'access_denied' });
    access.rule({ match: { operation: 'GetBucketTagging' }, fault: 'scp_denied' });
    access.rule({ match: { operation: 'GetBucketLogging' }, fault: 'internal_error' });
    access.rule({ match: { operation: 'GetBucketVersioning' }, fault: 'throttled' });
    const { bucket } = await ask({ account_id: access.id('payments-prod'), bucket_name: 'exampleco-ledger-journal' });
    expect(bucket).toEqual({
      Name: 'exampleco-ledger-journal',
      BucketRegion: 'us-east-1',
      PublicAccessBlock: BLOCKED,
      PolicyIsPublic: false,
      ObjectOwnership: 'BucketOwnerEnforced',
      LifecycleRules: null,
      Unavailable: {
        Encryption: 'access_denied',
        Tags: 'access_denied',
        Logging: 'unavailable',
        Versioning: 'throttled',
      },
    });
  });

  it('does not know a bucket of another account, nor one that does not exist', async () => {
    const account_id = access.id('payments-dev');
    const foreign = await ask({ account_id, bucket_name: 'exampleco-ledger-journal' });
    expect(foreign).toMatchObject({ error: { code: 'not_found' }, account_id });
    expect(access.awsCalls().map(({ operation }) => operation)).toEqual(['GetBucketLocation', 'ListBuckets']);
    const unknown = await ask({ account_id, bucket_name: 'exampleco-no-such-bucket' });
    expect(unknown).toMatchObject({ error: { code: 'not_found' }, account_id });
  });

  it('finds the owner among all accounts', async () => {
    const bucket_name = 'exampleco-payouts-settlement';
    const { buckets, complete, failures } = await ask({ account_id: 'all', bucket_name });
    expect(buckets).toMatchObject([
      { AccountId: access.id('payments-prod'), Name: bucket_name, BucketRegion: 'eu-west-1' },
    ]);
    // The account without a role cannot be asked; every other one has no such bucket, which is no failure.
    expect(failures).toMatchObject([{ account_id: access.id('acquired-shop'), code: 'role_not_assumable' }]);
    expect(complete).toBe(false);
    const calls = access.awsCalls();
    const owner = calls.filter(({ account }) => account === access.id('payments-prod'));
    expect(owner).toHaveLength(1 + PARTS.length);
    const others = access.estate.accounts.filter(({ reachable }) => reachable).length - 1;
    expect(calls.length - owner.length).toBe(2 * others);
    expectDeclaredActions(calls, getS3BucketInfo);
  });

  it('reads a bucket whose location alone is denied', async () => {
    access.rule({ match: { operation: 'GetBucketLocation' }, fault: 'access_denied' });
    const event = { account_id: access.id('payments-prod'), bucket_name: 'exampleco-payouts-reports' };
    expect((await ask(event)).bucket).toMatchObject({ BucketRegion: 'eu-west-1', PublicAccessBlock: BLOCKED });
    access.rule({ match: { operation: 'ListBuckets' }, fault: 'access_denied' });
    expect((await ask(event)).error).toMatchObject({ code: 'access_denied', action: 's3:ListAllMyBuckets' });
  });

  refusesBadInput(access, ask, [
    ['bucket_name', { account_id: 'all' }],
    ['bucket_name', { account_id: 'all', bucket_name: 'arn:aws:s3:us-east-1:111111111111:accesspoint/x' }],
    ['account_id', { account_id: '1', bucket_name: 'exampleco-cloudtrail' }],
    ['region', { account_id: 'all', region: 'mars-north-1', bucket_name: 'exampleco-cloudtrail' }],
  ]);

  it('answers before the deadline when one part is silent, and gives the others', async () => {
    access.rule({ match: { operation: 'GetBucketLogging' }, fault: 'hang' });
    const started = Date.now();
    const event = { account_id: access.id('payments-prod'), bucket_name: 'exampleco-ledger-journal' };
    const { bucket } = await ask(event, 3_000);
    expect(Date.now() - started).toBeLessThan(2_800);
    expect(bucket).toMatchObject({ PublicAccessBlock: BLOCKED, Unavailable: { Logging: 'timeout' } });
  });
});
