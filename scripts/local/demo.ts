import { devNull } from 'node:os';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { RuntimeConfiguration } from '../../schemas/configuration.ts';
import { toEnvironment } from '../../shared/config.ts';
import { type Estate, type SeedOptions, seedEstate } from './estate/estate.ts';
import { HUB_ROLE_NAME } from './estate/roles.ts';
import { startMoto } from './simulator/moto.ts';
import { openMotoAccounts } from './simulator/moto-account.ts';
import { type AwsProxy, startProxy } from './simulator/proxy.ts';

/** The demo organization behind a proxy, and what a function needs to run in it. */
export interface Demo {
  readonly estate: Estate;
  readonly proxy: AwsProxy;
  readonly motoUrl: string;
  /** AWS_* and CENTRAL_OPS_* of a function in the hub account. */
  readonly environment: Record<string, string>;
  stop(): Promise<void>;
}

/** Sealing the cursors of a demo needs no secret. */
const DEMO_CURSOR_SECRET = 'the-demo-organization-has-no-secrets-at-all';

/** Starts the simulated AWS, fills it with the demo organization and opens the tools' own session there. */
export async function startDemo(options: SeedOptions = {}): Promise<Demo> {
  const { onProgress = () => {} } = options;
  const moto = await startMoto({ onProgress });
  try {
    const estate = await seedEstate(moto.url, options);
    const access = await openDemo(moto.url, estate);
    return {
      ...access,
      stop: async () => {
        await access.stop();
        await moto.stop();
      },
    };
  } catch (error) {
    await moto.stop();
    throw error;
  }
}

/** A proxy of its own, with its own log and faults, in front of a moto that holds the demo organization. */
export async function openDemo(motoUrl: string, estate: Estate): Promise<Demo> {
  const proxy = await startProxy({ target: motoUrl, refuseUnknownCredentials: true });
  const { hubAccountId } = estate;
  const accounts = openMotoAccounts(motoUrl);
  const roleArn = `arn:aws:iam::${hubAccountId}:role/${HUB_ROLE_NAME}`;
  const { Credentials, AssumedRoleUser } = await new STSClient(accounts.as(hubAccountId)).send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'local', DurationSeconds: 43_200 }),
  );
  accounts.close();
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  proxy.sessions.add({
    accessKeyId: AccessKeyId,
    account: hubAccountId,
    roleArn,
    principalArn: AssumedRoleUser?.Arn ?? '',
    sessionName: 'local',
    // Lambda renews the credentials of a function; the simulator's do not end.
    expiresAt: Number.POSITIVE_INFINITY,
  });
  return {
    estate,
    proxy,
    motoUrl,
    environment: {
      AWS_ENDPOINT_URL: proxy.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: AccessKeyId,
      AWS_SECRET_ACCESS_KEY: SecretAccessKey,
      AWS_SESSION_TOKEN: SessionToken,
      // The developer's own profiles and the metadata service must never be asked.
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...toEnvironment(demoConfiguration(estate), DEMO_CURSOR_SECRET),
    },
    stop: () => proxy.stop(),
  };
}

/** The configuration of the demo organization: the tools run in a member account and read the list through the management account. */
export function demoConfiguration(estate: Estate): RuntimeConfiguration {
  return {
    homeRegion: estate.regions[0] ?? 'us-east-1',
    regions: [...estate.regions, estate.disabledRegion],
    targetRoleName: estate.roleName,
    externalId: estate.externalId,
    organizationId: estate.organizationId,
    managementAccountId: estate.managementAccountId,
    accounts: 'organization',
  };
}
