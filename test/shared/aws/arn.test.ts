import { describe, expect, it } from 'vitest';
import { placeOf, requireOwnArn } from '../../../shared/aws/arn.ts';
import type { Call } from '../../../shared/call.ts';

const call = { configuration: { homeRegion: 'us-east-1' }, self: { partition: 'aws' } } as Call;
const arn = { partition: 'aws', region: 'us-east-1', account: '111111111111' };
const own = { account_id: '111111111111', region: 'us-east-1' };

describe('placeOf', () => {
  it('reads where an ARN is', () => {
    expect(placeOf('arn:aws-cn:lambda:cn-north-1:222222222222:function:x')).toEqual({
      partition: 'aws-cn',
      region: 'cn-north-1',
      account: '222222222222',
    });
  });

  it('knows no place of a name, and none of what only begins like an ARN', () => {
    expect(placeOf('checkout')).toBeUndefined();
    expect(placeOf('my-arn:aws:x:us-east-1:1:x')).toBeUndefined();
    expect(placeOf('arn:')).toEqual({ partition: '', region: '', account: '' });
  });
});

describe('requireOwnArn', () => {
  const check = (place: Parameters<typeof requireOwnArn>[1], asked: object) => () =>
    requireOwnArn('function_name', place, asked, call);

  it.each([[own], [{ account_id: ' 111111111111 ', region: ' us-east-1 ' }], [{ account_id: '111111111111' }]])(
    'takes the ARN of what is asked: %j',
    (asked) => {
      expect(check(arn, asked)).not.toThrow();
      expect(check(undefined, {})).not.toThrow();
    },
  );

  it.each([
    ['account', { ...arn, account: '222222222222' }, own],
    ['Region', { ...arn, region: 'eu-west-1' }, own],
    ['Region than the home Region', { ...arn, region: 'eu-west-1' }, { account_id: own.account_id }],
    ['partition', { ...arn, partition: 'aws-cn' }, own],
    ['account than all', arn, { account_id: 'all' }],
    ['account than the own one', arn, {}],
  ])('refuses that of another %s', (_, place, asked) => {
    expect(check(place, asked)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        details: { field: 'function_name' },
        message: `function_name: an ARN needs its own account_id and region beside it, here ${place.account} and ${place.region}. For other accounts and Regions give the name.`,
      }),
    );
  });
});
