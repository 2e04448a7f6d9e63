import * as z from 'zod';
import { bridgeName, environmentValue, readActions } from './bridge-specification.ts';

/** An entry in the shape of desktop clients, with what the bridge needs to know beside it. */
const server = z.strictObject({
  /** node, npx, python, python3, uvx, or a program. npx and uvx are resolved when the function is packaged, never at run time. */
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  /** Variables of the server: written out, or `${NAME}` for the function's own. Nothing else of the environment is passed on. */
  env: z.record(z.string(), environmentValue).default({}),
  /** The allow-list: names of the server's tools that are served. */
  tools: z.array(z.string().min(1)).min(1),
  /** Asks for credentials of the role in the account that a call names, narrowed to these actions, as AWS_* variables. */
  iam: readActions.optional(),
  /** Of a Python server: the image that holds it, in your own ECR. See docs/bridges.md. */
  imageUri: z.string().min(1).optional(),
});

/** mcp-servers.json: the stdio servers behind the gateway, each one a function and a target. */
export const mcpServersFile = z.strictObject({
  $schema: z.string().optional(),
  mcpServers: z.record(bridgeName, server),
});

export type McpServer = z.output<typeof server>;
