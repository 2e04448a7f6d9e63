import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorBinding, openCursor, type Position, sealCursor } from '../../shared/cursor.ts';
import { cases } from '../support/proof-size.ts';

const SECRET = 'a-secret-of-more-than-thirty-two-characters';
const ACCOUNTS = ['111111111111', '222222222222'];
const where: Position = {
  account: '111111111111',
  region: 'eu-west-1',
  token: 'AWS-NEXT-TOKEN-eyJ2IjoiMiIsImMiOiI',
  size: 50,
  offset: 7,
  incomplete: false,
};
const binding = cursorBinding('describe_ec2_instances', { account_id: 'all', filters: [{ Name: 'a', Values: ['b'] }] });

function refusal(cursor: string, bound = binding, secret = SECRET, now?: number): string {
  try {
    openCursor(cursor, secret, bound, now);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    expect(code).toBe('invalid_input');
    return message;
  }
  return 'accepted';
}

describe('a cursor', () => {
  const cursor = sealCursor(where, SECRET, binding);

  it('3.7 altered 100,000 times is never accepted, each time with one clear error', () => {
    expect(openCursor(cursor, SECRET, binding)).toEqual(where);
    const bytes = Buffer.from(cursor, 'base64url');
    const flip = fc.tuple(fc.nat(bytes.length - 1), fc.nat(7)).map(([at, bit]) => {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] as number) ^ (1 << bit);
      return altered.toString('base64url');
    });
    const cut = fc.nat(cursor.length - 1).map((length) => cursor.slice(0, length));
    const grown = fc.string({ minLength: 1, maxLength: 8 }).map((more) => cursor + more);
    const swapped = fc
      .tuple(fc.nat(cursor.length - 1), fc.constantFrom(...'ABCxyz019-_=+/ \n'))
      .map(([at, character]) => cursor.slice(0, at) + character + cursor.slice(at + 1));
    const strange = fc.string({ maxLength: 400 });
    let tried = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 8, arbitrary: flip }, cut, grown, swapped, strange), (altered) => {
        if (altered === cursor) return;
        tried++;
        expect(refusal(altered)).toMatch(/^next_token .*Repeat the call without next_token to start again\.$/);
      }),
      { numRuns: cases(3_000, 101_000), seed: 37 },
    );
    expect(tried).toBeGreaterThanOrEqual(cases(2_900, 100_000));
  });

  it('3.7 carried 1,000 times to another tool, account, Region or filter is never accepted', () => {
    const input = fc.record({
      account_id: fc.constantFrom('all', ...ACCOUNTS, ACCOUNTS.join()),
      region: fc.option(fc.constantFrom('all', 'us-east-1', 'eu-west-1'), { nil: undefined }),
      filters: fc.option(fc.array(fc.record({ Name: fc.string(), Values: fc.array(fc.string()) })), { nil: undefined }),
    });
    const bindings = fc.tuple(fc.constantFrom('describe_ec2_instances', 'list_s3_buckets'), input);
    fc.assert(
      fc.property(bindings, ([tool, given]) => {
        const other = cursorBinding(tool, given);
        fc.pre(other !== binding);
        expect(refusal(cursor, other)).toContain('belongs to another tool or other arguments');
      }),
      { numRuns: 1_000, seed: 38 },
    );
  });

  it('3.7 expires after fifteen minutes, and another secret opens nothing', () => {
    const sealed = Date.now();
    const own = sealCursor(where, SECRET, binding, sealed);
    expect(refusal(own, binding, SECRET, sealed + 15 * 60_000)).toBe('accepted');
    expect(refusal(own, binding, SECRET, sealed + 15 * 60_000 + 1)).toContain('has expired');
    expect(refusal(own, binding, `${SECRET}.`)).toContain('is altered');
  });

  it("3.7 shows nothing of AWS's token, and is at most 2,048 characters for one of 1,024", () => {
    const long = sealCursor({ ...where, token: 'T'.repeat(1_024) }, SECRET, binding);
    expect(long.length).toBeLessThanOrEqual(2_048);
    for (const text of [long, Buffer.from(long, 'base64url').toString('latin1')]) expect(text).not.toContain('TTTT');
  });
});
