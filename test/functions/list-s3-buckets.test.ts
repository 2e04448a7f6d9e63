import { type Bucket, ListBucketsCommand, ListBucketsOutput$, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { listS3Buckets } from '../../schemas/list-s3-buckets.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';
import { plantedAnswer, plantedPathsIn } from '../support/planted-answer.ts';
import { walk } from '../support/walk.ts';

const s3 = mockClient(S3Client);

interface Answer {
  region: string;
  bucket_count: number;
  buckets: { Name: string; BucketRegion?: string }[];
  next_token?: string;
  error?: { code: string; action?: string; field?: string };
}

const { input, output } = listS3Buckets.example;
const account_id = '111111111111';

/** ListBuckets with these buckets, in pages as S3 gives them. */
function serve(buckets: readonly Bucket[]) {
  s3.on(ListBucketsCommand).callsFake(async ({ ContinuationToken, MaxBuckets, Prefix = '' }) => {
    const named = buckets.filter(({ Name = '' }) => Name.startsWith(Prefix));
    const from = Number(ContinuationToken ?? 0);
    const end = from + MaxBuckets;
    return { Buckets: named.slice(from, end), ContinuationToken: end < named.length ? String(end) : undefined };
  });
}

async function names(event: object): Promise<string[]> {
  const answers = await walk((each) => callTool<Answer>(listS3Buckets, each), event);
  return answers.flatMap(({ buckets }) => buckets.map(({ Name }) => Name));
}

const REGIONS = ['us-east-1', 'eu-west-1', 'ap-south-1'] as const;
const many = Array.from({ length: 2_345 }, (_, index) => ({
  Name: `bucket-${String(index).padStart(5, '0')}`,
  // Few are in eu-west-1, and ap-south-1 is none of the configured Regions.
  BucketRegion: REGIONS[index % 97 === 0 ? 1 : (index % 2) * 2] as string,
}));

describe('list_s3_buckets', () => {
  useMockedAws();
  beforeEach(() => void s3.reset());

  it('answers the documented example', async () => {
    s3.on(ListBucketsCommand, { Prefix: input.prefix as string }).resolves({
      Buckets: [
        {
          Name: 'payments-prod-assets',
          BucketRegion: 'us-east-1',
          BucketArn: 'arn:aws:s3:::payments-prod-assets',
          CreationDate: new Date('2025-02-03T10:15:00Z'),
        },
        { Name: 'payments-prod-invoices', BucketRegion: 'eu-west-1', CreationDate: new Date('2026-05-11T07:00:00Z') },
      ],
      Owner: { DisplayName: 'someone', ID: 'canonical' },
    });
    expect(await callTool(listS3Buckets, input)).toEqual(output);
  });

  it('walks every bucket of the account exactly once, whatever its Region', async () => {
    serve(many);
    expect(await names({ account_id, max_results: 300 })).toEqual(many.map(({ Name }) => Name));
  });

  it.each([
    ['eu-west-1', ['eu-west-1']],
    ['us-east-1,eu-west-1', ['us-east-1', 'eu-west-1']],
    ['eu-west-1, eu-west-1', ['eu-west-1']],
  ])('filters by %s on the page, and asks the home Region only', async (region, kept) => {
    serve(many);
    const expected = many.filter(({ BucketRegion }) => kept.includes(BucketRegion)).map(({ Name }) => Name);
    expect(await names({ account_id, region, max_results: 30 })).toEqual(expected);
    for (const { thisValue, args } of s3.commandCalls(ListBucketsCommand)) {
      expect(await (thisValue as S3Client).config.region()).toBe('us-east-1');
      expect(args[0].input).not.toHaveProperty('BucketRegion');
    }
  });

  it('finds the few of a Region among many without a call for each page of an answer', async () => {
    serve(many);
    const { buckets } = await callTool<Answer>(listS3Buckets, { account_id, region: 'eu-west-1' });
    expect(buckets).toHaveLength(25);
    expect(s3.commandCalls(ListBucketsCommand)).toHaveLength(3);
  });

  it('takes all, or no Region, for every Region', async () => {
    serve(many);
    for (const region of ['all', ' all ', undefined]) {
      const answer = await callTool<Answer>(listS3Buckets, { account_id, region, prefix: 'bucket-0000' });
      expect(answer.region).toBe('all');
      expect(new Set(answer.buckets.map(({ BucketRegion }) => BucketRegion))).toEqual(new Set(REGIONS));
    }
  });

  it('asks for pages with a number, without which S3 says no Regions', async () => {
    serve([]);
    await callTool(listS3Buckets, { account_id, max_results: 1 });
    await callTool(listS3Buckets, { account_id });
    await callTool(listS3Buckets, { account_id, max_results: 1_000 });
    await callTool(listS3Buckets, { account_id, region: 'us-east-1' });
    const sizes = s3.commandCalls(ListBucketsCommand).map(({ args }) => args[0].input.MaxBuckets);
    expect(sizes).toEqual([1, 50, expect.any(Number), 1_000]);
    expect(sizes[2]).toBeLessThanOrEqual(10_000);
  });

  it('shows a bucket whose Region S3 did not say rather than hiding it', async () => {
    serve([{ Name: 'somewhere' }, { Name: 'elsewhere', BucketRegion: 'us-east-1' }]);
    const { buckets } = await callTool<Answer>(listS3Buckets, { account_id, region: 'eu-west-1' });
    expect(buckets).toEqual([{ Name: 'somewhere' }]);
  });

  it.each([
    ['a Region that is not configured', { region: 'ap-south-1' }, 'region'],
    ['an empty prefix', { prefix: '' }, 'prefix'],
  ])('refuses %s without a call', async (_name, event, field) => {
    const { error } = await callTool<Answer>(listS3Buckets, { account_id, ...event });
    expect(error).toMatchObject({ code: 'invalid_input', field });
    expect(s3.calls()).toHaveLength(0);
  });

  it('names the action when it is denied', async () => {
    s3.on(ListBucketsCommand).rejects(Object.assign(new Error('Access Denied'), { name: 'AccessDenied' }));
    const { error } = await callTool<Answer>(listS3Buckets, { account_id });
    expect(error).toMatchObject({ code: 'access_denied', action: 's3:ListAllMyBuckets' });
  });

  it('lets out the declared fields of what AWS answers, and nothing else', async () => {
    const { Buckets } = plantedAnswer(ListBucketsOutput$) as { Buckets: Bucket[] };
    s3.on(ListBucketsCommand).resolves({ Buckets });
    expect(plantedPathsIn(await callTool(listS3Buckets, { account_id }))).toEqual([
      'Buckets.BucketRegion',
      'Buckets.Name',
    ]);
  });
});
