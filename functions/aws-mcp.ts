import { awsMcp } from '../schemas/aws-mcp.ts';
import { bridgeHandler } from '../shared/bridge/bridge-handler.ts';
import { openHttp } from '../shared/bridge/http-server.ts';
import { ToolError } from '../shared/errors.ts';

export const handler = bridgeHandler(awsMcp, {
  kind: 'aws-mcp',
  open: ({ specification: { endpoint } }, identity, call) => {
    if (identity === undefined) throw new ToolError('not_configured', 'The bridge has no actions. Nothing was called.');
    return openHttp(new URL(endpoint), identity, call);
  },
  // As AWS's own proxy does (mcp-proxy-for-aws): the Region in which the server calls AWS unless its arguments say another.
  meta: ({ configuration }) => ({ AWS_REGION: configuration.homeRegion }),
});
