import {
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  type DescribeSnapshotsCommandOutput,
  EC2Client,
  GetEbsEncryptionByDefaultCommand,
  type GetSnapshotBlockPublicAccessStateCommandOutput,
  type Snapshot,
} from '@aws-sdk/client-ec2';
import {
  type CacheCluster,
  DescribeCacheClustersCommand,
  type DescribeCacheClustersCommandOutput,
  DescribeReplicationGroupsCommand,
  type DescribeServerlessCachesCommandOutput,
  ElastiCacheClient,
  type ReplicationGroup,
} from '@aws-sdk/client-elasticache';
import { DescribeKeyCommand, type DescribeKeyCommandOutput, KMSClient, KMSServiceException } from '@aws-sdk/client-kms';
import {
  DescribeDBParametersCommand,
  type DescribeDBParametersCommandOutput,
  type Parameter,
  RDSClient,
} from '@aws-sdk/client-rds';
import { GetPublicAccessBlockCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { rawAnswer, type StubRequest, type Stubs } from './stub.ts';
import { AwsError } from './wire.ts';

type Output<T> = Omit<T, '$metadata'>;

/** What moto does not know of how stored data is protected. */
export function storageStubs(): Stubs {
  return {
    ec2: { DescribeSnapshots: describeSnapshots, GetSnapshotBlockPublicAccessState: snapshotBlockPublicAccess },
    's3-control': { GetPublicAccessBlock: accountPublicAccessBlock },
    kms: { DescribeKey: describeKey },
    rds: { DescribeDBParameters: describeDbParameters },
    elasticache: {
      DescribeCacheClusters: describeCacheClusters,
      DescribeServerlessCaches: describeServerlessCaches,
    },
  };
}

interface SnapshotsForm {
  Owner?: string[];
  RestorableBy?: string[];
  SnapshotId?: string[];
  Filter?: { Name: string; Value: string[] }[];
}

// moto gives every snapshot, whoever may restore it.
async function describeSnapshots({ input, moto }: StubRequest<SnapshotsForm>) {
  const ec2 = new EC2Client(moto);
  const { Snapshots = [] } = await ec2.send(
    new DescribeSnapshotsCommand({
      OwnerIds: input.Owner,
      SnapshotIds: input.SnapshotId,
      Filters: input.Filter?.map(({ Name, Value }) => ({ Name, Values: Value })),
    }),
  );
  const wanted = input.RestorableBy?.includes('all') ? await publicOf(ec2, Snapshots) : Snapshots;
  return { Snapshots: wanted } satisfies Output<DescribeSnapshotsCommandOutput>;
}

async function publicOf(ec2: EC2Client, snapshots: readonly Snapshot[]): Promise<Snapshot[]> {
  const found: Snapshot[] = [];
  for (const snapshot of snapshots) {
    const { CreateVolumePermissions = [] } = await ec2.send(
      new DescribeSnapshotAttributeCommand({
        SnapshotId: snapshot.SnapshotId,
        Attribute: 'createVolumePermission',
      }),
    );
    if (CreateVolumePermissions.some(({ Group }) => Group === 'all')) found.push(snapshot);
  }
  return found;
}

// moto has no such setting. Who encrypts by default blocks too, unless there is something shared that would be blocked.
async function snapshotBlockPublicAccess({ moto }: StubRequest) {
  const ec2 = new EC2Client(moto);
  const { EbsEncryptionByDefault } = await ec2.send(new GetEbsEncryptionByDefaultCommand({}));
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  const isBlocked = EbsEncryptionByDefault === true && (await publicOf(ec2, Snapshots)).length === 0;
  return {
    State: isBlocked ? 'block-all-sharing' : 'unblocked',
  } satisfies Output<GetSnapshotBlockPublicAccessStateCommandOutput>;
}

// The project has no client of S3 Control to seed it with. Where every bucket blocks public access, so does the account.
async function accountPublicAccessBlock({ moto }: StubRequest) {
  const s3 = new S3Client({ ...moto, forcePathStyle: true });
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  for (const { Name } of Buckets) {
    await s3.send(new GetPublicAccessBlockCommand({ Bucket: Name })).catch((error: Error) => {
      throw new AwsError(error.name, 'The public access block configuration was not found', 404);
    });
  }
  const flags = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];
  const inner = flags.map((flag) => `<${flag}>true</${flag}>`).join('');
  const body = `<PublicAccessBlockConfiguration>${inner}</PublicAccessBlockConfiguration>`;
  return rawAnswer({ status: 200, headers: { 'content-type': 'application/xml' }, body });
}

/** What moto's RDS and EBS use where AWS uses the key that it manages for the service. */
const RDS_KEY = 'default_kms_key_id';
const EBS_KEY_DESCRIPTION = /^Default (master )?key that protects my EBS volumes/;

