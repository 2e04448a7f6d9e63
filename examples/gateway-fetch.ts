import { STSClient } from '@aws-sdk/client-sts';
import { regionOfGateway } from '../scripts/gateway/client/gateway-host.ts';
import { isLoopback, signingFetch } from '../shared/bridge/signing-fetch.ts';

/** Where `npm start` serves the tools. */
export const LOCAL_GATEWAY = 'http://127.0.0.1:8787/mcp';

/** A fetch for MCP clients: it signs with your AWS credentials, except for a gateway on this machine, which asks for none. */
export function gatewayFetch(url: URL, sign = !isLoopback(url)): ReturnType<typeof signingFetch> {
  if (!sign) return fetch;
  const region = regionOfGateway(url) ?? process.env.AWS_REGION ?? 'us-east-1';
  // The client is not used: it finds the credentials of the environment, the profile or the role.
  return signingFetch({ region, credentials: new STSClient({ region }).config.credentials });
}
