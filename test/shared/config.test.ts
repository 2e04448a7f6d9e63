import { describe, expect, it } from 'vitest';
import { catalog } from '../../schemas/catalog.ts';
import { kebabCase } from '../../schemas/define-tool.ts';
import { readConfiguration, toEnvironment } from '../../shared/config.ts';
import { TEST_SECRET, testConfiguration, testContext, testEnvironment } from '../support/configuration.ts';

function misconfigured(environment: Record<string, string | undefined>): unknown {
  try {
    readConfiguration(environment);
  } catch (error) {
    return (error as { details: { variables: unknown } }).details.variables;
  }
  return 'accepted';
}

describe('readConfiguration', () => {
  it('reads back what toEnvironment writes', () => {
    const full = {
      ...testConfiguration,
      organizationId: 'o-a1b2c3d4e5',
      managementAccountId: '333333333333',
      contextStore: { bucket: 'context', ttlHours: 12 },
      toolsets: ['accounts' as const, 'security' as const],
    };
    expect(readConfiguration(toEnvironment(full, TEST_SECRET))).toEqual({ ...full, cursorSecret: TEST_SECRET });
    expect(readConfiguration(toEnvironment({ ...full, accounts: 'organization' }, TEST_SECRET)).accounts).toBe(
      'organization',
    );
  });

  it.each([
    ['CENTRAL_OPS_REGIONS', undefined],
    ['CENTRAL_OPS_REGIONS', 'us-east-1,nowhere'],
    ['CENTRAL_OPS_HOME_REGION', 'ap-south-1'],
    ['CENTRAL_OPS_ACCOUNTS', undefined],
    ['CENTRAL_OPS_ACCOUNTS', '12345'],
    ['CENTRAL_OPS_ACCOUNTS', 'organisation'],
    ['CENTRAL_OPS_TARGET_ROLE_NAME', 'a role'],
    ['CENTRAL_OPS_EXTERNAL_ID', '!'],
    ['CENTRAL_OPS_ORGANIZATION_ID', 'x'],
    ['CENTRAL_OPS_MANAGEMENT_ACCOUNT_ID', '1'],
    ['CENTRAL_OPS_CURSOR_SECRET', undefined],
    ['CENTRAL_OPS_CURSOR_SECRET', 'short'],
    ['CENTRAL_OPS_CONTEXT_BUCKET', 'x'],
    ['CENTRAL_OPS_TOOLSETS', 'everything'],
  ])('names %s when it is %j', (name, value) => {
    expect(misconfigured({ ...testEnvironment(), [name]: value })).toContain(name);
  });
});

it.each(catalog.map((tool) => [tool.name, tool] as const))(
  '%s refuses without a configuration, and calls nothing',
  async (name, tool) => {
    const { handler } = await import(`../../functions/${kebabCase(name)}.ts`);
    const started = performance.now();
    const answer = await handler(structuredClone(tool.example.input), testContext());
    expect(answer.error.code).toBe('not_configured');
    expect(answer.error.message).toContain('CENTRAL_OPS_');
    // A call to AWS without credentials would take seconds, or fail in its own way.
    expect(performance.now() - started).toBeLessThan(1_000);
  },
);
