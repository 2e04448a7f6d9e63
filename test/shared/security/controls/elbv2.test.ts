import { Unread } from '../../../../shared/security/control.ts';
import { elbv2 } from '../../../../shared/security/controls/elbv2.ts';
import type { Listener, LoadBalancer } from '../../../../shared/security/resources/elbv2.ts';
import { testControls } from '../../../support/control-cases.ts';

const denied = new Unread('access_denied');

const listener = (Protocol: string, Port: number, more: Partial<Listener> = {}): Listener => ({
  Protocol,
  Port,
  ToHttps: 'none',
  SslProtocols: undefined,
  ...more,
});
const https = (...SslProtocols: string[]) => listener('HTTPS', 443, { SslProtocols });
const http = (ToHttps: Listener['ToHttps']) => listener('HTTP', 80, { ToHttps });
const balancer = (Listeners: LoadBalancer['Listeners'], Type = 'application'): LoadBalancer => ({
  type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  id: 'checkout',
  Type,
  Listeners,
});
const current = https('TLSv1.2', 'TLSv1.3');

testControls(elbv2, {
  'ELB.1': {
    passing: balancer([current, http('all')]),
    failing: balancer([current, http('none')]),
    undecidable: balancer([current, http(denied)]),
    more: [
      ['finds rules that serve HTTP beside a redirect', balancer([http('some')]), 'fail'],
      ['passes without an HTTP listener', balancer([current]), 'pass'],
      ['fails by one listener even where another could not be read', balancer([http(denied), http('none')]), 'fail'],
      ['is not about network load balancers', balancer([], 'network'), 'none'],
    ],
  },
  'ELB.17': {
    passing: balancer([current]),
    failing: balancer([https('TLSv1', 'TLSv1.1', 'TLSv1.2')]),
    undecidable: balancer([listener('HTTPS', 443, { SslProtocols: denied })]),
    more: [
      ['judges TLS of network load balancers', balancer([{ ...https('TLSv1.1'), Protocol: 'TLS' }], 'network'), 'fail'],
      ['cannot tell of a policy that AWS does not describe', balancer([listener('TLS', 443)]), 'unknown'],
      ['informs without TLS', balancer([http('all')]), 'info'],
    ],
  },
  'ELB.18': {
    passing: balancer([current, http('all')]),
    failing: balancer([listener('TCP', 9094)], 'network'),
    undecidable: balancer([http(denied)]),
    more: [
      ['finds plain HTTP', balancer([current, http('none')]), 'fail'],
      ['informs of UDP', balancer([listener('UDP', 53)], 'network'), 'info'],
      ['informs of a gateway', balancer([listener('GENEVE', 6081)], 'gateway'), 'info'],
      ['informs without a listener', balancer([]), 'info'],
    ],
  },
});
