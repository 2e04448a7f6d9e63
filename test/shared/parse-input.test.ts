import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { aggregateResults } from '../../schemas/aggregate-results.ts';
import { describeEc2Instances } from '../../schemas/describe-ec2-instances.ts';
import { getCloudwatchMetrics } from '../../schemas/get-cloudwatch-metrics.ts';
import { ToolError } from '../../shared/errors.ts';
import { parseInput } from '../../shared/parse-input.ts';

function refused(event: unknown, input: z.ZodObject = describeEc2Instances.input): ToolError {
  try {
    parseInput(input, event);
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

const valid = { account_id: 'all' };

describe('parseInput', () => {
  it('fills in the defaults', () => {
    expect(parseInput(describeEc2Instances.input, valid)).toEqual({ account_id: 'all', max_results: 50 });
  });

  it.each([
    ['max_results', { ...valid, max_results: 0 }],
    ['max_results', { ...valid, max_results: 1e9 }],
    ['max_results', { ...valid, max_results: '50' }],
    ['max_results', { ...valid, max_results: 1.5 }],
    ['account_id', {}],
    ['account_id', { account_id: 111111111111 }],
    ['filters.0.Values', { ...valid, filters: [{ Name: 'x', Values: Array(10_000).fill('v') }] }],
    ['filters', { ...valid, filters: Array(21).fill({ Name: 'x', Values: ['v'] }) }],
    ['filters.0', { ...valid, filters: ['x'] }],
    ['aws_profile', { ...valid, aws_profile: 'admin' }],
    ['event', null],
    ['event', []],
    ['event', 'account_id'],
    ['event', undefined],
    ['event', { ...valid, '': 1 }],
  ])('names %s', (field, event) => {
    expect(refused(event)).toMatchObject({ code: 'invalid_input', details: { field } });
  });

  it.each(['__proto__', 'constructor', 'prototype', 'toString'])(
    'refuses the key %s and changes no prototype',
    (key) => {
      const event = JSON.parse(`{"account_id":"all","${key}":{"polluted":true}}`);
      expect(refused(event)).toMatchObject({ code: 'invalid_input', details: { field: key } });
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  it.each([
    [null, 'The arguments must be a JSON object.'],
    [['all'], 'The arguments must be a JSON object.'],
    ['all', 'The arguments must be a JSON object.'],
    [undefined, 'The arguments must be a JSON object.'],
    [{}, 'account_id: Invalid input: expected string, received undefined.'],
    [{ account_id: 'all', filters: ['x'] }, 'filters.0: Invalid input: expected object, received string.'],
    [
      { account_id: 'all', filters: [{ Name: 'x', Values: ['v'], Value: 'v' }] },
      'Unknown argument "Value". In filters.0.',
    ],
  ])('says what is wrong with %j', (event, message) => {
    expect(refused(event).message).toBe(message);
  });

  it('names unknown arguments and the valid ones, so that the next call can be right', () => {
    const valid = z.strictObject({ account_id: z.string(), state: z.string().optional() });
    expect(refused({ account_id: 'all', status: 'on', page: 2 }, valid)).toMatchObject({
      message: 'Unknown argument "status", "page". Valid arguments: account_id, state.',
      details: { field: 'status' },
    });
  });

  it('names the event where a rule is about all of it', () => {
    const either = z.strictObject({ id: z.string().optional() }).refine(({ id }) => id, 'one of id and name is needed');
    expect(refused({}, either)).toMatchObject({
      message: 'event: one of id and name is needed.',
      details: { field: 'event' },
    });
  });

  /** Objects in one another, so many in all. */
  const nested = (levels: number): object => (levels === 1 ? { x: 1 } : { x: nested(levels - 1) });

  it('takes arguments of 8 levels and refuses those of 9, wherever they stand', () => {
    const any = z.looseObject({});
    expect(parseInput(any, nested(8))).toEqual(nested(8));
    const refusal = {
      code: 'invalid_input',
      message: 'The arguments are nested more than 8 deep.',
      details: { field: 'event' },
    };
    expect(refused(nested(9), any)).toMatchObject(refusal);
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`a${index}`, index]));
    const event = { account_id: 'all', tool: 'list_s3_buckets', arguments: { ...many, deep: nested(2_000) } };
    expect(refused(event, aggregateResults.input)).toMatchObject(refusal);
  });

  it('takes arguments of 64 KB and refuses larger ones', () => {
    const text = z.strictObject({ text: z.string() });
    const event = (characters: number) => ({ text: 'x'.repeat(characters - JSON.stringify({ text: '' }).length) });
    expect(parseInput(text, event(65_536))).toEqual(event(65_536));
    expect(refused(event(65_537), text)).toMatchObject({
      message: 'The arguments are larger than 64 KB.',
      details: { field: 'event' },
    });
  });

  it('takes the longest and the deepest honest question: 300 metric queries, and such queries of aggregate_results', () => {
    const metric_data_queries = Array.from({ length: 300 }, (_, index) => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/EC2',
          MetricName: 'CPUUtilization',
          Dimensions: [{ Name: 'InstanceId', Value: 'i-0123456789abcdef0' }],
        },
        Period: 300,
        Stat: 'Average',
      },
    }));
    const questions = { ...valid, metric_data_queries };
    expect(parseInput(getCloudwatchMetrics.input, questions).metric_data_queries).toEqual(metric_data_queries);
    const counted = { ...valid, tool: 'get_cloudwatch_metrics', arguments: { metric_data_queries } };
    expect(parseInput(aggregateResults.input, counted).arguments).toEqual({ metric_data_queries });
  });

  it('looks at a list of any length, and names it by its own rule', () => {
    const Values = Array(200_000).fill('v');
    expect(refused({ ...valid, filters: [{ Name: 'x', Values }] }).details.field).toBe('filters.0.Values');
  });

  it('echoes at most 60 characters of a name and five names', () => {
    const [fits, long] = ['k'.repeat(60), 'k'.repeat(61)];
    expect(refused({ ...valid, [fits]: 1 }).details.field).toBe(fits);
    expect(refused({ ...valid, [long]: 1 })).toMatchObject({
      message: expect.stringContaining(`Unknown argument "${fits}…". `),
      details: { field: `${fits}…` },
    });
    const map = z.strictObject({ m: z.record(z.string(), z.strictObject({ n: z.number() })) });
    const path = `m.${'k'.repeat(58)}…`;
    expect(refused({ m: { [long]: 1 } }, map)).toMatchObject({
      message: `${path}: Invalid input: expected object, received number.`,
      details: { field: path },
    });
    expect(refused({ m: { [long]: { n: 1, o: 1 } } }, map).message).toBe(`Unknown argument "o". In ${path}.`);
    const seven = Object.fromEntries('abcdefg'.split('').map((key) => [key, 1]));
    expect(refused({ ...valid, ...seven }).message).toMatch(/^Unknown argument "a", "b", "c", "d", "e"\. /);
  });

  it('refuses, and never throws anything else, for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (event) => {
        try {
          parseInput(describeEc2Instances.input, event);
          return true;
        } catch (error) {
          return error instanceof ToolError && error.code === 'invalid_input';
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
