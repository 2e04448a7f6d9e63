import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { comparedControls } from '../../scripts/bench/peers/security/controls.ts';
import { readTruth } from '../../scripts/bench/peers/security/truth.ts';
import { openMotoAccounts } from '../../scripts/local/simulator/moto-account.ts';
import { describeEstate } from '../support/estate.ts';
import { once } from '../support/once.ts';

/** The compared controls that each planted fault breaks; none where the fault is another control's. */
const BREAKS: Readonly<Record<string, readonly string[]>> = {
  's3-no-encryption-configuration': [],
  'ebs-unencrypted': ['OPS.EBS.1', 'OPS.EBS.2', 'EC2.1'],
  'dynamodb-no-recovery': ['DynamoDB.2'],
  's3-no-public-access-block': ['S3.8'],
  'ebs-unencrypted-root': ['EC2.3'],
  'ebs-default-encryption-off': ['EC2.7'],
  'rds-unencrypted': ['RDS.3'],
  'elasticache-unencrypted': ['ElastiCache.4', 'ElastiCache.5'],
  'rds-unencrypted-production': ['RDS.3'],
  'rds-cluster-unencrypted': ['RDS.27'],
  'efs-unencrypted': ['EFS.1'],
  's3-no-tls-policy': ['S3.5'],
  's3-public': ['S3.2', 'S3.5', 'S3.8'],
  'sg-range-with-ssh': ['EC2.13'],
  'elb-classic-without-tls': ['ELB.3'],
  'elbv2-old-tls-policy': ['ELB.17'],
  'elbv2-rule-in-clear': ['ELB.1'],
  'acl-unused': ['EC2.16'],
  'api-cache-in-clear': ['APIGateway.5'],
  'sg-ssh-open': ['EC2.13'],
  'sg-all-traffic-open': ['EC2.13', 'EC2.14', 'OPS.SG.1'],
  'elbv2-without-tls': ['ELB.1'],
  'api-without-logging': ['APIGateway.1'],
  'http-api-open': ['APIGateway.8', 'APIGateway.9'],
  'vpc-flow-logs-lost': ['EC2.6'],
  'acl-open': ['EC2.21'],
  'elb-classic-old-tls': ['ELB.8'],
  'api-domain-old-tls': ['OPS.APIGW.1'],
  'cloudfront-weak': ['CloudFront.3', 'CloudFront.13', 'CloudFront.15'],
  'sg-open-by-prefix-list': [],
  'cloudfront-origins': ['CloudFront.9', 'CloudFront.10', 'CloudFront.16'],
  'sg-rdp-open-ipv6': ['EC2.14'],
  'default-sg-with-rules': ['EC2.2'],
  'vpc-without-flow-logs': ['EC2.6'],
};

/** What the estate holds besides its planted faults, so that it looks like others do. */
const UNPLANTED = [
  'DynamoDB.2 dev-carts',
  'EC2.7 eu-central-1',
  'EC2.7 eu-west-1',
  'S3.5 exampleco-central-ops-context',
];

describeEstate('the truth that peers are held against', (access) => {
  const truth = once(() => readTruth(access));

  it('holds every planted fault of the two checks, by each control that it breaks, and little else', async () => {
    const { expected, settle } = await truth();
    const faults = access.estate.plantedFaults.filter(({ tool }) => /^Check(Storage|Network)/.test(tool));
    expect(faults.map(({ id }) => id).sort()).toEqual(Object.keys(BREAKS).sort());
    const planted = faults.flatMap(({ id, account, region, resource }) =>
      settle(
        (BREAKS[id] ?? []).map((control) => ({
          controls: [control],
          accountId: access.id(account),
          region,
          resource: resource === 'account' ? access.id(account) : resource,
        })),
      ),
    );
    const rest = expected.filter((each) => !planted.some((other) => isSame(each, other)));
    const named = rest.map(({ control, region, resource }) => `${control} ${control === 'EC2.7' ? region : resource}`);
    expect(named.sort()).toEqual(UNPLANTED);
    expect(expected).toHaveLength(planted.length + UNPLANTED.length);
  });

  it('has something for each compared control', async () => {
    const { expected } = await truth();
    const failing = new Set(expected.map(({ control }) => control));
    expect(comparedControls.map(({ id }) => id).filter((id) => !failing.has(id))).toEqual([]);
    expect(failing.size).toBe(comparedControls.length);
  });

  it('counts what fails in a default VPC for nobody and against nobody', async () => {
    const { settle } = await truth();
    const accountId = access.id('log-archive');
    const moto = openMotoAccounts(access.demo.motoUrl);
    const { Vpcs = [] } = await new EC2Client(moto.as(accountId)).send(new DescribeVpcsCommand({}));
    moto.close();
    const region = 'us-east-1';
    const said = Vpcs.map(({ VpcId = '' }) => ({ controls: ['EC2.6'], accountId, region, resource: VpcId }));
    expect(said).toHaveLength(1);
    expect(settle(said)).toEqual([]);
    expect(settle(said.map((each) => ({ ...each, region: 'eu-west-1' })))).toHaveLength(1);
  });
});

function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
