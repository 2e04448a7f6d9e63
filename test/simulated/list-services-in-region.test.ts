import { DescribeInstancesCommand, DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import type { AnswerOf } from '../../schemas/define-tool.ts';
import { listServicesInRegion } from '../../schemas/list-services-in-region.ts';
import { openMotoAccounts } from '../../scripts/local/simulator/moto-account.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import type { ErrorAnswer } from '../../shared/errors.ts';
import { describeEstate } from '../support/estate.ts';

type Answer = AnswerOf<typeof listServicesInRegion.output> & Partial<ErrorAnswer>;

/** Resource Explorer is stubbed over what moto holds; the Tagging API is moto's own. */
describeEstate('ListServicesInRegion', (access) => {
  const ask = (event: object) => access.call<Answer>(listServicesInRegion, { store_in_context: false, ...event });
  const at = (account: Parameters<typeof access.id>[0], region = 'us-east-1') => ({
    account_id: access.id(account),
    region,
  });

  it.each(['us-east-1', 'eu-west-1'])('counts what moto holds in %s, whatever index it asks', async (region) => {
    const answer = await ask(at('payments-prod', region));
    const accounts = openMotoAccounts(access.demo.motoUrl);
    const there = accounts.as(access.id('payments-prod'), region);
    const ec2 = new EC2Client(there);
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
    const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({}));
    const s3 = new S3Client({ ...there, forcePathStyle: true });
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({ BucketRegion: region }));
    accounts.close();
    expect(answer).toMatchObject({
      resource_type_counts: {
        'ec2:instance': Reservations.flatMap(({ Instances = [] }) => Instances).length,
        'ec2:volume': Volumes.length,
        's3:bucket': Buckets.length,
      },
      source: 'resource-explorer',
      // The aggregator's view holds the other Regions too: none of theirs is counted.
      index: region === 'us-east-1' ? 'AGGREGATOR' : 'LOCAL',
      complete: true,
    });
    const sum = Object.values(answer.service_counts).reduce((total, count) => total + count, 0);
    expect([sum, Object.keys(answer.service_counts).sort()]).toEqual([answer.total_resources, answer.services]);
  });

  it('names the other source where there is no index, no view, or a view that hides something', async () => {
    const tagged = await ask(at('payments-dev'));
    expect(tagged).toMatchObject({ source: 'resource-groups-tagging-api', complete: false });
    expect(tagged.total_resources).toBeGreaterThan(20);
    expect(tagged.notes?.[0]).toContain('No Resource Explorer index');
    expect((await ask(at('log-archive', 'eu-west-1'))).notes?.[0]).toContain('no default view');
    expect(await ask(at('security-tooling'))).toMatchObject({
      source: 'resource-explorer',
      complete: false,
      notes: [expect.stringContaining('leaves resources out')],
    });
  });

  it('counts the whole organization within 5,000 tokens, and tells what is missing', async () => {
    const answer = await ask({ account_id: 'all', region: 'all' });
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    expect(listServicesInRegion.output.answer.safeParse(answer).error).toBeUndefined();
    const rows = (answer.inventories ?? []).map(({ total_resources = 0 }) => total_resources);
    expect(rows).toHaveLength(18);
    expect(rows.reduce((total, count) => total + count, 0)).toBe(answer.total_resources);
    expect(rows).toEqual(rows.toSorted((a, b) => b - a));
    expect(answer.complete).toBe(false);
    expect(answer.failures?.map(({ code }) => code).sort()).toEqual(['region_not_enabled', 'role_not_assumable']);
  });

  it('uses the declared actions and no others', async () => {
    await ask(at('payments-prod'));
    expect(access.awsCalls().map(({ operation }) => operation)).toEqual([
      'ListIndexes',
      'GetDefaultView',
      'GetView',
      'ListResources',
    ]);
    await ask(at('payments-dev'));
    const used = new Set(access.awsCalls().map(({ iamAction }) => iamAction));
    expect([...used].sort()).toEqual([...listServicesInRegion.iam].sort());
  });

  it.each(listServicesInRegion.iam.filter((action) => action !== 'tag:GetResources' && !action.endsWith(':Search')))(
    '%s denied: the other source, and the denial told',
    async (action) => {
      const operation = action.split(':')[1] ?? '';
      access.rule({ match: { service: 'resource-explorer-2', operation }, fault: 'access_denied' });
      const answer = await ask(at('payments-prod'));
      expect(answer).toMatchObject({ source: 'resource-groups-tagging-api', complete: false });
      expect(answer.total_resources).toBeGreaterThan(0);
      expect(answer.failures?.[0]?.message).toContain(`${action} is denied`);
    },
  );

  it.each(['throttled', 'internal_error', 'truncated', 'reset', 'html'] as const)(
    'is not complete when ListResources is %s',
    async (fault) => {
      access.rule({ match: { operation: 'ListResources', account: access.id('payments-prod') }, fault });
      const answer = await ask({ account_id: [access.id('payments-prod'), access.id('data-platform')].join() });
      expect(answer).toMatchObject({ complete: false, inventory_count: 1 });
      expect(answer.failures).toMatchObject([{ account_id: access.id('payments-prod') }]);
    },
  );
});
