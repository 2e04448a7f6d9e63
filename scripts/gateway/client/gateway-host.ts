const GATEWAY_HOST = /\.gateway\.bedrock-agentcore\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

/** The Region in a gateway's address; undefined for an address of another kind. */
export function regionOfGateway(url: URL): string | undefined {
  return GATEWAY_HOST.exec(url.hostname)?.[1];
}
