import * as z from 'zod';
import { defineTool } from './define-tool.ts';
import { checkAnswer, checkInput } from './security-check.ts';

export const checkNetworkSecurity = defineTool({
  name: 'CheckNetworkSecurity',
  toolset: 'security',
  description:
    'Is the network shut, and traffic encrypted? Security Hub controls. Counts are complete; details come worst first, and each page runs the check again.',
  input: z.strictObject({
    ...checkInput(['elb', 'elbv2', 'vpc', 'security_groups', 'apigateway', 'cloudfront']),
    include_non_compliant_only: z.boolean().default(false).describe('Details of faults only.'),
  }),
  output: checkAnswer(),
  iam: [
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeLoadBalancerPolicies',
    'elasticloadbalancing:DescribeListeners',
    'elasticloadbalancing:DescribeRules',
    'elasticloadbalancing:DescribeSSLPolicies',
    'ec2:DescribeVpcs',
    'ec2:DescribeFlowLogs',
    'ec2:DescribeSubnets',
    'ec2:DescribeNetworkAcls',
    'ec2:DescribeVpcEndpoints',
    'ec2:DescribeVpcBlockPublicAccessOptions',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeNetworkInterfaces',
    'ec2:GetManagedPrefixListEntries',
    'apigateway:GET',
    'cloudfront:ListDistributions',
  ],
  ownIam: ['s3:PutObject'],
  example: {
    input: { account_id: '111111111111', region: 'us-east-1', services: ['elbv2'] },
    output: {
      account_id: '111111111111',
      region: 'us-east-1',
      services_checked: ['elbv2'],
      resources_checked: 2,
      compliant_resources: 1,
      non_compliant_resources: 1,
      info_resources: 0,
      unknown_resources: 0,
      checks: { pass: 4, fail: 2, info: 0, unknown: 0 },
      compliance_by_service: {
        elbv2: {
          resources_checked: 2,
          compliant_resources: 1,
          non_compliant_resources: 1,
          info_resources: 0,
          unknown_resources: 0,
        },
      },
      controls: [
        {
          id: 'ELB.1',
          severity: 'MEDIUM',
          service: 'elbv2',
          title: 'Application load balancers redirect HTTP to HTTPS',
          fail: 1,
          pass: 1,
        },
        {
          id: 'ELB.18',
          severity: 'MEDIUM',
          service: 'elbv2',
          title: 'Load balancers listen with HTTPS or TLS',
          fail: 1,
          pass: 1,
        },
        { id: 'ELB.17', severity: 'MEDIUM', service: 'elbv2', pass: 2 },
      ],
      recommendations: [
        'ELB.1: Make the default action and the rules of the HTTP listener redirect to HTTPS. https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-1',
        'ELB.18: Replace the listener by HTTPS or TLS with a certificate; over HTTP only redirect. https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-18',
      ],
      resource_details: [
        {
          service: 'elbv2',
          type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
          id: 'reports',
          state: 'fail',
          compliant: false,
          severity: 'MEDIUM',
          issues: ['ELB.1: 80 serves plain HTTP', 'ELB.18: 80 serves plain HTTP'],
        },
        {
          service: 'elbv2',
          type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
          id: 'shop',
          state: 'pass',
          compliant: true,
        },
      ],
      context: { stored: false, reason: 'no context store is configured' },
      complete: true,
    },
  },
});
