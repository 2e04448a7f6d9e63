import type { GatewayTool } from '../../../schemas/gateway-schema.ts';
import type { DesiredTarget } from '../../../scripts/gateway/desired.ts';

/** A Lambda target with one tool, as lint looks at it. */
export function toTarget(tool: GatewayTool): DesiredTarget {
  const lambda = {
    lambdaArn: 'arn:aws:lambda:us-east-1:111122223333:function:f',
    toolSchema: { inlinePayload: [tool] },
  };
  return {
    name: 'target',
    type: 'lambda',
    description: 'A target.',
    targetConfiguration: { mcp: { lambda } },
    tools: [tool],
  };
}
