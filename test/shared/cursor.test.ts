import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorBinding, openCursor, sealCursor } from '../../shared/cursor.ts';
import { ToolError } from '../../shared/errors.ts';
import { TEST_SECRET } from '../support/configuration.ts';

const where = {
  account: '111111111111',
  region: 'us-east-1',
  token: 'aws-token',
  size: 50,
  offset: 7,
  incomplete: false,
};
const binding = cursorBinding('describe_ec2_instances', { account_id: 'all' });

function refusal(run: () => unknown): ToolError {
  try {
    run();
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('cursor', () => {
  it('is refused by name where it would be longer than one that is taken', () => {
    const longest = { ...where, token: 'T'.repeat(5_900) };
    expect(openCursor(sealCursor(longest, TEST_SECRET, binding), TEST_SECRET, binding)).toEqual(longest);
    const longer = { ...where, token: 'T'.repeat(6_200) };
    expect(() => sealCursor(longer, TEST_SECRET, binding)).toThrow(
      expect.objectContaining({ code: 'answer_too_large' }),
    );
  });

  it('opens to the position that was sealed', () => {
    expect(openCursor(sealCursor(where, TEST_SECRET, binding), TEST_SECRET, binding)).toEqual(where);
  });

  it('shows nothing of AWS: neither its token nor the account', () => {
    const cursor = sealCursor(where, TEST_SECRET, binding);
    const bytes = Buffer.from(cursor, 'base64url').toString('latin1');
    expect(bytes).not.toContain('aws-token');
    expect(bytes).not.toContain('111111111111');
  });

  it('refuses every change of one bit', () => {
    const cursor = Buffer.from(sealCursor(where, TEST_SECRET, binding), 'base64url');
    for (let bit = 0; bit < cursor.length * 8; bit++) {
      const altered = Buffer.from(cursor);
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(refusal(() => openCursor(altered.toString('base64url'), TEST_SECRET, binding)).code).toBe('invalid_input');
    }
  });

  it('refuses any text that it did not make', () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => refusal(() => openCursor(text, TEST_SECRET, binding)).code === 'invalid_input',
      ),
    );
  });

  it('has one spelling only', () => {
    const cursor = sealCursor(where, TEST_SECRET, binding);
    for (const variant of [`${cursor}=`, `${cursor} `, ` ${cursor}`, `${cursor}A`]) {
      expect(refusal(() => openCursor(variant, TEST_SECRET, binding)).details.field).toBe('next_token');
    }
  });

  it('is bound to the tool, the arguments and the secret', () => {
    const cursor = sealCursor(where, TEST_SECRET, binding);
    const others = [
      cursorBinding('list_s3_buckets', { account_id: 'all' }),
      cursorBinding('describe_ec2_instances', { account_id: '111111111111' }),
      cursorBinding('describe_ec2_instances', { account_id: 'all', fields: ['InstanceId'] }),
    ];
    for (const other of others)
      expect(refusal(() => openCursor(cursor, TEST_SECRET, other)).code).toBe('invalid_input');
    expect(refusal(() => openCursor(cursor, `${TEST_SECRET}!`, binding)).code).toBe('invalid_input');
  });

  it('is not bound to the number of items, nor to the order of the arguments', () => {
    const one = cursorBinding('t', { account_id: 'all', region: 'all', max_results: 10, next_token: 'x' });
    expect(cursorBinding('t', { max_results: 500, region: 'all', account_id: 'all' })).toBe(one);
  });

  it('expires after 15 minutes', () => {
    const cursor = sealCursor(where, TEST_SECRET, binding, 0);
    expect(openCursor(cursor, TEST_SECRET, binding, 15 * 60_000)).toEqual(where);
    expect(refusal(() => openCursor(cursor, TEST_SECRET, binding, 15 * 60_000 + 1)).message).toContain('expired');
  });
});
