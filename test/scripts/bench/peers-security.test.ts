import { describe, expect, it } from 'vitest';
import { comparedControls } from '../../../scripts/bench/peers/security/controls.ts';
import { type Failing, judge, judgeByControl } from '../../../scripts/bench/peers/security/judge.ts';
import { notesOf } from '../../../scripts/bench/peers/security/notes.ts';
import { findingsOf as oursOf } from '../../../scripts/bench/peers/security/ours.ts';
import { type OcsfFinding, findingsOf as prowlersOf } from '../../../scripts/bench/peers/security/prowler.ts';
import { findingsOf as serversOf } from '../../../scripts/bench/peers/security/security-server.ts';
import { truthOf } from '../../../scripts/bench/peers/security/truth.ts';

const failing = (resource: string, control = 'EC2.3', region = 'us-east-1'): Failing => ({
  ...{ control, accountId: '111122223333', region, resource },
});

describe('the comparison of security checks', () => {
  it('counts what was found, missed and false, each once', () => {
    const truth = [failing('vol-1'), failing('vol-2')];
    const answer = [failing('vol-1'), failing('vol-1'), failing('vol-9')];
    expect(judge(truth, answer)).toEqual({
      expected: 2,
      found: 1,
      wrong: 1,
      missed: [failing('vol-2')],
      false: [failing('vol-9')],
    });
  });

  it('takes a resource of another Region for another one', () => {
    const { found, wrong } = judge([failing('account')], [failing('account', 'EC2.3', 'eu-west-1')]);
    expect({ found, wrong }).toEqual({ found: 0, wrong: 1 });
  });

  it('judges each control by itself', () => {
    const judged = judgeByControl(
      [failing('vol-1'), failing('b', 'S3.8')],
      [failing('vol-1'), failing('vol-1', 'EC2.7')],
    );
    const counts = [...judged].map(([id, { expected, found, wrong }]) => [id, expected, found, wrong]);
    expect(counts).toEqual([
      ['EC2.3', 1, 1, 0],
      ['EC2.7', 0, 0, 1],
      ['S3.8', 1, 0, 0],
    ]);
  });

  it('names each control once, with a reason', () => {
    const ids = comparedControls.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(comparedControls.filter(({ reason }) => reason === '')).toEqual([]);
  });
});

const ACCOUNT = '111122223333';

describe('the truth', () => {
  const at = { accountId: ACCOUNT, region: 'us-east-1' };
  const truth = truthOf([
    { ...at, control: 'OPS.EBS.1', resource: 'vol-1' },
    { ...at, control: 'EC2.13', resource: 'sg-1', aliases: ['open', undefined] },
    { ...at, control: 'OPS.SG.1', resource: 'sg-1' },
    { ...at, control: 'EC2.6', resource: 'vpc-1', beside: true },
  ]);
  const settle = (controls: string[], resource: string) =>
    truth.settle([{ ...at, controls, resource }]).map(({ control, resource: named }) => [control, named]);

  it('expects what counts', () => {
    expect(truth.expected.map(({ control }) => control)).toEqual(['OPS.EBS.1', 'EC2.13', 'OPS.SG.1']);
  });

  it('counts a check that stands for several controls for those that fail, and once where none does', () => {
    expect(settle(['EC2.3', 'OPS.EBS.1'], 'vol-1')).toEqual([['OPS.EBS.1', 'vol-1']]);
    expect(settle(['EC2.13', 'EC2.14', 'OPS.SG.1'], 'sg-1')).toEqual([
      ['EC2.13', 'sg-1'],
      ['OPS.SG.1', 'sg-1'],
    ]);
    expect(settle(['EC2.3', 'OPS.EBS.1'], 'vol-9')).toEqual([['EC2.3', 'vol-9']]);
  });

  it('knows a resource by its other names, and leaves out what counts for nobody', () => {
    expect(settle(['EC2.13'], 'open')).toEqual([['EC2.13', 'sg-1']]);
    expect(settle(['EC2.13'], 'undefined')).toEqual([['EC2.13', 'undefined']]);
    expect(settle(['EC2.6'], 'vpc-1')).toEqual([]);
  });
});

