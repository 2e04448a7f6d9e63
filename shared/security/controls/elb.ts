import { controlsOn, fail, info, pass, securityHub } from '../control.ts';
import { type ClassicLoadBalancer, endsTls, readClassicLoadBalancers } from '../resources/elb.ts';
import { checkedService } from '../service.ts';
import { withdrawnOf } from '../tls-versions.ts';
import { together } from '../together.ts';

const balancer = controlsOn<ClassicLoadBalancer>('elb', 'AWS::ElasticLoadBalancing::LoadBalancer');

const NO_TLS = info('no TLS listener');

export const elb = checkedService(
  'elb',
  [{ types: ['AWS::ElasticLoadBalancing::LoadBalancer'], read: readClassicLoadBalancers }],
  [
    balancer({
      id: 'ELB.2',
      title: 'Classic load balancers use certificates of ACM',
      severity: 'MEDIUM',
      fields: ['Listeners'],
      remediation: 'Request or import the certificate in ACM and set it on the listener.',
      url: securityHub('elb', 'ELB.2'),
      judge: ({ Listeners }) =>
        together(
          Listeners.filter(endsTls).map(({ SSLCertificateId = '', LoadBalancerPort }) =>
            SSLCertificateId.split(':')[2] === 'acm' ? pass('ACM') : fail(`not of ACM on ${LoadBalancerPort}`),
          ),
          NO_TLS,
        ),
    }),
    balancer({
      id: 'ELB.3',
      title: 'Classic load balancers listen with HTTPS or TLS only',
      severity: 'MEDIUM',
      fields: ['Listeners'],
      remediation: 'Replace the listener by HTTPS or SSL with a certificate, or move to an Application Load Balancer.',
      url: securityHub('elb', 'ELB.3'),
      judge: ({ Listeners }) =>
        together(
          Listeners.map((listener) =>
            endsTls(listener) ? pass('TLS') : fail(`${listener.Protocol} on ${listener.LoadBalancerPort}`),
          ),
          info('no listener'),
        ),
    }),
    // By what the policy accepts, so that a policy of one's own is judged like AWS's.
    balancer({
      id: 'ELB.8',
      title: 'Classic load balancers accept TLS 1.2 and newer only',
      severity: 'MEDIUM',
      fields: ['Listeners', 'Protocols'],
      remediation: 'Set the policy ELBSecurityPolicy-TLS-1-2-2017-01 on the listener.',
      url: securityHub('elb', 'ELB.8'),
      judge: ({ Listeners, Protocols }) => {
        if (!Listeners.some(endsTls)) return NO_TLS;
        const old = withdrawnOf(Protocols);
        return old.length === 0 ? pass('TLS 1.2 and newer') : fail(`accepts ${old.join(', ')}`);
      },
    }),
  ],
);
