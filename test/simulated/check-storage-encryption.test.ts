import { DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import { DescribeSnapshotsCommand, DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeFileSystemsCommand, EFSClient } from '@aws-sdk/client-efs';
import {
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import {
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { checkStorageEncryption } from '../../schemas/check-storage-encryption.ts';
import type { AnswerOf } from '../../schemas/define-tool.ts';
import type { MotoAccountConfig } from '../../scripts/local/simulator/moto-account.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import type { ErrorAnswer } from '../../shared/errors.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';
import { once } from '../support/once.ts';
import { retryAtOnce } from '../support/retry-at-once.ts';
import { truthOfAccounts, truthOfCells } from '../support/truth.ts';
import { failedCells, unreadCells } from '../support/unread-cells.ts';
import { walk } from '../support/walk.ts';

type Answer = AnswerOf<typeof checkStorageEncryption.output> & Partial<ErrorAnswer>;

/** A service that needs an action, by the action's prefix. */
const SERVICE_OF: Readonly<Record<string, string>> = {
  s3: 's3',
  ec2: 'ebs',
  rds: 'rds',
  dynamodb: 'dynamodb',
  elasticfilesystem: 'efs',
  elasticache: 'elasticache',
  kms: 'ebs',
};
const EVERYWHERE = { account_id: 'all', region: 'all' };
/** Of every cell: s3 2 (buckets, and once an account its settings), ebs 5 (volumes, snapshots twice, two settings), rds 5, dynamodb 1, efs 1, elasticache 3. */
const LISTS_PER_CELL = 17;

interface Held {
  service: string;
  id?: string | undefined;
  encrypted?: boolean | undefined;
}

/** What moto holds: how many resources of each service there are, and which are in clear. */
async function truth(access: EstateAccess) {
  const inCells = await truthOfCells(access, async (at) =>
    (await Promise.all([blocks(at), databases(at), tables(at), fileSystems(at), caches(at)])).flat(),
  );
  const inAccounts = await truthOfAccounts(access, async (at) => {
    const { Buckets = [] } = await new S3Client(at).send(new ListBucketsCommand({}));
    // The account's settings.
    return [...Buckets.map(({ Name }) => ({ service: 's3', id: Name })), { service: 's3', id: 'settings' }];
  });
  const held: Held[] = [...inCells, ...inAccounts];
  const counts: Record<string, number> = { s3: 0, ebs: 0, rds: 0, dynamodb: 0, efs: 0, elasticache: 0 };
  for (const { service } of held) counts[service] = (counts[service] ?? 0) + 1;
  const inClear = held.filter(({ encrypted }) => encrypted === false).map(({ id }) => id ?? '');
  return { counts, inClear: inClear.sort() };
}

async function blocks(at: MotoAccountConfig): Promise<Held[]> {
  const ec2 = new EC2Client(at);
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({}));
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  return [
    ...Volumes.map(({ VolumeId, Encrypted }) => ({ service: 'ebs', id: VolumeId, encrypted: Encrypted })),
    ...Snapshots.map(({ SnapshotId, Encrypted }) => ({ service: 'ebs', id: SnapshotId, encrypted: Encrypted })),
    // The Region's settings.
    { service: 'ebs', id: 'settings' },
  ];
}

async function databases(at: MotoAccountConfig): Promise<Held[]> {
  const rds = new RDSClient(at);
  const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
  const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({}));
  const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({}));
  const { DBClusterSnapshots = [] } = await rds.send(new DescribeDBClusterSnapshotsCommand({}));
  const found = [
    ...DBInstances.map(({ DBInstanceIdentifier, DBClusterIdentifier, StorageEncrypted }) => ({
      id: DBInstanceIdentifier,
      encrypted: DBClusterIdentifier === undefined ? StorageEncrypted : undefined,
    })),
    ...DBClusters.map((each) => ({ id: each.DBClusterIdentifier, encrypted: each.StorageEncrypted })),
    ...DBSnapshots.map((each) => ({ id: each.DBSnapshotIdentifier, encrypted: each.Encrypted })),
    ...DBClusterSnapshots.map((each) => ({ id: each.DBClusterSnapshotIdentifier, encrypted: each.StorageEncrypted })),
  ];
  return found.map((each) => ({ service: 'rds', ...each }));
}

async function tables(at: MotoAccountConfig): Promise<Held[]> {
  const found: Held[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client: new DynamoDBClient(at) }, {}))
    found.push(...TableNames.map((id) => ({ service: 'dynamodb', id })));
  return found;
}

async function fileSystems(at: MotoAccountConfig): Promise<Held[]> {
  const { FileSystems = [] } = await new EFSClient(at).send(new DescribeFileSystemsCommand({}));
  return FileSystems.map(({ FileSystemId, Encrypted }) => ({ service: 'efs', id: FileSystemId, encrypted: Encrypted }));
}

