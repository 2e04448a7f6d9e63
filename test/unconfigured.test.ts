import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { catalog } from '../schemas/catalog.ts';
import { kebabCase } from '../schemas/define-tool.ts';
import { testContext } from './support/configuration.ts';
import { type FakeAws, startFakeAws } from './support/fake-aws.ts';

describe('without a configuration', () => {
  let aws: FakeAws;
  beforeAll(async () => {
    aws = await startFakeAws();
  });
  afterAll(() => aws.close());
  beforeEach(() => {
    const own = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'own', AWS_SESSION_TOKEN: 'own' };
    for (const [name, value] of Object.entries({ ...own, AWS_ENDPOINT_URL: aws.url })) vi.stubEnv(name, value);
  });
  afterEach(() => void vi.unstubAllEnvs());

  it.each(catalog.map((tool) => [tool.name, tool] as const))('%s refuses, and calls nothing', async (name, tool) => {
    const { handler } = await import(`../functions/${kebabCase(name)}.ts`);
    const answer = await handler(structuredClone(tool.example.input), testContext());
    expect(answer.error.code).toBe('not_configured');
    expect(answer.error.message).toContain('CENTRAL_OPS_');
    expect(aws.requests).toEqual([]);
  });
});
