import {
  type DescribeServicesCommandInput,
  type DescribeServicesCommandOutput,
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  type ListServicesCommandInput,
  type ListServicesCommandOutput,
} from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { listEcsServices } from '../../schemas/list-ecs-services.ts';
import { CANARY_PREFIX } from '../../scripts/local/estate/functions.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { refusesBadInput } from '../support/bad-input.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';
import { truthOfCells } from '../support/truth.ts';
import { failedCells, unreadCells } from '../support/unread-cells.ts';
import { walk } from '../support/walk.ts';

interface Answer {
  account_id: string;
  region: string;
  service_count: number;
  services: {
    serviceName: string;
    serviceArn?: string;
    AccountId?: string;
    runningCount?: number;
    desiredCount?: number;
    events?: { createdAt: string; message: string }[];
  }[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string; message: string }[];
  next_token?: string;
  error?: { code: string; field?: string; action?: string };
}

/** What moto holds: the ARN of every service of the clusters of this name. */
async function truth(access: EstateAccess, cluster: string): Promise<string[]> {
  const found = await truthOfCells(access, async (at) => {
    const ecs = new ECSClient(at);
    const { clusterArns = [] } = await ecs.send(new ListClustersCommand({}));
    if (!clusterArns.some((arn) => arn.endsWith(`/${cluster}`))) return [];
    return (await ecs.send(new ListServicesCommand({ cluster }))).serviceArns ?? [];
  });
  return found.sort();
}

const arns = ({ services }: Answer) => services.map(({ serviceArn }) => serviceArn);

describeEstate('list_ecs_services', (access) => {
  const ask = (event: object) => access.call<Answer>(listEcsServices, event);
  const operations = () => access.awsCalls().map(({ operation }) => operation);
  const checkout = () => ({ account_id: access.id('payments-prod'), cluster: 'checkout' });

  it('answers for one cluster in the plain shape, with two calls', async () => {
    const answer = await ask(checkout());
    expect(answer).toMatchObject({ ...{ account_id: checkout().account_id }, region: 'us-east-1', service_count: 6 });
    expect(answer.services.find(({ serviceName }) => serviceName === 'cart')).toMatchObject({
      status: 'ACTIVE',
      desiredCount: 6,
      runningCount: 6,
      launchType: 'FARGATE',
      taskDefinition: 'checkout-cart:1',
      Tags: { Application: 'checkout' },
    });
    expect(answer).not.toHaveProperty('complete');
    expect(listEcsServices.output.answer.safeParse(answer).error).toBeUndefined();
    expect(operations()).toEqual(['ListServices', 'DescribeServices']);
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
  });

  it('shows the service whose tasks do not start, and its last three events', async () => {
    const { services } = await ask({ ...checkout(), service_names: ['receipts'] });
    expect(services).toMatchObject([{ serviceName: 'receipts', desiredCount: 2, runningCount: 0 }]);
    const [{ events = [] } = {}] = services;
    expect(events).toHaveLength(3);
    expect(events[0]?.message).toContain('CannotPullContainerError');
    expect(events.map(({ createdAt }) => createdAt)).toEqual(
      events
        .map(({ createdAt }) => createdAt)
        .toSorted()
        .toReversed(),
    );
    expect(operations()).toEqual(['DescribeServices']);
  });

  it('uses exactly the declared actions, and sessions that allow no others', async () => {
    await ask(checkout());
    expectDeclaredActions(access.awsCalls(), listEcsServices);
  });

  it('says not_found for an unknown cluster and for an unknown service', async () => {
    const several = { account_id: `${access.id('payments-prod')},${access.id('payments-dev')}` };
    expect((await ask({ ...several, cluster: 'nope' })).error?.code).toBe('not_found');
    expect((await ask({ ...checkout(), cluster: 'nope' })).error?.code).toBe('not_found');
    expect((await ask({ ...checkout(), service_names: ['nope'] })).error?.code).toBe('not_found');
    const both = await ask({ ...checkout(), service_names: ['cart', 'nope'] });
    expect(both).toMatchObject({ service_count: 1, complete: false, failures: [{ code: 'not_found' }] });
    expect(both.failures?.[0]?.message).toContain('"nope"');
  });

  it('gives every service exactly once through the cursor', async () => {
    const answers = await walk(ask, { ...checkout(), fields: ['serviceArn'], max_results: 2 });
    expect(answers.flatMap(arns).sort()).toEqual(await truth(access, 'checkout'));
    expect(operations().filter((operation) => operation === 'ListServices')).toHaveLength(3);
  });

  it('finds a cluster in all accounts and Regions; those without it are no failures, those unread are', async () => {
    const answer = await ask({ account_id: 'all', region: 'all', cluster: 'checkout', fields: ['serviceArn'] });
    expect(arns(answer).sort()).toEqual(await truth(access, 'checkout'));
    expect(answer.complete).toBe(false);
    expect(failedCells(answer)).toEqual(unreadCells(access.estate));
  });

  it('reads 50 services (stubbed) with one list and five descriptions, ten at a time', async () => {
    const arns = Array.from({ length: 50 }, (_, index) => `arn:aws:ecs:us-east-1:1:service/checkout/s-${index}`);
    const asked: number[] = [];
    access.rule({
      match: { operation: 'ListServices' },
      stub: ({ input }: { input: ListServicesCommandInput }) =>
        ({ serviceArns: arns.slice(0, input.maxResults) }) satisfies Omit<ListServicesCommandOutput, '$metadata'>,
    });
    access.rule({
      match: { operation: 'DescribeServices' },
      stub: ({ input: { services = [] } }: { input: DescribeServicesCommandInput }) => {
        asked.push(services.length);
        return {
          services: services.map((serviceArn) => ({ serviceArn, serviceName: serviceArn.split('/')[2] ?? '' })),
        } satisfies Omit<DescribeServicesCommandOutput, '$metadata'>;
      },
    });
    expect((await ask(checkout())).service_count).toBe(50);
    expect(operations()).toEqual(['ListServices', ...Array(5).fill('DescribeServices')]);
    expect(asked).toEqual([10, 10, 10, 10, 10]);
  });

  it('gives no environment of a task: no task definition is read', async () => {
    const fields = Object.keys(listEcsServices.output.item.shape);
    const answer = await ask({ ...checkout(), fields });
    expect(answer.service_count).toBe(6);
    expect(JSON.stringify(answer)).not.toContain(CANARY_PREFIX);
    expect(operations()).toEqual(['ListServices', 'DescribeServices']);
  });

  it('names the action when it is denied in one Region, and gives the other', async () => {
    const { account_id } = checkout();
    access.rule({ match: { operation: 'ListServices', region: 'eu-west-1' }, fault: 'access_denied' });
    const answer = await ask({ ...checkout(), region: 'us-east-1,eu-west-1' });
    expect(answer).toMatchObject({
      service_count: 6,
      failures: [{ account_id, region: 'eu-west-1', code: 'access_denied' }],
    });
    const { error } = await ask({ ...checkout(), region: 'eu-west-1' });
    expect(error).toMatchObject({ code: 'access_denied', action: 'ecs:ListServices' });
  });

  refusesBadInput(access, (event) => ask({ account_id: 'all', ...event }), [
    ['cluster', {}],
    ['cluster', { cluster: '' }],
    ['service_names', { cluster: 'checkout', service_names: [] }],
    ['fields', { cluster: 'checkout', fields: ['taskSets'] }],
    ['status', { cluster: 'checkout', status: 'ACTIVE' }],
  ]);
});
