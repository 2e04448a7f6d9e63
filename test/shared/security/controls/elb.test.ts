import { Unread } from '../../../../shared/security/control.ts';
import { elb } from '../../../../shared/security/controls/elb.ts';
import type { ClassicListener, ClassicLoadBalancer } from '../../../../shared/security/resources/elb.ts';
import { testControls } from '../../../support/control-cases.ts';

const denied = new Unread('access_denied');

const https = (more: Partial<ClassicListener> = {}): ClassicListener => ({
  Protocol: 'HTTPS',
  LoadBalancerPort: 443,
  SSLCertificateId: 'arn:aws:acm:us-east-1:111111111111:certificate/1',
  ...more,
});
const http: ClassicListener = { Protocol: 'HTTP', LoadBalancerPort: 80, SSLCertificateId: undefined };
const balancer = (
  Listeners: readonly ClassicListener[] | undefined = [https()],
  Protocols: ClassicLoadBalancer['Protocols'] = ['TLSv1.2'],
): ClassicLoadBalancer => ({ type: 'AWS::ElasticLoadBalancing::LoadBalancer', id: 'legacy', Listeners, Protocols });
const unsaid: ClassicLoadBalancer = { ...balancer(), Listeners: undefined };

testControls(elb, {
  'ELB.2': {
    passing: balancer(),
    failing: balancer([https({ SSLCertificateId: 'arn:aws:iam::111111111111:server-certificate/acm' })]),
    undecidable: unsaid,
    more: [['informs without TLS', balancer([http]), 'info']],
  },
  'ELB.3': {
    passing: balancer([https(), https({ Protocol: 'SSL' })]),
    failing: balancer([https(), http]),
    undecidable: unsaid,
    more: [
      ['finds TCP', balancer([https({ Protocol: 'TCP' })]), 'fail'],
      ['informs without a listener', balancer([]), 'info'],
    ],
  },
  'ELB.8': {
    passing: balancer(),
    failing: balancer([https()], ['TLSv1', 'TLSv1.2']),
    undecidable: balancer([https()], denied),
    more: [
      ['finds TLS 1.1', balancer([https()], ['TLSv1.1', 'TLSv1.2']), 'fail'],
      ['finds SSLv3', balancer([https()], ['SSLv3']), 'fail'],
      ['informs without TLS', balancer([http], []), 'info'],
    ],
  },
});
