import {
  type CognitoIdentityProviderClient,
  CreateResourceServerCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
  DeleteUserPoolCommand,
  DeleteUserPoolDomainCommand,
  DescribeResourceServerCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  DescribeUserPoolDomainCommand,
  paginateListUserPoolClients,
  paginateListUserPools,
} from '@aws-sdk/client-cognito-identity-provider';
import type { JwtSection } from '../../schemas/gateway-section.ts';
import { isError } from './control.ts';
import { GatewayError } from './problem.ts';
import type { CognitoState } from './state-file.ts';
import { type Pace, untilGone } from './wait.ts';

export interface CognitoSettings {
  /** The gateway's name: also the resource server's identifier. */
  readonly gatewayName: string;
  readonly region: string;
  readonly account: string;
}

const SCOPE = 'invoke';
const CLIENT = 'agents';
/** Words that Cognito refuses in a domain. */
const RESERVED = /aws|amazon|cognito/;

/**
 * What client credentials need of Cognito: a user pool in which nobody signs up, a domain for the token endpoint, a resource
 * server with the scope `invoke`, and a client with a secret. The recipe is the one of AWS's starter toolkit.
 */
export async function ensureCognito(
  client: CognitoIdentityProviderClient,
  settings: CognitoSettings,
  pace: Pace,
  report: (line: string) => void,
): Promise<CognitoState> {
  const { gatewayName } = settings;
  let userPoolId = await findPool(client, poolName(gatewayName));
  if (userPoolId === undefined) {
    report(`user pool ${poolName(gatewayName)}: creating`);
    const { UserPool } = await client.send(
      new CreateUserPoolCommand({
        PoolName: poolName(gatewayName),
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      }),
    );
    userPoolId = UserPool?.Id ?? '';
  }
  const domain = await ensureDomain(client, userPoolId, settings, pace, report);
  await ensureScope(client, userPoolId, gatewayName, report);
  const clientId =
    (await findClient(client, userPoolId)) ?? (await createClient(client, userPoolId, gatewayName, report));
  return stateOf(settings, userPoolId, clientId, domain);
}

/** The set-up that exists, or undefined where something of it is missing. Calls nothing that writes. */
export async function findCognito(
  client: CognitoIdentityProviderClient,
  settings: CognitoSettings,
): Promise<CognitoState | undefined> {
  const userPoolId = await findPool(client, poolName(settings.gatewayName));
  if (userPoolId === undefined) return undefined;
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }));
  const clientId = await findClient(client, userPoolId);
  if (UserPool?.Domain === undefined || clientId === undefined) return undefined;
  return stateOf(settings, userPoolId, clientId, UserPool.Domain);
}

/** The gateway's side of the set-up: clients and scopes, and no audience, because these tokens have no `aud`. */
export function jwtOf({ discoveryUrl, clientId, scope }: CognitoState): JwtSection {
  return { discoveryUrl, allowedClients: [clientId], allowedScopes: [scope] };
}

/** The client's secret, asked each time and written nowhere. */
export async function readClientSecret(
  client: CognitoIdentityProviderClient,
  { userPoolId, clientId }: Pick<CognitoState, 'userPoolId' | 'clientId'>,
): Promise<string> {
  const command = new DescribeUserPoolClientCommand({ UserPoolId: userPoolId, ClientId: clientId });
  const { UserPoolClient } = await client.send(command);
  if (UserPoolClient?.ClientSecret !== undefined) return UserPoolClient.ClientSecret;
  const fix = 'Use a client that was made with a secret; apply makes one when it is deleted.';
  throw new GatewayError('No client secret.', [{ where: `client ${clientId}`, what: 'it has no secret', fix }]);
}

/** Deletes the pool that ensureCognito made, if it is there: the domain first, or the pool stays. */
export async function destroyCognito(
  client: CognitoIdentityProviderClient,
  gatewayName: string,
  report: (line: string) => void,
): Promise<void> {
  const UserPoolId = await findPool(client, poolName(gatewayName));
  if (UserPoolId === undefined) return;
  report(`user pool ${poolName(gatewayName)}: deleting`);
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId }));
  if (UserPool?.Domain !== undefined) {
    await client.send(new DeleteUserPoolDomainCommand({ UserPoolId, Domain: UserPool.Domain }));
  }
  await client.send(new DeleteUserPoolCommand({ UserPoolId }));
}

export function poolName(gatewayName: string): string {
  return `${gatewayName}-gateway`;
}

/** Unique in the Region over all customers, therefore with the account. */
export function domainPrefix({ gatewayName, account }: CognitoSettings): string {
  const name = gatewayName.toLowerCase();
  return `${RESERVED.test(name) ? 'gateway' : name}-${account}`;
}

function stateOf(
  { gatewayName, region }: CognitoSettings,
  userPoolId: string,
  clientId: string,
  domain: string,
): CognitoState {
  return {
    userPoolId,
    clientId,
    domain,
    discoveryUrl: `https://cognito-idp.${region}.amazonaws.com/${userPoolId}/.well-known/openid-configuration`,
    tokenEndpoint: `https://${domain}.auth.${region}.amazoncognito.com/oauth2/token`,
    scope: `${gatewayName}/${SCOPE}`,
  };
}

async function ensureDomain(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  settings: CognitoSettings,
  pace: Pace,
  report: (line: string) => void,
): Promise<string> {
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId }));
  if (UserPool?.Domain !== undefined) return UserPool.Domain;
  const Domain = domainPrefix(settings);
  report(`domain ${Domain}: creating`);
  await client.send(new CreateUserPoolDomainCommand({ UserPoolId, Domain }));
  const isPending = async () => {
    const { DomainDescription } = await client.send(new DescribeUserPoolDomainCommand({ Domain }));
    return ['CREATING', 'UPDATING'].includes(DomainDescription?.Status ?? '');
  };
  await untilGone(`the pending state of domain ${Domain}`, isPending, pace);
  return Domain;
}

async function ensureScope(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  Identifier: string,
  report: (line: string) => void,
): Promise<void> {
  try {
    await client.send(new DescribeResourceServerCommand({ UserPoolId, Identifier }));
  } catch (error) {
    if (!isError(error, 'ResourceNotFoundException')) throw error;
    report(`resource server ${Identifier}: creating`);
    const Scopes = [{ ScopeName: SCOPE, ScopeDescription: 'Call the tools' }];
    await client.send(new CreateResourceServerCommand({ UserPoolId, Identifier, Name: Identifier, Scopes }));
  }
}

async function createClient(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  gatewayName: string,
  report: (line: string) => void,
): Promise<string> {
  report(`client ${CLIENT}: creating`);
  const { UserPoolClient } = await client.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: CLIENT,
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: [`${gatewayName}/${SCOPE}`],
      AllowedOAuthFlowsUserPoolClient: true,
    }),
  );
  return UserPoolClient?.ClientId ?? '';
}

async function findPool(client: CognitoIdentityProviderClient, name: string): Promise<string | undefined> {
  for await (const { UserPools = [] } of paginateListUserPools({ client, pageSize: 60 }, { MaxResults: 60 })) {
    const found = UserPools.find(({ Name }) => Name === name);
    if (found !== undefined) return found.Id;
  }
  return undefined;
}

async function findClient(client: CognitoIdentityProviderClient, UserPoolId: string): Promise<string | undefined> {
  for await (const { UserPoolClients = [] } of paginateListUserPoolClients({ client }, { UserPoolId })) {
    const found = UserPoolClients.find(({ ClientName }) => ClientName === CLIENT);
    if (found !== undefined) return found.ClientId;
  }
  return undefined;
}
