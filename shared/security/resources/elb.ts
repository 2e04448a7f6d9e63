import {
  DescribeLoadBalancerPoliciesCommand,
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingClient,
  type ListenerDescription,
  type PolicyDescription,
} from '@aws-sdk/client-elastic-load-balancing';
import { allPages } from '../../all-pages.ts';
import type { Part, Resource } from '../control.ts';
import { eachOf, type Reading } from '../reading.ts';

/** The most that the list gives at once. */
const PAGE_SIZE = 400;

export interface ClassicListener {
  readonly Protocol: string;
  readonly LoadBalancerPort: number | undefined;
  readonly SSLCertificateId: string | undefined;
}

export interface ClassicLoadBalancer extends Resource {
  readonly Listeners: readonly ClassicListener[] | undefined;
  /** The protocols that its TLS listeners accept, by the policies set on them; asked for only where there is one. */
  readonly Protocols: Part<readonly string[] | undefined>;
}

/** Listeners that end TLS. */
export function endsTls({ Protocol }: ClassicListener): boolean {
  return Protocol === 'HTTPS' || Protocol === 'SSL';
}

export async function readClassicLoadBalancers(cell: Reading): Promise<ClassicLoadBalancer[]> {
  const elb = await cell.client(ElasticLoadBalancingClient);
  const found = await allPages(async (Marker) => {
    const page = await elb.send(new DescribeLoadBalancersCommand({ PageSize: PAGE_SIZE, Marker }));
    return { items: page.LoadBalancerDescriptions, next: page.NextMarker };
  });
  return eachOf(found, async ({ LoadBalancerName = '', ListenerDescriptions }) => {
    const Listeners = ListenerDescriptions?.map(toListener);
    return {
      type: 'AWS::ElasticLoadBalancing::LoadBalancer',
      id: LoadBalancerName,
      arn: cell.arn('elasticloadbalancing', `loadbalancer/${LoadBalancerName}`),
      Listeners,
      Protocols: Listeners?.some(endsTls)
        ? await cell.part(() => acceptedProtocols(elb, LoadBalancerName, ListenerDescriptions))
        : [],
    };
  });
}

function toListener({ Listener }: ListenerDescription): ClassicListener {
  const { Protocol = '', LoadBalancerPort, SSLCertificateId } = Listener ?? {};
  return { Protocol: Protocol.toUpperCase(), LoadBalancerPort, SSLCertificateId };
}

/** Undefined where no policy on the listeners says anything of protocols. */
async function acceptedProtocols(
  elb: ElasticLoadBalancingClient,
  LoadBalancerName: string,
  listeners: readonly ListenerDescription[] = [],
): Promise<string[] | undefined> {
  const PolicyNames = [...new Set(listeners.flatMap((listener) => listener.PolicyNames ?? []))];
  if (PolicyNames.length === 0) return undefined;
  const { PolicyDescriptions = [] } = await elb.send(
    new DescribeLoadBalancerPoliciesCommand({ LoadBalancerName, PolicyNames }),
  );
  const protocols = PolicyDescriptions.flatMap(protocolsOf);
  return protocols.length === 0 ? undefined : protocols;
}

/** Attributes of an SSL negotiation policy are written Protocol-TLSv1.2 = true. */
function protocolsOf({ PolicyAttributeDescriptions: attributes = [] }: PolicyDescription): string[] {
  return attributes.flatMap(({ AttributeName = '', AttributeValue }) =>
    AttributeName.startsWith('Protocol-') && AttributeValue === 'true' ? [AttributeName.slice('Protocol-'.length)] : [],
  );
}
