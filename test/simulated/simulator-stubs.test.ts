import { AccessAnalyzerClient, ListArchiveRulesCommand } from '@aws-sdk/client-accessanalyzer';
import { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
import {
  DescribeInstancesCommand,
  DescribeRegionsCommand,
  EC2Client,
  GetEbsDefaultKmsKeyIdCommand,
  GetSnapshotBlockPublicAccessStateCommand,
} from '@aws-sdk/client-ec2';
import { GuardDutyClient, ListFindingsCommand, type ListFindingsCommandInput } from '@aws-sdk/client-guardduty';
import { IAMClient } from '@aws-sdk/client-iam';
import {
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionUrlConfigsCommand,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  CreateBucketCommand,
  GetBucketPolicyStatusCommand,
  ListBucketMetricsConfigurationsCommand,
  PutBucketPolicyCommand,
  paginateListBuckets,
  S3Client,
} from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import { serviceRole } from '../../scripts/local/estate/roles.ts';
import { rawAnswer } from '../../scripts/local/simulator/stub.ts';
import { AwsError } from '../../scripts/local/simulator/wire.ts';
import { assume, hub, hubCredentials, seedTargetRole, through } from '../support/simulated-callers.ts';
import { describeSimulated, useSimulator } from '../support/simulator.ts';

describeSimulated('stubs of the simulated AWS', () => {
  const aws = useSimulator();

  beforeEach(() => aws().reset());

  test('GetBucketPolicyStatus is computed from the policy', async () => {
    const seed = new S3Client(aws().asAccount(hub));
    const makeBucket = async (Bucket: string, statement: object) => {
      await seed.send(new CreateBucketCommand({ Bucket }));
      const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*`, ...statement };
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [read] });
      await seed.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    };
    await makeBucket('open-to-all', { Principal: '*' });
    await makeBucket('open-by-list', { Principal: { AWS: ['*'] } });
    await makeBucket('with-condition', { Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } });
    await makeBucket('with-deny', { Principal: '*', Effect: 'Deny' });
    await seed.send(new CreateBucketCommand({ Bucket: 'without-policy' }));

    const status = (Bucket: string) => new S3Client(through(aws())).send(new GetBucketPolicyStatusCommand({ Bucket }));
    expect((await status('open-to-all')).PolicyStatus).toEqual({ IsPublic: true });
    expect((await status('open-by-list')).PolicyStatus).toEqual({ IsPublic: true });
    expect((await status('with-condition')).PolicyStatus).toEqual({ IsPublic: false });
    expect((await status('with-deny')).PolicyStatus).toEqual({ IsPublic: false });
    await expect(status('without-policy')).rejects.toMatchObject({
      name: 'NoSuchBucketPolicy',
      $metadata: { httpStatusCode: 404 },
    });
    expect(aws().calls[0]).toMatchObject({ operation: 'GetBucketPolicyStatus', stubbed: true, status: 200 });
  });

  test('17 Regions are on by default; others are refused until they are opted in', async () => {
    const ec2 = new EC2Client(through(aws()));
    const { Regions: on = [] } = await ec2.send(new DescribeRegionsCommand({}));
    expect(on).toHaveLength(17);
    const Filters = [{ Name: 'opt-in-status', Values: ['not-opted-in'] }];
    const { Regions: off = [] } = await ec2.send(new DescribeRegionsCommand({ AllRegions: true, Filters }));
    expect(off.map(({ RegionName }) => RegionName)).toEqual([...aws().regions.notOptedIn].sort());

    const milan = new EC2Client(through(aws(), hubCredentials(aws()), 'eu-south-1'));
    await expect(milan.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({ name: 'AuthFailure' });
    aws().regions.enabled.push('eu-south-1');
    aws().regions.notOptedIn = ['af-south-1'];
    await expect(milan.send(new DescribeInstancesCommand({}))).resolves.toBeDefined();

    const account = new AccountClient(through(aws()));
    const listed = async (status: 'ENABLED' | 'DISABLED') => {
      const { Regions = [] } = await account.send(new ListRegionsCommand({ RegionOptStatusContains: [status] }));
      return Regions.map(({ RegionName }) => RegionName);
    };
    expect(await listed('ENABLED')).toEqual(['eu-south-1']);
    expect(await listed('DISABLED')).toEqual(['af-south-1']);
    const first = await account.send(new ListRegionsCommand({ MaxResults: 10 }));
    const NextToken = first.NextToken ?? '';
    const second = await account.send(new ListRegionsCommand({ MaxResults: 10, NextToken }));
    expect([first.Regions?.length, second.Regions?.length, second.NextToken]).toEqual([10, 9, undefined]);
  });

  test('EBS settings that moto lacks', async () => {
    const ec2 = new EC2Client(through(aws()));
    expect(await ec2.send(new GetEbsDefaultKmsKeyIdCommand({}))).toMatchObject({ KmsKeyId: 'alias/aws/ebs' });
    const state = await ec2.send(new GetSnapshotBlockPublicAccessStateCommand({}));
    expect(state).toMatchObject({ State: 'unblocked' });
  });

  test('ListBuckets pages, with the Region of each bucket', async () => {
    const seed = new S3Client(aws().asAccount(hub));
    for (const name of ['c', 'a', 'b']) await seed.send(new CreateBucketCommand({ Bucket: `bucket-${name}` }));
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const };
    await seed.send(new CreateBucketCommand({ Bucket: 'bucket-d', CreateBucketConfiguration }));
    const pages: string[][] = [];
    for await (const { Buckets = [] } of paginateListBuckets(
      { client: new S3Client(through(aws())), pageSize: 3 },
      {},
    )) {
      pages.push(Buckets.map(({ Name, BucketRegion }) => `${Name} ${BucketRegion}`));
    }
    expect(pages).toEqual([['bucket-a us-east-1', 'bucket-b us-east-1', 'bucket-c us-east-1'], ['bucket-d eu-west-1']]);
  });

  test('ListFunctions pages, without what AWS gives in GetFunction only; ListFunctionUrlConfigs gives the URL', async () => {
    const seed = new LambdaClient(aws().asAccount(hub));
    const Role = await serviceRole(new IAMClient(aws().asAccount(hub)), 'lambda-execution', 'lambda');
    const Code = { ZipFile: Buffer.from('not run') };
    for (const FunctionName of ['c', 'a', 'b'])
      await seed.send(new CreateFunctionCommand({ FunctionName, Role, Code, Runtime: 'nodejs24.x', Handler: 'h' }));
    await seed.send(new CreateFunctionUrlConfigCommand({ FunctionName: 'a', AuthType: 'NONE' }));
    const lambda = new LambdaClient(through(aws()));
    const pages: unknown[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client: lambda, pageSize: 2 }, {}))
      pages.push(Functions.map(({ FunctionName, Runtime, State }) => [FunctionName, Runtime, State]));
    const listed = (name: string) => [name, 'nodejs24.x', undefined];
    expect(pages).toEqual([[listed('a'), listed('b')], [listed('c')]]);
    const urls = async (FunctionName: string) =>
      (await lambda.send(new ListFunctionUrlConfigsCommand({ FunctionName }))).FunctionUrlConfigs;
    expect(await urls('a')).toMatchObject([{ AuthType: 'NONE' }]);
    expect(await urls('b')).toEqual([]);
  });

  test('a rule can stub an operation in the shape of the SDK', async () => {
    const createdAt = new Date('2026-01-02T03:04:05Z');
    aws().rules.add({
      match: { service: 'guardduty', operation: 'ListFindings' },
      stub: ({ input, account }: { input: ListFindingsCommandInput; account: string }) => ({
        FindingIds: [`${account}/${input.DetectorId}/${input.MaxResults}`],
      }),
    });
    aws().rules.add({
      match: { service: 'rds' },
      stub: () => ({ DBInstances: [{ DBInstanceIdentifier: 'a & b', InstanceCreateTime: createdAt }] }),
    });
    const Payload = Buffer.from('{"ok":true}');
    aws().rules.add({
      match: { service: 'lambda' },
      stub: () => ({ StatusCode: 202, FunctionError: 'Handled', Payload }),
    });
    const guardDuty = new GuardDutyClient(through(aws()));
    const findings = await guardDuty.send(new ListFindingsCommand({ DetectorId: 'd-1', MaxResults: 7 }));
    expect(findings.FindingIds).toEqual([`${hub}/d-1/7`]);
    const databases = await new RDSClient(through(aws())).send(new DescribeDBInstancesCommand({}));
    expect(databases.DBInstances).toEqual([{ DBInstanceIdentifier: 'a & b', InstanceCreateTime: createdAt }]);
    const invoked = await new LambdaClient(through(aws())).send(new InvokeCommand({ FunctionName: 'f' }));
    expect(invoked).toMatchObject({ StatusCode: 202, FunctionError: 'Handled' });
    expect(invoked.Payload?.transformToString()).toBe('{"ok":true}');
    expect(aws().calls.map(({ stubbed }) => stubbed)).toEqual([true, true, true]);
  });

  test('a stub can answer an error of AWS, or raw HTTP', async () => {
    const list = () => new GuardDutyClient(through(aws())).send(new ListFindingsCommand({ DetectorId: 'd' }));
    const refuse = () => {
      throw new AwsError('BadRequestException', 'no such detector', 400);
    };
    aws().rules.add({ match: { service: 'guardduty' }, times: 1, stub: refuse });
    await expect(list()).rejects.toMatchObject({ name: 'BadRequestException', message: 'no such detector' });
    aws().rules.add({ match: {}, stub: () => rawAnswer({ status: 200, body: '{"findingIds":["raw"]}' }) });
    expect((await list()).FindingIds).toEqual(['raw']);
  });

  test('an operation that nobody answers fails loudly', async () => {
    const command = new ListArchiveRulesCommand({ analyzerName: 'external-access' });
    await expect(new AccessAnalyzerClient(through(aws())).send(command)).rejects.toMatchObject({
      name: 'SimulatorNotImplemented',
      message: expect.stringContaining('access-analyzer ListArchiveRules'),
      $metadata: { httpStatusCode: 501 },
    });
    await new S3Client(aws().asAccount(hub)).send(new CreateBucketCommand({ Bucket: 'bucket' }));
    // moto answers this one with a listing of the bucket, which the SDK would read as an empty answer.
    const listing = new ListBucketMetricsConfigurationsCommand({ Bucket: 'bucket' });
    const configurations = new S3Client(through(aws())).send(listing);
    await expect(configurations).rejects.toMatchObject({ name: 'SimulatorNotImplemented' });
  });

  test('a denial by moto itself, which is XML everywhere, has the shape of the service', async () => {
    const denyAfter = (calls: string) =>
      fetch(`${aws().motoUrl}/moto-api/reset-auth`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: calls,
      });
    await seedTargetRole(aws());
    const session = through(aws(), await assume(aws()));
    await denyAfter('0');
    const found = new LambdaClient(session).send(new GetFunctionCommand({ FunctionName: 'f' }));
    await expect(found.finally(() => denyAfter('inf'))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
