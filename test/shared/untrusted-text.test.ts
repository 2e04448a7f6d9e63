import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neutralise, neutraliseDocument } from '../../shared/untrusted-text.ts';

describe('neutralise', () => {
  it('shows each invisible character by its code point', () => {
    expect(neutralise('a\u200bb')).toBe('a\\u{200b}b');
    expect(neutralise('\u202eevil')).toBe('\\u{202e}evil');
    expect(neutralise('x\u{e0041}y')).toBe('x\\u{e0041}y');
    expect(neutralise('line\nbreak\u001b[31m')).toBe('line\\u{a}break\\u{1b}[31m');
  });

  it('leaves no control, format, separator, filler or variation selector code point', () => {
    const hidden: number[] = [];
    for (let point = 0; point <= 0x10ffff; point++) {
      const character = String.fromCodePoint(point);
      const invisible =
        /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(character) || /\p{Variation_Selector}/u.test(character);
      if (
        (invisible || [0x115f, 0x1160, 0x2800, 0x3164, 0xffa0].includes(point)) &&
        neutralise(character) === character
      ) {
        hidden.push(point);
      }
    }
    expect(hidden).toEqual([]);
  });

  it('keeps what people write', () => {
    for (const text of [
      'naïve café',
      '東京の請求書',
      'Привет',
      'مرحبا',
      '👩‍💻 on call',
      '❤️',
      'arn:aws:ec2:us-east-1:111111111111:instance/i-0',
      '🇩🇪',
    ]) {
      expect(neutralise(text)).toBe(text);
    }
  });

  it('does not let a joiner hide beside ordinary letters', () => {
    expect(neutralise('👩\u200dignore')).toBe('👩\\u{200d}ignore');
  });

  it('cuts long text, says how much is missing, and never splits a character', () => {
    const cut = neutralise(`${'a'.repeat(999)}😀${'b'.repeat(50)}`);
    expect(cut).toBe(`${'a'.repeat(999)}… (52 more characters)`);
    expect(neutralise(`😀${'a'.repeat(1_000)}`)).toBe(`😀${'a'.repeat(998)}… (2 more characters)`);
  });

  it('changes no printable ASCII up to the limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 1_000 }), (text) => neutralise(text) === text),
    );
  });
});

describe('neutraliseDocument', () => {
  it('keeps line breaks and tabs, and shows what else is not seen', () => {
    expect(neutraliseDocument('one\r\ntwo\tthree\u200b\n\u001b[31mfour\r', 100)).toBe(
      'one\ntwo\tthree\\u{200b}\n\\u{1b}[31mfour\\u{d}',
    );
  });

  it('keeps what is written with joiners, and empty lines', () => {
    expect(neutraliseDocument('👩‍💻 on call\n\n\t\tnext', 100)).toBe('👩‍💻 on call\n\n\t\tnext');
  });

  it('is cut at the length given, and only beyond it', () => {
    expect(neutraliseDocument('a\nb', 3)).toBe('a\nb');
    expect(neutraliseDocument('a\nbc', 3)).toBe('a\nb… (1 more characters)');
  });
});
