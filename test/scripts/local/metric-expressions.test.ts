import { describe, expect, it } from 'vitest';
import { calculate, parseInsights } from '../../../scripts/local/simulator/metric-expressions.ts';

const series = new Map([
  [
    'failed',
    new Map([
      [0, 1],
      [60, 2],
      [120, 0],
    ]),
  ],
  [
    'all',
    new Map([
      [0, 10],
      [60, 0],
      [180, 5],
    ]),
  ],
]);

describe('metric math of the simulator', () => {
  it.each([
    [
      'failed',
      [
        [0, 1],
        [60, 2],
        [120, 0],
      ],
    ],
    ['100 * failed / all', [[0, 10]]],
    [
      'all - failed * 2',
      [
        [0, 8],
        [60, -4],
      ],
    ],
    [
      '-(failed + 1.5)',
      [
        [0, -2.5],
        [60, -3.5],
        [120, -1.5],
      ],
    ],
    [
      'all / (2 + 3)',
      [
        [0, 2],
        [60, 0],
        [180, 1],
      ],
    ],
  ])('calculates %s', (expression, points) => {
    expect([...calculate(expression, series)]).toEqual(points);
  });

  it.each(['SUM(METRICS())', 'failed +', '(failed', 'other', '1 + 1', 'failed failed', ''])(
    'refuses %j',
    (expression) => {
      expect(() => calculate(expression, series)).toThrow(/cannot calculate/);
    },
  );
});

describe('Metrics Insights of the simulator', () => {
  it('reads a query with every clause', () => {
    expect(
      parseInsights(
        'SELECT AVG("CPUUtilization") FROM SCHEMA("AWS/EC2", InstanceId) WHERE InstanceId = \'i-1\' AND Zone = \'a b\' GROUP BY InstanceId, Zone ORDER BY MAX() DESC LIMIT 5',
      ),
    ).toMatchObject({
      metric: 'CPUUtilization',
      statistic: 'Average',
      namespace: 'AWS/EC2',
      schema: ['InstanceId'],
      where: [
        ['InstanceId', 'i-1'],
        ['Zone', 'a b'],
      ],
      groupBy: ['InstanceId', 'Zone'],
      descending: true,
      limit: 5,
    });
  });

  it('reads the shortest query, and combines what it groups', () => {
    const query = parseInsights('SELECT SUM(Errors) FROM "AWS/Lambda"');
    expect(query).toMatchObject({ namespace: 'AWS/Lambda', schema: undefined, groupBy: [], limit: 500 });
    expect([...(query?.combine([...series.values()]) ?? [])]).toEqual([
      [0, 11],
      [60, 2],
      [120, 0],
      [180, 5],
    ]);
  });

  it('leaves metric math alone, and refuses what it does not know', () => {
    expect(parseInsights('failed / all')).toBeUndefined();
    for (const query of ['SELECT AVG(x)', 'SELECT FOO(x) FROM "y"', 'SELECT AVG(x) FROM "y" WHERE a != \'b\''])
      expect(() => parseInsights(query)).toThrow(/cannot calculate/);
  });
});
