import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import { policyStatements } from '../../../../shared/aws/resource-policy.ts';
import { Unread } from '../../../../shared/security/control.ts';
import { vpc } from '../../../../shared/security/controls/vpc.ts';
import type { BlockPublicAccess, Subnet, Vpc } from '../../../../shared/security/resources/vpc.ts';
import type { NetworkAcl, VpcEndpoint } from '../../../../shared/security/resources/vpc-access.ts';
import { testControls } from '../../../support/control-cases.ts';

const denied = new Unread('access_denied');

const network = (more: Partial<Vpc> = {}): Vpc => ({
  type: 'AWS::EC2::VPC',
  id: 'vpc-1',
  FlowLogs: [{ FlowLogStatus: 'ACTIVE', TrafficType: 'REJECT', DeliverLogsStatus: 'SUCCESS' }],
  DefaultGroup: { GroupId: 'sg-1', IpPermissions: [], IpPermissionsEgress: [] },
  ...more,
});
const flowLog = (more: object) =>
  network({ FlowLogs: [{ FlowLogStatus: 'ACTIVE', TrafficType: 'ALL', DeliverLogsStatus: 'SUCCESS', ...more }] });
const subnet = (MapPublicIpOnLaunch?: boolean): Subnet => ({
  type: 'AWS::EC2::Subnet',
  id: 'subnet-1',
  MapPublicIpOnLaunch,
});
const settings = (InternetGatewayBlockMode?: string): BlockPublicAccess => ({
  type: 'AWS::EC2::VPCBlockPublicAccessOptions',
  id: '111111111111',
  InternetGatewayBlockMode,
});
const endpoint = (more: Partial<VpcEndpoint> = {}): VpcEndpoint => ({
  type: 'AWS::EC2::VPCEndpoint',
  id: 'vpce-1',
  VpcEndpointType: 'Interface',
  PrivateDnsEnabled: true,
  Policy: [],
  ...more,
});
const policy = (statement: object) => policyStatements(JSON.stringify({ Statement: [statement] }));

const acl = (entries: readonly NetworkAclEntry[], more: Partial<NetworkAcl> = {}): NetworkAcl => ({
  type: 'AWS::EC2::NetworkAcl',
  id: 'acl-1',
  IsDefault: false,
  Entries: entries,
  Subnets: 1,
  ...more,
});
const entry = (RuleNumber: number, RuleAction: 'allow' | 'deny', more: NetworkAclEntry = {}): NetworkAclEntry => ({
  RuleNumber,
  RuleAction,
  Protocol: '-1',
  CidrBlock: '0.0.0.0/0',
  Egress: false,
  ...more,
});
const ssh: NetworkAclEntry = { Protocol: '6', PortRange: { From: 22, To: 22 } };
const rdp: NetworkAclEntry = { Protocol: '6', PortRange: { From: 3389, To: 3389 } };
const LAST = entry(32_767, 'deny');

testControls(vpc, {
  'EC2.2': {
    passing: network(),
    failing: network({ DefaultGroup: { GroupId: 'sg-1', IpPermissions: [], IpPermissionsEgress: [{}] } }),
    undecidable: network({ DefaultGroup: denied }),
    more: [['does not take rules left out for no rules', network({ DefaultGroup: { GroupId: 'sg-1' } }), 'unknown']],
  },
  'EC2.6': {
    passing: network(),
    failing: network({ FlowLogs: [] }),
    undecidable: network({ FlowLogs: denied }),
    more: [
      ['needs rejected traffic', flowLog({ TrafficType: 'ACCEPT' }), 'fail'],
      ['needs an active log', flowLog({ FlowLogStatus: 'INACTIVE' }), 'fail'],
      ['needs logs that arrive', flowLog({ DeliverLogsStatus: 'FAILED' }), 'fail'],
    ],
  },
  'EC2.15': { passing: subnet(false), failing: subnet(true), undecidable: subnet() },
  'EC2.16': {
    passing: acl([]),
    failing: acl([], { Subnets: 0 }),
    undecidable: acl([], { Subnets: undefined }),
    more: [['is not about a default ACL', acl([], { IsDefault: true, Subnets: 0 }), 'none']],
  },
  'EC2.21': {
    passing: acl([LAST]),
    failing: acl([entry(100, 'allow'), LAST]),
    undecidable: acl([], { Entries: undefined }),
    more: [
      [
        'goes by the first entry: denied before allowed',
        acl([entry(100, 'allow'), entry(90, 'deny', ssh), entry(91, 'deny', rdp), LAST]),
        'pass',
      ],
      ['goes by the first entry: allowed before denied', acl([entry(90, 'deny', ssh), entry(80, 'allow')]), 'fail'],
      ['finds one port of the two', acl([entry(90, 'deny', ssh), entry(100, 'allow')]), 'fail'],
      [
        'takes IPv6 apart from IPv4',
        acl([entry(90, 'deny'), { ...entry(100, 'allow'), CidrBlock: undefined, Ipv6CidrBlock: '::/0' }]),
        'fail',
      ],
      [
        'is not misled by a denial of a part of the addresses',
        acl([entry(90, 'deny', { CidrBlock: '198.51.100.0/24' }), entry(100, 'allow')]),
        'fail',
      ],
      ['looks into port ranges', acl([entry(100, 'allow', { ...ssh, PortRange: { From: 1, To: 1024 } })]), 'fail'],
      [
        'says nothing of other ports',
        acl([entry(100, 'allow', { ...ssh, PortRange: { From: 443, To: 443 } })]),
        'pass',
      ],
      ['says nothing of outbound entries', acl([entry(100, 'allow', { Egress: true })]), 'pass'],
      ['says nothing of UDP', acl([entry(100, 'allow', { Protocol: '17' })]), 'pass'],
      ['informs of a default ACL', acl([entry(100, 'allow')], { IsDefault: true }), 'info'],
      ['passes a default ACL that was narrowed', acl([LAST], { IsDefault: true }), 'pass'],
    ],
  },
  'EC2.172': {
    passing: settings('block-ingress'),
    failing: settings('off'),
    undecidable: settings(),
    more: [['takes both directions', settings('block-bidirectional'), 'pass']],
  },
  'OPS.VPC.1': {
    passing: endpoint(),
    failing: endpoint({ PrivateDnsEnabled: false }),
    undecidable: endpoint({ PrivateDnsEnabled: undefined }),
    more: [['is not about gateway endpoints', endpoint({ VpcEndpointType: 'Gateway' }), 'none']],
  },
  'OPS.VPC.2': {
    passing: endpoint({ Policy: policy({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject' }) }),
    failing: endpoint({ Policy: policy({ Effect: 'Allow', Principal: '*', Action: '*' }) }),
    undecidable: endpoint({ Policy: undefined }),
    more: [
      [
        'takes a condition on the organization',
        endpoint({
          Policy: policy({
            Effect: 'Allow',
            Principal: '*',
            Action: '*',
            Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
          }),
        }),
        'pass',
      ],
      ['is not about endpoints without policies', endpoint({ Policy: null }), 'none'],
    ],
  },
});
