import {
  APIGatewayClient,
  GetDomainNameCommand,
  GetRestApisCommand,
  GetStagesCommand,
} from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client, GetApisCommand, GetRoutesCommand } from '@aws-sdk/client-apigatewayv2';
import { CloudFrontClient, GetDistributionConfigCommand, ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeContinuousBackupsCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DescribeFileSystemsCommand, EFSClient } from '@aws-sdk/client-efs';
import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import * as elb from '@aws-sdk/client-elastic-load-balancing';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeReplicationGroupsCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { GetDetectorCommand, GuardDutyClient, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import * as lambda from '@aws-sdk/client-lambda';
import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import * as s3 from '@aws-sdk/client-s3';
import { DescribeHubCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { expect } from 'vitest';

// biome-ignore lint/suspicious/noExplicitAny: SDK clients share no configuration type.
type Configuration = any;
/** Looks at the resource itself, in its own account and Region, and returns what shows the fault. */
type Look = (at: Configuration, resource: string) => Promise<unknown>;

/** What each planted fault looks like to its service: how to read it, and what must be read. */
export const evidence: Record<string, readonly [look: Look, expected: unknown]> = {
  's3-no-encryption-configuration': [
    errorOf((at, Bucket) => pathStyle(at).send(new s3.GetBucketEncryptionCommand({ Bucket }))),
    'ServerSideEncryptionConfigurationNotFoundError',
  ],
  's3-no-public-access-block': [noPublicAccessBlock(), 'NoSuchPublicAccessBlockConfiguration'],
  's3-public': [bucketStatement, { Effect: 'Allow', Principal: '*', Action: 's3:GetObject' }],
  's3-no-tls-policy': [errorOf(bucketStatement), 'NoSuchBucketPolicy'],
  'ebs-unencrypted': [volume, { Encrypted: false }],
  'ebs-unencrypted-root': [volume, { Encrypted: false, State: 'in-use' }],
  'ebs-default-encryption-off': [
    (at) => new ec2.EC2Client(at).send(new ec2.GetEbsEncryptionByDefaultCommand({})),
    { EbsEncryptionByDefault: false },
  ],
  'dynamodb-no-recovery': [
    async (at, TableName) => {
      const backups = await new DynamoDBClient(at).send(new DescribeContinuousBackupsCommand({ TableName }));
      return backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    },
    { PointInTimeRecoveryStatus: 'DISABLED' },
  ],
  'rds-unencrypted': [database, { StorageEncrypted: false }],
  'rds-unencrypted-production': [database, { StorageEncrypted: false }],
  'rds-public': [database, { PubliclyAccessible: true }],
  'rds-no-backups': [database, { BackupRetentionPeriod: 0 }],
  'rds-cluster-unencrypted': [
    async (at, DBClusterIdentifier) =>
      (await new RDSClient(at).send(new DescribeDBClustersCommand({ DBClusterIdentifier }))).DBClusters?.[0],
    { StorageEncrypted: false },
  ],
  'elasticache-unencrypted': [
    async (at, ReplicationGroupId) => {
      const found = await new ElastiCacheClient(at).send(new DescribeReplicationGroupsCommand({ ReplicationGroupId }));
      return found.ReplicationGroups?.[0];
    },
    { AtRestEncryptionEnabled: false, TransitEncryptionEnabled: false },
  ],
  'efs-unencrypted': [
    async (at, CreationToken) =>
      (await new EFSClient(at).send(new DescribeFileSystemsCommand({ CreationToken }))).FileSystems?.[0],
    { Encrypted: false },
  ],
  'sg-range-with-ssh': [firstRule, { FromPort: 20, ToPort: 25, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  'sg-ssh-open': [firstRule, { FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  'sg-all-traffic-open': [firstRule, { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  'sg-rdp-open-ipv6': [firstRule, { FromPort: 3389, Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
  'default-sg-with-rules': [
    async (at, vpcName) =>
      (await groups(at, 'vpc-id', (await vpcNamed(at, vpcName)) ?? '')).find(
        ({ GroupName }) => GroupName === 'default',
      ),
    { GroupName: 'default', IpPermissionsEgress: [{ IpProtocol: '-1' }] },
  ],
  'vpc-without-flow-logs': [flowLogs, []],
  'vpc-flow-logs-lost': [flowLogs, [{ FlowLogStatus: 'ACTIVE', DeliverLogsStatus: 'FAILED' }]],
  'elb-classic-without-tls': [
    async (at, name) => {
      const client = new elb.ElasticLoadBalancingClient(at);
      const found = await client.send(new elb.DescribeLoadBalancersCommand({ LoadBalancerNames: [name] }));
      return found.LoadBalancerDescriptions?.[0]?.ListenerDescriptions;
    },
    [{ Listener: { Protocol: 'HTTP' } }],
  ],
  'elbv2-old-tls-policy': [listeners, [{ SslPolicy: 'ELBSecurityPolicy-2016-08' }, { Protocol: 'HTTP' }]],
  'elbv2-rule-in-clear': [
    async (at, name) => {
      const ListenerArn = (await listeners(at, name))?.find(({ Protocol }) => Protocol === 'HTTP')?.ListenerArn;
      const client = new elbv2.ElasticLoadBalancingV2Client(at);
      return (await client.send(new elbv2.DescribeRulesCommand({ ListenerArn }))).Rules;
    },
    [{ Actions: [{ Type: 'forward' }] }, { Actions: [{ Type: 'redirect' }] }],
  ],
  'elb-classic-old-tls': [
    async (at, LoadBalancerName) => {
      const client = new elb.ElasticLoadBalancingClient(at);
      const found = await client.send(new elb.DescribeLoadBalancerPoliciesCommand({ LoadBalancerName }));
      return found.PolicyDescriptions?.[0]?.PolicyAttributeDescriptions?.[0];
    },
    { AttributeName: 'Protocol-TLSv1', AttributeValue: 'true' },
  ],
  'acl-open': [acl, { Entries: [{ RuleAction: 'allow', CidrBlock: '0.0.0.0/0', PortRange: { From: 0 } }] }],
  'acl-unused': [acl, { IsDefault: false, Associations: [] }],
  'sg-open-by-prefix-list': [
    async (at, name) => {
      const rules = (await groups(at, 'group-name', name))[0]?.IpPermissions ?? [];
      const PrefixListId = rules.flatMap(({ PrefixListIds = [] }) => PrefixListIds)[0]?.PrefixListId;
      const client = new ec2.EC2Client(at);
      return (await client.send(new ec2.GetManagedPrefixListEntriesCommand({ PrefixListId }))).Entries;
    },
    [{ Cidr: '198.51.100.0/24' }, { Cidr: '0.0.0.0/0' }],
  ],
  'api-cache-in-clear': [
    async (at, name) => {
      const client = new APIGatewayClient(at);
      const api = (await client.send(new GetRestApisCommand({}))).items?.find((item) => item.name === name);
      return (await client.send(new GetStagesCommand({ restApiId: api?.id }))).item;
    },
    [{ cacheClusterEnabled: true, methodSettings: { '*/*': { cachingEnabled: true, cacheDataEncrypted: false } } }],
  ],
  'api-domain-old-tls': [
    (at, domainName) => new APIGatewayClient(at).send(new GetDomainNameCommand({ domainName })),
    { securityPolicy: 'TLS_1_0' },
  ],
  'elbv2-without-tls': [listeners, [{ Protocol: 'HTTP', DefaultActions: [{ Type: 'forward' }] }]],
  'api-without-logging': [
    async (at, name) => {
      const client = new APIGatewayClient(at);
      const api = (await client.send(new GetRestApisCommand({}))).items?.find((item) => item.name === name);
      const { item = [] } = await client.send(new GetStagesCommand({ restApiId: api?.id }));
      return item.map(({ accessLogSettings, methodSettings }) => ({ accessLogSettings, methodSettings }));
    },
    [{ accessLogSettings: undefined, methodSettings: {} }],
  ],
  'http-api-open': [
    async (at, name) => {
      const client = new ApiGatewayV2Client(at);
      const api = (await client.send(new GetApisCommand({}))).Items?.find((item) => item.Name === name);
      return (await client.send(new GetRoutesCommand({ ApiId: api?.ApiId }))).Items;
    },
    [{ AuthorizationType: 'NONE' }],
  ],
  'cloudfront-weak': [
    distribution,
    {
      DefaultCacheBehavior: { ViewerProtocolPolicy: 'allow-all' },
      ViewerCertificate: { MinimumProtocolVersion: 'TLSv1' },
    },
  ],
  'cloudfront-origins': [
    distribution,
    {
      Origins: {
        Items: [
          { CustomOriginConfig: { OriginProtocolPolicy: 'http-only' } },
          { CustomOriginConfig: { OriginSslProtocols: { Items: ['SSLv3', 'TLSv1.2'] } } },
          { DomainName: expect.stringMatching(/\.lambda-url\./) },
        ],
      },
    },
  ],
  'imds-v1': [instance, { MetadataOptions: { HttpTokens: 'optional' } }],
  'prompt-injection-tag': [
    async (at, name) => (await instance(at, name))?.Tags?.find(({ Key }) => Key === 'Description')?.Value,
    expect.stringMatching(/\u200b\u202e[\u{e0020}-\u{e007e}]+$/u),
  ],
  'lambda-python38': [configuration, { Runtime: 'python3.8' }],
  'lambda-nodejs16': [configuration, { Runtime: 'nodejs16.x' }],
  'lambda-go1': [configuration, { Runtime: 'go1.x' }],
  'lambda-secrets': [
    configuration,
    { Environment: { Variables: { DATABASE_PASSWORD: expect.stringMatching(/^CANARY-/) } } },
  ],
  'lambda-public-policy': [
    async (at, FunctionName) => {
      const { Policy = '' } = await new lambda.LambdaClient(at).send(new lambda.GetPolicyCommand({ FunctionName }));
      return JSON.parse(Policy).Statement;
    },
    [{ Principal: '*' }],
  ],
  'lambda-public-url': [
    (at, FunctionName) => new lambda.LambdaClient(at).send(new lambda.GetFunctionUrlConfigCommand({ FunctionName })),
    { AuthType: 'NONE' },
  ],
  'ecs-not-running': [
    async (at, service) => {
      const command = new DescribeServicesCommand({ cluster: 'checkout', services: [service, 'cart'] });
      return (await new ECSClient(at).send(command)).services;
    },
    [
      { desiredCount: 2, runningCount: 0 },
      { desiredCount: 6, runningCount: 6 },
    ],
  ],
  'eks-public-endpoint': [cluster, { resourcesVpcConfig: { publicAccessCidrs: ['0.0.0.0/0'] } }],
  'eks-old-version': [cluster, { version: '1.24' }],
  'alarm-storage': [alarm, { StateValue: 'ALARM' }],
  'alarm-cpu': [alarm, { StateValue: 'ALARM' }],
  'alarm-lag': [alarm, { StateValue: 'ALARM' }],
  'guardduty-off': [detectors, []],
  'guardduty-suspended': [detectors, [{ Status: 'DISABLED' }]],
  'securityhub-off': [
    errorOf((at) => new SecurityHubClient(at).send(new DescribeHubCommand({}))),
    'InvalidAccessException',
  ],
  'role-missing': [
    errorOf((at, RoleName) => new IAMClient(at).send(new GetRoleCommand({ RoleName }))),
    'NoSuchEntityException',
  ],
};

function pathStyle(at: Configuration) {
  return new s3.S3Client({ ...at, forcePathStyle: true });
}

function errorOf(look: Look): Look {
  return (at, resource) =>
    look(at, resource).then(
      () => 'no error',
      (error: Error) => error.name,
    );
}

function noPublicAccessBlock(): Look {
  return errorOf((at, Bucket) => pathStyle(at).send(new s3.GetPublicAccessBlockCommand({ Bucket })));
}

async function bucketStatement(at: Configuration, Bucket: string): Promise<unknown> {
  const { Policy = '' } = await pathStyle(at).send(new s3.GetBucketPolicyCommand({ Bucket }));
  return JSON.parse(Policy).Statement[0];
}

async function volume(at: Configuration, name: string) {
  const Filters = [{ Name: 'tag:Name', Values: [name] }];
  return (await new ec2.EC2Client(at).send(new ec2.DescribeVolumesCommand({ Filters }))).Volumes?.[0];
}

async function instance(at: Configuration, name: string) {
  const Filters = [{ Name: 'tag:Name', Values: [name] }];
  const found = await new ec2.EC2Client(at).send(new ec2.DescribeInstancesCommand({ Filters }));
  return found.Reservations?.[0]?.Instances?.[0];
}

async function vpcNamed(at: Configuration, name: string) {
  const Filters = [{ Name: 'tag:Name', Values: [name] }];
  return (await new ec2.EC2Client(at).send(new ec2.DescribeVpcsCommand({ Filters }))).Vpcs?.[0]?.VpcId;
}

async function flowLogs(at: Configuration, vpcName: string) {
  const Filter = [{ Name: 'resource-id', Values: [(await vpcNamed(at, vpcName)) ?? ''] }];
  return (await new ec2.EC2Client(at).send(new ec2.DescribeFlowLogsCommand({ Filter }))).FlowLogs;
}

async function groups(at: Configuration, filter: string, value: string) {
  const Filters = [{ Name: filter, Values: [value] }];
  return (await new ec2.EC2Client(at).send(new ec2.DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups ?? [];
}

async function firstRule(at: Configuration, name: string) {
  return (await groups(at, 'group-name', name))[0]?.IpPermissions?.[0];
}

async function database(at: Configuration, DBInstanceIdentifier: string) {
  const found = await new RDSClient(at).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
  return found.DBInstances?.[0];
}

async function listeners(at: Configuration, name: string) {
  const client = new elbv2.ElasticLoadBalancingV2Client(at);
  const { LoadBalancers } = await client.send(new elbv2.DescribeLoadBalancersCommand({ Names: [name] }));
  const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn;
  return (await client.send(new elbv2.DescribeListenersCommand({ LoadBalancerArn }))).Listeners;
}

async function configuration(at: Configuration, FunctionName: string) {
  return (await new lambda.LambdaClient(at).send(new lambda.GetFunctionCommand({ FunctionName }))).Configuration;
}

async function cluster(at: Configuration, name: string) {
  return (await new EKSClient(at).send(new DescribeClusterCommand({ name }))).cluster;
}

async function alarm(at: Configuration, name: string) {
  return (await new CloudWatchClient(at).send(new DescribeAlarmsCommand({ AlarmNames: [name] }))).MetricAlarms?.[0];
}

async function acl(at: Configuration, name: string) {
  const Filters = [{ Name: 'tag:Name', Values: [name] }];
  return (await new ec2.EC2Client(at).send(new ec2.DescribeNetworkAclsCommand({ Filters }))).NetworkAcls?.[0];
}

async function distribution(at: Configuration, comment: string) {
  const client = new CloudFrontClient(at);
  const { DistributionList } = await client.send(new ListDistributionsCommand({}));
  // moto's list has no configuration.
  for (const { Id } of DistributionList?.Items ?? []) {
    const { DistributionConfig } = await client.send(new GetDistributionConfigCommand({ Id }));
    if (DistributionConfig?.Comment === comment) return DistributionConfig;
  }
  return undefined;
}

async function detectors(at: Configuration) {
  const client = new GuardDutyClient(at);
  const { DetectorIds = [] } = await client.send(new ListDetectorsCommand({}));
  return Promise.all(DetectorIds.map((DetectorId) => client.send(new GetDetectorCommand({ DetectorId }))));
}
