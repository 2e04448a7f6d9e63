import { describe, expect, it } from 'vitest';
import { checkNetworkSecurity } from '../../schemas/check-network-security.ts';
import type { AnswerOf } from '../../schemas/define-tool.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import type { ErrorAnswer } from '../../shared/errors.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate } from '../support/estate.ts';
import { once } from '../support/once.ts';
import { failedCells, unreadCells } from '../support/unread-cells.ts';
import { walk } from '../support/walk.ts';
import { networkResources } from './network-resources.ts';

type Answer = AnswerOf<typeof checkNetworkSecurity.output> & Partial<ErrorAnswer>;

const EVERYWHERE = { account_id: 'all', region: 'all' };

/** The control that each planted fault must be found by. */
const FOUND_BY: Readonly<Record<string, string>> = {
  'sg-range-with-ssh': 'EC2.13',
  'sg-ssh-open': 'EC2.13',
  'sg-all-traffic-open': 'OPS.SG.1',
  'sg-rdp-open-ipv6': 'EC2.14',
  'sg-open-by-prefix-list': 'EC2.19',
  'default-sg-with-rules': 'EC2.2',
  'vpc-without-flow-logs': 'EC2.6',
  'vpc-flow-logs-lost': 'EC2.6',
  'acl-open': 'EC2.21',
  'acl-unused': 'EC2.16',
  'elb-classic-without-tls': 'ELB.3',
  'elb-classic-old-tls': 'ELB.8',
  'elbv2-old-tls-policy': 'ELB.17',
  'elbv2-rule-in-clear': 'ELB.1',
  'elbv2-without-tls': 'ELB.18',
  'api-without-logging': 'APIGateway.1',
  'api-cache-in-clear': 'APIGateway.5',
  'api-domain-old-tls': 'OPS.APIGW.1',
  'http-api-open': 'APIGateway.8',
  'cloudfront-weak': 'CloudFront.13',
  'cloudfront-origins': 'CloudFront.9',
};

/** The service whose check needs an action, by the action's prefix; load balancers are two services. */
const SERVICES_OF: Readonly<Record<string, string[]>> = {
  elasticloadbalancing: ['elb', 'elbv2'],
  ec2: ['vpc', 'security_groups'],
  apigateway: ['apigateway'],
  cloudfront: ['cloudfront'],
};

