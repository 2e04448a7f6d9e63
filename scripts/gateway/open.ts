import { BedrockAgentCoreControlClient } from '@aws-sdk/client-bedrock-agentcore-control';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { catalog } from '../../schemas/catalog.ts';
import type { JwtSection } from '../../schemas/gateway-section.ts';
import { type ConfiguredBridge, configuredBridges } from '../bridges/configured-bridges.ts';
import { type Discovered, readDiscovered } from '../bridges/discovered-file.ts';
import type { ListingContext } from '../bridges/list-tools.ts';
import { functionName } from '../local/functions.ts';
import type { Bench } from './apply.ts';
import { type CognitoSettings, findCognito, jwtOf } from './cognito.ts';
import { type Overrides, readSettings, type Settings } from './configuration.ts';
import { type Desired, desiredState } from './desired.ts';
import type { FunctionFact } from './doctor/facts.ts';
import { findFunctions, ownFunctions } from './functions.ts';
import { lint } from './lint.ts';
import { GatewayError } from './problem.ts';
import { type CognitoState, StateFile } from './state-file.ts';
import { DEFAULT_PACE } from './wait.ts';

/** Options of every command. */
export interface CommonOptions extends Overrides {
  configFile?: string;
  stateFile?: string;
  json?: boolean;
}

/** Everything a command that talks to AWS works with. */
export interface Workspace {
  readonly settings: Settings;
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  readonly bench: Bench;
  readonly cognito: CognitoIdentityProviderClient;
  readonly cognitoSettings: CognitoSettings;
  readonly lambda: LambdaClient;
}

/** CreateGateway allows 5 calls a second, over all users of the account. */
const MAX_ATTEMPTS = 10;

/** Reads the configuration and asks AWS who is calling. Rejects with ConfigurationError or AWS's own error. */
export async function openWorkspace(options: CommonOptions, report: (line: string) => void): Promise<Workspace> {
  const { configFile, stateFile, json: _json, ...overrides } = options;
  const settings = readSettings(configFile, pickOverrides(overrides));
  const client = { region: settings.homeRegion, maxAttempts: MAX_ATTEMPTS };
  const { Account: account = '', Arn = '' } = await new STSClient(client).send(new GetCallerIdentityCommand());
  const region = settings.homeRegion;
  return {
    settings,
    region,
    account,
    partition: Arn.split(':')[1] ?? 'aws',
    bench: {
      control: new BedrockAgentCoreControlClient(client),
      region,
      state: new StateFile(stateFile),
      pace: DEFAULT_PACE,
      report,
    },
    cognito: new CognitoIdentityProviderClient(client),
    cognitoSettings: { gatewayName: settings.gateway.name, region, account },
    lambda: new LambdaClient(client),
  };
}

function pickOverrides(options: Overrides): Overrides {
  const { name, authorizer, roleArn, search, debug, protocolVersions, toolsets, targetPrefix } = options;
  const all = { name, authorizer, roleArn, search, debug, protocolVersions, toolsets, targetPrefix };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Overrides;
}

/** Whether CUSTOM_JWT is to be served by a user pool of ours. */
export function usesCognito({ gateway }: Settings): boolean {
  return gateway.authorizer === 'CUSTOM_JWT' && gateway.jwt === undefined;
}

export interface Wanted {
  readonly desired: Desired;
  readonly functions: ReadonlyMap<string, FunctionFact>;
  /** The user pool that exists; undefined where none is used or it is still to be made. */
  readonly cognito: CognitoState | undefined;
  readonly bridges: readonly WantedBridge[];
}

export interface WantedBridge {
  readonly bridge: ConfiguredBridge;
  readonly discovered: Discovered;
}

/**
 * The desired state, with the functions that AWS has. Throws GatewayError with every value that AWS would refuse. Calls
 * nothing that writes.
 */
export async function wantedState(workspace: Workspace, made?: CognitoState): Promise<Wanted> {
  const { settings, account, partition, region, cognito: client, cognitoSettings } = workspace;
  const bridges = await wantedBridges(settings);
  const functionNames = ownFunctions(settings).map(({ functionName }) => functionName);
  const functions = await findFunctions(workspace.lambda, functionNames);
  const cognito = made ?? (usesCognito(settings) ? await findCognito(client, cognitoSettings) : undefined);
  const jwt =
    settings.gateway.jwt ?? (usesCognito(settings) ? (cognito ? jwtOf(cognito) : unmade(cognitoSettings)) : undefined);
  const functionArn = (tool: (typeof catalog)[number]) => functions.get(functionName(tool))?.arn;
  const bridgeTargets = bridges.map(({ bridge: { name, functionName: own }, discovered: { server, tools } }) => ({
    name,
    description: `the MCP server ${server.name} ${server.version}.`,
    functionArn: functions.get(own)?.arn,
    tools,
  }));
  const desired = desiredState(catalog, settings, { account, partition, functionArn, jwt, bridges: bridgeTargets });
  const problems = lint(desired, settings.gateway, region);
  if (problems.length > 0) throw new GatewayError('AWS would not take this. Nothing was called that writes.', problems);
  return { desired, functions, cognito, bridges };
}

/** The bridges with a tool to serve; throws GatewayError for one that was not discovered. */
async function wantedBridges(settings: Settings): Promise<WantedBridge[]> {
  const found = configuredBridges(settings, settings.folder).map(async (bridge) => ({
    bridge,
    discovered: await readDiscovered(bridge),
  }));
  return (await Promise.all(found)).filter(({ discovered }) => discovered.tools.length > 0);
}

/** What asking bridges' servers for their tools needs: the credentials of whoever runs the command. */
export function listingContext({ homeRegion }: Settings): ListingContext {
  return { region: homeRegion, credentials: new STSClient({ region: homeRegion }).config.credentials };
}

/** Stands in a plan for the user pool that apply will make. */
function unmade({ region, gatewayName }: CognitoSettings): JwtSection {
  return {
    discoveryUrl: `https://cognito-idp.${region}.amazonaws.com/(made by apply)/.well-known/openid-configuration`,
    allowedClients: ['(made by apply)'],
    allowedScopes: [`${gatewayName}/invoke`],
  };
}
