import {
  APIGatewayClient,
  CreateDomainNameCommand,
  GetRestApisCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  DescribeNetworkAclsCommand,
  EC2Client,
  ReplaceNetworkAclAssociationCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateLoadBalancerCommand,
  CreateLoadBalancerPolicyCommand,
  ElasticLoadBalancingClient,
  SetLoadBalancerPoliciesOfListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing';
import {
  CreateRuleCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Application, tagList } from './applications.ts';
import { type Networks, vpcNamed } from './network.ts';
import { groupNamed, type SecurityGroups } from './security-groups.ts';
import type { Seeder } from './seeder.ts';

interface AclPlan {
  name: string;
  vpc: string;
  application: Application;
  /** The subnets that use it; none: it was left over. */
  tier?: string;
  /** Ports that are denied to everyone before all TCP is allowed. */
  denied: readonly number[];
}

const ACLS: readonly AclPlan[] = [
  { name: 'dev-open', vpc: 'payments-dev', application: 'checkout', tier: 'public', denied: [] },
  { name: 'data-guard', vpc: 'data-main', application: 'warehouse', tier: 'private', denied: [22, 3389] },
  { name: 'settlement-old', vpc: 'payments-eu', application: 'payouts', denied: [22, 3389] },
];

/** What makes network checks worth while beside groups, listeners and stages: each has a good neighbour. */
export async function seedNetworkFaults(seeder: Seeder, networks: Networks, groups: SecurityGroups): Promise<void> {
  for (const plan of ACLS) await seedAcl(seeder, networks, plan);
  await openByPrefixList(seeder, networks, groups);
  await seedOldClassic(seeder, networks, groups);
  await serveHealthInClear(seeder, networks);
  await cacheInClear(seeder);
  await seedDomainNames(seeder);
}

async function seedAcl(seeder: Seeder, networks: Networks, plan: AclPlan): Promise<void> {
  const { account, region, vpcId, subnets } = vpcNamed(networks, plan.vpc);
  const ec2 = seeder.in(account, region).client(EC2Client);
  const Tags = tagList(plan.application, account, { Name: plan.name });
  const { NetworkAcl } = await ec2.send(
    new CreateNetworkAclCommand({ VpcId: vpcId, TagSpecifications: [{ ResourceType: 'network-acl', Tags }] }),
  );
  const acl = { NetworkAclId: NetworkAcl?.NetworkAclId, Protocol: '6', CidrBlock: '0.0.0.0/0', Egress: false };
  for (const [index, port] of plan.denied.entries()) {
    const entry = { RuleNumber: 80 + index, RuleAction: 'deny' as const, PortRange: { From: port, To: port } };
    await ec2.send(new CreateNetworkAclEntryCommand({ ...acl, ...entry }));
  }
  const entry = { RuleNumber: 100, RuleAction: 'allow' as const, PortRange: { From: 0, To: 65_535 } };
  await ec2.send(new CreateNetworkAclEntryCommand({ ...acl, ...entry }));
  const { NetworkAcls = [] } = await ec2.send(new DescribeNetworkAclsCommand({}));
  for (const SubnetId of plan.tier === undefined ? [] : (subnets[plan.tier] ?? [])) {
    const before = NetworkAcls.flatMap(({ Associations = [] }) => Associations).find(
      (each) => each.SubnetId === SubnetId,
    );
    const AssociationId = before?.NetworkAclAssociationId;
    await ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId: acl.NetworkAclId }));
  }
  seeder.made('ec2:network-acl');
}

/** A prefix list for partners that holds everyone, on a group that no range of its own opens. */
async function openByPrefixList(seeder: Seeder, networks: Networks, groups: SecurityGroups): Promise<void> {
  const { account, region } = vpcNamed(networks, 'data-main');
  const ec2 = seeder.in(account, region).client(EC2Client);
  const { PrefixList } = await ec2.send(
    new CreateManagedPrefixListCommand({
      PrefixListName: 'partner-networks',
      AddressFamily: 'IPv4',
      MaxEntries: 5,
      Entries: [{ Cidr: '198.51.100.0/24' }, { Cidr: '0.0.0.0/0', Description: 'until the partner knows its range' }],
    }),
  );
  const PrefixListIds = [{ PrefixListId: PrefixList?.PrefixListId, Description: 'partners' }];
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: groupNamed(groups, 'notebooks'),
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 8888, ToPort: 8888, PrefixListIds }],
    }),
  );
  seeder.made('ec2:prefix-list');
}

