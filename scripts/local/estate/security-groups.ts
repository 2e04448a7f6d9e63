import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { type Application, tagList } from './applications.ts';
import { type Networks, type SeededVpc, vpcNamed } from './network.ts';
import { repeated, type Seeder } from './seeder.ts';

interface GroupPlan {
  name: string;
  vpc: string;
  application: Application;
  description: string;
  rules: IpPermission[];
}

const ANY_IPV4 = '0.0.0.0/0';
const ANY_IPV6 = '::/0';

/** One rule: TCP from `source` to a port or a range. */
function tcp(ports: number | [number, number], source: string, description?: string): IpPermission {
  const [FromPort, ToPort] = Array.isArray(ports) ? ports : [ports, ports];
  return { IpProtocol: 'tcp', FromPort, ToPort, ...from(source, description) };
}

function everything(source: string, description: string): IpPermission {
  return { IpProtocol: '-1', ...from(source, description) };
}

function from(source: string, Description?: string): IpPermission {
  const described = Description === undefined ? {} : { Description };
  return source.includes(':')
    ? { Ipv6Ranges: [{ CidrIpv6: source, ...described }] }
    : { IpRanges: [{ CidrIp: source, ...described }] };
}

const PUBLIC_WEB = [tcp(443, ANY_IPV4), tcp(443, ANY_IPV6), tcp(80, ANY_IPV4, 'redirected to HTTPS')];

const GROUPS: readonly GroupPlan[] = [
  group('payments-alb', 'payments-main', 'checkout', 'Public load balancer', PUBLIC_WEB),
  group('checkout-web', 'payments-main', 'checkout', 'Checkout web tier', [tcp(8443, '10.10.0.0/20', 'load balancer')]),
  group('checkout-api', 'payments-main', 'checkout', 'Checkout API', [tcp([8080, 8090], '10.10.0.0/16')]),
  group('ledger-worker', 'payments-main', 'ledger', 'Ledger workers', []),
  group('ledger-db', 'payments-main', 'ledger', 'Ledger database', [tcp(5432, '10.10.16.0/20', 'workers')]),
  group('payments-cache', 'payments-main', 'checkout', 'Session cache', [tcp(6379, '10.10.16.0/20')]),
  group('payments-endpoints', 'payments-main', 'landing-zone', 'VPC endpoints', [tcp(443, '10.10.0.0/16')]),
  group('payments-eu-alb', 'payments-eu', 'checkout', 'Public load balancer', PUBLIC_WEB),
  group('checkout-web-eu', 'payments-eu', 'checkout', 'Checkout web tier', [tcp(8443, '10.11.0.0/20')]),
  group('settlement-sftp', 'payments-eu', 'payouts', 'Settlement file exchange', [
    tcp([20, 25], ANY_IPV4, 'file exchange with the acquirer'),
  ]),
  group('payouts-db', 'payments-eu', 'payouts', 'Payouts database', [tcp(3306, '10.11.16.0/20')]),
  group('dev-web', 'payments-dev', 'checkout', 'Development web tier', [tcp(8443, '10.0.0.0/8')]),
  group('dev-bastion', 'payments-dev', 'checkout', 'Bastion', [tcp(22, ANY_IPV4, 'temporary')]),
  group('migration-temp', 'payments-dev', 'ledger', 'Database migration, remove afterwards', [
    everything(ANY_IPV4, 'migration window'),
  ]),
  group('dev-db', 'payments-dev', 'ledger', 'Development databases', [tcp(5432, '10.20.0.0/16')]),
  group('spark', 'data-main', 'warehouse', 'Spark cluster', [tcp([7000, 7999], '10.30.0.0/16')]),
  group('kafka', 'data-main', 'clickstream', 'Kafka brokers', [tcp([9092, 9096], '10.30.0.0/16')]),
  group('warehouse-db', 'data-main', 'warehouse', 'Warehouse database', [tcp(5432, '10.30.0.0/16')]),
  group('notebooks', 'data-main', 'notebooks', 'Notebook servers', [tcp(8888, '10.0.0.0/8')]),
  group('windows-jump', 'data-frankfurt', 'clickstream', 'Windows jump host', [tcp(3389, ANY_IPV6)]),
  group('collector', 'data-frankfurt', 'clickstream', 'Click collectors', [tcp(443, ANY_IPV4), tcp(443, ANY_IPV6)]),
  group('shop-all', 'shop', 'storefront', 'Shop', [tcp([0, 65535], ANY_IPV4)]),
  group('siem-indexer', 'tooling', 'siem', 'Indexers', [tcp(9200, '10.0.0.0/8'), tcp(9300, '10.50.0.0/16')]),
];

