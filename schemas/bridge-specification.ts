import * as z from 'zod';

/** Names of targets and servers: what the Gateway takes for a target, short enough for `<target>___<tool>`. */
export const bridgeName = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single hyphens')
  .max(40);

/**
 * Actions of a bridge's session policy. A trailing * is allowed, because the session can never do more than the member role,
 * which names exact actions; verbs that do not read are refused.
 */
export const readActions = z
  .array(
    z
      .string()
      .regex(
        /^[a-z0-9-]+:(Describe|List|Get|BatchGet|Search|Lookup|Filter|Select|Query|Scan|View)[A-Za-z0-9]*\*?$/,
        'must be an IAM action that reads, such as ec2:Describe* or ecs:ListServices',
      ),
  )
  .min(1);

/** The managed AWS MCP Server, by the form of its hosts; or a server on this machine, for tests. */
export const awsMcpEndpoint = z
  .string()
  .regex(
    /^(https:\/\/aws-mcp\.[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}\.api\.aws\/mcp|http:\/\/(127\.0\.0\.1|localhost):[0-9]{1,5}\/mcp)$/,
    'must be https://aws-mcp.<Region>.api.aws/mcp',
  );

/** A value of a server's environment: as written, or `${NAME}` for the function's own variable of that name. */
export const environmentValue = z.string().max(4_096);

/** NAME of `${NAME}`; undefined for a value that is written out. */
export function ownVariable(value: string): string | undefined {
  return /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(value)?.[1];
}

/** The tools that may be called, by the server's names. */
const tools = z.record(
  z.string(),
  z.strictObject({
    /** Annotated readOnlyHint or idempotentHint: may be sent a second time. */
    repeatable: z.boolean(),
  }),
);

/** What one bridge's function runs on. */
export const bridgeSpecification = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('aws-mcp'), endpoint: awsMcpEndpoint, iam: readActions, tools }),
  z.strictObject({
    kind: z.literal('stdio'),
    /** `node` is the Node that runs the function. Relative paths in args are relative to the file of specifications. */
    command: z.string().min(1),
    args: z.array(z.string()),
    env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), environmentValue),
    /** Absent: the server gets no AWS credentials, and its tools no account_id. */
    iam: readActions.optional(),
    tools,
  }),
]);

export type BridgeSpecification = z.output<typeof bridgeSpecification>;
export type BridgeKind = BridgeSpecification['kind'];

/** bridges.json, which lies beside the function's code: the specification of each bridge by its target's name. */
export const bridgesFile = z.strictObject({ bridges: z.record(bridgeName, bridgeSpecification) });
export type BridgesFile = z.output<typeof bridgesFile>;
