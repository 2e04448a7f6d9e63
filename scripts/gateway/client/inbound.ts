import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { STSClient } from '@aws-sdk/client-sts';
import type { JwtSection } from '../../../schemas/gateway-section.ts';
import { isLoopback } from '../../../shared/bridge/signing-fetch.ts';
import { readClientSecret } from '../cognito.ts';
import { readSettings } from '../configuration.ts';
import { GatewayError } from '../problem.ts';
import type { AgentState } from '../state-file.ts';
import type { Inbound } from './connection.ts';
import { regionOfGateway } from './gateway-host.ts';
import { clientCredentials, type TokenSource } from './token.ts';

export interface ClientOptions {
  url?: string;
  auth?: string;
  protocol?: string;
  discoveryUrl?: string;
  clientId?: string;
  scope?: string;
}

interface IssuerOptions extends ClientOptions {
  configFile?: string;
}

export const AUTHS = ['none', 'iam', 'jwt'] as const;

/** The options, with the token issuer of the configuration file where they name none; there may be no such file. */
export function withIssuer<T extends IssuerOptions>(options: T): T & ClientOptions {
  if (options.discoveryUrl !== undefined) return options;
  let jwt: JwtSection | undefined;
  try {
    jwt = readSettings(options.configFile).gateway.jwt;
  } catch {
    return options;
  }
  if (jwt === undefined) return options;
  const { discoveryUrl, allowedClients: [clientId] = [], allowedScopes } = jwt;
  return {
    ...options,
    discoveryUrl,
    ...(options.clientId === undefined && clientId !== undefined ? { clientId } : {}),
    ...(options.scope === undefined && allowedScopes !== undefined ? { scope: allowedScopes.join(' ') } : {}),
  };
}

/** The address asked for, or the one on file. Throws GatewayError when there is none. */
export function gatewayUrl({ url }: ClientOptions, state: AgentState | undefined): string {
  const found = url ?? state?.gateway?.url;
  if (found !== undefined && found !== '') {
    if (URL.canParse(found)) return found;
    throw new GatewayError('No gateway to talk to.', [
      { where: '--url', what: `"${found}" is no URL`, fix: 'Give it whole, such as http://127.0.0.1:8787/mcp.' },
    ]);
  }
  const fix = 'Run npm run gateway -- apply first, or give --url, e.g. http://127.0.0.1:8787/mcp for npm start.';
  throw new GatewayError('No gateway to talk to.', [{ where: '--url', what: 'no address, and none on file', fix }]);
}

/** How to prove oneself: as asked, else as the gateway on file wants, else by the kind of address. */
export function inboundFor(url: string, options: ClientOptions, state: AgentState | undefined): Inbound {
  const address = new URL(url);
  switch (options.auth ?? defaultAuth(address, state)) {
    case 'none':
      return { type: 'none' };
    case 'jwt':
      return { type: 'jwt', tokens: tokenSource(options, state) };
    default: {
      const region = regionOfGateway(address) ?? state?.region ?? process.env.AWS_REGION ?? 'us-east-1';
      const { credentials } = new STSClient({ region }).config;
      return { type: 'iam', region, credentials };
    }
  }
}

function defaultAuth(url: URL, state: AgentState | undefined): (typeof AUTHS)[number] {
  if (isLoopback(url)) return 'none';
  const type = state?.gateway?.url === url.href ? state.gateway.authorizerType : undefined;
  return type === 'CUSTOM_JWT' ? 'jwt' : type === 'NONE' ? 'none' : 'iam';
}

function tokenSource(options: ClientOptions, state: AgentState | undefined): TokenSource {
  const { CENTRAL_OPS_TOKEN: given, CENTRAL_OPS_CLIENT_SECRET: secret } = process.env;
  if (given) return { token: async () => given };
  const cognito = state?.cognito;
  const discoveryUrl = options.discoveryUrl ?? cognito?.discoveryUrl;
  const clientId = options.clientId ?? cognito?.clientId;
  if (discoveryUrl === undefined || clientId === undefined) {
    const what = 'the token issuer or the client is not known';
    const fix =
      'Give --discovery-url and --client-id, and the secret in CENTRAL_OPS_CLIENT_SECRET; or CENTRAL_OPS_TOKEN.';
    throw new GatewayError('No access token.', [{ where: '--auth jwt', what, fix }]);
  }
  const clientSecret = async () => {
    if (secret) return secret;
    if (cognito?.clientId !== clientId) {
      const fix = `Put the secret of client ${clientId} into CENTRAL_OPS_CLIENT_SECRET.`;
      throw new GatewayError('No access token.', [{ where: clientId, what: 'its secret is not known', fix }]);
    }
    const region = state?.region ?? 'us-east-1';
    return readClientSecret(new CognitoIdentityProviderClient({ region }), cognito);
  };
  return clientCredentials({ discoveryUrl, clientId, clientSecret, scope: options.scope ?? cognito?.scope });
}
