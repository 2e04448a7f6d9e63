import { describe, expect, it } from 'vitest';
import type { Tool } from '../../schemas/define-tool.ts';
import { getLambdaFunction } from '../../schemas/get-lambda-function.ts';
import { listEcsClusters } from '../../schemas/list-ecs-clusters.ts';
import { listEcsServices } from '../../schemas/list-ecs-services.ts';
import { ask, inFakeAws } from '../support/in-fake-aws.ts';

const aws = inFakeAws();

/** The account and Region that are asked; both are configured, and so are the others that the ARNs name. */
const OWN = { account_id: '111111111111', region: 'us-east-1' };

/** Every argument that takes an ARN, and an ARN of its kind. */
const ARGUMENTS: readonly [Pick<Tool, 'name'>, string, (place: string, n: number) => object][] = [
  [
    getLambdaFunction,
    'function_name',
    (place, n) => ({ function_name: `arn:${place.replace('*', 'lambda')}:function:f${n}` }),
  ],
  [
    listEcsClusters,
    'cluster_names',
    (place, n) => ({ cluster_names: ['own', `arn:${place.replace('*', 'ecs')}:cluster/c${n}`] }),
  ],
  [listEcsServices, 'cluster', (place, n) => ({ cluster: `arn:${place.replace('*', 'ecs')}:cluster/c${n}` })],
  [
    listEcsServices,
    'service_names',
    (place, n) => ({ cluster: 'own', service_names: ['own', `arn:${place.replace('*', 'ecs')}:service/c/s${n}`] }),
  ],
];

/** Places in ARNs that are not the one asked for: `partition:*:region:account`. */
const PLACES = [
  'aws:*:us-east-1:222222222222',
  'aws:*:eu-west-1:111111111111',
  'aws:*:eu-west-1:222222222222',
  'aws:*:us-east-1:333333333333',
  'aws-cn:*:us-east-1:111111111111',
  'aws-us-gov:*:us-east-1:111111111111',
  'aws:*:us-west-2:111111111111',
  'aws:*::111111111111',
  'aws:*:us-east-1:',
  'aws:*:us-east-1:11111111111',
];

describe.each(ARGUMENTS)('%o %s', ({ name }, field, eventOf) => {
  it('3.6 125 ARNs of another partition, Region or account are refused by the field, without a request', async () => {
    for (let n = 0; n < 125; n++) {
      const place = PLACES[n % PLACES.length] as string;
      const { error } = await ask({ name }, { ...OWN, ...eventOf(place, n) });
      expect(error, place).toMatchObject({ code: 'invalid_input', field });
    }
    expect(aws().requests).toEqual([]);
  });
});

// Last: what a denied call had under way still reaches the fake after its answer.
describe.each(ARGUMENTS)('%o %s', ({ name }, field, eventOf) => {
  it('3.6 an ARN of the account and Region asked for is sent, and beside several accounts it is refused', async () => {
    const own = eventOf('aws:*:us-east-1:111111111111', 1);
    expect((await ask({ name }, { ...OWN, ...own })).error?.code).toBe('access_denied');
    expect(aws().requests.length).toBeGreaterThan(0);
    const { error } = await ask({ name }, { account_id: 'all', region: 'all', ...own });
    expect(error).toMatchObject({ code: 'invalid_input', field });
  });
});
