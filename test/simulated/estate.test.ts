import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { type Estate, seedEstate } from '../../scripts/local/estate/estate.ts';
import type { AccountName } from '../../scripts/local/estate/organization.ts';
import { plantedFaults } from '../../scripts/local/estate/planted-faults.ts';
import { HUB_ROLE_NAME } from '../../scripts/local/estate/roles.ts';
import type { Simulator } from '../../scripts/local/simulator/simulator.ts';
import { simulation } from '../support/estate.ts';
import { describeSimulated, useSimulator } from '../support/simulator.ts';
import { evidence } from './estate-faults.ts';

const SEEDS_WITHIN_MS = 90_000;

/** What a cell has from the start: instances, VPCs, groups, functions, databases and alarms. */
const ONLY_THE_DEFAULT_VPC = [0, 1, 1, 0, 0, 0];

/** The same for every other cell; terminated instances are not counted. */
const COUNTS = {
  'management us-east-1': [0, 1, 1, 1, 0, 0],
  'payments-prod us-east-1': [23, 1, 8, 10, 5, 7],
  'payments-prod eu-west-1': [9, 1, 5, 4, 1, 3],
  'payments-prod eu-central-1': [0, 0, 0, 0, 0, 0],
  'payments-dev us-east-1': [9, 2, 6, 5, 3, 2],
  'data-platform us-east-1': [28, 2, 6, 3, 3, 2],
  'data-platform eu-central-1': [5, 2, 4, 3, 1, 1],
  'acquired-shop eu-west-1': [3, 2, 3, 1, 1, 0],
  'log-archive us-east-1': [0, 1, 1, 1, 0, 0],
  'security-tooling us-east-1': [3, 2, 3, 3, 0, 1],
};

describeSimulated('the demo estate', () => {
  const aws = useSimulator();
  let estate: Estate;
  beforeAll(async () => {
    estate = await seedEstate(aws().motoUrl);
  }, SEEDS_WITHIN_MS);

  function idOf(name: AccountName): string {
    return estate.accounts.find((account) => account.name === name)?.id ?? '';
  }

  test('has a management account and six members, one of them the hub', async () => {
    expect(estate.hubAccountId).toBe(idOf('security-tooling'));
    expect(estate.managementAccountId).toBe(idOf('management'));
    const management = aws().asAccount(estate.managementAccountId, 'us-east-1');
    const { Accounts = [] } = await new OrganizationsClient(management).send(new ListAccountsCommand({}));
    const named = estate.accounts.map(({ id, name }) => [id, name]);
    // moto names the management account itself.
    expect(Accounts.slice(1).map(({ Id, Name }) => [Id, Name])).toEqual(named.slice(1));
    expect(estate.accounts.filter(({ reachable }) => !reachable).map(({ name }) => name)).toEqual(['acquired-shop']);
  });

  test('every reachable account trusts the hub role with the external ID', async () => {
    for (const { id } of estate.accounts.filter(({ reachable }) => reachable)) {
      const iam = new IAMClient(aws().asAccount(id, 'us-east-1'));
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: estate.roleName }));
      expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).Statement).toEqual([
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${estate.hubAccountId}:role/${HUB_ROLE_NAME}` },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'sts:ExternalId': estate.externalId } },
        },
      ]);
    }
  });

  test('has the same resources in every cell, in every run', async () => {
    const counts: Record<string, number[]> = {};
    for (const { id, name } of estate.accounts) {
      for (const region of estate.regions) {
        const counted = await countCell(aws().asAccount(id, region));
        if (counted.join() !== ONLY_THE_DEFAULT_VPC.join()) counts[`${name} ${region}`] = counted;
      }
    }
    expect(counts).toEqual(COUNTS);
  });

  test('has buckets in their own accounts', async () => {
    const counts: Record<string, number> = {};
    for (const { id, name } of estate.accounts) {
      const { Buckets = [] } = await new S3Client(aws().asAccount(id, 'us-east-1')).send(new ListBucketsCommand({}));
      counts[name] = Buckets.length;
    }
    expect(counts).toEqual({
      management: 2,
      'payments-prod': 10,
      'payments-dev': 4,
      'data-platform': 10,
      'acquired-shop': 1,
      'log-archive': 5,
      'security-tooling': 3,
    });
  });

  test('has metric data that explains its alarms', async () => {
    const cloudwatch = new CloudWatchClient(aws().asAccount(idOf('payments-prod'), 'us-east-1'));
    const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: 'ledger-primary' }];
    const Metric = { Namespace: 'AWS/RDS', MetricName: 'FreeStorageSpace', Dimensions };
    const { MetricDataResults } = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(Date.now() - 24 * 3_600_000),
        EndTime: new Date(),
        MetricDataQueries: [{ Id: 'free', MetricStat: { Metric, Period: 1_800, Stat: 'Minimum' } }],
      }),
    );
    const values = MetricDataResults?.[0]?.Values ?? [];
    expect(values.length).toBeGreaterThan(46);
    // The newest value comes first.
    expect(values[0]).toBeLessThan(11e9);
    expect(values.at(-1)).toBeGreaterThan(50e9);
  });

  test('every planted fault has its evidence here', () => {
    expect(plantedFaults.map(({ id }) => id).sort()).toEqual(Object.keys(evidence).sort());
  });

  test.each(plantedFaults)('$id: $description', async ({ id, account, region, resource }) => {
    const [look, expected] = evidence[id] ?? [];
    const found = await look?.(aws().asAccount(idOf(account), region), resource);
    expect({ found }).toMatchObject({ found: expected });
  });

  test('is the same in every run', () => {
    // The other files share one that was made in another moto.
    expect(simulation).toEqual({ motoUrl: expect.any(String), estate });
  });
});

async function countCell(at: ReturnType<Simulator['asAccount']>) {
  const ec2 = new EC2Client(at);
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const { Functions = [] } = await new LambdaClient(at).send(new ListFunctionsCommand({}));
  const { DBInstances = [] } = await new RDSClient(at).send(new DescribeDBInstancesCommand({}));
  const { MetricAlarms = [] } = await new CloudWatchClient(at).send(new DescribeAlarmsCommand({}));
  const live = instances.filter(({ State }) => State?.Name !== 'terminated');
  return [live, Vpcs, SecurityGroups, Functions, DBInstances, MetricAlarms].map((found) => found.length);
}
