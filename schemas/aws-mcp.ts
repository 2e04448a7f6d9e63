import * as z from 'zod';
import { bridgeAnswer, defineTool } from './define-tool.ts';

/** The function behind the target `aws-mcp`. Its tools, discovered, stand in generated/bridges/. */
export const awsMcp = defineTool({
  name: 'aws_mcp',
  toolset: 'bridge',
  description: 'Forwards a call to the managed AWS MCP Server, as the role of the account asked for.',
  input: z.looseObject({
    account_id: z
      .string()
      .optional()
      .describe('One AWS account ID (12 digits). Default: the account the tools run in.'),
  }),
  output: bridgeAnswer,
  iam: [],
  example: {
    input: { account_id: '111111111111', search_phrase: 'gateway quotas' },
    output: {
      server: 'aws-mcp',
      tool: 'aws___search_documentation',
      account_id: '111111111111',
      result: { results: [{ title: 'Quotas for AgentCore Gateway' }] },
    },
  },
});
