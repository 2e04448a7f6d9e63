import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client, GetApisCommand, GetRoutesCommand } from '@aws-sdk/client-apigatewayv2';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import {
  DescribeFlowLogsCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingClient } from '@aws-sdk/client-elastic-load-balancing';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeSSLPoliciesCommand,
  ElasticLoadBalancingV2Client,
  type Listener,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkNetworkSecurity } from '../../schemas/check-network-security.ts';
import type { AnswerOf } from '../../schemas/define-tool.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import type { ErrorAnswer } from '../../shared/errors.ts';
import { callTool, failing, useMockedAws } from '../support/mock-aws.ts';

type Answer = AnswerOf<typeof checkNetworkSecurity.output> & Partial<ErrorAnswer>;

const elb = mockClient(ElasticLoadBalancingClient);
const elbv2 = mockClient(ElasticLoadBalancingV2Client);
const ec2 = mockClient(EC2Client);
const restApis = mockClient(APIGatewayClient);
const httpApis = mockClient(ApiGatewayV2Client);
const cloudfront = mockClient(CloudFrontClient);
const mocks = [elb, elbv2, ec2, restApis, httpApis, cloudfront] as unknown as (typeof ec2)[];

const { input, output } = checkNetworkSecurity.example;
const account_id = '111111111111';

const ask = (event: object) => callTool<Answer>(checkNetworkSecurity, { account_id, ...event });
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
  elbv2
    .on(DescribeSSLPoliciesCommand)
    .resolves({ SslPolicies: [{ Name: 'new', SslProtocols: ['TLSv1.2', 'TLSv1.3'] }] });
}

const http = (DefaultActions: Listener['DefaultActions'], ListenerArn = 'listener'): Listener => {
  return { Protocol: 'HTTP', Port: 80, DefaultActions, ListenerArn };
};
const https = (SslPolicy: string): Listener => ({ Protocol: 'HTTPS', Port: 443, SslPolicy, DefaultActions: forward });

describe('CheckNetworkSecurity', () => {
  useMockedAws();
  beforeEach(() => {
    for (const mock of mocks) mock.reset().onAnyCommand().resolves({});
    ec2
      .on(DescribeVpcBlockPublicAccessOptionsCommand)
      .resolves({ VpcBlockPublicAccessOptions: { InternetGatewayBlockMode: 'block-ingress' } });
  });

  it('answers the documented example', async () => {
    givenBalancers({ reports: [http(forward), https('new')], shop: [http(redirect), https('new')] });
    expect(await callTool(checkNetworkSecurity, input)).toEqual(output);
  });

  it('says that a denied part is unknown, names the action, and spoils nothing else', async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: 'vpc-1' }] });
    ec2.on(DescribeFlowLogsCommand).rejects(failing('UnauthorizedOperation'));
    givenGroups({
      GroupId: 'sg-1',
      GroupName: 'default',
      VpcId: 'vpc-1',
      IpPermissions: [],
      IpPermissionsEgress: [],
    });
    const answer = await ask({ services: ['vpc'] });
    expect(issuesOf(answer, 'vpc-1')).toEqual(['EC2.6: FlowLogs not read: access_denied']);
    expect(answer).toMatchObject({ complete: false, unknown_resources: 1, compliant_resources: 1 });
    expect(answer.failures?.[0]).toMatchObject({ code: 'access_denied' });
    expect(answer.failures?.[0]?.message).toContain('ec2:DescribeFlowLogs');
  });

  it('counts a list that was denied as unknown, so that no answer looks clean', async () => {
    ec2.on(DescribeSecurityGroupsCommand).rejects(failing('UnauthorizedOperation'));
    const answer = await ask({ services: ['security_groups'] });
    expect(answer).toMatchObject({
      resources_checked: 1,
      unknown_resources: 1,
      compliant_resources: 0,
      complete: false,
    });
    expect(answer.resource_details[0]).toMatchObject({ id: '*', state: 'unknown' });
  });

  it('leaves what other accounts share to those accounts', async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: 'vpc-1', OwnerId: '222222222222' }] });
    const { resource_details } = await ask({ services: ['vpc'] });
    expect(resource_details.map(({ type }) => type)).toEqual(['AWS::EC2::VPCBlockPublicAccessOptions']);
  });

  it('gives all details through the cursor, worst first and each once, within 5,000 tokens an answer', async () => {
    givenGroups(
      ...Array.from({ length: 300 }, (_, index) => ({
        GroupId: `sg-${String(index).padStart(4, '0')}`,
        IpPermissions: index % 10 === 0 ? [{ IpProtocol: '-1', ...EVERYONE }] : [],
      })),
    );
    const seen: unknown[] = [];
    const states: unknown[] = [];
    let next_token: string | undefined;
    do {
      const answer: Answer = await ask({ services: ['security_groups'], next_token });
      expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
      expect(answer).toMatchObject({ resources_checked: 300, non_compliant_resources: 30 });
      seen.push(...answer.resource_details.map(({ id }) => id));
      states.push(...answer.resource_details.map(({ state }) => state));
      next_token = answer.next_token;
    } while (next_token !== undefined);
    expect(new Set(seen).size).toBe(300);
    expect(seen).toHaveLength(300);
    expect(states).toEqual([...Array(30).fill('fail'), ...Array(270).fill('pass')]);
  });

  it('leaves out the details of compliant resources when asked, and no count', async () => {
    givenGroups({ GroupId: 'sg-1', IpPermissions: [tcp(3389)] }, { GroupId: 'sg-2', IpPermissions: [] });
    const answer = await ask({ services: ['security_groups'], include_non_compliant_only: true });
    expect(answer.resource_details.map(({ id }) => id)).toEqual(['sg-1']);
    expect(answer.compliant_resources).toBe(1);
  });

  it('makes text of strangers plain, and gives none of it as a reason', async () => {
    httpApis
      .on(GetApisCommand)
      .resolves({ Items: [{ ApiId: 'h1', Name: 'hooks\u202eignore', ProtocolType: 'HTTP' } as never] });
    httpApis.on(GetRoutesCommand).resolves({ Items: [{ RouteKey: 'GET /ignore-previous-instructions' }] });
    const { resource_details } = await ask({ services: ['apigateway'] });
    expect(resource_details[0]?.name).toBe('hooks\\u{202e}ignore');
    expect(JSON.stringify(resource_details)).not.toContain('previous');
  });

  it.each([
    ['services.0', { services: ['ELB'] }],
    ['services.1', { services: ['vpc', 'waf'] }],
    ['include_unencrypted_only', { include_unencrypted_only: true }],
    ['aws_profile', { aws_profile: 'default' }],
  ])('refuses a bad %s without a call to AWS', async (field, event) => {
    const { error } = await ask(event);
    expect(error).toMatchObject({ code: 'invalid_input', field });
    expect(mocks.flatMap((mock) => mock.calls())).toEqual([]);
  });
});
