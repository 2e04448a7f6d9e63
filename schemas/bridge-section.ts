import * as z from 'zod';
import { awsMcpEndpoint, readActions } from './bridge-specification.ts';

/** The `bridges` section of central-ops.json: MCP servers that others run or wrote, behind the same gateway. */
export const bridgeSection = z.strictObject({
  awsMcp: z
    .strictObject({
      endpoint: awsMcpEndpoint.default('https://aws-mcp.us-east-1.api.aws/mcp'),
      /** The allow-list: names of the server's tools that are served. */
      tools: z.array(z.string().min(1)).min(1),
      /** The session policy of its calls. Default: what the tools of this project read, by verbs. */
      iam: readActions.optional(),
    })
    .optional(),
  /** The file of stdio servers, relative to central-ops.json. */
  servers: z.string().min(1).optional(),
});

export type BridgeSection = z.output<typeof bridgeSection>;
