import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Severity } from '../../../schemas/security-check.ts';
import { estimateTokens } from '../../../shared/answer-budget.ts';
import { Audit } from '../../../shared/logger.ts';
import { type Control, controlsOn, type Resource, type State } from '../../../shared/security/control.ts';
import { checkedService } from '../../../shared/security/service.ts';
import { checkAll } from '../../support/check-things.ts';
import { useMockedAws } from '../../support/mock-aws.ts';
import { walk } from '../../support/walk.ts';

const THING = 'AWS::Some::Thing';
const OTHER = 'AWS::Some::Other';
const here = { account_id: '111111111111', region: 'us-east-1' };

/** What the controls say of it, by their IDs; the others are not about it. */
interface Thing extends Resource {
  readonly says: Readonly<Record<string, State>>;
}

const thing = (id: string, says: Thing['says'], more: Partial<Thing> = {}): Thing => ({
  type: THING,
  id,
  says,
  ...more,
});

function control(id: string, severity: Severity = 'LOW', type = THING): Control<Thing> {
  return controlsOn<Thing>(
    'alpha',
    type,
  )({
    id,
    title: `Things hold to ${id}`,
    severity,
    when: ({ says }) => says[id] !== undefined,
    fields: ['says'],
    remediation: `Mend ${id}.`,
    url: `https://docs.aws.amazon.com/${id}`,
    judge: ({ says }) => ({ state: says[id] as State, reason: `${id} says so` }),
  });
}

const reading =
  (...things: Thing[]) =>
  async () =>
    things;

const alpha = (controls: Control<Thing>[], ...things: Thing[]) =>
  checkedService('alpha', [{ types: [THING], read: reading(...things) }], controls);
const beta = checkedService('beta', [{ types: [THING], read: reading() }], [control('B.1')]);

const NONE = {
  resources_checked: 0,
  compliant_resources: 0,
  non_compliant_resources: 0,
  info_resources: 0,
  unknown_resources: 0,
};

describe('the counts of a check', () => {
  useMockedAws();

  it('hold each resource in one state, each verdict, and each service, also one without resources', async () => {
    const things = [
      thing('t-1', { 'A.1': 'fail', 'A.2': 'pass' }),
      thing('t-2', { 'A.1': 'pass' }),
      thing('t-3', { 'A.1': 'info' }),
      thing('t-4', { 'A.1': 'unknown' }),
      thing('t-5', { 'A.1': 'unknown', 'A.2': 'pass' }),
      thing('t-6', {}),
    ];
    const counts = {
      resources_checked: 5,
      compliant_resources: 1,
      non_compliant_resources: 1,
      info_resources: 1,
      unknown_resources: 2,
    };
    const answer = await checkAll([alpha([control('A.1'), control('A.2')], ...things), beta], here);
    expect(answer).toMatchObject({ ...here, ...counts, services_checked: ['alpha', 'beta'], complete: true });
    expect(answer.checks).toEqual({ pass: 3, fail: 1, info: 1, unknown: 2 });
    expect(answer.compliance_by_service).toEqual({ alpha: counts, beta: NONE });
  });

  it('are of the services asked for', async () => {
    const answer = await checkAll([alpha([control('A.1')], thing('t-1', { 'A.1': 'pass' })), beta], {
      ...here,
      services: ['beta'],
    });
    expect(answer).toMatchObject({ ...NONE, services_checked: ['beta'], compliance_by_service: { beta: NONE } });
  });

  it('are of the controls that are severe enough, and nothing is read that none of them judges', async () => {
    const read = vi.fn(reading(thing('o-1', { 'A.3': 'fail' }, { type: OTHER })));
    const readers = [
      { types: ['AWS::Some::Third', THING], read: reading(thing('t-1', { 'A.1': 'fail', 'A.2': 'pass' })) },
      { types: [OTHER], read },
    ];
    const controls = [control('A.1', 'MEDIUM'), control('A.2', 'HIGH'), control('A.3', 'LOW', OTHER)];
    const service = checkedService('alpha', readers, controls);
    const ids = async (event: object) =>
      (await checkAll([service], { ...here, ...event })).controls.map(({ id }) => id).sort();
    expect(await ids({ min_severity: 'HIGH' })).toEqual(['A.2']);
    expect(await ids({ min_severity: 'MEDIUM' })).toEqual(['A.1', 'A.2']);
    expect(read).not.toHaveBeenCalled();
    expect(await ids({ min_severity: 'LOW' })).toEqual(['A.1', 'A.2', 'A.3']);
    expect(await ids({})).toEqual(['A.1', 'A.2', 'A.3']);
  });
});

