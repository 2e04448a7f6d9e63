import { devNull } from 'node:os';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { MotoAccountConfig } from './moto-account.ts';
import type { AwsProxy } from './proxy.ts';

const sessionName = 'local';
const homeRegion = 'us-east-1';

/**
 * Opens a session of the role that the tools run as, makes it known to the proxy, and gives the `AWS_*` environment of
 * a handler process that has it.
 *
 * @param hub configuration for moto in the role's account, where the role must exist
 */
export async function openHubSession(
  proxy: AwsProxy,
  hub: MotoAccountConfig,
  roleArn: string,
): Promise<Record<string, string>> {
  const { Credentials, AssumedRoleUser } = await new STSClient(hub).send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: sessionName, DurationSeconds: 43_200 }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  proxy.sessions.add({
    accessKeyId: AccessKeyId,
    account: roleArn.split(':')[4] ?? '',
    roleArn,
    principalArn: AssumedRoleUser?.Arn ?? '',
    sessionName,
    // Lambda renews the credentials of a function; the simulator's do not end.
    expiresAt: Number.POSITIVE_INFINITY,
  });
  return {
    AWS_ENDPOINT_URL: proxy.url,
    AWS_REGION: homeRegion,
    AWS_ACCESS_KEY_ID: AccessKeyId,
    AWS_SECRET_ACCESS_KEY: SecretAccessKey,
    AWS_SESSION_TOKEN: SessionToken,
    // The developer's own profiles and the metadata service must never be asked.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
