import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { openHubSession } from './hub-session.ts';
import { type Moto, startMoto } from './moto.ts';
import { type MotoAccountConfig, openMotoAccounts } from './moto-account.ts';
import { type AwsProxy, startProxy } from './proxy.ts';
import { newAccountRegions } from './regions.ts';

/** Account that the tools run in. One of AWS's documentation accounts, and not moto's default account. */
export const hubAccount = '111122223333';

/** Role that the tools' Lambda functions run as. */
export const hubRoleName = 'central-ops-tools';

// moto draws every random id from one generator. The hub's session is drawn from a seed of its own, so that its access
// key stays the same after a reset and no later session repeats it.
const hubSeed = 111_122_223;
const estateSeed = 42;

export type SimulatorOptions = {
  onProgress?: (message: string) => void;
  /** Deny what a session policy does not allow. Default true. */
  enforceSessionPolicies?: boolean;
  /** The proxy's clock, in milliseconds since the epoch. */
  now?: () => number;
};

/** A simulated AWS: the proxy that handlers talk to, and the direct way to moto behind it. */
export type Simulator = Omit<AwsProxy, 'stop'> & {
  motoUrl: string;
  hubAccount: string;
  /**
   * SDK client configuration that acts in an account straight in moto: no fault, no log, no authorisation. For seeding,
   * and for reading the truth in tests: `new EC2Client(simulator.asAccount('222233334444', 'eu-west-1'))`.
   */
  asAccount(account: string, region?: string): MotoAccountConfig;
  /** The environment of a handler process that runs as the role `central-ops-tools` of the hub account. */
  environment(): Record<string, string>;
  /** Empties every account, the call log, the rules and the sessions; `environment()` stays valid. */
  reset(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts the simulated AWS: moto behind the proxy, empty but for the hub account's role.
 *
 * @throws SimulatorUnavailable when moto cannot be had on this machine
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { onProgress, ...proxyOptions } = options;
  const moto = await startMoto(onProgress ? { onProgress } : {});
  try {
    return await openSimulator(moto, proxyOptions);
  } catch (error) {
    await moto.stop();
    throw error;
  }
}

async function openSimulator(moto: Moto, options: Omit<SimulatorOptions, 'onProgress'>): Promise<Simulator> {
  const proxy = await startProxy({ target: moto.url, refuseUnknownCredentials: true, ...options });
  const accounts = openMotoAccounts(moto.url);
  const { stop: stopProxy, ...proxyParts } = proxy;
  const environment = await openHub(moto.url, accounts.as(hubAccount), proxy);
  return {
    ...proxyParts,
    motoUrl: moto.url,
    hubAccount,
    asAccount: accounts.as,
    environment: () => ({ ...environment }),
    async reset() {
      proxy.clearCalls();
      proxy.rules.clear();
      proxy.sessions.clear();
      Object.assign(proxy.regions, newAccountRegions());
      await post(`${moto.url}/moto-api/reset`);
      await openHub(moto.url, accounts.as(hubAccount), proxy);
    },
    async stop() {
      accounts.close();
      await stopProxy();
      await moto.stop();
    },
  };
}

async function openHub(motoUrl: string, hub: MotoAccountConfig, proxy: AwsProxy): Promise<Record<string, string>> {
  await post(`${motoUrl}/moto-api/seed?a=${hubSeed}`);
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  await new IAMClient(hub).send(new CreateRoleCommand({ RoleName: hubRoleName, AssumeRolePolicyDocument: document }));
  const environment = await openHubSession(proxy, hub, `arn:aws:iam::${hubAccount}:role/${hubRoleName}`);
  await post(`${motoUrl}/moto-api/seed?a=${estateSeed}`);
  return environment;
}

async function post(url: string): Promise<void> {
  const response = await fetch(url, { method: 'POST' });
  if (!response.ok) throw new Error(`moto answered ${response.status} to ${new URL(url).pathname}.`);
}
