import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { aggregateResults } from '../../schemas/aggregate-results.ts';
import { describeEc2Instances } from '../../schemas/describe-ec2-instances.ts';
import { type Gateway, startGateway } from '../../scripts/local/gateway/gateway.ts';
import { describeEstate } from '../support/estate.ts';
import { walk } from '../support/walk.ts';

interface Answer {
  total: number;
  groups: { State: string; count: number }[];
  complete: boolean;
  failures: { account_id: string; region: string; code: string }[];
  error?: { code: string; message: string };
}

describeEstate('aggregate_results', (access) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ onAuditLine: () => {} });
    vi.stubEnv('CENTRAL_OPS_INVOKE_ENDPOINT', new URL(gateway.url).origin);
  });
  afterAll(() => gateway.stop());

  it('counts through the Lambda API what the tool lists', async () => {
    const answer = await access.call<Answer>(aggregateResults, {
      tool: 'describe_ec2_instances',
      account_id: 'all',
      region: access.estate.regions.join(),
      group_by: ['State'],
    });
    const accounts = access.estate.accounts
      .filter(({ reachable }) => reachable)
      .map(({ id }) => id)
      .join();
    const states: Record<string, number> = {};
    const ask = (event: object) =>
      access.call<{ instances: { State: string }[]; next_token?: string }>(describeEc2Instances, event);
    for (const { instances } of await walk(ask, { account_id: accounts, region: access.estate.regions.join() }))
      for (const { State } of instances) states[State] = (states[State] ?? 0) + 1;
    expect(Object.fromEntries(answer.groups.map(({ State, count }) => [State, count]))).toEqual(states);
    const legacy = access.id('acquired-shop');
    expect(answer.complete).toBe(false);
    expect(answer.failures.map(({ account_id, region, code }) => [account_id, region, code]).sort()).toEqual(
      access.estate.regions.map((region) => [legacy, region, 'role_not_assumable']).sort(),
    );
  });

  it('counts buckets, which have no Region of their own to be asked in', async () => {
    const answer = await access.call<Answer>(aggregateResults, {
      tool: 'list_s3_buckets',
      account_id: access.id('payments-prod'),
      group_by: ['BucketRegion'],
    });
    expect(answer.error).toBeUndefined();
    expect(answer.complete).toBe(true);
    expect(answer.total).toBeGreaterThan(0);
  });

  it("has the tool's own schema check the arguments", async () => {
    const { error } = await access.call<Answer>(aggregateResults, {
      tool: 'describe_ec2_instances',
      account_id: 'all',
      arguments: { filters: 'running' },
    });
    expect(error?.message).toContain('filters');
  });
});
