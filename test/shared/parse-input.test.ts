import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeEc2Instances } from '../../schemas/describe-ec2-instances.ts';
import { ToolError } from '../../shared/errors.ts';
import { parseInput } from '../../shared/parse-input.ts';

function refused(event: unknown): ToolError {
  try {
    parseInput(describeEc2Instances.input, event);
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

  it('refuses what is too deep or too large', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 50; level++) deep = { deep };
    expect(refused({ ...valid, deep }).message).toContain('nested');
    expect(refused({ account_id: 'x'.repeat(70_000) }).message).toContain('64 KB');
  });

  it('echoes at most 60 characters of a name', () => {
    const error = refused({ ...valid, ['k'.repeat(500)]: 1 });
    expect(error.message).not.toContain('k'.repeat(61));
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