describeEstate('CheckNetworkSecurity', (access) => {
  const ask = (event: object = EVERYWHERE) => access.call<Answer>(checkNetworkSecurity, event);
  // Nothing changes the estate here: what several tests look at is read once.
  const byDefault = once(async () => ({ answer: await ask(), calls: [...access.awsCalls()] }));
  const everything = once(() => ask({ ...EVERYWHERE, max_results: 1_000 }));

  it('counts every resource of the organization, and each in one state', async () => {
    const answer = await everything();
    expect(checkNetworkSecurity.output.answer.safeParse(answer).error).toBeUndefined();
    const checked = Object.entries(answer.compliance_by_service).map(([name, of]) => [name, of.resources_checked]);
    expect(Object.fromEntries(checked)).toEqual(await networkResources(access));
    for (const of of [answer, ...Object.values(answer.compliance_by_service)]) {
      const { compliant_resources, non_compliant_resources, info_resources, unknown_resources } = of;
      const sum = compliant_resources + non_compliant_resources + info_resources + unknown_resources;
      expect(sum).toBe(of.resources_checked);
    }
    const { pass, fail, info, unknown } = answer.checks;
    const byControl = answer.controls.map((row) =>
      [row.pass, row.fail, row.info, row.unknown].map((each) => each ?? 0),
    );
    expect(byControl.flat().reduce((sum, count) => sum + count, 0)).toBe(pass + fail + info + unknown);
    expect(unknown).toBe(0);
  });

  it('finds every planted fault, each by its control', async () => {
    const { resource_details } = await everything();
    const faults = access.estate.plantedFaults.filter(({ tool }) => tool === 'CheckNetworkSecurity');
    expect(faults.map(({ id }) => id).sort()).toEqual(Object.keys(FOUND_BY).sort());
    for (const fault of faults) {
      const found = resource_details.filter(
        ({ AccountId, Region, id, name }) =>
          AccountId === access.id(fault.account) && Region === fault.region && [id, name].includes(fault.resource),
      );
      const controls = found.flatMap(({ issues = [] }) => issues.map((issue) => issue.split(':')[0]));
      expect(controls, fault.id).toContain(FOUND_BY[fault.id]);
    }
  });

  it('finds no fault in the good neighbours of the planted ones', async () => {
    const { resource_details } = await ask({ ...EVERYWHERE, fields: ['id', 'name', 'checks'], max_results: 1_000 });
    const states = (resource: string, control: string) =>
      resource_details.filter(({ id, name }) => [id, name].includes(resource)).map(({ checks }) => checks?.[control]);
    expect(states('checkout', 'ELB.1')).toEqual(['pass']);
    expect(states('checkout', 'ELB.17')).toEqual(['pass']);
    expect(states('payments-main', 'EC2.2')).toEqual(['pass']);
    expect(states('payments-main', 'EC2.6')).toEqual(['pass']);
    expect(states('payments-alb', 'EC2.18')).toEqual(['pass']);
    expect(states('payments-alb', 'OPS.SG.2')).toEqual(['info']);
    expect(states('collector', 'OPS.SG.2')).toEqual(['fail']);
    expect(states('data-guard', 'EC2.21')).toEqual(['pass']);
    expect(states('api.example.com', 'OPS.APIGW.1')).toEqual(['pass']);
    expect(states('checkout assets', 'CloudFront.13')).toEqual(['pass']);
    expect(states('reports portal', 'CloudFront.15')).toEqual(['pass']);
    expect(states('ledger-api', 'APIGateway.8')).toContain('pass');
  });

  it('gives the worst first, within 5,000 tokens, with a line of advice for each of the worst controls', async () => {
    const { answer } = await byDefault();
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    expect(answer.resource_details.length).toBeGreaterThanOrEqual(5);
    expect(answer.resource_details[0]).toMatchObject({ state: 'fail', severity: 'CRITICAL' });
    expect(answer.next_token).toBeDefined();
    const failing = answer.controls.filter(({ fail = 0 }) => fail > 0).map(({ id }) => id);
    const advised = answer.recommendations.map((line) => line.split(':')[0]).slice(0, 10);
    expect(advised).toEqual(failing.slice(0, 10));
  });

  it('gives every resource once through the cursor, in the order of the whole', async () => {
    const event = { account_id: access.id('payments-dev'), region: 'us-east-1', max_results: 20 };
    const whole = (await ask({ ...event, max_results: 1_000 })).resource_details.map(({ type, id }) => [type, id]);
    const answers = await walk(ask, event);
    for (const answer of answers) expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    const seen = answers.flatMap(({ resource_details }) => resource_details.map(({ type, id }) => [type, id]));
    expect(seen).toEqual(whole);
    expect(whole.length).toBeGreaterThan(20);
  });

  it('tells of the account without a role and of the Region that is off, each once', async () => {
    const { answer } = await byDefault();
    expect(answer.complete).toBe(false);
    expect(failedCells(answer)).toEqual(unreadCells(access.estate));
  });

  it('asks CloudFront where the account is asked in a Region that is off, and says what it could not read', async () => {
    const { disabledRegion } = access.estate;
    const account_id = access.id('payments-prod');
    const answer = await ask({ account_id, region: disabledRegion, max_results: 1_000 });
    expect(answer).toMatchObject({ complete: false, failures: [{ code: 'region_not_enabled' }] });
    expect(answer.compliance_by_service.cloudfront).toMatchObject({ resources_checked: 1, unknown_resources: 0 });
    expect(answer.checks.fail).toBe(
      answer.controls.reduce((sum, { service, fail = 0 }) => sum + (service === 'cloudfront' ? fail : 0), 0),
    );
    const closed = await ask({ account_id, region: disabledRegion, services: ['vpc'] });
    expect(closed).toMatchObject({ error: { code: 'region_not_enabled' }, region: disabledRegion });
  });

  it('uses the declared actions and no others', async () => {
    const { calls } = await byDefault();
    expectDeclaredActions(calls, checkNetworkSecurity);
    const stubbed = calls.filter((call) => call.stubbed);
    expect([...new Set(stubbed.map(({ operation }) => operation))].sort()).toEqual([
      'DescribeNetworkInterfaces',
      'DescribeVpcBlockPublicAccessOptions',
      'ListDistributions',
    ]);
  });

  it('makes no call that the lists can spare', async () => {
    await ask({ account_id: access.id('payments-prod'), region: access.estate.regions.join() });
    const counts: Record<string, number> = {};
    for (const { region, operation } of access.awsCalls()) {
      if (region !== 'us-east-1') continue;
      counts[operation] = (counts[operation] ?? 0) + 1;
    }
    expect(counts).toEqual({
      // Classic, and the others.
      DescribeLoadBalancers: 2,
      DescribeListeners: 1,
      DescribeRules: 1,
      DescribeSSLPolicies: 1,
      DescribeVpcs: 1,
      DescribeFlowLogs: 1,
      DescribeSubnets: 1,
      DescribeNetworkAcls: 1,
      DescribeVpcEndpoints: 1,
      DescribeVpcBlockPublicAccessOptions: 1,
      DescribeSecurityGroups: 1,
      DescribeNetworkInterfaces: 1,
      GetRestApis: 1,
      GetDomainNames: 1,
      GetApis: 1,
      // One REST and one HTTP API.
      GetStages: 2,
      GetRoutes: 1,
      ListDistributions: 1,
    });
    expect(access.awsCalls().filter(({ operation }) => operation === 'ListDistributions')).toHaveLength(1);
  });

  describe('with one action denied', () => {
    const asked = () => ({
      account_id: [access.id('payments-prod'), access.id('payments-dev'), access.id('data-platform')].join(),
      region: 'us-east-1,eu-west-1',
      fields: ['id', 'type', 'checks'],
      max_results: 1_000,
    });
    const verdicts = ({ resource_details }: Answer) =>
      new Map(
        resource_details.flatMap(({ AccountId, Region, type, id, checks = {} }) =>
          Object.entries(checks).map(
            ([control, state]) => [`${AccountId} ${Region} ${type} ${id} ${control}`, state] as const,
          ),
        ),
      );
    const undisturbed = once(async () => ({ before: verdicts(await ask(asked())), calls: [...access.awsCalls()] }));

    it.each(checkNetworkSecurity.iam)('%s: unknown, and never a verdict that is not true', async (action) => {
      const { before, calls } = await undisturbed();
      const needs = calls.filter(({ iamAction }) => iamAction === action);
      expect(needs, `nothing in the estate needs ${action}`).not.toEqual([]);
      for (const { service, operation } of needs)
        access.rule({ match: { service, operation: operation ?? '' }, fault: 'access_denied' });
      const answer = await ask({ ...asked(), services: SERVICES_OF[action.split(':')[0] ?? ''] });
      const after = [...verdicts(answer)];
      expect(after.filter(([key, state]) => state === 'unknown' && before.get(key) !== state)).not.toEqual([]);
      expect(after.filter(([key, state]) => state !== 'unknown' && before.get(key) !== state)).toEqual([]);
      expect(answer).toMatchObject({ complete: false });
      expect(new Set(answer.failures?.map(({ code }) => code))).toEqual(new Set(['access_denied']));
      expect(answer.failures?.[0]?.message).toContain(`${action} is denied`);
    });
  });
});