describe('the controls of a check', () => {
  useMockedAws();

  /** How many things each control fails, leaves open or passes. */
  const SAID = [
    ['HIGH.1', 'HIGH', { fail: 1, pass: 2 }],
    ['LOW.9', 'LOW', { fail: 3 }],
    ['LOW.1', 'LOW', { fail: 2, unknown: 3 }],
    ['LOW.2', 'LOW', { fail: 2 }],
    ['OPEN.1', 'LOW', { unknown: 2, info: 1 }],
    ['OPEN.2', 'CRITICAL', { unknown: 1 }],
    ['OPEN.3', 'MEDIUM', { unknown: 1 }],
    ['FINE.9', 'MEDIUM', { pass: 1 }],
    ['FINE.1', 'LOW', { pass: 3, info: 1 }],
    ['FINE.2', 'LOW', { pass: 4 }],
  ] as const;
  const things = SAID.flatMap(([id, , counts]) =>
    Object.entries(counts).flatMap(([state, count]) =>
      Array.from({ length: count }, (_, index) => thing(`${id}-${state}-${index}`, { [id]: state as State })),
    ),
  );
  const controls = SAID.map(([id, severity]) => control(id, severity));
  const known = [controls, controls.toReversed(), controls.toSorted((a, b) => (a.id < b.id ? 1 : -1))];

  it.each(known.map((order) => [order.map(({ id }) => id).join(' '), order] as const))(
    'stand with what fails first, the most severe and the most often, then what is open, however they are known: %s',
    async (_, order) => {
      const answer = await checkAll([alpha(order, ...things)], here);
      expect(answer.controls).toEqual(
        SAID.map(([id, severity, counts]) => ({
          id,
          severity,
          service: 'alpha',
          ...('fail' in counts || 'unknown' in counts ? { title: `Things hold to ${id}` } : {}),
          ...counts,
        })),
      );
      expect(answer.recommendations).toEqual(
        ['HIGH.1', 'LOW.9', 'LOW.1', 'LOW.2'].map((id) => `${id}: Mend ${id}. https://docs.aws.amazon.com/${id}`),
      );
    },
  );

  it('give advice of 1,500 tokens at most, the worst of it, and say how many controls have more', async () => {
    const many = Array.from({ length: 200 }, (_, index) => control(`A.${1_000 + index}`));
    const says = Object.fromEntries(many.map(({ id }) => [id, 'fail' as const]));
    const { recommendations } = await checkAll([alpha(many, thing('t-1', says))], here);
    const [last, ...lines] = recommendations.toReversed();
    const tokens = lines.reduce((sum, line) => sum + estimateTokens(line), 0);
    expect(tokens).toBeLessThanOrEqual(1_500);
    expect(tokens).toBeGreaterThan(1_450);
    expect(lines.at(-1)).toContain('A.1000');
    const left = 200 - lines.length;
    expect(last).toBe(`For ${left} more controls, ask for fewer services or a higher min_severity.`);
  });
});

