import {
  APIGatewayClient,
  GetDomainNamesCommand,
  GetRestApisCommand,
  GetStagesCommand,
} from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client, GetApisCommand, GetRoutesCommand } from '@aws-sdk/client-apigatewayv2';
import { CloudFrontClient, ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import {
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  GetManagedPrefixListEntriesCommand,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import {
  DescribeLoadBalancersCommand as DescribeClassicCommand,
  DescribeLoadBalancerPoliciesCommand,
  ElasticLoadBalancingClient,
} from '@aws-sdk/client-elastic-load-balancing';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeSSLPoliciesCommand,
  ElasticLoadBalancingV2Client,
  type Listener,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkNetworkSecurity } from '../../../../schemas/check-network-security.ts';
import type { AnswerOf } from '../../../../schemas/define-tool.ts';
import type { ErrorAnswer } from '../../../../shared/errors.ts';
import { callTool, failing, useMockedAws } from '../../../support/mock-aws.ts';

type Answer = AnswerOf<typeof checkNetworkSecurity.output> & Partial<ErrorAnswer>;

const elb = mockClient(ElasticLoadBalancingClient);
const elbv2 = mockClient(ElasticLoadBalancingV2Client);
const ec2 = mockClient(EC2Client);
const restApis = mockClient(APIGatewayClient);
const httpApis = mockClient(ApiGatewayV2Client);
const cloudfront = mockClient(CloudFrontClient);
const mocks = [elb, elbv2, ec2, restApis, httpApis, cloudfront] as unknown as (typeof ec2)[];

const account_id = '111111111111';

const ask = (event: object) => callTool<Answer>(checkNetworkSecurity, { account_id, ...event });
const stateOf = ({ resource_details }: Answer, id: string) => resource_details.find((each) => each.id === id)?.state;
const issuesOf = ({ resource_details }: Answer, id: string) => resource_details.find((each) => each.id === id)?.issues;

const EVERYONE = { IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const tcp = (FromPort: number, ToPort = FromPort) => ({ IpProtocol: 'tcp', FromPort, ToPort, ...EVERYONE });

function givenGroups(...SecurityGroups: SecurityGroup[]) {
  ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups });
}

const redirect = [
  { Type: 'redirect' as const, RedirectConfig: { Protocol: 'HTTPS', StatusCode: 'HTTP_301' as const } },
];
const forward = [{ Type: 'forward' as const, TargetGroupArn: 'tg' }];

/** Application load balancers by name, each with its listeners. */
function givenBalancers(balancers: Readonly<Record<string, readonly Listener[]>>) {
  const LoadBalancers = Object.keys(balancers).map((name) => ({
    LoadBalancerName: name,
    LoadBalancerArn: name,
    Type: 'application' as const,
  }));
  elbv2.on(DescribeLoadBalancersCommand).resolves({ LoadBalancers });
  elbv2
    .on(DescribeListenersCommand)
    .callsFake(({ LoadBalancerArn }) => ({ Listeners: balancers[LoadBalancerArn as string] }));
  elbv2.on(DescribeSSLPoliciesCommand).callsFake(({ Names }: { Names: string[] }) => ({
    SslPolicies: Names.map((Name) => ({
      Name,
      SslProtocols: Name === 'old' ? ['TLSv1', 'TLSv1.2'] : ['TLSv1.2', 'TLSv1.3'],
    })),
  }));
}

const http = (DefaultActions: Listener['DefaultActions'], ListenerArn = 'listener'): Listener => {
  return { Protocol: 'HTTP', Port: 80, DefaultActions, ListenerArn };
};
const https = (SslPolicy: string): Listener => ({ Protocol: 'HTTPS', Port: 443, SslPolicy, DefaultActions: forward });

