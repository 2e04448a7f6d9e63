import { describe, expect, it } from 'vitest';
import {
  afterNamed,
  describeServices,
  refuseOtherFailures,
  requireOwnEcs,
  tellUnknown,
} from '../../../shared/aws/ecs.ts';
import type { Call } from '../../../shared/call.ts';

const PREFIX = 'arn:aws:ecs:us-east-1:111111111111:cluster';
const missing = (name: string) => ({ arn: `${PREFIX}/${name}`, reason: 'MISSING' });
const unavailable = expect.objectContaining({
  code: 'unavailable',
  message: 'ECS could not describe all that it listed. Ask again later.',
});
const unknown = (which: string) =>
  expect.objectContaining({
    code: 'not_found',
    message: `ECS knows no ${which} in this account and Region.`,
  });

describe('names that ECS does not know', () => {
  const names = ['web', `${PREFIX}/batch`, 'api'];

  it('are told on a page after those that it knows', () => {
    const token = afterNamed(names, [{}], [missing('batch'), missing('api')]);
    expect(() => tellUnknown(token, names)).toThrow(unknown(`"${PREFIX}/batch", "api"`));
  });

  it('are told at once where it knows none', () => {
    expect(() => afterNamed(names, [], [missing('web')])).toThrow(unknown('"web"'));
  });

  it('are none where ECS says so, and then no page follows', () => {
    expect(afterNamed(names, [{}])).toBeUndefined();
    expect(afterNamed(names, [{}], [])).toBeUndefined();
    expect(afterNamed(names, [])).toBeUndefined();
  });

  it('are told without names where ECS names none of ours, or none at all', () => {
    for (const failure of [missing('other'), { reason: 'MISSING' }]) {
      const token = afterNamed(names, [{}], [failure]);
      expect(() => tellUnknown(token, names)).toThrow(unknown('such name'));
    }
  });

  it('are told by ten at most, each in its right place', () => {
    const many = Array.from({ length: 15 }, (_, index) => `n${index}`);
    const token = afterNamed(many, [{}], many.slice(1).map(missing));
    const ten = many.slice(1, 11).map((name) => `"${name}"`);
    expect(() => tellUnknown(token, many)).toThrow(unknown(ten.join(', ')));
  });

  it('are not seen in a place that is none, or in a token of AWS', () => {
    expect(() => tellUnknown('unknown 7', ['web'])).toThrow(unknown('such name'));
    for (const token of [undefined, 'a token of AWS', '0']) expect(() => tellUnknown(token, names)).not.toThrow();
  });
});

describe('a failure of ECS', () => {
  it('is no failure where something was deleted meanwhile', () => {
    expect(() => refuseOtherFailures()).not.toThrow();
    expect(() => refuseOtherFailures([missing('web')])).not.toThrow();
  });

  it('fails the page for any other reason', () => {
    expect(() => refuseOtherFailures([missing('web'), { reason: 'ACCESS_DENIED' }])).toThrow(unavailable);
    expect(() => afterNamed(['web'], [{}], [{ reason: 'ACCESS_DENIED' }])).toThrow(unavailable);
  });
});

describe('services', () => {
  it('are described by tens', async () => {
    const sent: { cluster?: string; services?: string[]; include?: string[] }[] = [];
    const ecs = {
      send: async ({ input }: { input: (typeof sent)[number] }) => {
        sent.push(input);
        const [first] = input.services ?? [];
        return first === 's20' ? {} : { services: [{ serviceName: first }], failures: [missing(first ?? '')] };
      },
    };
    const names = Array.from({ length: 21 }, (_, index) => `s${index}`);
    expect(await describeServices(ecs as never, 'web', names)).toEqual({
      services: [{ serviceName: 's0' }, { serviceName: 's10' }],
      failures: [missing('s0'), missing('s10')],
    });
    expect(sent.map(({ services }) => services?.length)).toEqual([10, 10, 1]);
    expect(sent[0]).toEqual({ cluster: 'web', services: names.slice(0, 10), include: ['TAGS'] });
  });
});

describe('requireOwnEcs', () => {
  const call = { configuration: { homeRegion: 'us-east-1' }, self: { partition: 'aws' } } as Call;
  const asked = { account_id: '111111111111', region: 'us-east-1' };
  const check = (name: string) => () => requireOwnEcs('cluster', [name], asked, call);

  it.each(['web-1_A', 'x'.repeat(255), `${PREFIX}/web`, 'arn:aws:ecs:us-east-1:111111111111:service/web/api-1_A'])(
    'takes %s',
    (name) => {
      expect(check(name)).not.toThrow();
      expect(() => requireOwnEcs('cluster', undefined, asked, call)).not.toThrow();
    },
  );

  it.each([
    '',
    'web cluster',
    '<web',
    'web>',
    'x'.repeat(256),
    ` ${PREFIX}/web`,
    `${PREFIX}/web?`,
    `${PREFIX}/`,
    'arn:aws:ecs:us-east-1:111111111111:task/web',
    'arn:aws:ecs:us-east-1:1:cluster/web',
    'arn:aws:ecs:US:111111111111:cluster/web',
    'arn:AWS:ecs:us-east-1:111111111111:cluster/web',
    'arn:aws:ecs:us-east-1:11111111111x:cluster/web',
  ])('refuses %j, which is neither a name nor an ARN', (name) => {
    expect(check(name)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringMatching(/^cluster: ".*" is neither a name nor an ARN of ECS\.$/),
        details: { field: 'cluster' },
      }),
    );
  });

  it('refuses the ARN of another account or Region', () => {
    for (const arn of [PREFIX.replace('111111111111', '222222222222'), PREFIX.replace('us-east-1', 'eu-west-1')])
      expect(check(`${arn}/web`)).toThrow(/an ARN needs its own account_id and region/);
  });
});
