import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inWords, noticePage, summarise, tellNotices, thin } from '../../../shared/aws/metric-series.ts';

type Point = readonly [number, number];

const series = (values: readonly number[]) => values.map((value, index): Point => [index, value]);
const places = (points: readonly Point[]) => points.map(([time]) => time);

describe('summarise', () => {
  it('gives the least, the greatest, the mean and the last value', () => {
    expect(summarise(series([3, -2, 7, 4]))).toEqual({ min: -2, max: 7, avg: 3, last: 4 });
    expect(summarise(series([5]))).toEqual({ min: 5, max: 5, avg: 5, last: 5 });
  });

  it('is absent where there is no point', () => {
    expect(summarise([])).toBeUndefined();
  });
});

describe('thin', () => {
  it('leaves out nothing that fits', () => {
    expect(thin(series([1, 2, 3, 4]), 4)).toEqual(series([1, 2, 3, 4]));
  });

  it('spreads what it keeps evenly', () => {
    const rising = series(Array.from({ length: 101 }, (_, index) => index));
    expect(places(thin(rising, 6))).toEqual([0, 20, 40, 60, 80, 100]);
  });

  it('keeps the first, the last, the lowest and the highest, of equal ones the first', () => {
    const values = Array(100).fill(0);
    values[31] = values[32] = 9;
    values[57] = values[58] = -9;
    expect(places(thin(series(values), 4))).toEqual([0, 31, 57, 99]);
    expect(places(thin(series(values), 2))).toEqual([0, 31, 57, 99]);
    expect(places(thin(series(Array(100).fill(5)), 2))).toEqual([0, 99]);
  });

  it('gives no more than asked for, in order, and its extremes, whatever the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 4, max: 50 }),
        (values, most) => {
          const kept = thin(series(values), most);
          expect(kept.length).toBeLessThanOrEqual(most);
          expect(places(kept)).toEqual(places(kept).toSorted((a, b) => a - b));
          const { avg: _all, ...all } = summarise(series(values)) ?? {};
          expect(summarise(kept)).toMatchObject(all);
        },
      ),
    );
  });
});

describe('the notices of CloudWatch', () => {
  const told =
    (...codes: string[]) =>
    () =>
      tellNotices(noticePage(new Set(codes)));
  const error = (code: string, message: string) => expect.objectContaining({ code, message });

  it('are told in our words; of an unknown one only a code', () => {
    expect(inWords('PartialData')).toBe('CloudWatch did not give all points');
    expect(inWords('NewNotice')).toBe('CloudWatch gave a notice (NewNotice)');
    for (const strange of ['', 'two words', 'x'.repeat(81), 'constructor!', '<b>'])
      expect(inWords(strange)).toBe('CloudWatch gave a notice (unknown)');
    expect(inWords('constructor')).toBe('CloudWatch gave a notice (constructor)');
  });

  it.each([
    'MaxMetricsExceeded',
    'MaxQueryTimeRangeExceeded',
    'MaxQueryResultsExceeded',
    'MaxMatchingResultsExceeded',
    'ArithmeticError',
    'PartialData',
    'InternalError',
    'Forbidden',
  ])('%s is known', (code) => {
    expect(inWords(code)).toMatch(/^[a-zC].{20,}$/);
    expect(inWords(code)).not.toContain('notice');
  });

  it('are a page of their own, where there are any', () => {
    expect(noticePage(new Set())).toBeUndefined();
    expect(() => tellNotices(undefined)).not.toThrow();
    expect(() => tellNotices('a token of AWS')).not.toThrow();
    expect(told()).not.toThrow();
  });

  it('say whether asking again helps, and who can act', () => {
    expect(told('PartialData', 'InternalError')).toThrow(
      error(
        'unavailable',
        'CloudWatch did not give all points; CloudWatch could not read all series. Ask again later.',
      ),
    );
    expect(told('PartialData', 'Forbidden')).toThrow(
      error(
        'access_denied',
        'CloudWatch did not give all points; CloudWatch refused some series. Ask for less at once.',
      ),
    );
    expect(told('MaxMetricsExceeded')).toThrow(
      error(
        'invalid_input',
        'More metrics matched than CloudWatch reads in one request, so series are missing. Ask for less at once.',
      ),
    );
  });
});
