import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { awsMcp } from '../schemas/aws-mcp.ts';
import { bridgeHandler } from '../shared/bridge/bridge-handler.ts';
import { signalOfCall } from '../shared/bridge/connection.ts';
import { regionOfAwsMcp, signingFetch } from '../shared/bridge/signing-fetch.ts';
import { ToolError } from '../shared/errors.ts';

export const handler = bridgeHandler(awsMcp, {
  kind: 'aws-mcp',
  open: ({ specification: { endpoint } }, identity, call) => {
    if (identity === undefined) throw new ToolError('not_configured', 'The bridge has no actions. Nothing was called.');
    const url = new URL(endpoint);
    const region = regionOfAwsMcp(url) ?? call.self.region;
    const signed = signingFetch({ credentials: identity.credentials, region, service: 'aws-mcp' });
    const fetch: typeof signed = (input, init) => {
      const signals = [init?.signal, signalOfCall.getStore()].filter((signal) => signal != null);
      return signed(input, { ...init, signal: AbortSignal.any(signals) });
    };
    // The server is stateful in 2025-11-25; probing for a newer revision would cost a request on each cold start.
    return { transport: new StreamableHTTPClientTransport(url, { fetch }), mode: 'legacy' };
  },
  // As AWS's own proxy does (mcp-proxy-for-aws): the Region in which the server calls AWS unless its arguments say another.
  meta: ({ configuration }) => ({ AWS_REGION: configuration.homeRegion }),
});
