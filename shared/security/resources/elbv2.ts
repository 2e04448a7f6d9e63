import {
  type Action,
  type Listener as AwsListener,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeSSLPoliciesCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { allPages } from '../../all-pages.ts';
import { type Part, type Resource, Unread } from '../control.ts';
import { eachOf, type Reading } from '../reading.ts';

/** The most that these lists give at once. */
const PAGE_SIZE = 400;

type Share = 'all' | 'some' | 'none';

export interface Listener {
  readonly Protocol: string | undefined;
  readonly Port: number | undefined;
  /** Which requests over HTTP are sent on to HTTPS. Asked for on HTTP listeners only. */
  readonly ToHttps: Part<Share | undefined>;
  /** What the listener's TLS policy accepts, as AWS describes it. Undefined without a policy. */
  readonly SslProtocols: Part<readonly string[] | undefined>;
}

export interface LoadBalancer extends Resource {
  /** application, network or gateway. */
  readonly Type: string | undefined;
  readonly Listeners: Part<readonly Listener[]>;
}

export async function readLoadBalancers(cell: Reading): Promise<LoadBalancer[]> {
  const elb = await cell.client(ElasticLoadBalancingV2Client);
  const balancers = await allPages(async (Marker) => {
    const page = await elb.send(new DescribeLoadBalancersCommand({ PageSize: PAGE_SIZE, Marker }));
    return { items: page.LoadBalancers, next: page.NextMarker };
  });
  const read = await eachOf(balancers, async (balancer) => ({
    balancer,
    listeners: await cell.part(() => listListeners(elb, balancer.LoadBalancerArn)),
  }));
  const all = read.flatMap(({ listeners }) => (listeners instanceof Unread ? [] : listeners));
  const policies = await cell.part(() => acceptedByPolicy(elb, all));
  return eachOf(read, async ({ balancer: { LoadBalancerName = '', LoadBalancerArn, Type }, listeners }) => ({
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    id: LoadBalancerName,
    arn: LoadBalancerArn,
    Type,
    Listeners:
      listeners instanceof Unread
        ? listeners
        : await eachOf(listeners, async (listener) => ({
            Protocol: listener.Protocol,
            Port: listener.Port,
            ToHttps: listener.Protocol === 'HTTP' ? await cell.part(() => sentToHttps(elb, listener)) : 'none',
            SslProtocols: policies instanceof Unread ? policies : policies.get(listener.SslPolicy ?? ''),
          })),
  }));
}

function listListeners(elb: ElasticLoadBalancingV2Client, LoadBalancerArn: string | undefined): Promise<AwsListener[]> {
  return allPages(async (Marker) => {
    const page = await elb.send(new DescribeListenersCommand({ LoadBalancerArn, PageSize: PAGE_SIZE, Marker }));
    return { items: page.Listeners, next: page.NextMarker };
  });
}

/** The protocols of each TLS policy in use, with one call for all listeners. */
async function acceptedByPolicy(elb: ElasticLoadBalancingV2Client, listeners: readonly AwsListener[]) {
  const Names = [...new Set(listeners.flatMap(({ SslPolicy }) => SslPolicy ?? []))];
  const policies =
    Names.length === 0
      ? []
      : await allPages(async (Marker) => {
          const page = await elb.send(new DescribeSSLPoliciesCommand({ Names, PageSize: PAGE_SIZE, Marker }));
          return { items: page.SslPolicies, next: page.NextMarker };
        });
  return new Map(policies.map(({ Name = '', SslProtocols }) => [Name, SslProtocols]));
}

/** Rules come before the default action: they are asked for where the default does not decide alone. */
async function sentToHttps(elb: ElasticLoadBalancingV2Client, listener: AwsListener): Promise<Share | undefined> {
  if (listener.DefaultActions === undefined) return undefined;
  if (servesInClear(listener.DefaultActions)) return 'none';
  const rules = await allPages(async (Marker) => {
    const page = await elb.send(
      new DescribeRulesCommand({ ListenerArn: listener.ListenerArn, PageSize: PAGE_SIZE, Marker }),
    );
    return { items: page.Rules, next: page.NextMarker };
  });
  const actions = [listener.DefaultActions, ...rules.map(({ Actions = [] }) => Actions)];
  if (!actions.some((each) => each.some(isToHttps))) return 'none';
  return actions.some(servesInClear) ? 'some' : 'all';
}

function isToHttps({ Type, RedirectConfig }: Action): boolean {
  return Type === 'redirect' && RedirectConfig?.Protocol === 'HTTPS';
}

/** Neither sent on to HTTPS nor refused with a fixed response. */
function servesInClear(actions: readonly Action[]): boolean {
  return !actions.some((action) => isToHttps(action) || action.Type === 'fixed-response');
}
