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

describe('AnswerBudget', () => {
  it('takes what fits and refuses what does not', () => {
    const budget = new AnswerBudget('tokens');
    const taken = [];
    for (let index = 0; index < 1_000; index++) if (budget.take(instance(index))) taken.push(instance(index));
    expect(taken.length).toBeGreaterThan(25);
    expect(tokensOf(taken)).toBeLessThanOrEqual(DEFAULT_TOKENS);
  });

  it('counts bytes when more was asked for', () => {
    const budget = new AnswerBudget('bytes');
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
    const cut = new AnswerBudget('tokens').fit({ GroupId: 'sg-1', IngressRules: rules, Tags: { a: 'b' } } as Record<
      string,
      unknown
    >);
    expect(tokensOf(cut)).toBeLessThanOrEqual(DEFAULT_TOKENS);
    expect((cut.IngressRules as unknown[]).length).toBeGreaterThan(50);
    expect(cut.Truncated).toEqual([`IngressRules: ${(cut.IngressRules as unknown[]).length} of 3000`]);
    expect(cut.Tags).toEqual({ a: 'b' });
  });

  it('leaves an item that fits as it is', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ maxLength: 10 }), fc.array(fc.integer(), { maxLength: 5 }), { maxKeys: 5 }),
        (item) => {
          expect(new AnswerBudget('tokens').fit(item)).toBe(item);
        },
      ),
    );
  });
});
