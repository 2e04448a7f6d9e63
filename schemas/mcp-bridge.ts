import * as z from 'zod';
import { bridgeAnswer, defineTool } from './define-tool.ts';

/** The function behind the target of each stdio server. Their tools, discovered, stand in generated/bridges/. */
export const mcpBridge = defineTool({
  name: 'mcp_bridge',
  toolset: 'bridge',
  description: 'Runs a stdio MCP server beside the function, kept warm, and passes a call on to it.',
  input: z.looseObject({}),
  output: bridgeAnswer,
  iam: [],
  example: {
    input: { message: 'hello' },
    output: { server: 'everything', tool: 'echo', result: 'Echo: hello' },
  },
});
