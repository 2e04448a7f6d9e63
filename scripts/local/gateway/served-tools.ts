import { createHash } from 'node:crypto';
import { kebabCase, type Tool } from '../../../schemas/define-tool.ts';
import { type GatewayTool, toGatewayTool } from '../../../schemas/gateway-schema.ts';
import { visibleNameOf } from '../../../schemas/visible-name.ts';

/** A target whose function is a bridge, with the tools that were discovered. */
export interface ServedBridge {
  /** The target's name. */
  readonly name: string;
  /** The declaration of the bridge's function. */
  readonly tool: Tool;
  readonly tools: readonly GatewayTool[];
}

/** A tool as the Gateway serves it: one Lambda target per tool, and one per bridge. */
export interface ServedTool {
  readonly tool: Tool;
  /** `<target>___<tool>`, which clients see. */
  readonly visibleName: string;
  /** Ten letters and digits, as the Gateway's target IDs are. */
  readonly targetId: string;
  readonly definition: GatewayTool;
}

/** The tools by their visible name, in the order given; those of the bridges last. */
export function serveTools(
  tools: readonly Tool[],
  bridges: readonly ServedBridge[] = [],
): ReadonlyMap<string, ServedTool> {
  const own = tools.map((tool) => served(kebabCase(tool.name), tool, toGatewayTool(tool)));
  const bridged = bridges.flatMap((bridge) => bridge.tools.map((each) => served(bridge.name, bridge.tool, each)));
  return new Map([...own, ...bridged].map((each) => [each.visibleName, each]));
}

function served(target: string, tool: Tool, { name, description, inputSchema }: GatewayTool): ServedTool {
  const visibleName = visibleNameOf(target, name);
  const definition = { name: visibleName, description, inputSchema };
  return { tool, visibleName, targetId: targetId(target), definition };
}

/** The same in every run, so that audit lines of two runs can be compared. */
function targetId(target: string): string {
  return createHash('sha256').update(target).digest('hex').slice(0, 10).toUpperCase();
}
