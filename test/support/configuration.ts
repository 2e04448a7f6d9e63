import type { RuntimeConfiguration } from '../../schemas/configuration.ts';
import { toEnvironment } from '../../shared/config.ts';

export const TEST_SECRET = 'a-test-secret-of-more-than-32-characters';
export const HOME_ACCOUNT = '999999999999';

/** A valid configuration with two accounts and two Regions. */
export const testConfiguration: RuntimeConfiguration = {
  homeRegion: 'us-east-1',
  regions: ['us-east-1', 'eu-west-1'],
  targetRoleName: 'CentralOpsTargetRole',
  externalId: 'external-id',
  accounts: ['111111111111', '222222222222'],
};

export function testEnvironment(changes: Partial<RuntimeConfiguration> = {}): Record<string, string> {
  return toEnvironment({ ...testConfiguration, ...changes }, TEST_SECRET);
}

/** A Lambda context with so many milliseconds left. */
export function testContext(milliseconds = 20_000) {
  const end = Date.now() + milliseconds;
  return {
    awsRequestId: crypto.randomUUID(),
    functionName: 'central-ops-test',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:${HOME_ACCOUNT}:function:central-ops-test`,
    getRemainingTimeInMillis: () => end - Date.now(),
  };
}
