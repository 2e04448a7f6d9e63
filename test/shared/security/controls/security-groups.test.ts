import { Unread } from '../../../../shared/security/control.ts';
import { securityGroups } from '../../../../shared/security/controls/security-groups.ts';
import type { InternetRule } from '../../../../shared/security/internet-rules.ts';
import type { SecurityGroup } from '../../../../shared/security/resources/security-groups.ts';
import { testControls } from '../../../support/control-cases.ts';

const denied = new Unread('access_denied');

const rule = (protocol: string, from: number, to = from, more: Partial<InternetRule> = {}): InternetRule => ({
  protocol,
  from,
  to,
  source: '0.0.0.0/0',
  open: true,
  ...more,
});
const group = (rules: InternetRule[], UsedBy: SecurityGroup['UsedBy'] = []): SecurityGroup => ({
  type: 'AWS::EC2::SecurityGroup',
  id: 'sg-1',
  InternetRules: rules,
  UsedBy,
});

const ALL = rule('all', 0, 65_535);
/** A rule for a prefix list that could not be read. */
const perhaps = (protocol: string, from: number, to = from) =>
  rule(protocol, from, to, { source: 'pl-1', open: denied });

testControls(securityGroups, {
  'EC2.13': {
    passing: group([rule('tcp', 443)]),
    failing: group([rule('tcp', 22)]),
    undecidable: group([perhaps('tcp', 22)]),
    more: [
      ['finds SSH in a range', group([rule('tcp', 20, 25)]), 'fail'],
      ['finds SSH in all traffic', group([ALL]), 'fail'],
      ['finds SSH from all IPv6 addresses', group([rule('tcp', 22, 22, { source: '::/0' })]), 'fail'],
      ['does not take UDP for SSH', group([rule('udp', 0, 65_535)]), 'pass'],
      ['fails by a range even where a list could not be read', group([perhaps('tcp', 22), rule('tcp', 22)]), 'fail'],
      ['asks nothing of a list for other ports', group([perhaps('tcp', 443)]), 'pass'],
    ],
  },
  'EC2.14': {
    passing: group([rule('tcp', 22)]),
    failing: group([rule('tcp', 3389)]),
    undecidable: group([perhaps('all', 0, 65_535)]),
    more: [['finds RDP in a range', group([rule('tcp', 3000, 4000)]), 'fail']],
  },
  'EC2.18': {
    passing: group([rule('tcp', 443), rule('tcp', 80)]),
    failing: group([rule('tcp', 8443)]),
    undecidable: group([perhaps('tcp', 8443)]),
    more: [
      ['does not take a range for its ports', group([rule('tcp', 80, 443)]), 'fail'],
      ['finds UDP on a web port', group([rule('udp', 443)]), 'fail'],
      ['says nothing of ICMP', group([rule('icmp', 8)]), 'pass'],
    ],
  },
  'EC2.19': {
    passing: group([rule('tcp', 443)]),
    failing: group([rule('tcp', 9200)]),
    undecidable: group([perhaps('tcp', 3306)]),
    more: [
      ['finds a port in a range', group([rule('tcp', 440, 450)]), 'fail'],
      ['finds all traffic', group([ALL]), 'fail'],
      ['does not take UDP for TCP services', group([rule('udp', 0, 65_535)]), 'pass'],
    ],
  },
  'OPS.SG.1': {
    passing: group([rule('tcp', 1024, 65_535)]),
    failing: group([ALL]),
    undecidable: group([perhaps('all', 0, 65_535)]),
    more: [
      ['finds all ports of TCP', group([rule('tcp', 0, 65_535)]), 'fail'],
      ['finds all ports of UDP', group([rule('udp', 1, 65_535)]), 'fail'],
    ],
  },
  'OPS.SG.2': {
    passing: group([]),
    failing: group([rule('tcp', 443)], ['other']),
    undecidable: group([perhaps('tcp', 443)], ['other']),
    more: [
      ["informs of a load balancer's group", group([rule('tcp', 443), rule('tcp', 80)], ['load balancer']), 'info'],
      ['informs of a group that nothing has', group([rule('tcp', 80)]), 'info'],
      ['fails where something else has the group too', group([rule('tcp', 80)], ['load balancer', 'other']), 'fail'],
      ['leaves wider rules to EC2.18', group([ALL], ['other']), 'pass'],
    ],
  },
});
