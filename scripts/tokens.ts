import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import type { Tool } from '../schemas/define-tool.ts';
import { toGatewayTool } from '../schemas/gateway-schema.ts';

/** Tokens (o200k) of a JSON text, as a model is shown it. */
export function tokensOf(value: unknown): number {
  return countTokens(JSON.stringify(value));
}

/** Tokens of all these definitions, as a list of tools holds them. */
export function countListTokens(tools: readonly Tool[]): number {
  return tools.reduce((sum, tool) => sum + countDefinitionTokens(tool), 0);
}

/** Tokens of a tool's definition: name, description and schema. */
export function countDefinitionTokens(tool: Tool): number {
  return tokensOf(toGatewayTool(tool));
}
