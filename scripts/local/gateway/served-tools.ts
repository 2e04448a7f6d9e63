import { createHash } from 'node:crypto';
import { kebabCase, type Tool } from '../../../schemas/define-tool.ts';
import { type GatewayTool, toGatewayTool } from '../../../schemas/gateway-schema.ts';

/** A tool as the Gateway serves it: one Lambda target per tool. */
export interface ServedTool {
  readonly tool: Tool;
  /** `<target>___<tool>`, which clients see. */
  readonly visibleName: string;
  /** Ten letters and digits, as the Gateway's target IDs are. */
  readonly targetId: string;
  readonly definition: GatewayTool;
}

/** Three underscores: AgentCore Gateway guide, "Tool naming". Target names cannot hold any, so the first one divides. */
const DELIMITER = '___';

/** The tools by their visible name, in the order given. */
export function serveTools(tools: readonly Tool[]): ReadonlyMap<string, ServedTool> {
  return new Map(
    tools.map((tool) => {
      const target = kebabCase(tool.name);
      const visibleName = `${target}${DELIMITER}${tool.name}`;
      const { inputSchema, description } = toGatewayTool(tool);
      const definition = { name: visibleName, description, inputSchema };
      return [visibleName, { tool, visibleName, targetId: targetId(target), definition }];
    }),
  );
}

/** The same in every run, so that audit lines of two runs can be compared. */
function targetId(target: string): string {
  return createHash('sha256').update(target).digest('hex').slice(0, 10).toUpperCase();
}