/** A classic load balancer with TLS, and with the policy that it got years ago. */
async function seedOldClassic(seeder: Seeder, networks: Networks, groups: SecurityGroups): Promise<void> {
  const { account, region, subnets } = vpcNamed(networks, 'payments-dev');
  const elb = seeder.in(account, region).client(ElasticLoadBalancingClient);
  const LoadBalancerName = 'dev-reports-legacy';
  const SSLCertificateId = `arn:aws:iam::${seeder.accountId(account)}:server-certificate/example.com`;
  await elb.send(
    new CreateLoadBalancerCommand({
      LoadBalancerName,
      Subnets: subnets.public ?? [],
      SecurityGroups: [groupNamed(groups, 'dev-web')],
      Listeners: [
        { Protocol: 'HTTPS', LoadBalancerPort: 443, InstanceProtocol: 'HTTP', InstancePort: 8080, SSLCertificateId },
      ],
      Tags: tagList('ledger', account),
    }),
  );
  const PolicyName = 'reports-2016';
  await elb.send(
    new CreateLoadBalancerPolicyCommand({
      LoadBalancerName,
      PolicyName,
      PolicyTypeName: 'SSLNegotiationPolicyType',
      PolicyAttributes: ['TLSv1', 'TLSv1.1', 'TLSv1.2'].map((protocol) => ({
        AttributeName: `Protocol-${protocol}`,
        AttributeValue: 'true',
      })),
    }),
  );
  const PolicyNames = [PolicyName];
  await elb.send(
    new SetLoadBalancerPoliciesOfListenerCommand({ LoadBalancerName, LoadBalancerPort: 443, PolicyNames }),
  );
  seeder.made('elasticloadbalancing:loadbalancer');
}

/** The listener redirects by default, and a rule before that serves over HTTP. */
async function serveHealthInClear(seeder: Seeder, networks: Networks): Promise<void> {
  const { account, region } = vpcNamed(networks, 'payments-eu');
  const elb = seeder.in(account, region).client(ElasticLoadBalancingV2Client);
  const Names = ['checkout-eu'];
  const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({ Names }));
  const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn;
  const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  const { TargetGroups } = await elb.send(new DescribeTargetGroupsCommand({ Names }));
  await elb.send(
    new CreateRuleCommand({
      ListenerArn: Listeners.find(({ Protocol }) => Protocol === 'HTTP')?.ListenerArn,
      Priority: 10,
      Conditions: [{ Field: 'path-pattern', Values: ['/status/*'] }],
      Actions: [{ Type: 'forward', TargetGroupArn: TargetGroups?.[0]?.TargetGroupArn }],
    }),
  );
  seeder.made('elasticloadbalancing:listener-rule');
}

async function cacheInClear(seeder: Seeder): Promise<void> {
  const gateway = seeder.in('payments-prod', 'eu-west-1').client(APIGatewayClient);
  const { items = [] } = await gateway.send(new GetRestApisCommand({}));
  const settings = {
    '/cacheClusterEnabled': 'true',
    '/*/*/caching/enabled': 'true',
    '/*/*/caching/dataEncrypted': 'false',
  };
  await gateway.send(
    new UpdateStageCommand({
      restApiId: items.find(({ name }) => name === 'payouts-api')?.id,
      stageName: 'live',
      patchOperations: Object.entries(settings).map(([path, value]) => ({ op: 'replace', path, value })),
    }),
  );
}

async function seedDomainNames(seeder: Seeder): Promise<void> {
  for (const [account, domainName, securityPolicy] of [
    ['payments-prod', 'api.example.com', 'TLS_1_2'],
    ['payments-dev', 'dev-api.example.com', 'TLS_1_0'],
  ] as const) {
    const gateway = seeder.in(account, 'us-east-1').client(APIGatewayClient);
    const endpointConfiguration = { types: ['REGIONAL' as const] };
    await gateway.send(new CreateDomainNameCommand({ domainName, securityPolicy, endpointConfiguration }));
    seeder.made('apigateway:domainname');
  }
}
