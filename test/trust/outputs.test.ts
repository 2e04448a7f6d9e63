import { describe, expect, it } from 'vitest';
import { catalog } from '../../schemas/catalog.ts';
import { seededRandom } from '../../scripts/local/simulator/seeded-random.ts';
import { neutralise, neutraliseDocument } from '../../shared/untrusted-text.ts';
import { ask, configure, inFakeAws } from '../support/in-fake-aws.ts';
import { logLines } from '../support/log-lines.ts';
import { cases } from '../support/proof-size.ts';

const aws = inFakeAws();
const lines = await logLines('DEBUG');

/** Every code point that Unicode says is a control, a format character, a separator of lines, or may be ignored. */
const INVISIBLE = Array.from({ length: 0x110000 }, (_, code) => code).filter((code) =>
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u.test(String.fromCodePoint(code)),
);

describe('text that strangers wrote', () => {
  it('2.7 shows every invisible code point', () => {
    expect(INVISIBLE.length).toBeGreaterThan(494);
    for (const code of INVISIBLE) {
      const character = String.fromCodePoint(code);
      expect(neutralise(`a${character}b`)).toBe(`a\\u{${code.toString(16)}}b`);
      const inDocument = neutraliseDocument(`a${character}b`, 1_000);
      if (character !== '\n' && character !== '\t') expect(inDocument).toBe(`a\\u{${code.toString(16)}}b`);
    }
  });

  it('2.7 leaves 200 ordinary emoji and CJK texts as they are', () => {
    const emoji = ['😀', '👩‍💻', '❤️', '🏳️‍🌈', '👨‍👩‍👧‍👦', '🚀', '✅', '⚠️', '🔥', '🧪'];
    const words = ['支払い', '결제', '付款服务', 'платежи', 'πληρωμές', 'זכויות', 'हिन्दी', 'café', 'Größe', 'ไทย'];
    const samples = emoji.flatMap((one) => words.flatMap((word) => [`${word} ${one}`, `${one}${word}`]));
    expect(samples).toHaveLength(200);
    // Devanagari and Thai need no joiner here; those that do are shown, which is the price.
    for (const sample of samples) expect(neutralise(sample)).toBe(sample);
  });

  it('2.8 breaks out of nothing: 10,000 texts with closing tags, quotes and links stay strings of the answer', () => {
    const random = seededRandom(28);
    const pieces = [
      '</tool_response>',
      '"}]}',
      '\\',
      '\n\nHuman:',
      '![x](http://a)',
      '<script>',
      '```',
      "'",
      '\u0000',
      '\ud800',
      '{"error":',
      '\u202e',
      'x',
    ];
    for (let index = 0; index < cases(1_000, 10_000); index++) {
      const text = Array.from({ length: 6 }, () => pieces[Math.floor(random() * pieces.length)]).join('');
      const plain = neutralise(text);
      expect(JSON.parse(JSON.stringify({ name: plain }))).toEqual({ name: plain });
      for (const character of '\n\u0000\u202e') expect(plain).not.toContain(character);
      expect(plain.isWellFormed()).toBe(true);
    }
  });
});

describe.each(catalog.map((tool) => [tool.name, tool] as const))('%s', (_, tool) => {
  it("2.9 gives no word of AWS's own error messages, in its answer or its log", async () => {
    const account = String(800_000_000_000 + catalog.indexOf(tool));
    configure(aws(), { accounts: [account] });
    lines.length = 0;
    const event = {
      ...(tool.example.input as object),
      ...('account_id' in tool.input.shape ? { account_id: account } : {}),
    };
    for (const fault of ['role denied', 'none', 'denied', 'region off'] as const) {
      aws().faults.set(account, fault);
      const answer = await ask(tool, event);
      expect(JSON.stringify(answer)).not.toContain('PLANTED');
    }
    expect(lines.length, 'an audit line for each call').toBeGreaterThanOrEqual(4);
    const log = lines.join('');
    expect(log).not.toContain('PLANTED');
    // Of the session and of our own role: the fake's secrets are s… and t…, ours `own`; the external ID is a secret too.
    expect(log).not.toMatch(/s{40}|t{100}|AKIDEXAMPLE|external-id/);
  });
});
