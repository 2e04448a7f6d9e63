import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  AssociateVpcCidrBlockCommand,
  AttachInternetGatewayCommand,
  CreateFlowLogsCommand,
  CreateInternetGatewayCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  EC2Client,
  ModifySubnetAttributeCommand,
} from '@aws-sdk/client-ec2';
import { type Application, tagList } from './applications.ts';
import type { AccountName, EstateRegion } from './organization.ts';
import type { Seeder } from './seeder.ts';

interface VpcPlan {
  name: string;
  account: AccountName;
  region: EstateRegion;
  application: Application;
  /** The first two octets: a /16. */
  prefix: string;
  /** Each tier gets one subnet in each of the first two zones. */
  tiers: readonly string[];
  flowLogs: boolean;
  /** Pods have addresses of their own, and everything has IPv6. */
  secondaryCidr?: string;
}

const TIERS = ['public', 'private', 'data'] as const;

const VPCS: readonly VpcPlan[] = [
  { ...vpc('payments-main', 'payments-prod', 'us-east-1', 'checkout', '10.10', TIERS), secondaryCidr: '100.64.0.0/16' },
  vpc('payments-eu', 'payments-prod', 'eu-west-1', 'checkout', '10.11', TIERS),
  vpc('payments-dev', 'payments-dev', 'us-east-1', 'checkout', '10.20', ['public', 'private']),
  vpc('data-main', 'data-platform', 'us-east-1', 'warehouse', '10.30', ['private', 'data']),
  { ...vpc('data-frankfurt', 'data-platform', 'eu-central-1', 'clickstream', '10.31', TIERS), flowLogs: false },
  { ...vpc('shop', 'acquired-shop', 'eu-west-1', 'storefront', '192.168', ['public']), flowLogs: false },
  vpc('tooling', 'security-tooling', 'us-east-1', 'siem', '10.50', ['private']),
];

/** Its flow log writes to a log group that is gone: a planted fault. */
const VPC_WITHOUT_LOG_GROUP = 'payments-dev';

function vpc(
  name: string,
  account: AccountName,
  region: EstateRegion,
  application: Application,
  prefix: string,
  tiers: readonly string[],
): VpcPlan {
  return { name, account, region, application, prefix, tiers, flowLogs: true };
}

export interface SeededVpc {
  name: string;
  account: AccountName;
  region: EstateRegion;
  vpcId: string;
  /** Subnet ids by tier, one per zone. */
  subnets: Record<string, string[]>;
}

/** The VPCs that other resources are put into, by name. */
export type Networks = ReadonlyMap<string, SeededVpc>;

export function vpcNamed(networks: Networks, name: string): SeededVpc {
  const found = networks.get(name);
  if (!found) throw new Error(`The estate has no VPC named ${name}.`);
  return found;
}

/** VPCs with subnets, an Internet gateway where a tier is public, and flow logs except where they are a planted fault. */
export async function seedNetworks(seeder: Seeder): Promise<Networks> {
  const networks = new Map<string, SeededVpc>();
  for (const plan of VPCS) networks.set(plan.name, await seedVpc(seeder, plan));

  const main = vpcNamed(networks, 'payments-main');
  const ec2 = seeder.in(main.account, main.region).client(EC2Client);
  for (const [service, type] of [
    ['s3', 'Gateway'],
    ['secretsmanager', 'Interface'],
    ['sts', 'Interface'],
  ] as const) {
    await ec2.send(
      new CreateVpcEndpointCommand({
        VpcId: main.vpcId,
        ServiceName: `com.amazonaws.${main.region}.${service}`,
        VpcEndpointType: type,
        ...(type === 'Interface'
          ? { SubnetIds: main.subnets.private ?? [], PrivateDnsEnabled: service === 'sts' }
          : {}),
        TagSpecifications: [tagged('vpc-endpoint', 'landing-zone', main.account, `payments-${service}`)],
      }),
    );
    seeder.made('ec2:vpc-endpoint');
  }
  return networks;
}

async function seedVpc(seeder: Seeder, plan: VpcPlan): Promise<SeededVpc> {
  const { name, account, region, application, prefix } = plan;
  const ec2 = seeder.in(account, region).client(EC2Client);
  const { Vpc } = await ec2.send(
    new CreateVpcCommand({
      CidrBlock: `${prefix}.0.0/16`,
      AmazonProvidedIpv6CidrBlock: plan.secondaryCidr !== undefined,
      TagSpecifications: [tagged('vpc', application, account, name)],
    }),
  );
  const vpcId = Vpc?.VpcId ?? '';
  if (plan.secondaryCidr !== undefined) {
    await ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: vpcId, CidrBlock: plan.secondaryCidr }));
  }
  seeder.made('ec2:vpc');

  const subnets: Record<string, string[]> = {};
  for (const [index, tier] of plan.tiers.entries()) {
    for (const [zone, letter] of ['a', 'b'].entries()) {
      const { Subnet } = await ec2.send(
        new CreateSubnetCommand({
          VpcId: vpcId,
          AvailabilityZone: `${region}${letter}`,
          CidrBlock: `${prefix}.${index * 16 + zone * 8}.0/21`,
          TagSpecifications: [tagged('subnet', application, account, `${name}-${tier}-${letter}`)],
        }),
      );
      if (tier === 'public') {
        const MapPublicIpOnLaunch = { Value: true };
        await ec2.send(new ModifySubnetAttributeCommand({ SubnetId: Subnet?.SubnetId, MapPublicIpOnLaunch }));
      }
      subnets[tier] = [...(subnets[tier] ?? []), Subnet?.SubnetId ?? ''];
      seeder.made('ec2:subnet');
    }
  }

  if (plan.tiers.includes('public')) {
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    await ec2.send(
      new AttachInternetGatewayCommand({ VpcId: vpcId, InternetGatewayId: InternetGateway?.InternetGatewayId }),
    );
    seeder.made('ec2:internet-gateway');
  }

  if (plan.flowLogs) {
    const logGroupName = `/vpc/${name}`;
    if (name !== VPC_WITHOUT_LOG_GROUP) {
      await seeder.in(account, region).client(CloudWatchLogsClient).send(new CreateLogGroupCommand({ logGroupName }));
    }
    await ec2.send(
      new CreateFlowLogsCommand({
        ResourceIds: [vpcId],
        ResourceType: 'VPC',
        TrafficType: 'ALL',
        LogDestinationType: 'cloud-watch-logs',
        LogGroupName: logGroupName,
        DeliverLogsPermissionArn: `arn:aws:iam::${seeder.accountId(account)}:role/vpc-flow-logs`,
      }),
    );
    seeder.made('ec2:vpc-flow-log');
  }
  return { name, account, region, vpcId, subnets };
}

function tagged(
  resourceType: 'vpc' | 'subnet' | 'vpc-endpoint',
  application: Application,
  account: AccountName,
  name: string,
) {
  return { ResourceType: resourceType, Tags: tagList(application, account, { Name: name }) };
}