describe('the details of a check', () => {
  useMockedAws();

  const service = alpha(
    [control('A.1'), control('A.2', 'HIGH'), control('A.3', 'CRITICAL')],
    thing('t-1', { 'A.1': 'pass' }),
    thing('t-2', { 'A.1': 'info' }, { name: 'second' }),
    thing('t-3', { 'A.1': 'unknown', 'A.3': 'pass' }),
    thing('t-4', { 'A.1': 'fail', 'A.2': 'fail', 'A.3': 'unknown' }, { arn: 'arn:aws:some:::t-4' }),
  );

  it('say compliant only of what passes or fails, and as issues what fails or is open', async () => {
    const { resource_details } = await checkAll([service], here);
    const known = { service: 'alpha', type: THING };
    expect(resource_details).toEqual([
      {
        ...known,
        id: 't-4',
        state: 'fail',
        compliant: false,
        severity: 'HIGH',
        issues: ['A.2: A.2 says so', 'A.1: A.1 says so', 'A.3: A.3 says so'],
      },
      { ...known, id: 't-3', state: 'unknown', issues: ['A.1: A.1 says so'] },
      { ...known, id: 't-2', name: 'second', state: 'info' },
      { ...known, id: 't-1', state: 'pass', compliant: true },
    ]);
  });

  it('give the ARN and each verdict on request, and of several places which one it is', async () => {
    const event = { account_id: '222222222222', region: 'all', fields: ['id', 'arn', 'checks'], max_results: 1 };
    const { resource_details } = await checkAll([service], event);
    expect(resource_details).toEqual([
      {
        AccountId: '222222222222',
        Region: 'eu-west-1',
        id: 't-4',
        arn: 'arn:aws:some:::t-4',
        checks: { 'A.1': 'fail', 'A.2': 'fail', 'A.3': 'unknown' },
      },
    ]);
  });

  it('leave out what is fine when only faults are asked for, and keep what is open', async () => {
    const { resource_details, resources_checked } = await checkAll([service], { ...here, faults_only: true });
    expect(resource_details.map(({ id }) => id)).toEqual(['t-4', 't-3']);
    expect(resources_checked).toBe(4);
  });

  it('go on behind the last one, worst first over all places, and tell of the store once', async () => {
    const answers = await walk((event) => checkAll([service], event), { max_results: 3 });
    const details = answers.flatMap(({ resource_details }) => resource_details);
    expect(details.map(({ id }) => id)).toEqual(['t-4', 't-3', 't-2', 't-1'].flatMap((id) => Array(4).fill(id)));
    const places = ['111111111111', '222222222222'].flatMap((account) =>
      ['eu-west-1', 'us-east-1'].map((region) => `${account} ${region}`),
    );
    expect(details.slice(0, 4).map(({ AccountId, Region }) => `${AccountId} ${Region}`)).toEqual(places);
    const stored = { stored: false, reason: 'no context store is configured' };
    expect(answers.map(({ context }) => context)).toEqual([stored, ...Array(5).fill(undefined)]);
    expect(answers.every(({ account_id, region }) => account_id === 'all' && region === 'all')).toBe(true);
  });
});

describe('the audit line of a check', () => {
  useMockedAws();
  const note = vi.spyOn(Audit.prototype, 'note');
  beforeEach(() => void note.mockClear());

  it('tells how many places were asked, how many of them failed, and how many details were given', async () => {
    const some = checkedService(
      'beta',
      [
        {
          types: [THING],
          read: async ({ account, region }) => {
            if (account === '222222222222' && region === 'eu-west-1') throw new Error('CANARY');
            return [thing('t-1', { 'B.1': 'pass' })] as Resource[];
          },
        },
      ],
      [control('B.1')],
    );
    const answer = await checkAll([some], { max_results: 2 });
    expect(answer.failures).toMatchObject([{ account_id: '222222222222', region: 'eu-west-1', code: 'internal' }]);
    expect(JSON.stringify(answer)).not.toContain('CANARY');
    expect(Object.assign({}, ...note.mock.calls.flat())).toMatchObject({ cells: 4, failed_cells: 1, items: 2 });
  });
});
