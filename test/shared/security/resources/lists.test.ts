import { GetDomainNamesCommand, GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import { GetApisCommand } from '@aws-sdk/client-apigatewayv2';
import { ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeNetworkAclsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { DescribeFileSystemsCommand } from '@aws-sdk/client-efs';
import { DescribeLoadBalancersCommand as DescribeClassicCommand } from '@aws-sdk/client-elastic-load-balancing';
import { DescribeLoadBalancersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  DescribeServerlessCachesCommand,
} from '@aws-sdk/client-elasticache';
import {
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBProxiesCommand,
  DescribeDBSnapshotsCommand,
} from '@aws-sdk/client-rds';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import {
  askNetwork,
  askStorage,
  cloudfront,
  type Detail,
  dynamodb,
  ec2,
  efs,
  elasticache,
  elb,
  elbv2,
  httpApis,
  inputsOf,
  rds,
  restApis,
  s3,
  useEmptyAws,
} from '../../../support/checked-estate.ts';

interface List {
  /** Where it is read, and for which service. */
  from: readonly [mock: unknown, command: unknown, service: string];
  /** What the first page is asked for with, and under which name the next one's token is sent. */
  asked: object;
  token: string;
  /** A page with one resource of this ID. */
  page: (id: string, next: string | undefined) => object;
  /** What the answer tells of it beside its ID. */
  told: (id: string) => { arn: string; name?: string };
}

const Tags = (id: string) => [
  { Key: 'Team', Value: 'core' },
  { Key: 'Name', Value: `${id} of ours` },
];
const named = (service: string, kind: string) => (id: string) => ({
  arn: `arn:aws:${service}:us-east-1:111111111111:${kind}${id}`,
  name: `${id} of ours`,
});
const unnamed = (service: string, kind: string) => (id: string) => ({ arn: named(service, kind)(id).arn });
/** The ARN that AWS gives, whatever its form. */
const given = (id: string) => ({ arn: `arn:given:${id}` });
const arnOf = (id: string) => given(id).arn;

const rdsList = (command: unknown, items: string, key: string, arn: string): List => ({
  from: [rds, command, 'rds'],
  asked: { MaxRecords: 100 },
  token: 'Marker',
  page: (id, Marker) => ({ [items]: [{ [key]: id, [arn]: arnOf(id) }], Marker }),
  told: given,
});
const ec2List = (command: unknown, items: string, key: string, kind: string): List => ({
  from: [ec2, command, 'vpc'],
  asked: { MaxResults: 1_000 },
  token: 'NextToken',
  page: (id, NextToken) => ({ [items]: [{ [key]: id, Tags: Tags(id) }], NextToken }),
  told: named('ec2', `${kind}/`),
});

const STORAGE: Readonly<Record<string, List>> = {
  'AWS::EC2::Volume': {
    ...ec2List(DescribeVolumesCommand, 'Volumes', 'VolumeId', 'volume'),
    from: [ec2, DescribeVolumesCommand, 'ebs'],
  },
  'AWS::S3::Bucket': {
    from: [s3, ListBucketsCommand, 's3'],
    asked: { BucketRegion: 'us-east-1', MaxBuckets: 10_000 },
    token: 'ContinuationToken',
    page: (Name, ContinuationToken) => ({ Buckets: [{ Name }], ContinuationToken }),
    told: (id) => ({ arn: `arn:aws:s3:::${id}` }),
  },
  'AWS::RDS::DBInstance': rdsList(DescribeDBInstancesCommand, 'DBInstances', 'DBInstanceIdentifier', 'DBInstanceArn'),
  'AWS::RDS::DBCluster': rdsList(DescribeDBClustersCommand, 'DBClusters', 'DBClusterIdentifier', 'DBClusterArn'),
  'AWS::RDS::DBSnapshot': rdsList(DescribeDBSnapshotsCommand, 'DBSnapshots', 'DBSnapshotIdentifier', 'DBSnapshotArn'),
  'AWS::RDS::DBClusterSnapshot': rdsList(
    DescribeDBClusterSnapshotsCommand,
    'DBClusterSnapshots',
    'DBClusterSnapshotIdentifier',
    'DBClusterSnapshotArn',
  ),
  'AWS::RDS::DBProxy': rdsList(DescribeDBProxiesCommand, 'DBProxies', 'DBProxyName', 'DBProxyArn'),
  'AWS::EFS::FileSystem': {
    from: [efs, DescribeFileSystemsCommand, 'efs'],
    asked: { MaxItems: 100 },
    token: 'Marker',
    page: (id, NextMarker) => ({
      FileSystems: [{ FileSystemId: id, FileSystemArn: arnOf(id), Name: `home of ${id}` }],
      NextMarker,
    }),
    told: (id) => ({ ...given(id), name: `home of ${id}` }),
  },
  'AWS::DynamoDB::Table': {
    from: [dynamodb, ListTablesCommand, 'dynamodb'],
    asked: {},
    token: 'ExclusiveStartTableName',
    page: (id, LastEvaluatedTableName) => ({ TableNames: [id], LastEvaluatedTableName }),
    told: unnamed('dynamodb', 'table/'),
  },
  'AWS::ElastiCache::ReplicationGroup': {
    from: [elasticache, DescribeReplicationGroupsCommand, 'elasticache'],
    asked: { MaxRecords: 100 },
    token: 'Marker',
    page: (id, Marker) => ({ ReplicationGroups: [{ ReplicationGroupId: id, ARN: arnOf(id) }], Marker }),
    told: given,
  },
  'AWS::ElastiCache::CacheCluster': {
    from: [elasticache, DescribeCacheClustersCommand, 'elasticache'],
    asked: { MaxRecords: 100 },
    token: 'Marker',
    page: (id, Marker) => ({ CacheClusters: [{ CacheClusterId: id, ARN: arnOf(id) }], Marker }),
    told: given,
  },
  'AWS::ElastiCache::ServerlessCache': {
    from: [elasticache, DescribeServerlessCachesCommand, 'elasticache'],
    asked: { MaxResults: 50 },
    token: 'NextToken',
    page: (id, NextToken) => ({ ServerlessCaches: [{ ServerlessCacheName: id, ARN: arnOf(id) }], NextToken }),
    told: given,
  },
};

const NETWORK: Readonly<Record<string, List>> = {
  'AWS::EC2::VPC': ec2List(DescribeVpcsCommand, 'Vpcs', 'VpcId', 'vpc'),
  'AWS::EC2::Subnet': ec2List(DescribeSubnetsCommand, 'Subnets', 'SubnetId', 'subnet'),
  'AWS::EC2::NetworkAcl': ec2List(DescribeNetworkAclsCommand, 'NetworkAcls', 'NetworkAclId', 'network-acl'),
  'AWS::EC2::VPCEndpoint': ec2List(DescribeVpcEndpointsCommand, 'VpcEndpoints', 'VpcEndpointId', 'vpc-endpoint'),
  'AWS::EC2::SecurityGroup': {
    from: [ec2, DescribeSecurityGroupsCommand, 'security_groups'],
    asked: { MaxResults: 1_000 },
    token: 'NextToken',
    page: (id, NextToken) => ({ SecurityGroups: [{ GroupId: id, GroupName: `${id} of ours` }], NextToken }),
    told: named('ec2', 'security-group/'),
  },
  'AWS::ElasticLoadBalancing::LoadBalancer': {
    from: [elb, DescribeClassicCommand, 'elb'],
    asked: { PageSize: 400 },
    token: 'Marker',
    page: (id, NextMarker) => ({ LoadBalancerDescriptions: [{ LoadBalancerName: id }], NextMarker }),
    told: unnamed('elasticloadbalancing', 'loadbalancer/'),
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    from: [elbv2, DescribeLoadBalancersCommand, 'elbv2'],
    asked: { PageSize: 400 },
    token: 'Marker',
    page: (id, NextMarker) => ({
      LoadBalancers: [{ LoadBalancerName: id, LoadBalancerArn: arnOf(id) }],
      NextMarker,
    }),
    told: given,
  },
  'AWS::CloudFront::Distribution': {
    from: [cloudfront, ListDistributionsCommand, 'cloudfront'],
    asked: { MaxItems: 100 },
    token: 'Marker',
    page: (id, NextMarker) => ({
      DistributionList: { Items: [{ Id: id, ARN: arnOf(id), DomainName: `${id}.cloudfront.net` }], NextMarker },
    }),
    told: (id) => ({ ...given(id), name: `${id}.cloudfront.net` }),
  },
  'AWS::ApiGateway::RestApi': {
    from: [restApis, GetRestApisCommand, 'apigateway'],
    asked: { limit: 500 },
    token: 'position',
    page: (id, position) => ({ items: [{ id, name: `${id} of ours` }], position }),
    told: (id) => ({ arn: `arn:aws:apigateway:us-east-1::/restapis/${id}`, name: `${id} of ours` }),
  },
  'AWS::ApiGateway::DomainName': {
    from: [restApis, GetDomainNamesCommand, 'apigateway'],
    asked: { limit: 500 },
    token: 'position',
    page: (domainName, position) => ({ items: [{ domainName }], position }),
    told: (id) => ({ arn: `arn:aws:apigateway:us-east-1::/domainnames/${id}` }),
  },
  'AWS::ApiGatewayV2::Api': {
    from: [httpApis, GetApisCommand, 'apigateway'],
    asked: { MaxResults: '500' },
    token: 'NextToken',
    page: (ApiId, NextToken) => ({ Items: [{ ApiId, Name: `${ApiId} of ours` }], NextToken }),
    told: (id) => ({ arn: `arn:aws:apigateway:us-east-1::/apis/${id}`, name: `${id} of ours` }),
  },
};

function testLists(lists: Readonly<Record<string, List>>, ask: typeof askStorage): void {
  it.each(Object.entries(lists))(
    'reads every page of %s, as large as AWS gives it, and names each resource',
    async (type, list) => {
      const { from, asked, token, page, told } = list;
      const [mock, command, service] = from;
      (mock as typeof ec2).on(command as typeof DescribeVpcsCommand).callsFake((input: Record<string, string>) => {
        const at = input[token];
        return page(at === undefined ? 'first' : 'last', at === undefined ? 'page-2' : undefined);
      });
      const { resource_details } = await ask(service);
      const found = resource_details.filter((each) => each.type === type);
      const expected = ['first', 'last'].map((id) => ({ service, type, id, ...told(id) }));
      expect(found.map(identityOf)).toEqual(expected);
      expect(inputsOf(mock, command)).toEqual([asked, { ...asked, [token]: 'page-2' }]);
    },
  );
}

const identityOf = ({ service, type, id, name, arn }: Partial<Detail>) => ({ service, type, id, name, arn });

describe('CheckStorageEncryption', () => {
  useEmptyAws();
  testLists(STORAGE, askStorage);
});

describe('CheckNetworkSecurity', () => {
  useEmptyAws();
  testLists(NETWORK, askNetwork);
});
