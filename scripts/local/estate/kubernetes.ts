import { CreateClusterCommand, CreateNodegroupCommand, EKSClient, type LogType } from '@aws-sdk/client-eks';
import { IAMClient } from '@aws-sdk/client-iam';
import { type Application, tagMap } from './applications.ts';
import { type Networks, vpcNamed } from './network.ts';
import { serviceRole } from './roles.ts';
import { groupNamed, type SecurityGroups } from './security-groups.ts';
import type { Seeder } from './seeder.ts';

interface EksClusterPlan {
  name: string;
  vpc: string;
  group: string;
  application: Application;
  version: string;
  /** Who reaches the API server from the Internet; nobody when empty. */
  publicCidrs: readonly string[];
  logging: boolean;
  encryptedSecrets: boolean;
  nodeGroups: readonly string[];
}

const OFFICE_CIDR = '198.51.100.0/24';

const EKS_CLUSTERS: readonly EksClusterPlan[] = [
  {
    name: 'payments',
    vpc: 'payments-main',
    group: 'checkout-api',
    application: 'checkout',
    version: '1.33',
    publicCidrs: [],
    logging: true,
    encryptedSecrets: true,
    nodeGroups: ['general', 'memory'],
  },
  {
    name: 'data-platform',
    vpc: 'data-main',
    group: 'spark',
    application: 'warehouse',
    version: '1.32',
    publicCidrs: [OFFICE_CIDR],
    logging: true,
    encryptedSecrets: true,
    nodeGroups: ['spot', 'on-demand'],
  },
  {
    name: 'clickstream',
    vpc: 'data-frankfurt',
    group: 'collector',
    application: 'clickstream',
    version: '1.33',
    publicCidrs: ['0.0.0.0/0'],
    logging: false,
    encryptedSecrets: false,
    nodeGroups: ['collectors'],
  },
  {
    name: 'dev',
    vpc: 'payments-dev',
    group: 'dev-web',
    application: 'checkout',
    version: '1.24',
    publicCidrs: [OFFICE_CIDR],
    logging: false,
    encryptedSecrets: true,
    nodeGroups: ['default'],
  },
];

const LOG_TYPES: LogType[] = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

/** EKS clusters with their node groups. */
export async function seedKubernetes(seeder: Seeder, networks: Networks, groups: SecurityGroups): Promise<void> {
  const roles = new Map<string, { cluster: string; node: string }>();
  for (const plan of EKS_CLUSTERS) {
    const { account, region, subnets } = vpcNamed(networks, plan.vpc);
    const iam = seeder.in(account, 'us-east-1').client(IAMClient);
    const role = roles.get(account) ?? {
      cluster: await serviceRole(iam, 'eks-cluster', 'eks'),
      node: await serviceRole(iam, 'eks-node', 'ec2'),
    };
    if (!roles.has(account)) seeder.made('iam:role', 2);
    roles.set(account, role);

    const eks = seeder.in(account, region).client(EKSClient);
    const tags = tagMap(plan.application, account);
    const isPublic = plan.publicCidrs.length > 0;
    await eks.send(
      new CreateClusterCommand({
        name: plan.name,
        version: plan.version,
        roleArn: role.cluster,
        resourcesVpcConfig: {
          subnetIds: subnets.private ?? [],
          securityGroupIds: [groupNamed(groups, plan.group)],
          endpointPrivateAccess: true,
          endpointPublicAccess: isPublic,
          ...(isPublic ? { publicAccessCidrs: [...plan.publicCidrs] } : {}),
        },
        logging: { clusterLogging: [{ types: LOG_TYPES, enabled: plan.logging }] },
        ...(plan.encryptedSecrets
          ? {
              encryptionConfig: [
                {
                  resources: ['secrets'],
                  provider: { keyArn: `arn:aws:kms:${region}:${seeder.accountId(account)}:alias/${plan.application}` },
                },
              ],
            }
          : {}),
        tags,
      }),
    );
    seeder.made('eks:cluster');
    for (const nodegroupName of plan.nodeGroups) {
      await eks.send(
        new CreateNodegroupCommand({
          clusterName: plan.name,
          nodegroupName,
          nodeRole: role.node,
          subnets: subnets.private ?? [],
          version: plan.version,
          releaseVersion: `${plan.version}.0-20261015`,
          amiType: 'AL2023_ARM_64_STANDARD',
          instanceTypes: ['m7g.xlarge'],
          scalingConfig: { minSize: 1, maxSize: 12, desiredSize: 3 },
          tags,
        }),
      );
      seeder.made('eks:nodegroup');
    }
  }
}
