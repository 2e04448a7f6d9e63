import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { tags } from '../../schemas/fields.ts';
import { project } from '../../shared/projection.ts';
import { neutralise, neutraliseDocument } from '../../shared/untrusted-text.ts';
import { CREDENTIALS, ORDINARY } from '../support/credential-canaries.ts';

/** As people write them: alone, as a value, within a sentence. */
const PLACES = [
  (text: string) => text,
  (text: string) => `value ${text}`,
  (text: string) => `see "${text}" for the job`,
];

describe('2.3 credentials in names, tags and descriptions', () => {
  it('2.3 at least 95 of 100 canaries of 20 classes are redacted, and no class is without', () => {
    const classes = Object.entries(CREDENTIALS);
    const seen: string[] = [];
    let planted = 0;
    for (const [name, make] of classes) {
      const before = seen.length;
      for (let index = 0; index < 10; index++) {
        const { text, secret } = make();
        planted++;
        const given = PLACES.flatMap((place) => [neutralise(place(text)), neutraliseDocument(place(text), 1_000)]);
        if (given.some((each) => each.includes(secret))) seen.push(`${name}: ${text}`);
        else for (const each of given) expect(each).toMatch(/\[redacted: [a-z-]+\]/);
      }
      expect(seen.length - before, name).toBeLessThanOrEqual(2);
    }
    expect([classes.length, planted]).toEqual([20, 200]);
    console.info(`${planted - seen.length} of ${planted} redacted`);
    expect(seen.length, seen.join('\n')).toBeLessThanOrEqual(10);
  });

  it('2.3 at most 1 of 100 ordinary texts of operations is changed', () => {
    const texts = ORDINARY.flatMap((make) => Array.from({ length: 40 }, make));
    expect(texts).toHaveLength(1_000);
    const changed = texts.filter((text) => neutralise(text) !== text);
    console.info(`${changed.length} of 1,000 changed`);
    expect(changed.length, changed.join('\n')).toBeLessThanOrEqual(10);
  });

  it('2.3 what is redacted once stays as it is', () => {
    for (const make of Object.values(CREDENTIALS)) {
      const once = neutralise(make().text);
      expect(neutralise(once)).toBe(once);
    }
  });

  it.each([
    ['Password', 'hunter2'],
    ['DB_PASSWORD', 'correct horse battery staple'],
    ['app:token', 'ordinary-word'],
    ['clientSecret', 'abcd'],
    ['api-key', '1234'],
  ])('2.3 what stands under the name %s is redacted, whatever its form', (name, value) => {
    expect(project(tags, { [name]: value })).toEqual({ [name]: '[redacted: password]' });
  });

  it.each([
    ['Password', 'abc'],
    ['rotate-secret', 'enabled'],
    ['Secret', 'arn:aws:secretsmanager:us-east-1:111111111111:secret:prod/db'],
    ['Compass', 'north'],
    ['bypass', 'granted'],
    ['TokenService', 'checkout'],
    ['secret:owner', 'payments'],
    ['Name', 'Password'],
  ])('2.3 what stands under the name %s stays, as %s', (name, value) => {
    expect(project(tags, { [name]: value })).toEqual({ [name]: value });
  });

  it('2.3 counts under such a name stay', () => {
    expect(project(z.record(z.string(), z.number()), { token: 12_345 })).toEqual({ token: 12_345 });
  });

  it('2.4 a link that AWS returns within a text loses what signs it', () => {
    const link =
      'https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20261127&X-Amz-Security-Token=IQo%2F&x-amz-signature=ab12';
    expect(neutralise(`Code at ${link}`)).not.toMatch(/X-Amz-(Signature|Security-Token|Credential)/i);
  });
});
