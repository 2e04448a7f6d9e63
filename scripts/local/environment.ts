import { randomBytes } from 'node:crypto';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { toEnvironment } from '../../shared/config.ts';
import { readConfigurationFile } from '../configuration-file.ts';
import { startDemo } from './demo.ts';
import type { Estate } from './estate/estate.ts';
import { startGateway } from './gateway/gateway.ts';
import { findRunning } from './running.ts';

/** Where the handlers of this process read AWS: its environment variables, and what must be stopped in the end. */
export interface LocalEnvironment {
  readonly variables: Record<string, string>;
  /** The demo organization, when it is not real AWS. */
  readonly estate?: Estate;
  stop(): Promise<void>;
}

export interface EnvironmentOptions {
  /** Real AWS with the caller's credentials and central-ops.json. */
  readonly aws?: boolean;
  readonly scale?: number;
  readonly onProgress?: (message: string) => void;
}

/** Real AWS, or the demo organization made anew. */
export async function openEnvironment({ aws = false, ...options }: EnvironmentOptions): Promise<LocalEnvironment> {
  if (aws) return { variables: await awsVariables(), stop: async () => {} };
  const demo = await startDemo(options);
  return { variables: demo.environment, estate: demo.estate, stop: () => demo.stop() };
}

/**
 * For a single command: the demo organization that `npm start` runs, or one of its own. Functions that invoke others
 * find them at a local gateway.
 */
export async function borrowEnvironment(options: EnvironmentOptions): Promise<LocalEnvironment> {
  const running = options.aws === true ? undefined : await findRunning();
  if (running !== undefined) return { ...running, stop: async () => {} };
  const environment = await openEnvironment(options);
  const gateway = await startGateway({});
  return {
    ...environment,
    variables: { ...environment.variables, CENTRAL_OPS_INVOKE_ENDPOINT: new URL(gateway.url).origin },
    stop: async () => {
      await gateway.stop();
      await environment.stop();
    },
  };
}

/** The configuration file as variables; the functions' account is the caller's. */
async function awsVariables(): Promise<Record<string, string>> {
  const { gateway: _gateway, $schema: _schema, ...configuration } = readConfigurationFile();
  const { Account = '' } = await new STSClient({ region: configuration.homeRegion }).send(
    new GetCallerIdentityCommand(),
  );
  return {
    AWS_REGION: configuration.homeRegion,
    CENTRAL_OPS_FUNCTION_ACCOUNT: Account,
    // Cursors of a local run need not outlive it.
    ...toEnvironment(configuration, randomBytes(32).toString('base64url')),
  };
}
