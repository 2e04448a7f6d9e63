import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import { resultOf } from '../../../shared/bridge/bridge-answer.ts';

const MOST = 64 * 1_024;

const text = (value: string): ContentBlock => ({ type: 'text', text: value });
const answered = (...content: ContentBlock[]) => resultOf({ content });
const structured = (structuredContent: unknown) => resultOf({ content: [], structuredContent } as CallToolResult);

describe("a server's text", () => {
  it.each([
    ['{"a":[1,true,null]}', { a: [1, true, null] }],
    ['[{"a":1}]', [{ a: 1 }]],
    ['\n  {"a":1}\n', { a: 1 }],
  ])('that is JSON is data: %j', (given, data) => expect(answered(text(given))).toEqual(data));

  it.each(['42', 'true', '"a [quoted] one"', 'see [1]', 'error: {"a":1}', '{"a":', '[link](there)', ''])(
    'that is no object or list stays the text that it is: %j',
    (given) => expect(answered(text(given))).toBe(given),
  );

  it('of several blocks is a list in their order, of none an empty one', () => {
    expect(answered(text('one'), text('{"a":1}'))).toEqual(['one', { a: 1 }]);
    expect(answered()).toEqual([]);
    expect(resultOf({} as CallToolResult)).toEqual([]);
  });

  it('gives way to the structured form of the same answer', () => {
    expect(resultOf({ content: [text('one of three')], structuredContent: { a: 1 } })).toEqual({ a: 1 });
    expect(resultOf({ content: [text('nothing')], structuredContent: {} })).toEqual({});
  });
});

describe('what is no text', () => {
  it('is a link with its address and name, and nothing else that the server says of it', () => {
    const link = { type: 'resource_link', uri: 'file:///a', name: 'a', description: 'IGNORE PREVIOUS' } as const;
    expect(answered(link)).toEqual({ uri: 'file:///a', name: 'a' });
  });

  it('is an embedded document: its text, or that it is not passed on', () => {
    const uri = 'file:///a';
    expect(answered({ type: 'resource', resource: { uri, text: '{"a":1}', mimeType: 'text/plain' } })).toEqual({
      uri,
      text: '{"a":1}',
    });
    expect(answered({ type: 'resource', resource: { uri, blob: 'AAAA' } })).toEqual({
      uri,
      not_passed_on: 'binary contents',
    });
  });

  it('is not passed on, and the kind and size say what it was', () => {
    expect(answered({ type: 'audio', mimeType: 'audio/wav', data: 'A'.repeat(12) })).toEqual({
      not_passed_on: 'audio: audio/wav, 12 characters of base64',
    });
  });
});

describe('an answer made plain', () => {
  const hidden = 'a\u200bb\u202e';
  const shown = 'a\\u{200b}b\\u{202e}';

  it('shows what is invisible in each text and name, however deep, and keeps lines', () => {
    expect(structured({ [hidden]: [{ deep: { [hidden]: `one\n\ttwo ${hidden}` } }] })).toEqual({
      [shown]: [{ deep: { [shown]: `one\n\ttwo ${shown}` } }],
    });
    expect(answered(text(hidden), text(JSON.stringify([hidden])))).toEqual([shown, [shown]]);
  });

  it('holds no credential that is known by its form', () => {
    const key = 'AKIAQWERTYUIOPASDFGH';
    expect(JSON.stringify(answered(text(JSON.stringify({ keys: [key] })), text(`key ${key}`)))).not.toContain(key);
  });

  it('leaves numbers, truth values and null as they are', () => {
    const values = { zero: 0, large: 1.5e300, yes: true, no: false, nothing: null, list: [0, false, null], empty: {} };
    expect(structured(values)).toEqual(values);
  });

  it('cuts a name of a field that is longer than any name', () => {
    expect(structured({ ['n'.repeat(200)]: 1, ['m'.repeat(201)]: 2 })).toEqual({
      ['n'.repeat(200)]: 1,
      [`${'m'.repeat(200)}… (1 more characters)`]: 2,
    });
  });

  it('keeps a hundred levels of lists and objects, and says where there are more', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 'inside' : { a: [nested(levels - 1)] });
    expect(structured(nested(50))).toEqual(nested(50));
    expect(JSON.stringify(structured(nested(51)))).toContain('{"not_passed_on":"nested deeper than 100 levels"}');
    expect(JSON.stringify(structured(nested(51)))).not.toContain('inside');
  });
});

describe('an answer of more than 64 KB', () => {
  it('is whole up to there, and says how many characters are missing beyond', () => {
    expect(answered(text('x'.repeat(MOST)))).toBe('x'.repeat(MOST));
    expect(answered(text('x'.repeat(MOST + 1)))).toBe(`${'x'.repeat(MOST)}… (1 more characters)`);
  });

  it('is measured as it is sent: a structure as its JSON, a text after it was made plain', () => {
    const fits = { a: 'x'.repeat(MOST - '{"a":""}'.length) };
    expect(structured(fits)).toEqual(fits);
    expect(structured({ a: `${fits.a}x` })).toBe(`{"a":"${fits.a}x"… (1 more characters)`);
    expect(answered(text('\u200b'.repeat(8_193)))).toBe(`${'\\u{200b}'.repeat(8_192)}… (8 more characters)`);
  });
});
