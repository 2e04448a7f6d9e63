import { controlsOn, fail, info, pass, securityHub, Unread, unknown, type Verdict } from '../control.ts';
import { type Listener, type LoadBalancer, readLoadBalancers } from '../resources/elbv2.ts';
import { checkedService } from '../service.ts';
import { withdrawnOf } from '../tls-versions.ts';
import { together } from '../together.ts';

const balancer = controlsOn<LoadBalancer>('elbv2', 'AWS::ElasticLoadBalancingV2::LoadBalancer');

function judgeRedirect({ Port, ToHttps }: Listener): Verdict {
  if (ToHttps instanceof Unread) return unknown(`rules of ${Port} not read: ${ToHttps.code}`);
  if (ToHttps === undefined) return unknown(`AWS did not say what ${Port} does`);
  if (ToHttps === 'all') return pass(`${Port} redirects to HTTPS`);
  return fail(ToHttps === 'some' ? `rules of ${Port} serve plain HTTP` : `${Port} serves plain HTTP`);
}

function judgePolicy({ Port, SslProtocols }: Listener): Verdict {
  if (SslProtocols instanceof Unread) return unknown(`TLS policy of ${Port} not read: ${SslProtocols.code}`);
  if (SslProtocols === undefined) return unknown(`AWS did not say the protocols of ${Port}`);
  const old = withdrawnOf(SslProtocols);
  return old.length === 0 ? pass('TLS 1.2 and newer') : fail(`${Port} accepts ${old.join(', ')}`);
}

/** TLS exists over TCP only, QUIC brings its own, and a gateway load balancer passes packets on. */
function judgeProtocol(listener: Listener): Verdict {
  const { Protocol, Port } = listener;
  if (Protocol === undefined) return unknown('AWS did not say Protocol');
  if (/^(HTTPS|TLS|QUIC)$/.test(Protocol)) return pass(Protocol);
  if (Protocol === 'HTTP') return judgeRedirect(listener);
  return Protocol === 'TCP' ? fail(`TCP on ${Port} is not TLS`) : info(`${Protocol} on ${Port}`);
}

export const elbv2 = checkedService(
  'elbv2',
  [{ types: ['AWS::ElasticLoadBalancingV2::LoadBalancer'], read: readLoadBalancers }],
  [
    balancer({
      id: 'ELB.1',
      title: 'Application load balancers redirect HTTP to HTTPS',
      severity: 'MEDIUM',
      when: ({ Type = 'application' }) => Type === 'application',
      fields: ['Listeners'],
      remediation: 'Make the default action and the rules of the HTTP listener redirect to HTTPS.',
      url: securityHub('elb', 'ELB.1'),
      judge: ({ Listeners }) =>
        together(Listeners.filter(({ Protocol }) => Protocol === 'HTTP').map(judgeRedirect), pass('no HTTP listener')),
    }),
    balancer({
      id: 'ELB.17',
      title: 'Load balancers accept TLS 1.2 and newer only',
      severity: 'MEDIUM',
      when: ({ Type }) => Type !== 'gateway',
      fields: ['Listeners'],
      remediation: 'Set the policy ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09 or another with TLS 1.2 and newer.',
      url: securityHub('elb', 'ELB.17'),
      judge: ({ Listeners }) =>
        together(
          Listeners.filter(({ Protocol }) => Protocol === 'HTTPS' || Protocol === 'TLS').map(judgePolicy),
          info('no TLS listener'),
        ),
    }),
    balancer({
      id: 'ELB.18',
      title: 'Load balancers listen with HTTPS or TLS',
      severity: 'MEDIUM',
      fields: ['Listeners'],
      remediation: 'Replace the listener by HTTPS or TLS with a certificate; over HTTP only redirect.',
      url: securityHub('elb', 'ELB.18'),
      judge: ({ Listeners }) => together(Listeners.map(judgeProtocol), info('no listener')),
    }),
  ],
);
