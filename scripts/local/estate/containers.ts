import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  type LaunchType,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { type Application, tagList } from './applications.ts';
import { CANARY_PREFIX } from './functions.ts';
import { type Networks, vpcNamed } from './network.ts';
import { groupNamed, type SecurityGroups } from './security-groups.ts';
import { repeated, type Seeder } from './seeder.ts';

interface ServicePlan {
  name: string;
  desired: number;
  launchType: LaunchType;
  /** Its tasks never start: a planted fault. */
  stuck?: boolean;
}

interface EcsClusterPlan {
  name: string;
  vpc: string;
  group: string;
  application: Application;
  services: readonly ServicePlan[];
}

const ECS_CLUSTERS: readonly EcsClusterPlan[] = [
  {
    name: 'checkout',
    vpc: 'payments-main',
    group: 'checkout-api',
    application: 'checkout',
    services: [
      ...services('FARGATE', { cart: 6, pricing: 4, 'payment-router': 8, tokenizer: 4, notifications: 2 }),
      { name: 'receipts', desired: 2, launchType: 'FARGATE', stuck: true },
    ],
  },
  {
    name: 'ledger',
    vpc: 'payments-main',
    group: 'ledger-worker',
    application: 'ledger',
    services: services('EC2', { posting: 4, reconciliation: 2, 'statement-export': 0 }),
  },
  {
    name: 'checkout-eu',
    vpc: 'payments-eu',
    group: 'checkout-web-eu',
    application: 'checkout',
    services: services('FARGATE', { cart: 4, pricing: 2, 'payment-router': 4 }),
  },
  {
    name: 'dev',
    vpc: 'payments-dev',
    group: 'dev-web',
    application: 'checkout',
    services: services('FARGATE', { cart: 1, pricing: 1, 'payment-router': 1, receipts: 1 }),
  },
  { name: 'dev-empty', vpc: 'payments-dev', group: 'dev-web', application: 'checkout', services: [] },
  {
    name: 'clickstream',
    vpc: 'data-frankfurt',
    group: 'collector',
    application: 'clickstream',
    services: services('EC2', { sessionizer: 3, exporter: 1 }),
  },
];

function services(launchType: LaunchType, desired: Record<string, number>): ServicePlan[] {
  return Object.entries(desired).map(([name, count]) => ({ name, desired: count, launchType }));
}

/** ECS clusters and services whose tasks all run, except for the stuck one. */
export async function seedContainers(seeder: Seeder, networks: Networks, groups: SecurityGroups): Promise<void> {
  for (const plan of ECS_CLUSTERS) {
    const { account, region } = vpcNamed(networks, plan.vpc);
    const ecs = seeder.in(account, region).client(ECSClient);
    const tags = tagList(plan.application, account).map(({ Key, Value }) => ({ key: Key, value: Value }));
    await ecs.send(
      new CreateClusterCommand({
        clusterName: plan.name,
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        settings: [{ name: 'containerInsights', value: 'enabled' }],
        tags,
      }),
    );
    seeder.made('ecs:cluster');
    for (const service of plan.services) {
      for (const name of repeated(service.name, seeder.scale)) {
        await seedService(ecs, networks, groups, plan, { ...service, name }, tags);
        seeder.made('ecs:service');
      }
    }
  }
}

async function seedService(
  ecs: ECSClient,
  networks: Networks,
  groups: SecurityGroups,
  plan: EcsClusterPlan,
  { name, desired, launchType, stuck }: ServicePlan,
  tags: { key: string; value: string }[],
): Promise<void> {
  const { account, region, subnets } = vpcNamed(networks, plan.vpc);
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: `${plan.name}-${name}`,
      networkMode: 'awsvpc',
      requiresCompatibilities: [launchType],
      cpu: '512',
      memory: '1024',
      containerDefinitions: [
        {
          name,
          image: `registry.example.com/${account}/${region}/${name}:2026.11.1`,
          essential: true,
          environment: [{ name: 'GATEWAY_TOKEN', value: `${CANARY_PREFIX}${name}` }],
        },
      ],
    }),
  );
  await ecs.send(
    new CreateServiceCommand({
      cluster: plan.name,
      serviceName: name,
      taskDefinition: taskDefinition?.taskDefinitionArn,
      desiredCount: desired,
      launchType,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: subnets.private ?? [],
          securityGroups: [groupNamed(groups, plan.group)],
          assignPublicIp: 'DISABLED',
        },
      },
      tags,
    }),
  );
  // moto starts no task of a new service; an update sets the running count to the desired one.
  if (!stuck && desired > 0) {
    await ecs.send(new UpdateServiceCommand({ cluster: plan.name, service: name, desiredCount: desired }));
  }
}
