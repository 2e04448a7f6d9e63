import type { RuntimeConfiguration } from '../../schemas/configuration.ts';
import { toEnvironment } from '../../shared/config.ts';
import { type Estate, type SeedOptions, seedEstate } from './estate/estate.ts';
import { HUB_ROLE_NAME } from './estate/roles.ts';
import { bucketName } from './estate/storage.ts';
import { openHubSession } from './simulator/hub-session.ts';
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
  const accounts = openMotoAccounts(motoUrl);
  const roleArn = `arn:aws:iam::${estate.hubAccountId}:role/${HUB_ROLE_NAME}`;
  const session = await openHubSession(proxy, accounts.as(estate.hubAccountId), roleArn);
  accounts.close();
  return {
    estate,
    proxy,
    motoUrl,
    environment: {
      ...session,
      CENTRAL_OPS_FUNCTION_ACCOUNT: estate.hubAccountId,
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
    contextStore: { bucket: bucketName('central-ops-context'), ttlHours: 24 },
  };
}
