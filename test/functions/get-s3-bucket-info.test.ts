import {
  GetBucketEncryptionCommand,
  GetBucketEncryptionOutput$,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLifecycleConfigurationOutput$,
  GetBucketLocationCommand,
  GetBucketLoggingCommand,
  GetBucketLoggingOutput$,
  GetBucketOwnershipControlsCommand,
  GetBucketOwnershipControlsOutput$,
  GetBucketPolicyStatusCommand,
  GetBucketPolicyStatusOutput$,
  GetBucketTaggingCommand,
  GetBucketTaggingOutput$,
  GetBucketVersioningCommand,
  GetBucketVersioningOutput$,
  GetPublicAccessBlockCommand,
  GetPublicAccessBlockOutput$,
  ListBucketsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { getS3BucketInfo } from '../../schemas/get-s3-bucket-info.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';
import { plantedAnswer, plantedPathsIn } from '../support/planted-answer.ts';

const s3 = mockClient(S3Client);

interface Answer {
  bucket: Record<string, unknown> & { Unavailable?: Record<string, string> };
  bucket_count?: number;
  buckets?: Record<string, unknown>[];
  complete?: boolean;
  failures?: { account_id: string; code: string }[];
  error?: { code: string; message: string; field?: string; action?: string };
}

const { input, output } = getS3BucketInfo.example;
const Bucket = input.bucket_name;
const owner = input.account_id;

// biome-ignore lint/suspicious/noExplicitAny: the classes of commands share no type.
type Command = new (input: any) => any;

/** The parts of a bucket: the command, the error that says "not set", and the shape of an answer. */
const PARTS: Record<string, readonly [command: Command, notSet: string | undefined, schema: unknown]> = {
  Tags: [GetBucketTaggingCommand, 'NoSuchTagSet', GetBucketTaggingOutput$],
  Encryption: [
    GetBucketEncryptionCommand,
    'ServerSideEncryptionConfigurationNotFoundError',
    GetBucketEncryptionOutput$,
  ],
  PublicAccessBlock: [GetPublicAccessBlockCommand, 'NoSuchPublicAccessBlockConfiguration', GetPublicAccessBlockOutput$],
  PolicyIsPublic: [GetBucketPolicyStatusCommand, 'NoSuchBucketPolicy', GetBucketPolicyStatusOutput$],
  Versioning: [GetBucketVersioningCommand, undefined, GetBucketVersioningOutput$],
  ObjectOwnership: [
    GetBucketOwnershipControlsCommand,
    'OwnershipControlsNotFoundError',
    GetBucketOwnershipControlsOutput$,
  ],
  Logging: [GetBucketLoggingCommand, undefined, GetBucketLoggingOutput$],
  LifecycleRules: [
    GetBucketLifecycleConfigurationCommand,
    'NoSuchLifecycleConfiguration',
    GetBucketLifecycleConfigurationOutput$,
  ],
};

const awsError = (name: string, status = 404) =>
  Object.assign(new Error(`CANARY ${name}`), { name, $metadata: { httpStatusCode: status } });

/** A bucket on which nothing is set. */
function serveBare(region = 'eu-west-1') {
  s3.on(GetBucketLocationCommand).resolves({ LocationConstraint: region as 'eu-west-1' });
  for (const [command, notSet] of Object.values(PARTS)) {
    if (notSet === undefined) s3.on(command).resolves({});
    else s3.on(command).rejects(awsError(notSet));
  }
}

describe('get_s3_bucket_info', () => {
  useMockedAws();
  beforeEach(() => void s3.reset());

  it('answers the documented example', async () => {
    serveBare();
    s3.on(GetBucketTaggingCommand).resolves({ TagSet: [{ Key: 'Environment', Value: 'prod' }] });
    s3.on(GetBucketEncryptionCommand).resolves({
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/invoices' },
            BucketKeyEnabled: true,
          },
        ],
      },
    });
    s3.on(GetPublicAccessBlockCommand).resolves({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
    });
    s3.on(GetBucketVersioningCommand).resolves({ Status: 'Enabled' });
    s3.on(GetBucketOwnershipControlsCommand).resolves({
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    expect(await callTool(getS3BucketInfo, input)).toEqual(output);
  });

  it('says null for what is not set', async () => {
    serveBare();
    const { bucket } = await callTool<Answer>(getS3BucketInfo, input);
    expect(bucket).toEqual({
      Name: Bucket,
      BucketRegion: 'eu-west-1',
      ...Object.fromEntries(Object.keys(PARTS).map((part) => [part, null])),
    });
  });

  it.each(Object.entries(PARTS))(
    'names %s in Unavailable with its code, and gives the other parts',
    async (part, [command]) => {
      for (const [error, code] of [
        [awsError('AccessDenied', 403), 'access_denied'],
        [awsError('SlowDown', 503), 'throttled'],
        [awsError('InternalError', 500), 'unavailable'],
      ] as const) {
        serveBare();
        s3.on(command).rejects(error);
        const answer = await callTool<Answer>(getS3BucketInfo, input);
        const others = Object.keys(PARTS).filter((each) => each !== part);
        expect(answer.bucket).toEqual({
          Name: Bucket,
          BucketRegion: 'eu-west-1',
          ...Object.fromEntries(others.map((each) => [each, null])),
          Unavailable: { [part]: code },
        });
        expect(JSON.stringify(answer)).not.toContain('CANARY');
      }
    },
  );

  it('asks for all parts side by side, in the bucket’s own Region, of the owner only', async () => {
    serveBare('eu-west-1');
    let asked = 0;
    const all = Promise.withResolvers<void>();
    for (const [command] of Object.values(PARTS)) {
      s3.on(command).callsFake(async () => {
        // Each waits until all have been asked: one after another would never end.
        if (++asked === Object.keys(PARTS).length) all.resolve();
        await all.promise;
        return {};
      });
    }
    expect((await callTool<Answer>(getS3BucketInfo, input, 3_000)).error).toBeUndefined();
    for (const { args, thisValue } of s3.calls()) {
      expect(args[0].input).toMatchObject({ Bucket, ExpectedBucketOwner: owner });
      const located = args[0] instanceof GetBucketLocationCommand;
      expect(await (thisValue as S3Client).config.region()).toBe(located ? 'us-east-1' : 'eu-west-1');
    }
    expect(s3.calls()).toHaveLength(1 + Object.keys(PARTS).length);
  });

  it.each([
    [undefined, 'us-east-1'],
    ['', 'us-east-1'],
    ['EU', 'eu-west-1'],
  ])('reads the location %s as %s', async (constraint, region) => {
    serveBare();
    s3.on(GetBucketLocationCommand).resolves({ LocationConstraint: constraint as 'EU' });
    expect((await callTool<Answer>(getS3BucketInfo, input)).bucket.BucketRegion).toBe(region);
  });

  it.each([
    ['AccessDenied', 403],
    ['PermanentRedirect', 301],
    ['AuthorizationHeaderMalformed', 400],
    ['IllegalLocationConstraintException', 400],
  ])('finds the Region in the list of buckets when the location answers %s', async (name, status) => {
    serveBare();
    s3.on(GetBucketLocationCommand).rejects(awsError(name, status));
    s3.on(ListBucketsCommand, { Prefix: Bucket }).resolves({
      Buckets: [
        { Name: Bucket, BucketRegion: 'eu-west-1' },
        { Name: `${Bucket}-2`, BucketRegion: 'us-east-1' },
      ],
    });
    expect((await callTool<Answer>(getS3BucketInfo, input)).bucket).toMatchObject({
      Name: Bucket,
      BucketRegion: 'eu-west-1',
    });
  });

  it('does not know a bucket of another account, nor one that only begins alike', async () => {
    s3.on(GetBucketLocationCommand).rejects(awsError('AccessDenied', 403));
    s3.on(ListBucketsCommand).resolves({ Buckets: [{ Name: `${Bucket}-2`, BucketRegion: 'us-east-1' }] });
    const answer = await callTool<Answer>(getS3BucketInfo, input);
    expect(answer.error?.code).toBe('not_found');
    expect(JSON.stringify(answer)).not.toContain('CANARY');
    expect(s3.calls()).toHaveLength(2);
  });

  it('says which action is denied when neither the location nor the list may be read', async () => {
    s3.on(GetBucketLocationCommand).rejects(awsError('AccessDenied', 403));
    s3.on(ListBucketsCommand).rejects(
      Object.assign(awsError('AccessDenied', 403), {
        message: 'User: x is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows',
      }),
    );
    const { error } = await callTool<Answer>(getS3BucketInfo, input);
    expect(error).toMatchObject({ code: 'access_denied', action: 's3:ListAllMyBuckets' });
  });

  it('does not know a bucket that does not exist', async () => {
    s3.on(GetBucketLocationCommand).rejects(awsError('NoSuchBucket'));
    expect((await callTool<Answer>(getS3BucketInfo, input)).error?.code).toBe('not_found');
    expect(s3.commandCalls(ListBucketsCommand)).toHaveLength(0);
  });

  it('does not leave the configured Regions, and says where the bucket is', async () => {
    serveBare('ap-south-1');
    const { error } = await callTool<Answer>(getS3BucketInfo, input);
    expect(error).toMatchObject({ code: 'not_configured', message: expect.stringContaining('ap-south-1') });
    expect(s3.calls()).toHaveLength(1);
  });

  it('finds the owner among all accounts, without a word on the others', async () => {
    serveBare();
    s3.on(GetBucketLocationCommand, { ExpectedBucketOwner: '222222222222' }).rejects(awsError('AccessDenied', 403));
    s3.on(ListBucketsCommand).resolves({ Buckets: [] });
    const answer = await callTool<Answer>(getS3BucketInfo, { account_id: 'all', bucket_name: Bucket });
    expect(answer).toMatchObject({ account_id: 'all', region: 'all', bucket_count: 1, complete: true });
    expect(answer.buckets).toMatchObject([{ AccountId: owner, Name: Bucket, BucketRegion: 'eu-west-1' }]);
    expect(answer).not.toHaveProperty('failures');
  });

  it('is not found when no account owns it, and never complete when one could not be asked', async () => {
    s3.on(GetBucketLocationCommand).rejects(awsError('AccessDenied', 403));
    s3.on(ListBucketsCommand).resolves({ Buckets: [] });
    const none = await callTool<Answer>(getS3BucketInfo, { account_id: 'all', bucket_name: Bucket });
    expect(none.error?.code).toBe('not_found');
    s3.on(GetBucketLocationCommand, { ExpectedBucketOwner: '222222222222' }).rejects(awsError('InternalError', 500));
    const unknown = await callTool<Answer>(getS3BucketInfo, { account_id: 'all', bucket_name: Bucket });
    expect(unknown).toMatchObject({ bucket_count: 0, complete: false, failures: [{ account_id: '222222222222' }] });
  });

  it.each([
    ['arn:aws:s3:eu-west-1:111111111111:accesspoint/x'],
    ['arn:aws:s3:::bucket'],
    ['../other'],
    ['a b c'],
    ['ab'],
    ['x'.repeat(64)],
  ])('refuses %s as a name, without a call', async (bucket_name) => {
    const { error } = await callTool<Answer>(getS3BucketInfo, { ...input, bucket_name });
    expect(error).toMatchObject({ code: 'invalid_input', field: 'bucket_name' });
    expect(s3.calls()).toHaveLength(0);
  });

  it('tells what a lifecycle rule does, also of old ones and of dates', async () => {
    serveBare();
    s3.on(GetBucketLifecycleConfigurationCommand).resolves({
      Rules: [
        { ID: 'old', Status: 'Enabled', Prefix: 'logs/', Expiration: { Days: 30 } },
        {
          Status: 'Disabled',
          Filter: { And: { Prefix: 'raw/', Tags: [{ Key: 'k', Value: 'v' }] } },
          Transitions: [
            { Days: 90, StorageClass: 'GLACIER' },
            { Date: new Date('2030-01-01T00:00:00Z'), StorageClass: 'DEEP_ARCHIVE' },
          ],
        },
      ],
    });
    expect((await callTool<Answer>(getS3BucketInfo, { ...input, fields: ['LifecycleRules'] })).bucket).toEqual({
      LifecycleRules: [
        { ID: 'old', Status: 'Enabled', Prefix: 'logs/', ExpirationDays: 30 },
        {
          Status: 'Disabled',
          Prefix: 'raw/',
          Transitions: ['GLACIER after 90 days', 'DEEP_ARCHIVE on 2030-01-01T00:00:00.000Z'],
        },
      ],
    });
  });

  it('lets out the declared fields of what AWS answers, and nothing else', async () => {
    serveBare();
    for (const [command, , schema] of Object.values(PARTS)) s3.on(command).resolves(plantedAnswer(schema) as object);
    expect(plantedPathsIn(await callTool(getS3BucketInfo, input))).toEqual([
      '!ServerSideEncryptionConfiguration.Rules.ApplyServerSideEncryptionByDefault.KMSMasterKeyID',
      'LoggingEnabled.TargetBucket',
      'LoggingEnabled.TargetPrefix',
      'MFADelete',
      'OwnershipControls.Rules.ObjectOwnership',
      'Rules.Filter.Prefix',
      'Rules.ID',
      'Rules.Status',
      'Rules.Transitions.StorageClass',
      'ServerSideEncryptionConfiguration.Rules.ApplyServerSideEncryptionByDefault.SSEAlgorithm',
      'Status',
      'TagSet.Key',
      'TagSet.Value',
    ]);
  });
});
