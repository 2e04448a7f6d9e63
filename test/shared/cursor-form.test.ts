import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cursorBinding, openCursor } from '../../shared/cursor.ts';

const SECRET = 'a-secret-of-more-than-thirty-two-characters';
const where = { account: '111111111111', region: 'us-east-1', size: 50, offset: 0, incomplete: false };

/** A cursor made by hand: version, 12 bytes of IV, 16 of tag, and the sealed text. */
function byHand({
  version = 1,
  text = JSON.stringify({ ...where, expires: 2_000 }),
  binding = 'b',
  secret = SECRET,
} = {}) {
  const key = createHash('sha256').update('central-ops cursor').update(secret).digest();
  const iv = Buffer.alloc(12, 7);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(binding));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(version), iv, cipher.getAuthTag(), sealed]);
}

const open = (bytes: Buffer, now = 1_000) => openCursor(bytes.toString('base64url'), SECRET, 'b', now);
const ALIEN = 'next_token is not one of ours. Repeat the call without next_token to start again.';
const ALTERED =
  'next_token is altered, or belongs to another tool or other arguments. Repeat the call without next_token to start again.';

describe('the form of a cursor', () => {
  it('is version, IV, tag and AES-256-GCM under a key of its own purpose: cursors outlive a deployment', () => {
    expect(open(byHand())).toEqual(where);
  });

  it('is refused as not ours with another version or no sealed text', () => {
    expect(() => open(byHand({ version: 2 }))).toThrow(ALIEN);
    expect(() => open(byHand().subarray(0, 29))).toThrow(ALIEN);
    expect(() => open(Buffer.alloc(0))).toThrow(ALIEN);
  });

  it('has one spelling, and at most 8,192 characters', () => {
    const cursor = byHand().toString('base64url');
    for (const other of [
      `${cursor}=`,
      ` ${cursor}`,
      `${cursor}\n`,
      cursor.replace(/.$/, '~'),
      cursor.replaceAll('_', '/'),
    ]) {
      if (other !== cursor) expect(() => openCursor(other, SECRET, 'b', 1_000)).toThrow(ALIEN);
    }
    const ofLength = (token: number) =>
      byHand({ text: JSON.stringify({ ...where, token: 't'.repeat(token), expires: 2_000 }) }).toString('base64url');
    let spare = 6_000;
    while (ofLength(spare + 1).length <= 8_192) spare++;
    const [longest, longer] = [ofLength(spare), ofLength(spare + 1)];
    expect(longest).toHaveLength(8_192);
    expect(openCursor(longest, SECRET, 'b', 1_000).token).toHaveLength(spare);
    expect(() => openCursor(longer, SECRET, 'b', 1_000)).toThrow(ALIEN);
  });

  it('is refused as altered with one sealed byte, with what is no position, and with fields more', () => {
    expect(() => open(byHand().subarray(0, 30))).toThrow(ALTERED);
    expect(() => open(byHand({ text: '[]' }))).toThrow(ALTERED);
    expect(() => open(byHand({ text: JSON.stringify({ ...where, expires: 2_000, more: 1 }) }))).toThrow(ALTERED);
    expect(() => open(byHand({ text: JSON.stringify({ ...where, size: 0, expires: 2_000 }) }))).toThrow(ALTERED);
    expect(() => open(byHand({ text: JSON.stringify({ ...where, offset: -1, expires: 2_000 }) }))).toThrow(ALTERED);
  });

  it('holds at the very end of its time, and not after it', () => {
    expect(open(byHand(), 2_000)).toEqual(where);
    expect(() => open(byHand(), 2_001)).toThrow('next_token has expired.');
  });
});

describe('what a cursor is bound to', () => {
  it('is the tool and its arguments in whatever order, without those that say how much to answer', () => {
    const one = cursorBinding('t', { a: 1, b: { c: [1, 'x'], d: null }, e: undefined });
    expect(cursorBinding('t', { b: { d: null, c: [1, 'x'] }, a: 1, max_results: 7, next_token: 'n' })).toBe(one);
    expect(one).toBe('t {"a":1,"b":{"c":[1,"x"],"d":null}}');
  });

  it.each([
    [{ a: ['x'] }, { a: { 0: 'x' } }],
    [{ a: null }, { a: {} }],
    [{ a: '1' }, { a: 1 }],
    [{ a: ['x,y'] }, { a: ['x', 'y'] }],
    [{ a: ['x', 'y'] }, { a: ['y', 'x'] }],
  ])('tells %j and %j apart', (one, other) => {
    expect(cursorBinding('t', one)).not.toBe(cursorBinding('t', other));
  });
});