describe('what CheckNetworkSecurity reads', () => {
  useMockedAws();
  beforeEach(() => {
    for (const mock of mocks) mock.reset().onAnyCommand().resolves({});
    ec2
      .on(DescribeVpcBlockPublicAccessOptionsCommand)
      .resolves({ VpcBlockPublicAccessOptions: { InternetGatewayBlockMode: 'block-ingress' } });
  });

  it('asks for 200 groups with one call, for both services that read them', async () => {
    givenGroups(
      ...Array.from({ length: 200 }, (_, index) => ({
        GroupId: `sg-${index}`,
        GroupName: index === 0 ? 'default' : `group-${index}`,
        VpcId: 'vpc-1',
        IpPermissions: index % 50 === 1 ? [tcp(22)] : [],
        IpPermissionsEgress: [],
      })),
    );
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: 'vpc-1', OwnerId: account_id }] });
    const { compliance_by_service, controls } = await ask({ services: ['vpc', 'security_groups'] });
    expect(compliance_by_service.security_groups).toMatchObject({ resources_checked: 200, non_compliant_resources: 4 });
    expect(controls.find(({ id }) => id === 'EC2.2')).toMatchObject({ pass: 1 });
    expect(ec2.commandCalls(DescribeSecurityGroupsCommand).map(({ args }) => args[0].input)).toEqual([
      { MaxResults: 1_000 },
    ]);
    expect(ec2.commandCalls(DescribeNetworkInterfacesCommand)).toEqual([]);
    expect(ec2.calls()).toHaveLength(7);
  });

  it('knows by its interfaces whether a group with open web ports is a load balancer’s, with one call', async () => {
    const web = [tcp(443), tcp(80)];
    givenGroups(
      ...['sg-lb', 'sg-nlb', 'sg-web', 'sg-claims', 'sg-idle'].map((GroupId) => ({ GroupId, IpPermissions: web })),
      { GroupId: 'sg-shut', IpPermissions: [] },
    );
    ec2.on(DescribeNetworkInterfacesCommand).resolves({
      NetworkInterfaces: [
        { Groups: [{ GroupId: 'sg-lb' }], RequesterManaged: true, Description: 'ELB app/checkout/1' },
        { Groups: [{ GroupId: 'sg-nlb' }], InterfaceType: 'network_load_balancer' },
        { Groups: [{ GroupId: 'sg-web' }, { GroupId: 'sg-shut' }], InterfaceType: 'interface' },
        { Groups: [{ GroupId: 'sg-claims' }], RequesterManaged: false, Description: 'ELB app/mine/1' },
      ],
    });
    const answer = await ask({ services: ['security_groups'] });
    const states = ['sg-lb', 'sg-nlb', 'sg-web', 'sg-claims', 'sg-idle', 'sg-shut'].map((id) => stateOf(answer, id));
    expect(states).toEqual(['pass', 'pass', 'fail', 'fail', 'pass', 'pass']);
    expect(issuesOf(answer, 'sg-web')).toEqual(['OPS.SG.2: 443, 80 open on what is no load balancer']);
    expect(answer.controls.find(({ id }) => id === 'OPS.SG.2')).toMatchObject({ info: 3, fail: 2, pass: 1 });
    expect(ec2.commandCalls(DescribeNetworkInterfacesCommand).map(({ args }) => args[0].input.Filters)).toEqual([
      [{ Name: 'group-id', Values: ['sg-lb', 'sg-nlb', 'sg-web', 'sg-claims', 'sg-idle'] }],
    ]);
  });

  it('looks into prefix lists, each once, and cannot tell where one was not read', async () => {
    const from = (PrefixListId: string) => ({
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 22,
      PrefixListIds: [{ PrefixListId }],
    });
    givenGroups(
      { GroupId: 'sg-1', IpPermissions: [from('pl-everyone')] },
      { GroupId: 'sg-2', IpPermissions: [from('pl-everyone')] },
      { GroupId: 'sg-3', IpPermissions: [from('pl-office')] },
      { GroupId: 'sg-4', IpPermissions: [from('pl-denied')] },
    );
    const entries = ec2.on(GetManagedPrefixListEntriesCommand);
    entries.callsFake(({ PrefixListId }) => {
      if (PrefixListId === 'pl-denied') throw failing('UnauthorizedOperation');
      return { Entries: [{ Cidr: PrefixListId === 'pl-everyone' ? '0.0.0.0/0' : '198.51.100.0/24' }] };
    });
    const answer = await ask({ services: ['security_groups'] });
    const states = ['sg-1', 'sg-2', 'sg-3', 'sg-4'].map((id) => stateOf(answer, id));
    expect(states).toEqual(['fail', 'fail', 'pass', 'unknown']);
    expect(issuesOf(answer, 'sg-4')).toContain('EC2.13: pl-denied not read: access_denied');
    expect(ec2.commandCalls(GetManagedPrefixListEntriesCommand)).toHaveLength(3);
    expect(answer.failures?.[0]?.message).toContain('ec2:GetManagedPrefixListEntries');
  });

  it('asks for the rules of a listener only where its default action leaves it open what happens', async () => {
    const fixed = [{ Type: 'fixed-response' as const }];
    givenBalancers({
      plain: [http(forward, 'plain')],
      redirecting: [http(redirect, 'redirecting')],
      leaking: [http(redirect, 'leaking')],
      refusing: [http(fixed, 'refusing')],
      tls: [https('new'), https('old')],
    });
    elbv2.on(DescribeRulesCommand).callsFake(({ ListenerArn }) => ({
      Rules: { leaking: [{ Actions: forward }], refusing: [{ Actions: redirect }] }[ListenerArn as string],
    }));
    const answer = await ask({ services: ['elbv2'] });
    const asked = elbv2.commandCalls(DescribeRulesCommand).map(({ args }) => args[0].input.ListenerArn);
    expect(asked.sort()).toEqual(['leaking', 'redirecting', 'refusing']);
    const states = ['plain', 'redirecting', 'leaking', 'refusing', 'tls'].map((id) => stateOf(answer, id));
    expect(states).toEqual(['fail', 'pass', 'fail', 'pass', 'fail']);
    expect(issuesOf(answer, 'leaking')).toContain('ELB.1: rules of 80 serve plain HTTP');
    expect(issuesOf(answer, 'tls')).toEqual(['ELB.17: 443 accepts TLSv1']);
    expect(elbv2.commandCalls(DescribeSSLPoliciesCommand).map(({ args }) => args[0].input.Names)).toEqual([
      ['new', 'old'],
    ]);
    expect(elbv2.calls()).toHaveLength(1 + 5 + 3 + 1);
  });

  it('judges a classic load balancer by the attributes of its policies, asked for only with TLS', async () => {
    const listener = (Protocol: string, PolicyNames: string[] = []) => ({
      Listener: { Protocol, LoadBalancerPort: 443, InstancePort: 80, SSLCertificateId: 'arn:aws:acm:us-east-1:1:c/1' },
      PolicyNames,
    });
    elb.on(DescribeClassicCommand).resolves({
      LoadBalancerDescriptions: [
        { LoadBalancerName: 'old', ListenerDescriptions: [listener('HTTPS', ['ours'])] },
        { LoadBalancerName: 'plain', ListenerDescriptions: [listener('TCP')] },
        { LoadBalancerName: 'bare', ListenerDescriptions: [listener('SSL')] },
      ],
    });
    elb.on(DescribeLoadBalancerPoliciesCommand).resolves({
      PolicyDescriptions: [
        {
          PolicyAttributeDescriptions: [
            { AttributeName: 'Protocol-TLSv1', AttributeValue: 'true' },
            { AttributeName: 'Protocol-TLSv1.1', AttributeValue: 'false' },
            { AttributeName: 'Protocol-TLSv1.2', AttributeValue: 'true' },
          ],
        },
      ],
    });
    const answer = await ask({ services: ['elb'] });
    expect(issuesOf(answer, 'old')).toEqual(['ELB.8: accepts TLSv1']);
    expect(issuesOf(answer, 'plain')).toEqual(['ELB.3: TCP on 443']);
    expect(issuesOf(answer, 'bare')).toEqual(['ELB.8: AWS did not say Protocols']);
    expect(elb.commandCalls(DescribeLoadBalancerPoliciesCommand).map(({ args }) => args[0].input)).toEqual([
      { LoadBalancerName: 'old', PolicyNames: ['ours'] },
    ]);
  });

  it('asks CloudFront once for each account, whichever Regions are asked for', async () => {
    cloudfront.on(ListDistributionsCommand).callsFake(({ Marker }) => ({
      DistributionList: {
        Items: [{ Id: Marker ?? 'first', WebACLId: '', ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.3_2025' } }],
        NextMarker: Marker === undefined ? 'second' : undefined,
      },
    }));
    const answer = await ask({ account_id: 'all', region: 'all', services: ['cloudfront'] });
    expect(answer.resources_checked).toBe(4);
    expect(cloudfront.commandCalls(ListDistributionsCommand)).toHaveLength(4);
    expect(answer.controls.find(({ id }) => id === 'CloudFront.15')).toMatchObject({ pass: 4 });
    const elsewhere = await ask({ region: 'eu-west-1', services: ['cloudfront'] });
    expect(elsewhere.resources_checked).toBe(2);
  });

  it('asks for domain names once, and twice or less for each API', async () => {
    restApis.on(GetRestApisCommand).resolves({ items: [{ id: 'r1', name: 'orders' }, { id: 'r2' }] });
    restApis.on(GetStagesCommand).resolves({ item: [{ stageName: 'live' }] });
    restApis.on(GetStagesCommand, { restApiId: 'r2' }).rejects(failing('TooManyRequestsException'));
    restApis
      .on(GetDomainNamesCommand)
      .resolves({ items: [{ domainName: 'api.example.com', securityPolicy: 'TLS_1_0' }] });
    httpApis.on(GetApisCommand).resolves({ Items: [{ ApiId: 'h1', Name: 'hooks', ProtocolType: 'HTTP' } as never] });
    httpApis.on(GetRoutesCommand).resolves({ Items: [{ RouteKey: '$default', AuthorizationType: 'NONE' }] });
    const answer = await ask({ services: ['apigateway'] });
    expect(restApis.calls()).toHaveLength(1 + 1 + 2);
    expect(httpApis.calls()).toHaveLength(1 + 2);
    expect(stateOf(answer, 'r1/live')).toBe('fail');
    expect(stateOf(answer, 'r2/*')).toBe('unknown');
    expect(issuesOf(answer, 'h1')).toEqual(['APIGateway.8: 1 of 1 routes open to everyone']);
    expect(issuesOf(answer, 'api.example.com')).toEqual(['OPS.APIGW.1: accepts TLS_1_0']);
    expect(answer.failures).toMatchObject([{ code: 'throttled' }]);
  });
});
