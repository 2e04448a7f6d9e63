import {
  DescribeLoadBalancersCommand as DescribeClassicCommand,
  DescribeLoadBalancerPoliciesCommand,
} from '@aws-sdk/client-elastic-load-balancing';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeSSLPoliciesCommand,
  type Listener,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import {
  askNetwork,
  checksOf,
  detailOf,
  elb,
  elbv2,
  inputsOf,
  issuesOf,
  useEmptyAws,
} from '../../../support/checked-estate.ts';
import { failing } from '../../../support/mock-aws.ts';

const toHttps = [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', StatusCode: 'HTTP_301' } }] as const;
const toHttp = [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTP', StatusCode: 'HTTP_301' } }] as const;
const refuse = [{ Type: 'fixed-response' }] as const;
const forward = [{ Type: 'forward' }] as const;

/** Load balancers by name, whose ARN is the name too, each with its listeners. */
function givenBalancers(listeners: Readonly<Record<string, object[]>>) {
  const LoadBalancers = Object.keys(listeners).map((name) => ({ LoadBalancerName: name, LoadBalancerArn: name }));
  elbv2.on(DescribeLoadBalancersCommand).resolves({ LoadBalancers });
  elbv2
    .on(DescribeListenersCommand)
    .callsFake(({ LoadBalancerArn }) => ({ Listeners: listeners[LoadBalancerArn as string] as Listener[] }));
}

const http = (ListenerArn: string, DefaultActions?: readonly object[]) => {
  return { Protocol: 'HTTP', Port: 80, ListenerArn, DefaultActions };
};

describe('CheckNetworkSecurity on load balancers', () => {
  useEmptyAws();

  it('judges every page of listeners by every page of their TLS policies', async () => {
    elbv2.on(DescribeLoadBalancersCommand).resolves({
      LoadBalancers: [{ LoadBalancerName: 'shop', LoadBalancerArn: 'arn:shop', Type: 'network' }],
    });
    elbv2.on(DescribeListenersCommand).callsFake(({ Marker }) => ({
      Listeners: [
        Marker === undefined
          ? { Protocol: 'TLS', Port: 443, SslPolicy: 'new' }
          : { Protocol: 'TLS', Port: 8443, SslPolicy: 'old' },
        { Protocol: 'TLS', Port: 9443, SslPolicy: 'new' },
      ],
      NextMarker: Marker === undefined ? 'page-2' : undefined,
    }));
    elbv2.on(DescribeSSLPoliciesCommand).callsFake(({ Marker }) => ({
      SslPolicies: [
        Marker === undefined
          ? { Name: 'new', SslProtocols: ['TLSv1.2'] }
          : { Name: 'old', SslProtocols: ['TLSv1.1', 'TLSv1.2'] },
      ],
      NextMarker: Marker === undefined ? 'page-2' : undefined,
    }));
    const answer = await askNetwork('elbv2');
    expect(issuesOf(answer, 'shop')).toEqual(['ELB.17: 8443 accepts TLSv1.1']);
    // ELB.1 is about application load balancers.
    expect(checksOf(answer, 'shop')).toEqual({ 'ELB.17': 'fail', 'ELB.18': 'pass' });
    const listeners = { LoadBalancerArn: 'arn:shop', PageSize: 400 };
    expect(inputsOf(elbv2, DescribeListenersCommand)).toEqual([listeners, { ...listeners, Marker: 'page-2' }]);
    const policies = { Names: ['new', 'old'], PageSize: 400 };
    expect(inputsOf(elbv2, DescribeSSLPoliciesCommand)).toEqual([policies, { ...policies, Marker: 'page-2' }]);
  });

  it('asks for no TLS policy where no listener has one, and cannot tell what such a listener accepts', async () => {
    givenBalancers({ bare: [{ Protocol: 'HTTPS', Port: 443 }] });
    const answer = await askNetwork('elbv2');
    expect(issuesOf(answer, 'bare')).toEqual(['ELB.17: AWS did not say the protocols of 443']);
    expect(inputsOf(elbv2, DescribeSSLPoliciesCommand)).toEqual([]);
  });

  it('leaves open only what was denied: listeners, TLS policies or rules', async () => {
    givenBalancers({
      shut: [],
      tls: [{ Protocol: 'HTTPS', Port: 443, SslPolicy: 'new' }],
      plain: [http('plain', toHttps)],
      open: [http('open', forward)],
    });
    elbv2.on(DescribeListenersCommand, { LoadBalancerArn: 'shut' }).rejects(failing('AccessDenied'));
    elbv2.on(DescribeSSLPoliciesCommand).rejects(failing('AccessDenied'));
    elbv2.on(DescribeRulesCommand).rejects(failing('AccessDenied'));
    const answer = await askNetwork('elbv2');
    expect(issuesOf(answer, 'shut')).toContain('ELB.18: Listeners not read: access_denied');
    expect(detailOf(answer, 'tls')).toMatchObject({
      issues: ['ELB.17: TLS policy of 443 not read: access_denied'],
      checks: { 'ELB.1': 'pass', 'ELB.18': 'pass' },
    });
    expect(detailOf(answer, 'plain')).toMatchObject({
      issues: ['ELB.1: rules of 80 not read: access_denied', 'ELB.18: rules of 80 not read: access_denied'],
      checks: { 'ELB.17': 'info' },
    });
    expect(issuesOf(answer, 'open')).toContain('ELB.1: 80 serves plain HTTP');
  });

  it('takes for a redirect only what sends every request on to HTTPS', async () => {
    givenBalancers({
      redirecting: [http('redirecting', toHttps)],
      'to-http': [http('to-http', toHttp)],
      'to-both': [http('to-both', toHttps)],
      late: [http('late', toHttps)],
      refusing: [http('refusing', refuse)],
      silent: [http('silent', undefined)],
      signing: [http('signing', [{ Type: 'authenticate-oidc' }, ...toHttps])],
      tls: [{ ...http('tls', toHttps), Protocol: 'HTTPS' }],
    });
    const rules: Readonly<Record<string, object[]>> = {
      redirecting: [{ Actions: refuse }, { Actions: toHttps }],
      'to-both': [{ Actions: toHttp }],
      late: [{}],
    };
    elbv2.on(DescribeRulesCommand).callsFake(({ ListenerArn, Marker }) => {
      // The rules that matter stand on the second page.
      const found = Marker === undefined ? [{ Actions: toHttps }] : (rules[ListenerArn as string] ?? []);
      const isAlone = ListenerArn === 'refusing' || ListenerArn === 'signing';
      return { Rules: isAlone ? [] : found, NextMarker: Marker === undefined && !isAlone ? 'page-2' : undefined };
    });
    const answer = await askNetwork('elbv2');
    const issue = (id: string) => issuesOf(answer, id)?.find((each) => each.startsWith('ELB.1:'));
    expect(issue('redirecting')).toBeUndefined();
    expect(issue('to-http')).toBe('ELB.1: 80 serves plain HTTP');
    expect(issue('to-both')).toBe('ELB.1: rules of 80 serve plain HTTP');
    expect(issue('late')).toBe('ELB.1: rules of 80 serve plain HTTP');
    expect(issue('refusing')).toBe('ELB.1: 80 serves plain HTTP');
    expect(issue('silent')).toBe('ELB.1: AWS did not say what 80 does');
    expect(issue('signing')).toBeUndefined();
    const asked = { ListenerArn: 'redirecting', PageSize: 400 };
    const inputs = inputsOf(elbv2, DescribeRulesCommand);
    expect(inputs.filter(({ ListenerArn }) => ListenerArn === 'redirecting')).toEqual([
      asked,
      { ...asked, Marker: 'page-2' },
    ]);
    for (const id of ['silent', 'to-http', 'tls'])
      expect(inputs.map(({ ListenerArn }) => ListenerArn)).not.toContain(id);
  });

  it('reads the TLS of a classic load balancer by its policies, each asked for once', async () => {
    const listener = (Protocol: string, LoadBalancerPort: number, PolicyNames?: string[]) => ({
      Listener: { Protocol, LoadBalancerPort, InstancePort: 80, SSLCertificateId: 'arn:aws:acm:us-east-1:1:c/1' },
      PolicyNames,
    });
    elb.on(DescribeClassicCommand).resolves({
      LoadBalancerDescriptions: [
        {
          LoadBalancerName: 'two',
          ListenerDescriptions: [listener('https', 443, ['ours', 'sticky']), listener('ssl', 8443, ['ours'])],
        },
        { LoadBalancerName: 'sticky', ListenerDescriptions: [listener('HTTPS', 443, ['sticky'])] },
        { LoadBalancerName: 'denied', ListenerDescriptions: [listener('HTTPS', 443, ['denied'])] },
        { LoadBalancerName: 'mixed', ListenerDescriptions: [listener('http', 80), listener('SSL', 443, ['ours'])] },
        { LoadBalancerName: 'odd', ListenerDescriptions: [{}] },
        { LoadBalancerName: 'silent' },
      ],
    });
    const attribute = (AttributeName?: string, AttributeValue = 'true') => ({ AttributeName, AttributeValue });
    elb.on(DescribeLoadBalancerPoliciesCommand).callsFake(({ PolicyNames }) => {
      if (PolicyNames[0] === 'denied') throw failing('AccessDenied');
      if (PolicyNames[0] === 'sticky')
        return { PolicyDescriptions: [{}, { PolicyAttributeDescriptions: [attribute()] }] };
      const on = [
        attribute('Protocol-TLSv1.2'),
        attribute('Server-Defined-Cipher-Order'),
        attribute('Old-Protocol-SSLv3'),
      ];
      return { PolicyDescriptions: [{ PolicyAttributeDescriptions: [...on, attribute('Protocol-SSLv3', 'false')] }] };
    });
    const answer = await askNetwork('elb');
    expect(checksOf(answer, 'two')).toEqual({ 'ELB.2': 'pass', 'ELB.3': 'pass', 'ELB.8': 'pass' });
    expect(issuesOf(answer, 'sticky')).toEqual(['ELB.8: AWS did not say Protocols']);
    expect(issuesOf(answer, 'denied')).toEqual(['ELB.8: Protocols not read: access_denied']);
    expect(issuesOf(answer, 'mixed')).toEqual(['ELB.3: HTTP on 80']);
    expect(checksOf(answer, 'mixed')).toMatchObject({ 'ELB.8': 'pass' });
    expect(checksOf(answer, 'odd')).toEqual({ 'ELB.2': 'info', 'ELB.3': 'fail', 'ELB.8': 'info' });
    expect(issuesOf(answer, 'silent')).toContain('ELB.3: AWS did not say Listeners');
    const asked = inputsOf(elb, DescribeLoadBalancerPoliciesCommand);
    expect(asked).toContainEqual({ LoadBalancerName: 'two', PolicyNames: ['ours', 'sticky'] });
    expect(asked).toContainEqual({ LoadBalancerName: 'mixed', PolicyNames: ['ours'] });
    expect(asked).toHaveLength(4);
  });
});