function group(
  name: string,
  vpc: string,
  application: Application,
  description: string,
  rules: IpPermission[],
): GroupPlan {
  return { name, vpc, application, description, rules };
}

/** Rules from one group to another of the same VPC, made when both exist. */
const REFERENCES = [
  { to: 'ledger-db', port: 5432, from: 'ledger-worker', description: 'ledger workers' },
  { to: 'checkout-api', port: 8443, from: 'checkout-web', description: 'web tier' },
] as const;

/** Its default group keeps the rules that a new VPC has: a planted fault. Elsewhere they are removed. */
const VPC_WITH_OPEN_DEFAULT_GROUP = 'data-frankfurt';

/** Group ids by name. */
export type SecurityGroups = ReadonlyMap<string, string>;

export function groupNamed(groups: SecurityGroups, name: string): string {
  const id = groups.get(name);
  if (!id) throw new Error(`The estate has no security group named ${name}.`);
  return id;
}

/** Security groups with their rules, and default groups without any, as the FSBP control EC2.2 asks. */
export async function seedSecurityGroups(seeder: Seeder, networks: Networks): Promise<SecurityGroups> {
  const groups = new Map<string, string>();
  const all = GROUPS.flatMap((plan) => repeated(plan.name, seeder.scale).map((name) => ({ ...plan, name })));
  for (const { name, vpc, application, description, rules } of all) {
    const { account, region, vpcId } = vpcNamed(networks, vpc);
    const ec2 = seeder.in(account, region).client(EC2Client);
    const { GroupId = '' } = await ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: name,
        Description: description,
        VpcId: vpcId,
        TagSpecifications: [{ ResourceType: 'security-group', Tags: tagList(application, account, { Name: name }) }],
      }),
    );
    if (rules.length > 0) {
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: rules }));
    }
    groups.set(name, GroupId);
    seeder.made('ec2:security-group');
  }
  for (const { to, port, from: source, description } of REFERENCES) {
    const plan = GROUPS.find(({ name }) => name === to);
    const { account, region } = vpcNamed(networks, plan?.vpc ?? '');
    await seeder
      .in(account, region)
      .client(EC2Client)
      .send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId: groupNamed(groups, to),
          IpPermissions: [
            {
              IpProtocol: 'tcp',
              FromPort: port,
              ToPort: port,
              UserIdGroupPairs: [{ GroupId: groupNamed(groups, source), Description: description }],
            },
          ],
        }),
      );
  }
  for (const seededVpc of networks.values()) {
    if (seededVpc.name !== VPC_WITH_OPEN_DEFAULT_GROUP) await emptyDefaultGroup(seeder, seededVpc);
  }
  return groups;
}

async function emptyDefaultGroup(seeder: Seeder, { account, region, vpcId }: SeededVpc): Promise<void> {
  const ec2 = seeder.in(account, region).client(EC2Client);
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: 'vpc-id', Values: [vpcId] },
        { Name: 'group-name', Values: ['default'] },
      ],
    }),
  );
  for (const { GroupId, IpPermissions = [], IpPermissionsEgress = [] } of SecurityGroups) {
    if (IpPermissions.length > 0) {
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    }
    if (IpPermissionsEgress.length > 0) {
      await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: IpPermissionsEgress }));
    }
  }
}
