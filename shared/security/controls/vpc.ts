import { letsEveryoneIn } from '../acl-entries.ts';
import { controlsOn, fail, info, pass, securityHub, unknown } from '../control.ts';
import {
  type BlockPublicAccess,
  readBlockPublicAccess,
  readSubnets,
  readVpcs,
  type Subnet,
  type Vpc,
} from '../resources/vpc.ts';
import { type NetworkAcl, readNetworkAcls, readVpcEndpoints, type VpcEndpoint } from '../resources/vpc-access.ts';
import { checkedService } from '../service.ts';

const network = controlsOn<Vpc>('vpc', 'AWS::EC2::VPC');
const subnet = controlsOn<Subnet>('vpc', 'AWS::EC2::Subnet');
const acl = controlsOn<NetworkAcl>('vpc', 'AWS::EC2::NetworkAcl');
const endpoint = controlsOn<VpcEndpoint>('vpc', 'AWS::EC2::VPCEndpoint');
const account = controlsOn<BlockPublicAccess>('vpc', 'AWS::EC2::VPCBlockPublicAccessOptions');

export const vpc = checkedService(
  'vpc',
  [
    { types: ['AWS::EC2::VPC'], read: readVpcs },
    { types: ['AWS::EC2::Subnet'], read: readSubnets },
    { types: ['AWS::EC2::NetworkAcl'], read: readNetworkAcls },
    { types: ['AWS::EC2::VPCEndpoint'], read: readVpcEndpoints },
    { types: ['AWS::EC2::VPCBlockPublicAccessOptions'], read: readBlockPublicAccess },
  ],
  [
    network({
      id: 'EC2.2',
      title: 'Default security groups of VPCs have no rules',
      severity: 'HIGH',
      fields: ['DefaultGroup'],
      remediation: 'Give the resources groups of their own, then remove all rules of the default group.',
      url: securityHub('ec2', 'EC2.2'),
      judge: ({ DefaultGroup: { GroupId, IpPermissions, IpPermissionsEgress } }) => {
        if (IpPermissions === undefined || IpPermissionsEgress === undefined)
          return unknown('AWS did not say the rules');
        const [inbound, outbound] = [IpPermissions.length, IpPermissionsEgress.length];
        if (inbound + outbound === 0) return pass('no rules');
        return fail(`default group ${GroupId}: ${inbound} inbound, ${outbound} outbound rules`);
      },
    }),
    network({
      id: 'EC2.6',
      title: 'VPCs log rejected traffic at least',
      severity: 'MEDIUM',
      fields: ['FlowLogs'],
      remediation: 'Create a flow log of the VPC for rejected or all traffic.',
      url: securityHub('ec2', 'EC2.6'),
      judge: ({ FlowLogs }) => {
        const logs = FlowLogs.filter(({ FlowLogStatus }) => FlowLogStatus === 'ACTIVE');
        if (logs.length === 0) return fail('no active flow log');
        const wide = logs.filter(({ TrafficType }) => TrafficType === 'ALL' || TrafficType === 'REJECT');
        if (wide.length === 0) return fail('logs accepted traffic only');
        return wide.every((log) => log.DeliverLogsStatus === 'FAILED')
          ? fail('delivery of logs fails')
          : pass('logged');
      },
    }),
    subnet({
      id: 'EC2.15',
      title: 'Subnets give no public addresses of themselves',
      severity: 'MEDIUM',
      fields: ['MapPublicIpOnLaunch'],
      remediation: 'Turn off auto-assign public IPv4 address of the subnet.',
      url: securityHub('ec2', 'EC2.15'),
      judge: ({ MapPublicIpOnLaunch: on }) => (on ? fail('gives public IPv4 addresses') : pass('off')),
    }),
    acl({
      id: 'EC2.16',
      title: 'Network ACLs are in use',
      severity: 'LOW',
      when: ({ IsDefault }) => IsDefault !== true,
      fields: ['Subnets'],
      remediation: 'Delete the network ACL, or associate it with the subnets that it is for.',
      url: securityHub('ec2', 'EC2.16'),
      judge: ({ Subnets }) => (Subnets === 0 ? fail('no subnet uses it') : pass('in use')),
    }),
    // A default ACL lets all in until somebody narrows it; Security Hub makes no finding of it.
    acl({
      id: 'EC2.21',
      title: 'Network ACLs do not let the Internet in to ports 22 and 3389',
      severity: 'MEDIUM',
      fields: ['IsDefault', 'Entries'],
      remediation: 'Deny ports 22 and 3389 before the entry that allows them, or narrow its source.',
      url: securityHub('ec2', 'EC2.21'),
      judge: ({ IsDefault, Entries }) => {
        const open = [22, 3389].filter((port) => letsEveryoneIn(Entries, port));
        if (open.length === 0) return pass('not let in');
        return IsDefault ? info('default network ACL') : fail(`lets everyone in to ${open.join(', ')}`);
      },
    }),
    account({
      id: 'EC2.172',
      title: 'Internet gateways are blocked in the Region',
      severity: 'MEDIUM',
      fields: ['InternetGatewayBlockMode'],
      remediation: 'Turn on VPC Block Public Access, with exclusions for the subnets that must be reached.',
      url: securityHub('ec2', 'EC2.172'),
      judge: ({ InternetGatewayBlockMode: mode }) =>
        /^block-(bidirectional|ingress)$/.test(mode) ? pass(mode) : fail(`VPC Block Public Access: ${mode}`),
    }),
    // Reached by another name, an endpoint serves as well: a choice, not a fault.
    endpoint({
      id: 'OPS.VPC.1',
      title: 'Interface endpoints answer under the name of the service',
      severity: 'INFORMATIONAL',
      when: ({ VpcEndpointType = 'Interface' }) => VpcEndpointType === 'Interface',
      fields: ['PrivateDnsEnabled'],
      remediation: 'Turn on private DNS where clients should use the endpoint without a change.',
      url: 'https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html',
      judge: ({ PrivateDnsEnabled: on }) => (on ? pass('private DNS') : info('no private DNS')),
    }),
    endpoint({
      id: 'OPS.VPC.2',
      title: 'Policies of VPC endpoints say whose data may pass',
      severity: 'LOW',
      when: ({ Policy }) => Policy !== null,
      fields: ['Policy'],
      remediation: 'Replace the policy that allows everything by one for your organization or its resources.',
      url: 'https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html',
      judge: ({ Policy }) => {
        const isOpen = Policy?.some(({ Public, Action }) => Public && Action.includes('*'));
        return isOpen ? fail('allows everyone everything') : pass('narrowed');
      },
    }),
  ],
);
