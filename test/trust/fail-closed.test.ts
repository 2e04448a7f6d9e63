import { describe, expect, it, vi } from 'vitest';
import { bridges, catalog } from '../../schemas/catalog.ts';
import type { RuntimeConfiguration } from '../../schemas/configuration.ts';
import { testEnvironment } from '../support/configuration.ts';
import { ask, configure, inFakeAws } from '../support/in-fake-aws.ts';

/** A configuration in which every part is set. */
const FULL: Partial<RuntimeConfiguration> = {
  organizationId: 'o-a1b2c3d4e5',
  managementAccountId: '111111111111',
  contextStore: { bucket: 'context', ttlHours: 24 },
  toolsets: ['accounts', 'compute'],
};

/** What stands wrongly in each variable: slips of its owner, damage, and what would open more than was meant. */
const BAD: Readonly<Record<string, readonly string[]>> = {
  HOME_REGION: ['x', 'all', '*', 'us-east-1,eu-west-1', 'ap-south-1', 'US-EAST-1', 'x@attacker.example:443/#'],
  REGIONS: ['', 'x', 'all', '*', ',', 'us-east-1,', 'us-east-1;eu-west-1', 'eu-west-1', '["us-east-1"]', 'us-eаst-1'],
  TARGET_ROLE_NAME: [' ', '*', 'a role', 'path/role', 'arn:aws:iam::111111111111:role/x', 'r'.repeat(65)],
  EXTERNAL_ID: ['!', 'x', 'with space', 'x'.repeat(1_225)],
  ORGANIZATION_ID: ['x', '*', 'o-', 'o-A1B2C3D4E5', 'a1b2c3d4e5'],
  MANAGEMENT_ACCOUNT_ID: [
    '1',
    'all',
    '11111111111',
    '1111111111111',
    '１１１１１１１１１１１１',
    '111111111111,222222222222',
  ],
  ACCOUNTS: [
    '',
    'x',
    'all',
    '*',
    ',',
    '111111111111,',
    '111111111111 222222222222',
    'Organization',
    '١١١١١١١١١١١١',
    '{}',
  ],
  CONTEXT_BUCKET: ['x', 'xx', 'b'.repeat(64)],
  CONTEXT_TTL_HOURS: ['0', '-1', 'x', '1.5', 'NaN', 'Infinity', '8761', '1h'],
  TOOLSETS: ['x', 'all', '*', 'accounts,', 'Accounts', 'constructor'],
  CURSOR_SECRET: ['', 'x', 's'.repeat(31)],
};

const aws = inFakeAws();
const tools = [...catalog, ...bridges];

it('3.10 every variable of the configuration has bad values here', () => {
  expect(
    Object.keys(BAD)
      .map((name) => `CENTRAL_OPS_${name}`)
      .sort(),
  ).toEqual(Object.keys(testEnvironment(FULL)).sort());
});

describe.each(tools.map((tool) => [tool.name, tool] as const))('%s', (_, tool) => {
  it.each(Object.entries(BAD))('3.10 with a bad %s refuses by its name and calls nobody', async (name, values) => {
    const variable = `CENTRAL_OPS_${name}`;
    for (const value of values) {
      configure(aws(), FULL);
      vi.stubEnv(variable, value);
      const { error } = await ask(tool, tool.example.input);
      expect(error, `${variable}=${value}`).toMatchObject({
        code: 'not_configured',
        message: expect.stringContaining(variable),
        variables: expect.arrayContaining([variable]),
      });
      // A secret in the wrong variable must not come back in the answer.
      if (value.length > 8) expect(JSON.stringify(error), variable).not.toContain(value);
    }
    expect(aws().requests).toEqual([]);
  });
});

// Last: what was asked may still be under way after its answer.
it.each(catalog.map((tool) => [tool.name, tool] as const))(
  '3.10 %s asks AWS when nothing is wrong',
  async (_, tool) => {
    configure(aws(), FULL);
    expect((await ask(tool, tool.example.input)).error?.code).not.toBe('not_configured');
    expect(aws().requests.length).toBeGreaterThan(0);
  },
);
