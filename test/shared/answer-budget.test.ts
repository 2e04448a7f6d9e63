import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../schemas/catalog.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { AnswerBudget, DEFAULT_TOKENS, estimateTokens, MAX_BYTES } from '../../shared/answer-budget.ts';

const instance = (index: number) => ({
  InstanceId: `i-0${((index * 2654435761) >>> 0).toString(16).padStart(8, '0')}${((index * 40503) >>> 0).toString(16).padStart(8, '0')}`,
  Name: `api-${index}`,
  InstanceType: 'm7g.large',
  State: 'running',
  PrivateIpAddress: `10.0.${index % 250}.${index % 200}`,
  LaunchTime: '2026-11-02T08:30:00.000Z',
  VpcId: 'vpc-0a1b2c3d4e5f60718',
  Tags: { Name: `api-${index}`, Environment: 'production', CostCenter: 'CC-4101' },
});

describe('estimateTokens', () => {
  it.each([
    ['instances', Array.from({ length: 50 }, (_, index) => instance(index))],
    ['definitions', catalog.map(({ description, iam, example }) => ({ description, iam, example }))],
    [
      'prose',
      'The role CentralOpsTargetRole cannot be assumed in this account: it is missing, or its trust policy does not name the role.',
    ],
    [
      'ARNs',
      Array.from(
        { length: 30 },
        (_, index) =>
          `arn:aws:elasticloadbalancing:eu-west-1:723430980500:loadbalancer/app/checkout-${index}/50dc6c495c0c9188`,
      ),
    ],
    ['other scripts', { name: '東京の請求書', tag: 'Платежи', note: 'naïve café' }],
  ])('is not below the real count for %s, and not far above', (_, value) => {
    const real = tokensOf(value);
    const estimated = estimateTokens(JSON.stringify(value));
    expect(estimated / real).toBeGreaterThanOrEqual(0.97);
    expect(estimated / real).toBeLessThanOrEqual(1.35);
  });
});

describe('the pieces that estimateTokens counts', () => {
  it.each([
    ['a word of up to seven letters', 'aaaaaaa', 1],
    ['a longer word', 'zzzzzzzz', 2],
    ['a word with the space before it', ' Account', 2],
    ['words one by one', 'InstanceId', 3],
    ['capitals by four', 'AAAA', 1],
    ['more capitals', 'ZZZZZ', 2],
    ['capitals with the space before them', ' VPC', 1],
    ['digits by three', '1234', 2],
    ['punctuation by three', '":{"', 2],
    ['the last character of ASCII as punctuation', '\u007f\u007f\u007f', 1],
    ['each character of other scripts', '\u0080\uffff\u6771', 3],
    ['nothing', '', 0],
  ])('%s', (_, text, tokens) => {
    expect(estimateTokens(text)).toBe(tokens);
  });
});

