import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { AccessAnalyzerClient, ListFindingsV2Command } from '@aws-sdk/client-accessanalyzer';
import { APIGatewayClient, GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client, GetApisCommand } from '@aws-sdk/client-apigatewayv2';
import { BedrockAgentCoreControlClient, ListGatewaysCommand } from '@aws-sdk/client-bedrock-agentcore-control';
import { CloudFrontClient, ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { DescribeFileSystemsCommand, EFSClient } from '@aws-sdk/client-efs';
import { DescribeLoadBalancersCommand, ElasticLoadBalancingClient } from '@aws-sdk/client-elastic-load-balancing';
import { DescribeListenersCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { GetBucketEncryptionCommand, HeadBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, expect, test } from 'vitest';
import {
  assume,
  type Credentials,
  hub,
  hubCredentials,
  hubRole,
  member,
  seedTargetRole,
  sessionPolicy,
  targetRole,
  through,
} from '../support/simulated-callers.ts';
import { describeSimulated, useSimulator } from '../support/simulator.ts';

describeSimulated('the simulated AWS', () => {
  const aws = useSimulator();

  beforeEach(() => aws().reset());

  test('a handler process is the hub role, also after a reset', async () => {
    const before = aws().environment();
    await aws().reset();
    expect(aws().environment()).toEqual(before);
    const { Arn } = await new STSClient(through(aws())).send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:sts::${hub}:assumed-role/central-ops-tools/local`);
  });

  test('credentials that nobody issued are refused', async () => {
    const stranger = through(aws(), { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'x', sessionToken: 'x' });
    const refused = new STSClient(stranger).send(new GetCallerIdentityCommand({}));
    await expect(refused).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });

  test('an assumed session acts in its account and Region and nowhere else', async () => {
    await seedTargetRole(aws());
    const run = new RunInstancesCommand({ ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1 });
    await new EC2Client(aws().asAccount(member, 'eu-west-1')).send(run);
    const count = async (credentials: Credentials, region: string) => {
      const ec2 = new EC2Client(through(aws(), credentials, region));
      return (await ec2.send(new DescribeInstancesCommand({}))).Reservations?.length;
    };
    expect(await count(await assume(aws()), 'eu-west-1')).toBe(1);
    expect(await count(await assume(aws()), 'us-east-1')).toBe(0);
    expect(await count(hubCredentials(aws()), 'eu-west-1')).toBe(0);
  });

  test('the log names caller, operation and IAM action, and the session policy', async () => {
    await seedTargetRole(aws(), { Principal: '*', Condition: { StringEquals: { 'sts:ExternalId': 'secret-1' } } });
    const policy = sessionPolicy('s3:GetEncryptionConfiguration');
    const session = await assume(aws(), { ExternalId: 'secret-1', SourceIdentity: 'caller', Policy: policy });
    const s3 = new S3Client(through(aws(), session, 'eu-west-1'));
    const error = await s3.send(new GetBucketEncryptionCommand({ Bucket: 'none-such' })).catch((thrown) => thrown);
    const [assumeCall, readCall] = aws().calls;
    expect(assumeCall).toMatchObject({
      account: hub,
      service: 'sts',
      operation: 'AssumeRole',
      iamAction: 'sts:AssumeRole',
      roleArn: hubRole,
      status: 200,
      assumed: { roleArn: targetRole, sessionName: 'test-session', externalId: 'secret-1', sourceIdentity: 'caller' },
    });
    expect(readCall).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      account: member,
      region: 'eu-west-1',
      service: 's3',
      operation: 'GetBucketEncryption',
      iamAction: 's3:GetEncryptionConfiguration',
      roleArn: targetRole,
      sessionName: 'test-session',
      externalId: 'secret-1',
      sessionPolicyActions: ['s3:GetEncryptionConfiguration'],
      requestId: error.$metadata.requestId,
      status: 404,
      errorCode: 'NoSuchBucket',
      durationMs: expect.any(Number),
    });
    aws().clearCalls();
    expect(aws().calls).toEqual([]);
  });

  test.each<[string, string, string, (config: ReturnType<typeof through>) => Promise<unknown>]>([
    ['ec2', 'DescribeInstances', 'ec2:', (c) => new EC2Client(c).send(new DescribeInstancesCommand({}))],
    [
      'elasticloadbalancing',
      'DescribeLoadBalancers',
      'elasticloadbalancing:',
      (c) => new ElasticLoadBalancingClient(c).send(new DescribeLoadBalancersCommand({})),
    ],
    [
      'elasticloadbalancingv2',
      'DescribeListeners',
      'elasticloadbalancing:',
      (c) => new ElasticLoadBalancingV2Client(c).send(new DescribeListenersCommand({})),
    ],
    [
      'organizations',
      'ListAccounts',
      'organizations:',
      (c) => new OrganizationsClient(c).send(new ListAccountsCommand({})),
    ],
    ['cloudwatch', 'DescribeAlarms', 'cloudwatch:', (c) => new CloudWatchClient(c).send(new DescribeAlarmsCommand({}))],
    ['tagging', 'GetResources', 'tag:', (c) => new ResourceGroupsTaggingAPIClient(c).send(new GetResourcesCommand({}))],
    ['s3', 'ListBuckets', 's3:ListAllMyBuckets', (c) => new S3Client(c).send(new ListBucketsCommand({}))],
    ['s3', 'HeadBucket', 's3:ListBucket', (c) => new S3Client(c).send(new HeadBucketCommand({ Bucket: 'bucket' }))],
    [
      'cloudfront',
      'ListDistributions',
      'cloudfront:',
      (c) => new CloudFrontClient(c).send(new ListDistributionsCommand({})),
    ],
    [
      'lambda',
      'Invoke',
      'lambda:InvokeFunction',
      (c) => new LambdaClient(c).send(new InvokeCommand({ FunctionName: 'f' })),
    ],
    ['apigateway', 'GetRestApis', 'apigateway:GET', (c) => new APIGatewayClient(c).send(new GetRestApisCommand({}))],
    ['apigatewayv2', 'GetApis', 'apigateway:GET', (c) => new ApiGatewayV2Client(c).send(new GetApisCommand({}))],
    [
      'access-analyzer',
      'ListFindingsV2',
      'access-analyzer:ListFindings',
      (c) => new AccessAnalyzerClient(c).send(new ListFindingsV2Command({ analyzerArn: 'x' })),
    ],
    [
      'elasticfilesystem',
      'DescribeFileSystems',
      'elasticfilesystem:',
      (c) => new EFSClient(c).send(new DescribeFileSystemsCommand({})),
    ],
    [
      'bedrock-agentcore-control',
      'ListGateways',
      'bedrock-agentcore:',
      (c) => new BedrockAgentCoreControlClient(c).send(new ListGatewaysCommand({})),
    ],
  ])('the log knows %s %s', async (service, operation, action, send) => {
    aws().rules.add({ match: { service, operation }, fault: 'access_denied' });
    await expect(send(through(aws()))).rejects.toThrow();
    const iamAction = action.endsWith(':') ? `${action}${operation}` : action;
    expect(aws().calls).toMatchObject([{ service, operation, iamAction, status: expect.any(Number) }]);
    expect([400, 403]).toContain(aws().calls[0]?.status);
  });

  test('S3 Control calls name the account in the host', async () => {
    const { port } = new URL(aws().url);
    const scope = `Credential=${hubCredentials(aws()).accessKeyId}/20260101/us-east-1/s3/aws4_request`;
    const headers = {
      host: `${hub}.localhost:${port}`,
      authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=x`,
      'x-amz-account-id': hub,
    };
    const path = '/v20180820/configuration/publicAccessBlock';
    const [answer] = await once(httpRequest({ host: '127.0.0.1', port, path, headers }).end(), 'response');
    answer.resume();
    expect(aws().calls).toMatchObject([
      {
        service: 's3-control',
        operation: 'GetPublicAccessBlock',
        iamAction: 's3:GetAccountPublicAccessBlock',
        status: 200,
        stubbed: true,
      },
    ]);
  });

  test('reset empties accounts, log, rules and sessions', async () => {
    await seedTargetRole(aws());
    const session = await assume(aws());
    aws().rules.add({ match: {}, fault: 'access_denied' });
    await aws().reset();
    expect(aws().calls).toEqual([]);
    await expect(new S3Client(through(aws())).send(new ListBucketsCommand({}))).resolves.toBeDefined();
    const old = new EC2Client(through(aws(), session)).send(new DescribeInstancesCommand({}));
    await expect(old).rejects.toMatchObject({ name: 'AuthFailure' });
    await expect(assume(aws())).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('moto ends with the process that started it, even when that is killed', async () => {
    const moto = join(import.meta.dirname, '../../scripts/local/simulator/moto.ts');
    const program = `const { url } = await (await import(${JSON.stringify(moto)})).startMoto(); console.log(url);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', `${program} setInterval(() => {}, 1000);`]);
    const [output] = await once(parent.stdout, 'data');
    const url = String(output).trim();
    expect((await fetch(`${url}/moto-api/data.json`)).status).toBe(200);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await expect.poll(() => fetch(url).catch(() => 'gone'), { timeout: 5_000 }).toBe('gone');
  });
});
