import {
  CreateLoadBalancerCommand as CreateClassicCommand,
  ElasticLoadBalancingClient,
} from '@aws-sdk/client-elastic-load-balancing';
import {
  type Action,
  CreateListenerCommand,
  type CreateListenerInput,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  type RedirectActionConfig,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Application, tagList } from './applications.ts';
import type { SeededInstance } from './compute.ts';
import { type Networks, vpcNamed } from './network.ts';
import { groupNamed, type SecurityGroups } from './security-groups.ts';
import type { Seeder } from './seeder.ts';

/** What a listener does; all forward to the targets except the redirect. */
type Listener = Pick<CreateListenerInput, 'Protocol' | 'Port' | 'SslPolicy'> & { redirect?: boolean };

interface LoadBalancerPlan {
  name: string;
  vpc: string;
  tier: string;
  /** Application load balancers have one, network load balancers none. */
  group?: string;
  application: Application;
  /** The instances behind it, by name. */
  targets: string;
  listeners: readonly Listener[];
}

/** Accepts TLS 1.2 and newer. */
const CURRENT_TLS = 'ELBSecurityPolicy-TLS13-1-2-2021-06';
/** Accepts TLS 1.0. */
const OLD_TLS = 'ELBSecurityPolicy-2016-08';

const REDIRECT: Listener = { Protocol: 'HTTP', Port: 80, redirect: true };
const PLAIN: Listener = { Protocol: 'HTTP', Port: 80 };

function https(SslPolicy: string): Listener {
  return { Protocol: 'HTTPS', Port: 443, SslPolicy };
}

const LOAD_BALANCERS: readonly LoadBalancerPlan[] = [
  {
    name: 'checkout',
    vpc: 'payments-main',
    tier: 'public',
    group: 'payments-alb',
    application: 'checkout',
    targets: 'checkout-web',
    listeners: [https(CURRENT_TLS), REDIRECT],
  },
  {
    name: 'checkout-eu',
    vpc: 'payments-eu',
    tier: 'public',
    group: 'payments-eu-alb',
    application: 'checkout',
    targets: 'checkout-web',
    listeners: [https(OLD_TLS), REDIRECT],
  },
  {
    name: 'dev-web',
    vpc: 'payments-dev',
    tier: 'public',
    group: 'dev-web',
    application: 'checkout',
    targets: 'dev-web',
    listeners: [PLAIN],
  },
  {
    name: 'click-collector',
    vpc: 'data-frankfurt',
    tier: 'public',
    application: 'clickstream',
    targets: 'click-collector',
    listeners: [{ Protocol: 'TLS', Port: 443, SslPolicy: CURRENT_TLS }],
  },
  {
    name: 'kafka',
    vpc: 'data-main',
    tier: 'private',
    application: 'clickstream',
    targets: 'kafka-broker',
    listeners: [{ Protocol: 'TCP', Port: 9094 }],
  },
];

/** A seeded load balancer, for alarms and metric data: the last part of its ARN is its dimension. */
export interface SeededLoadBalancer {
  name: string;
  arn: string;
}

/** Application, network and classic load balancers, with listeners and targets. */
export async function seedLoadBalancers(
  seeder: Seeder,
  networks: Networks,
  groups: SecurityGroups,
  instances: SeededInstance[],
): Promise<SeededLoadBalancer[]> {
  const seeded: SeededLoadBalancer[] = [];
  for (const plan of LOAD_BALANCERS) {
    seeded.push({ name: plan.name, arn: await seedLoadBalancer(seeder, networks, groups, instances, plan) });
  }
  await seedClassic(seeder, networks, groups);
  return seeded;
}

async function seedLoadBalancer(
  seeder: Seeder,
  networks: Networks,
  groups: SecurityGroups,
  instances: SeededInstance[],
  plan: LoadBalancerPlan,
): Promise<string> {
  const { account, region, subnets, vpcId } = vpcNamed(networks, plan.vpc);
  const elb = seeder.in(account, region).client(ElasticLoadBalancingV2Client);
  const Tags = tagList(plan.application, account);
  const isApplication = plan.group !== undefined;
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({
      Name: plan.name,
      Type: isApplication ? 'application' : 'network',
      Scheme: plan.tier === 'public' ? 'internet-facing' : 'internal',
      Subnets: subnets[plan.tier] ?? [],
      ...(plan.group === undefined ? {} : { SecurityGroups: [groupNamed(groups, plan.group)] }),
      Tags,
    }),
  );
  const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  seeder.made('elasticloadbalancing:loadbalancer');

  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: plan.name,
      VpcId: vpcId,
      Protocol: isApplication ? 'HTTPS' : 'TCP',
      Port: isApplication ? 8443 : 9092,
      TargetType: 'instance',
      Tags,
    }),
  );
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  seeder.made('elasticloadbalancing:targetgroup');
  const targets = instances.filter(({ name, vpc }) => name === plan.targets && vpc === plan.vpc);
  await elb.send(
    new RegisterTargetsCommand({ TargetGroupArn, Targets: targets.map(({ instanceId }) => ({ Id: instanceId })) }),
  );

  for (const listener of plan.listeners) {
    await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn,
        Tags,
        ...listenerInput(listener, TargetGroupArn, seeder.accountId(account)),
      }),
    );
    seeder.made('elasticloadbalancing:listener');
  }
  return LoadBalancerArn;
}

function listenerInput({ redirect, ...listener }: Listener, TargetGroupArn: string, accountId: string) {
  const RedirectConfig: RedirectActionConfig = { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' };
  const action: Action = redirect ? { Type: 'redirect', RedirectConfig } : { Type: 'forward', TargetGroupArn };
  // Of the certificates, moto looks up those of ACM; those of IAM it takes as they are.
  const Certificates = [{ CertificateArn: `arn:aws:iam::${accountId}:server-certificate/example.com` }];
  return { ...listener, DefaultActions: [action], ...(listener.SslPolicy ? { Certificates } : {}) };
}

/** What is left of an earlier generation: a classic load balancer without TLS. */
async function seedClassic(seeder: Seeder, networks: Networks, groups: SecurityGroups): Promise<void> {
  const { account, region, subnets } = vpcNamed(networks, 'payments-eu');
  await seeder
    .in(account, region)
    .client(ElasticLoadBalancingClient)
    .send(
      new CreateClassicCommand({
        LoadBalancerName: 'settlement-legacy',
        Subnets: subnets.public ?? [],
        SecurityGroups: [groupNamed(groups, 'settlement-sftp')],
        Listeners: [{ Protocol: 'HTTP', LoadBalancerPort: 80, InstanceProtocol: 'HTTP', InstancePort: 8080 }],
        Tags: tagList('payouts', account),
      }),
    );
  seeder.made('elasticloadbalancing:loadbalancer');
}