// To moto every key is the customer's.
async function describeKey({ input, account, region, moto }: StubRequest<{ KeyId: string }>) {
  if (input.KeyId === RDS_KEY) {
    const KeyId = '00000000-0000-4000-8000-000000000000';
    const Arn = `arn:aws:kms:${region}:${account}:key/${KeyId}`;
    return { KeyMetadata: { KeyId, Arn, KeyManager: 'AWS' } } satisfies Output<DescribeKeyCommandOutput>;
  }
  const { KeyMetadata } = await new KMSClient(moto)
    .send(new DescribeKeyCommand({ KeyId: input.KeyId }))
    .catch((error: unknown) => {
      if (!(error instanceof KMSServiceException)) throw error;
      throw new AwsError(error.name, error.message, error.$metadata.httpStatusCode);
    });
  if (KeyMetadata !== undefined && EBS_KEY_DESCRIPTION.test(KeyMetadata.Description ?? '')) {
    return { KeyMetadata: { ...KeyMetadata, KeyManager: 'AWS' } } satisfies Output<DescribeKeyCommandOutput>;
  }
  return { KeyMetadata } satisfies Output<DescribeKeyCommandOutput>;
}

interface ParametersForm {
  DBParameterGroupName: string;
  Filters?: { Filter: { Name: string; Values: { Value: string[] } }[] };
}

// moto's default groups are empty and its filter does nothing.
async function describeDbParameters({ input, moto }: StubRequest<ParametersForm>) {
  const { Parameters = [] } = await new RDSClient(moto).send(
    new DescribeDBParametersCommand({ DBParameterGroupName: input.DBParameterGroupName }),
  );
  const names = JSON.stringify(input.Filters ?? '');
  const all = [...defaultParameters(input.DBParameterGroupName), ...Parameters];
  return {
    Parameters: all.filter(({ ParameterName = '' }) => names === '""' || names.includes(`"${ParameterName}"`)),
  } satisfies Output<DescribeDBParametersCommandOutput>;
}

/** AWS's defaults, from the RDS user guide: PostgreSQL requires TLS since version 15, MySQL since 8.4. */
function defaultParameters(group: string): Parameter[] {
  const [, engine, version = '0'] = /^default\.(postgres|mysql|mariadb)(\d+(?:\.\d+)?)/.exec(group) ?? [];
  if (engine === undefined) return [];
  const since = engine === 'postgres' ? 15 : 8.4;
  return [
    {
      ParameterName: engine === 'postgres' ? 'rds.force_ssl' : 'require_secure_transport',
      ParameterValue: Number(version) >= since ? '1' : '0',
      Source: 'system',
    },
  ];
}

// moto lists no member of a replication group, and leaves out what is off.
async function describeCacheClusters({ account, region, input, moto }: StubRequest<{ CacheClusterId?: string }>) {
  const { CacheClusterId } = input;
  const elasticache = new ElastiCacheClient(moto);
  const { ReplicationGroups = [] } = await elasticache.send(new DescribeReplicationGroupsCommand({}));
  const members = ReplicationGroups.flatMap(membersOf)
    .filter((each) => CacheClusterId === undefined || each.CacheClusterId === CacheClusterId)
    .map((each) => ({ ...each, ARN: `arn:aws:elasticache:${region}:${account}:cluster:${each.CacheClusterId}` }));
  // moto does not know the members of a replication group, and refuses their names.
  if (CacheClusterId !== undefined && members.length > 0) {
    return { CacheClusters: members } satisfies Output<DescribeCacheClustersCommandOutput>;
  }
  const { CacheClusters = [] } = await elasticache.send(
    new DescribeCacheClustersCommand(CacheClusterId === undefined ? {} : { CacheClusterId }),
  );
  const alone = CacheClusters.map((cluster) => ({
    ...cluster,
    AtRestEncryptionEnabled: cluster.AtRestEncryptionEnabled ?? false,
    TransitEncryptionEnabled: cluster.TransitEncryptionEnabled ?? false,
  }));
  return { CacheClusters: [...alone, ...members] } satisfies Output<DescribeCacheClustersCommandOutput>;
}

function membersOf({ ReplicationGroupId, MemberClusters = [], ...group }: ReplicationGroup): CacheCluster[] {
  return MemberClusters.map((CacheClusterId) => ({
    CacheClusterId,
    ReplicationGroupId,
    Engine: 'redis',
    EngineVersion: group.AtRestEncryptionEnabled ? '7.1.0' : '5.0.6',
    AtRestEncryptionEnabled: group.AtRestEncryptionEnabled,
    TransitEncryptionEnabled: group.TransitEncryptionEnabled,
  }));
}

// One beside each encrypted group.
async function describeServerlessCaches({ account, region, moto }: StubRequest) {
  const { ReplicationGroups = [] } = await new ElastiCacheClient(moto).send(new DescribeReplicationGroupsCommand({}));
  return {
    ServerlessCaches: ReplicationGroups.filter((group) => group.AtRestEncryptionEnabled).map((group) => ({
      ServerlessCacheName: `${group.ReplicationGroupId}-burst`,
      ARN: `arn:aws:elasticache:${region}:${account}:serverlesscache:${group.ReplicationGroupId}-burst`,
      Engine: 'valkey',
      Status: 'available',
    })),
  } satisfies Output<DescribeServerlessCachesCommandOutput>;
}