describe('what each subject calls wrong', () => {
  const row = ({ controls, region, resource }: { controls: readonly string[]; region: string; resource: string }) => [
    controls.join(),
    region,
    resource,
  ];

  it('is read from our answers by the state of each control', () => {
    const resource = { AccountId: ACCOUNT, Region: 'us-east-1', id: 'b', type: 'AWS::S3::Bucket' };
    const checks = { 'S3.8': 'fail', 'S3.2': 'unknown', 'S3.5': 'pass' };
    const answer = { resource_details: [{ ...resource, checks }] };
    expect(oursOf([answer]).map(row)).toEqual([['S3.8', 'us-east-1', 'b']]);
    expect(() => oursOf([{ ...answer, next_token: 'more' }])).toThrow('not whole');
    expect(() => oursOf([{ ...answer, error: { message: 'no' } }])).toThrow('no');
  });

  // Recorded from Prowler 5.46.0.
  const ocsf = (check: string, uid: string, name: string, status_code = 'FAIL'): OcsfFinding => ({
    ...{ status_code, metadata: { event_code: check }, cloud: { account: { uid: ACCOUNT } } },
    resources: [{ uid, name, region: 'us-east-1' }],
  });

  it('is read from the report of Prowler, with all controls that its check stands for', () => {
    const volume = 'arn:aws:ec2:us-east-1:111122223333:volume';
    const found = prowlersOf([
      ocsf('ec2_ebs_volume_encryption', `${volume}/vol-1`, 'vol-1'),
      ocsf('ec2_ebs_volume_encryption', `${volume}/vol-2`, 'vol-2', 'PASS'),
      ocsf('ec2_ebs_default_encryption', volume, ACCOUNT),
      ocsf(
        'ec2_securitygroup_allow_ingress_from_internet_to_all_ports',
        'arn:aws:ec2:us-east-1:111122223333:security-group/sg-1',
        'sg-1',
      ),
      ocsf(
        'apigateway_restapi_logging_enabled',
        'arn:aws:apigateway:us-east-1::/restapis/qihigibwgw/stages/test',
        'dev-checkout-api',
      ),
      ocsf('apigatewayv2_api_access_logging_enabled', 'arn:aws:apigateway:us-east-1::apis/qubuzngd', 'webhooks-test'),
      ocsf('apigatewayv2_api_authorizers_enabled', 'arn:aws:apigateway:us-east-1::apis/qubuzngd', 'webhooks'),
      ocsf(
        'elbv2_ssl_listeners',
        'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/dev-web/a1705ef42e62c5b1',
        'dev-web',
      ),
    ]);
    expect(found.map(row)).toEqual([
      ['EC2.3,OPS.EBS.1', 'us-east-1', 'vol-1'],
      ['EC2.7', 'us-east-1', ACCOUNT],
      ['EC2.13,EC2.14,OPS.SG.1', 'us-east-1', 'sg-1'],
      ['APIGateway.1', 'us-east-1', 'qihigibwgw/test'],
      ['APIGateway.9', 'us-east-1', 'qubuzngd/test'],
      ['APIGateway.8', 'us-east-1', 'qubuzngd'],
      ['ELB.1', 'us-east-1', 'dev-web'],
    ]);
    expect(found.map(({ accountId }) => accountId)).toEqual(found.map(() => ACCOUNT));
  });

  it('is read from the issues of the security server, where a compared control asks for the same', () => {
    // Recorded from well-architected-security-mcp-server 0.2.0.
    const details = [
      { type: 's3', name: 'exampleco-dev-scratch', issues: ['Public access block status unknown'] },
      { type: 's3', name: 'exampleco-ledger-import', issues: ['Default encryption not enabled'] },
      { type: 'ebs', id: 'vol-1', issues: ['Volume is not encrypted'] },
      { type: 'ebs', id: 'vol-2', issues: [] },
      {
        type: 'elasticache',
        id: 'dev-cache-001',
        issues: [
          'Redis cluster does not have at-rest encryption enabled',
          'Redis cluster does not have in-transit encryption enabled',
        ],
      },
      { type: 'application_load_balancer', name: 'idle', issues: ['Found 0 non-encrypted HTTP listeners'] },
      {
        type: 'application_load_balancer',
        name: 'checkout-eu',
        issues: [
          'Found 1 non-encrypted HTTP listeners',
          'Using potentially insecure SSL policy: ELBSecurityPolicy-2016-08',
        ],
      },
      { type: 'classic_load_balancer', name: 'old', issues: ['Found 1 non-encrypted listeners'] },
      { type: 'cloudfront_distribution', id: 'CH1', issues: ['Using outdated TLS version: TLSv1'] },
      { type: 'security_group', id: 'sg-1', issues: ['Port 80 (HTTP) open to the world'] },
    ];
    const answers = [{ accountId: ACCOUNT, answer: { region: 'us-east-1', resource_details: details } }];
    expect(serversOf(answers).map(row)).toEqual([
      ['S3.8', 'us-east-1', 'exampleco-dev-scratch'],
      ['EC2.3,OPS.EBS.1', 'us-east-1', 'vol-1'],
      ['ElastiCache.4', 'us-east-1', 'dev-cache-001'],
      ['ElastiCache.5', 'us-east-1', 'dev-cache-001'],
      ['ELB.1', 'us-east-1', 'checkout-eu'],
      ['ELB.17', 'us-east-1', 'checkout-eu'],
      ['ELB.3', 'us-east-1', 'old'],
      ['CloudFront.15', 'us-east-1', 'CH1'],
    ]);
    const broken = [{ accountId: ACCOUNT, answer: { region: 'us-east-1', error: 'ProfileNotFound' } }];
    expect(() => serversOf(broken)).toThrow('ProfileNotFound');
  });

  it('becomes a note on what is not asked, what is missed and what is false', () => {
    const truth = [failing('vol-1'), failing('vol-2'), failing('b', 'S3.8'), failing('d', 'CloudFront.16')];
    const judged = judge(truth, [failing('vol-1'), failing('b', 'S3.5')]);
    const asked = new Set(['EC2.3', 'S3.5', 'S3.8']);
    expect(notesOf(judged, truth, asked, (control) => `reason of ${control}`)).toBe(
      'has no check of CloudFront.16; misses EC2.3 in 1 of 2 (reason of EC2.3), S3.8 (reason of S3.8); calls wrong what is right: S3.5 × 1 (reason of S3.5)',
    );
    expect(notesOf(judge(truth, truth), truth, asked, String)).toBe('');
  });
});
