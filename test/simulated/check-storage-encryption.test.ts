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
import { openMotoAccounts } from '../../scripts/local/simulator/moto-account.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import type { ErrorAnswer } from '../../shared/errors.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';

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

/** What moto holds, read past the proxy: how many resources of each service there are, and which are in clear. */
async function truth({ demo, estate }: EstateAccess) {
  const accounts = openMotoAccounts(demo.motoUrl);
  const counts: Record<string, number> = { s3: 0, ebs: 0, rds: 0, dynamodb: 0, efs: 0, elasticache: 0 };
  const inClear: string[] = [];
  const add = (service: string, found: readonly { id: string | undefined; encrypted?: boolean | undefined }[]) => {
    counts[service] = (counts[service] ?? 0) + found.length;
    inClear.push(...found.filter(({ encrypted }) => encrypted === false).map(({ id }) => id ?? ''));
  };
  for (const { id } of estate.accounts.filter(({ reachable }) => reachable)) {
    for (const region of estate.regions) {
      const at = accounts.as(id, region);
      const [ec2, rds, elasticache] = [new EC2Client(at), new RDSClient(at), new ElastiCacheClient(at)];
      const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({}));
      add(
        'ebs',
        Volumes.map((each) => ({ id: each.VolumeId, encrypted: each.Encrypted })),
      );
      const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
      add(
        'ebs',
        Snapshots.map((each) => ({ id: each.SnapshotId, encrypted: each.Encrypted })),
      );
      // The Region's settings.
      add('ebs', [{ id: 'settings' }]);
      const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
      add(
        'rds',
        DBInstances.map(({ DBInstanceIdentifier, DBClusterIdentifier, StorageEncrypted }) => ({
          id: DBInstanceIdentifier,
          encrypted: DBClusterIdentifier === undefined ? StorageEncrypted : undefined,
        })),
      );
      const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({}));
      add(
        'rds',
        DBClusters.map((each) => ({ id: each.DBClusterIdentifier, encrypted: each.StorageEncrypted })),
      );
      const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({}));
      add(
        'rds',
        DBSnapshots.map((each) => ({ id: each.DBSnapshotIdentifier, encrypted: each.Encrypted })),
      );
      const { DBClusterSnapshots = [] } = await rds.send(new DescribeDBClusterSnapshotsCommand({}));
      add(
        'rds',
        DBClusterSnapshots.map((each) => ({
          id: each.DBClusterSnapshotIdentifier,
          encrypted: each.StorageEncrypted,
        })),
      );
      for await (const { TableNames = [] } of paginateListTables({ client: new DynamoDBClient(at) }, {}))
        add(
          'dynamodb',
          TableNames.map((table) => ({ id: table })),
        );
      const { FileSystems = [] } = await new EFSClient(at).send(new DescribeFileSystemsCommand({}));
      add(
        'efs',
        FileSystems.map((each) => ({ id: each.FileSystemId, encrypted: each.Encrypted })),
      );
      const { ReplicationGroups = [] } = await elasticache.send(new DescribeReplicationGroupsCommand({}));
      add(
        'elasticache',
        ReplicationGroups.map((each) => ({ id: each.ReplicationGroupId, encrypted: each.AtRestEncryptionEnabled })),
      );
      const { CacheClusters = [] } = await elasticache.send(new DescribeCacheClustersCommand({}));
      add(
        'elasticache',
        CacheClusters.map((each) => ({ id: each.CacheClusterId })),
      );
      // The simulator's stub has a serverless cache beside each encrypted group.
      add(
        'elasticache',
        ReplicationGroups.filter((each) => each.AtRestEncryptionEnabled).map(() => ({ id: 'burst' })),
      );
    }
    const { Buckets = [] } = await new S3Client(accounts.as(id)).send(new ListBucketsCommand({}));
    // The account's settings.
    add('s3', [...Buckets.map(({ Name }) => ({ id: Name })), { id: 'settings' }]);
  }
  accounts.close();
  return { counts, inClear: inClear.sort() };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read();
    return reading;
  };
}

describeEstate('CheckStorageEncryption', (access) => {
  const ask = (event: object = EVERYWHERE) => access.call<Answer>(checkStorageEncryption, event);
  // Nothing changes the estate here: both are read once.
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
    const answer = await ask();
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
    const seen: unknown[] = [];
    let next_token: string | undefined;
    do {
      const answer: Answer = await ask({ ...event, next_token });
      seen.push(...answer.resource_details.map(({ type, id }) => [type, id]));
      next_token = answer.next_token;
    } while (next_token !== undefined);
    expect(seen).toEqual(whole);
    expect(whole.length).toBeGreaterThan(20);
  });

  it('tells of the account without a role and of the Region that is off, each once', async () => {
    const { complete, failures = [] } = await ask();
    expect(complete).toBe(false);
    const { accounts, regions, disabledRegion } = access.estate;
    const expected = accounts.flatMap(({ id, reachable }) =>
      reachable
        ? [`${id} ${disabledRegion} region_not_enabled`]
        : [...regions, disabledRegion].map((region) => `${id} ${region} role_not_assumable`),
    );
    const told = failures.flatMap(({ account_id, region, code }) =>
      account_id.split(',').flatMap((id) => region.split(',').map((each) => `${id} ${each} ${code}`)),
    );
    expect(told.sort()).toEqual(expected.sort());
    const closed = await ask({ account_id: access.id('payments-prod'), region: disabledRegion });
    expect(closed).toMatchObject({ error: { code: 'region_not_enabled' }, region: disabledRegion });
  });

  it('uses the declared actions and no others', async () => {
    await ask();
    const used = new Set(access.awsCalls().map(({ iamAction }) => iamAction));
    // A proxy is nowhere in the demo estate, but the list of proxies is asked for.
    expect([...used].sort()).toEqual([...checkStorageEncryption.iam].sort());
    for (const { sessionPolicyActions } of access.awsCalls())
      expect(sessionPolicyActions).toEqual(checkStorageEncryption.iam);
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
