import { describe, expect, it } from 'vitest';
import { readConfiguration, toEnvironment } from '../../shared/config.ts';
import { TEST_SECRET, testConfiguration, testEnvironment } from '../support/configuration.ts';

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

  it('says which variables are missing or wrong, each once', () => {
    const refused = (changes: object) => () => readConfiguration({ ...testEnvironment(), ...changes });
    expect(refused({ CENTRAL_OPS_REGIONS: 'x,y', CENTRAL_OPS_ACCOUNTS: '1' })).toThrow(
      expect.objectContaining({
        code: 'not_configured',
        message:
          'The function is not configured: CENTRAL_OPS_REGIONS, CENTRAL_OPS_ACCOUNTS is missing or wrong. Nothing was called.',
        details: { variables: ['CENTRAL_OPS_REGIONS', 'CENTRAL_OPS_ACCOUNTS'] },
      }),
    );
  });

  it.each([
    [{ HOME_REGION: 'ap-south-1' }, ['CENTRAL_OPS_HOME_REGION', 'CENTRAL_OPS_REGIONS']],
    [{ CONTEXT_BUCKET: 'context', CONTEXT_TTL_HOURS: '0' }, ['CENTRAL_OPS_CONTEXT_TTL_HOURS']],
    [{ CONTEXT_BUCKET: 'context', CONTEXT_TTL_HOURS: 'soon' }, ['CENTRAL_OPS_CONTEXT_TTL_HOURS']],
    [{ CONTEXT_BUCKET: 'x', CONTEXT_TTL_HOURS: '12' }, ['CENTRAL_OPS_CONTEXT_BUCKET']],
    [{ CURSOR_SECRET: 's'.repeat(31) }, ['CENTRAL_OPS_CURSOR_SECRET']],
    [{ CURSOR_SECRET: 's'.repeat(32) }, 'accepted'],
    [{ CONTEXT_TTL_HOURS: 'soon' }, 'accepted'],
  ])('finds in %j what is wrong, and no more', (changes, wrong) => {
    const prefixed = Object.entries(changes).map(([name, value]) => [`CENTRAL_OPS_${name}`, value]);
    expect(misconfigured({ ...testEnvironment(), ...Object.fromEntries(prefixed) })).toEqual(wrong);
  });

  it('takes what is empty for unset, and spaces beside commas for nothing', () => {
    const { homeRegion, externalId, regions, accounts, contextStore } = readConfiguration({
      ...testEnvironment(),
      CENTRAL_OPS_HOME_REGION: '',
      CENTRAL_OPS_EXTERNAL_ID: '',
      CENTRAL_OPS_REGIONS: 'us-east-1, eu-west-1 ',
      CENTRAL_OPS_ACCOUNTS: ' 111111111111 ,222222222222',
      CENTRAL_OPS_CONTEXT_BUCKET: 'context',
      CENTRAL_OPS_CONTEXT_TTL_HOURS: '',
      CENTRAL_OPS_STOPPED: '',
    });
    expect({ homeRegion, externalId, regions, accounts, contextStore }).toEqual({
      homeRegion: 'us-east-1',
      externalId: undefined,
      regions: ['us-east-1', 'eu-west-1'],
      accounts: ['111111111111', '222222222222'],
      contextStore: { bucket: 'context', ttlHours: 24 },
    });
  });

  it.each(['true', 'false', '0', 'until Monday'])('refuses everything while CENTRAL_OPS_STOPPED is %j', (value) => {
    expect(() => readConfiguration({ ...testEnvironment(), CENTRAL_OPS_STOPPED: value })).toThrow(
      expect.objectContaining({
        code: 'not_configured',
        message: 'The tools are stopped by their owner (CENTRAL_OPS_STOPPED). Nothing was called.',
        details: { variables: ['CENTRAL_OPS_STOPPED'] },
      }),
    );
  });
});

describe('toEnvironment', () => {
  it('writes no variable for what is not configured', () => {
    expect(Object.keys(toEnvironment(testConfiguration, TEST_SECRET)).sort()).toEqual([
      'CENTRAL_OPS_ACCOUNTS',
      'CENTRAL_OPS_CURSOR_SECRET',
      'CENTRAL_OPS_EXTERNAL_ID',
      'CENTRAL_OPS_HOME_REGION',
      'CENTRAL_OPS_REGIONS',
      'CENTRAL_OPS_TARGET_ROLE_NAME',
    ]);
  });
});