describe('AnswerBudget', () => {
  /** A JSON text of so many bytes, hence so many less four. */
  const text = (bytes: number) => 'x'.repeat(bytes - '"",'.length);
  /** A list of some 5 characters a token. */
  const prose = (characters: number) => Array.from({ length: characters / 10 }, () => 'account');

  it('is in tokens up to the default number of items, and in bytes for more', () => {
    const large = prose(40_000);
    expect(new AnswerBudget().take(large)).toBe(false);
    expect(new AnswerBudget(50).take(large)).toBe(false);
    expect(new AnswerBudget(51).take(large)).toBe(true);
  });

  it('takes exactly 64 KB, and counts what it took', () => {
    expect(new AnswerBudget(51).take(text(65_536))).toBe(true);
    expect(new AnswerBudget(51).take(text(65_537))).toBe(false);
    const budget = new AnswerBudget(51);
    expect([budget.take(text(65_000)), budget.take(text(537)), budget.take(text(536)), budget.take(1)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('counts what stands in the answer in any case', () => {
    const budget = new AnswerBudget(51);
    budget.spend(text(536));
    expect([budget.take(text(65_001)), budget.take(text(65_000))]).toEqual([false, true]);
    budget.spend(text(70_000));
    expect(budget.take(1)).toBe(false);
  });

  it('sets room aside for a cursor: its bytes, or its tokens', () => {
    const bytes = new AnswerBudget(51);
    bytes.reserve(1_001);
    expect([bytes.take(text(64_536)), bytes.take(text(64_535))]).toEqual([false, true]);
    // A token for three digits, and one for each quotation mark.
    const digits = (tokens: number) => '1'.repeat((tokens - 2) * 3);
    const tokens = new AnswerBudget();
    tokens.reserve((5_000 - 8) * 1.5 + 1);
    expect([tokens.take(digits(8)), tokens.take(digits(7))]).toEqual([false, true]);
  });

  it('stops reading at five characters a token, or at 64 KB', () => {
    expect([50, 51].map(AnswerBudget.mostCharacters)).toEqual([25_000, 65_536]);
  });

  it.each([50, 51])('knows more characters than an answer of %s items can hold', (items) => {
    const most = AnswerBudget.mostCharacters(items);
    for (const value of [prose(most + 20), Array.from({ length: most / 100 }, (_, index) => instance(index))]) {
      expect(JSON.stringify(value).length).toBeGreaterThanOrEqual(most);
      expect(new AnswerBudget(items).take(value)).toBe(false);
    }
    expect(most).toBeGreaterThan(JSON.stringify(Array.from({ length: 50 }, (_, index) => instance(index))).length);
  });

  it('takes what fits and refuses what does not', () => {
    const budget = new AnswerBudget();
    const taken = [];
    for (let index = 0; index < 1_000; index++) if (budget.take(instance(index))) taken.push(instance(index));
    expect(taken.length).toBeGreaterThan(25);
    expect(tokensOf(taken)).toBeLessThanOrEqual(DEFAULT_TOKENS);
  });

  it('counts bytes when more was asked for', () => {
    const budget = new AnswerBudget(51);
    const taken = [];
    for (let index = 0; index < 1_000; index++) if (budget.take(instance(index))) taken.push(instance(index));
    expect(Buffer.byteLength(JSON.stringify(taken))).toBeLessThanOrEqual(MAX_BYTES);
    expect(taken.length).toBeGreaterThan(150);
  });

  it('cuts the longest list of an item that alone is too large, and says so', () => {
    const rules = Array.from({ length: 3_000 }, (_, index) => ({
      Protocol: 'tcp',
      Ports: String(index),
      Source: '10.0.0.0/8',
    }));
    const cut = new AnswerBudget().fit({ GroupId: 'sg-1', IngressRules: rules, Tags: { a: 'b' } } as Record<
      string,
      unknown
    >);
    expect(tokensOf(cut)).toBeLessThanOrEqual(DEFAULT_TOKENS);
    expect((cut.IngressRules as unknown[]).length).toBeGreaterThan(50);
    expect(cut.Truncated).toEqual([`IngressRules: ${(cut.IngressRules as unknown[]).length} of 3000`]);
    expect(cut.Tags).toEqual({ a: 'b' });
  });

  const list = (length: number) => Array.from({ length }, (_, index) => `value-${index}`);
  const map = (length: number) => Object.fromEntries(list(length).map((value) => [value, value]));

  it('cuts maps as it cuts lists, the longest first, and text never', () => {
    const Text = 'word '.repeat(2_000);
    const item = { Text, None: null, Count: 7, Short: list(40), Tags: map(900), Rules: list(3_000) };
    const cut = new AnswerBudget().fit(item as Record<string, unknown>);
    expect(cut).toEqual({
      Text,
      None: null,
      Count: 7,
      Short: list(40),
      Tags: map(112),
      Rules: list(375),
      Truncated: ['Tags: 112 of 900', 'Rules: 375 of 3000'],
    });
  });

  it('cuts many lists until the item fits', () => {
    const item = Object.fromEntries(list(20).map((name) => [name, list(1_000)]));
    const cut = new AnswerBudget().fit(item);
    expect(tokensOf(cut)).toBeLessThanOrEqual(DEFAULT_TOKENS);
    expect(cut.Truncated).toHaveLength(20);
  });

  it('gives what cannot be cut enough with one entry of each list, and has room for nothing more', () => {
    const budget = new AnswerBudget();
    const Text = 'word '.repeat(20_000);
    const item = { Text, Names: list(2), Rules: list(3), One: list(1), None: [] };
    expect(budget.fit(item as Record<string, unknown>)).toEqual({
      Text,
      Names: list(1),
      Rules: list(1),
      One: list(1),
      None: [],
      Truncated: ['Names: 1 of 2', 'Rules: 1 of 3'],
    });
    expect(budget.take(1)).toBe(false);
  });

  it('leaves an item that fits as it is', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ maxLength: 10 }), fc.array(fc.integer(), { maxLength: 5 }), { maxKeys: 5 }),
        (item) => {
          expect(new AnswerBudget().fit(item)).toBe(item);
        },
      ),
    );
  });
});