async function caches(at: MotoAccountConfig): Promise<Held[]> {
  const elasticache = new ElastiCacheClient(at);
  const { ReplicationGroups = [] } = await elasticache.send(new DescribeReplicationGroupsCommand({}));
  const { CacheClusters = [] } = await elasticache.send(new DescribeCacheClustersCommand({}));
  const found = [
    ...ReplicationGroups.map((each) => ({ id: each.ReplicationGroupId, encrypted: each.AtRestEncryptionEnabled })),
    ...CacheClusters.map((each) => ({ id: each.CacheClusterId })),
    // The simulator's stub has a serverless cache beside each encrypted group.
    ...ReplicationGroups.filter((each) => each.AtRestEncryptionEnabled).map(() => ({ id: 'burst' })),
  ];
  return found.map((each) => ({ service: 'elasticache', ...each }));
}

describeEstate('CheckStorageEncryption', (access) => {
  const ask = (event: object = EVERYWHERE) => access.call<Answer>(checkStorageEncryption, event);
  // Nothing changes the estate here: what several tests look at is read once.
  const byDefault = once(async () => ({ answer: await ask(), calls: [...access.awsCalls()] }));
  const everything = once(() => ask({ ...EVERYWHERE, max_results: 1_000 }));
  const whatIsTrue = once(() => truth(access));

  it('counts every resource of the organization, and each in one state', async () => {
    const { counts } = await whatIsTrue();
    const answer = await everything();
    expect(checkStorageEncryption.output.answer.safeParse(answer).error).toBeUndefined();
    const checked = Object.entries(answer.compliance_by_service).map(([name, of]) => [name, of.resources_checked]);
    expect(Object.fromEntries(checked)).toEqual(counts);
    for (const of of [answer, ...Object.values(answer.compliance_by_service)]) {
      const { compliant_resources, non_compliant_resources, info_resources, unknown_resources } = of;
      const sum = compliant_resources + non_compliant_resources + info_resources + unknown_resources;
      expect(sum).toBe(of.resources_checked);
    }
    const { pass, fail, info, unknown } = answer.checks;
    const byControl = answer.controls.map(
      (row) => (row.pass ?? 0) + (row.fail ?? 0) + (row.info ?? 0) + (row.unknown ?? 0),
    );
    expect(byControl.reduce((sum, count) => sum + count, 0)).toBe(pass + fail + info + unknown);
    expect(answer.resource_details).toHaveLength(answer.resources_checked);
  });

  it('finds all that is in clear, and nothing else', async () => {
    const { inClear } = await whatIsTrue();
    const { resource_details } = await everything();
    const encryption = /^(EC2\.3|OPS\.EBS\.[12]|RDS\.(3|4|27)|Neptune\.1|EFS\.1|ElastiCache\.4):/;
    const found = resource_details.filter(({ issues }) => issues?.some((issue) => encryption.test(issue)));
    expect(found.map(({ id }) => id ?? '').sort()).toEqual(inClear);
  });

  it('finds every planted fault', async () => {
    const { resource_details } = await everything();
    for (const fault of access.estate.plantedFaults.filter(({ tool }) => tool === 'CheckStorageEncryption')) {
      const there = resource_details.filter(
        ({ AccountId, Region }) => AccountId === access.id(fault.account) && Region === fault.region,
      );
      const found = there.filter(({ id, name, type }) =>
        fault.resource === 'account' ? type === 'AWS::::Account' : [id, name].includes(fault.resource),
      );
      expect(
        found.map(({ state }) => state),
        fault.id,
      ).toContain('fail');
    }
  });

  it('gives the worst first, within 5,000 tokens, with a line of advice for each control that fails', async () => {
    const { answer } = await byDefault();
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    expect(answer.resource_details.length).toBeGreaterThanOrEqual(15);
    expect(answer.resource_details[0]).toMatchObject({ state: 'fail', severity: 'CRITICAL' });
    expect(answer.next_token).toBeDefined();
    const failing = answer.controls.filter(({ fail = 0 }) => fail > 0).map(({ id }) => id);
    expect(answer.recommendations.map((line) => line.split(':')[0])).toEqual(failing);
  });

  it('gives every resource once through the cursor, in the order of the whole', async () => {
    const event = { account_id: access.id('payments-prod'), region: 'us-east-1', max_results: 20 };
    const whole = (await ask({ ...event, max_results: 1_000 })).resource_details.map(({ type, id }) => [type, id]);
    const answers = await walk(ask, event);
    const seen = answers.flatMap(({ resource_details }) => resource_details.map(({ type, id }) => [type, id]));
    expect(seen).toEqual(whole);
    expect(whole.length).toBeGreaterThan(20);
  });

  it('tells of the account without a role and of the Region that is off, each once', async () => {
    const { answer } = await byDefault();
    expect(answer.complete).toBe(false);
    expect(failedCells(answer)).toEqual(unreadCells(access.estate));
    const { disabledRegion } = access.estate;
    const closed = await ask({ account_id: access.id('payments-prod'), region: disabledRegion });
    expect(closed).toMatchObject({ error: { code: 'region_not_enabled' }, region: disabledRegion });
  });

  it('uses the declared actions and no others', async () => {
    const { calls } = await byDefault();
    // A proxy is nowhere in the demo estate, but the list of proxies is asked for.
    expectDeclaredActions(calls, checkStorageEncryption);
  });

  it('makes no call that the lists can spare', async () => {
    const account_id = access.id('payments-prod');
    const { compliance_by_service } = await ask({ account_id, region: 'us-east-1' });
    const calls = access.awsCalls();
    const count = (pattern: RegExp) => calls.filter(({ operation }) => pattern.test(operation)).length;
    const buckets = compliance_by_service.s3?.resources_checked ?? 0;
    const tables = compliance_by_service.dynamodb?.resources_checked ?? 0;
    expect(buckets).toBeGreaterThan(0);
    // The account's settings are a resource of S3 too, and its block has the name of a bucket's.
    expect(count(/^(GetBucket|GetPublicAccessBlock)/)).toBe(3 * (buckets - 1) + 1);
    expect(count(/^(DescribeTable|DescribeContinuousBackups)$/)).toBe(2 * tables);
    const details =
      /^(GetBucket.*|GetPublicAccessBlock|DescribeTable|DescribeContinuousBackups|DescribeKey|DescribeDBParameters)$/;
    expect(calls.length - count(details)).toBe(LISTS_PER_CELL - 1);
  });

  describe('with one action denied', () => {
    const asked = () => ({
      account_id: ['payments-prod', 'payments-dev', 'data-platform']
        .map((name) => access.id(name as 'management'))
        .join(),
      region: 'us-east-1,eu-central-1',
      fields: ['id', 'type', 'checks'],
      max_results: 1_000,
    });
    const verdicts = ({ resource_details }: Answer) =>
      new Map(
        resource_details.flatMap(({ AccountId, Region, type, id, checks = {} }) =>
          Object.entries(checks).map(
            ([control, state]) => [`${AccountId} ${Region} ${type} ${id} ${control}`, state] as const,
          ),
        ),
      );
    const undisturbed = once(async () => ({ before: verdicts(await ask(asked())), calls: [...access.awsCalls()] }));

    it.each(checkStorageEncryption.iam)('%s: unknown, and never a verdict that is not true', async (action) => {
      const { before, calls } = await undisturbed();
      const needs = calls.find(({ iamAction }) => iamAction === action);
      expect(needs, `nothing in the estate needs ${action}`).toBeDefined();
      const { service = '', operation = '' } = needs ?? {};
      access.rule({ match: { service, operation }, fault: 'access_denied' });
      const services = [SERVICE_OF[action.split(':')[0] ?? '']];
      const answer = await ask({ ...asked(), services });
      const newlyUnknown = [...verdicts(answer)].filter(
        ([key, state]) => state === 'unknown' && before.get(key) !== state,
      );
      expect(newlyUnknown.length).toBeGreaterThan(0);
      expect(answer).toMatchObject({ complete: false });
      expect(new Set(answer.failures?.map(({ code }) => code))).toEqual(new Set(['access_denied']));
      expect(answer.failures?.map(({ message }) => message).join()).toContain(`${action} is denied`);
      const changed = [...verdicts(answer)].filter(([key, state]) => state !== 'unknown' && state !== before.get(key));
      expect(changed).toEqual([]);
    });
  });

  it.each(['throttled', 'internal_error', 'truncated', 'reset'] as const)(
    'answers with the rest when a service is %s',
    async (fault) => {
      retryAtOnce();
      access.rule({ match: { service: 'elasticfilesystem' }, fault });
      const answer = await ask({ account_id: access.id('data-platform'), region: 'us-east-1' });
      expect(answer.compliance_by_service.efs).toMatchObject({ resources_checked: 1, unknown_resources: 1 });
      expect(answer.compliance_by_service.s3?.compliant_resources).toBeGreaterThan(0);
      expect(answer.failures).toMatchObject([{ code: fault === 'throttled' ? 'throttled' : 'unavailable' }]);
    },
  );

  it('answers before the deadline when a service is silent', async () => {
    access.rule({ match: { service: 's3', operation: 'GetBucketPolicy' }, fault: 'hang' });
    const started = Date.now();
    const event = { account_id: access.id('payments-prod'), region: 'us-east-1' };
    const answer = await access.call<Answer>(checkStorageEncryption, event, 4_000);
    expect(Date.now() - started).toBeLessThan(3_500);
    expect(answer.compliance_by_service.s3?.unknown_resources).toBeGreaterThan(0);
    expect(answer.compliance_by_service.ebs?.compliant_resources).toBeGreaterThan(0);
    expect(answer.failures).toMatchObject([{ code: 'timeout' }]);
  });
});
