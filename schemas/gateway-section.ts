import * as z from 'zod';

const providerArn = z
  .string()
  .regex(/^arn:[^:]*:[^:]*:[^:]*:(\d{12})?:.+$/, 'must be the ARN of a credential provider');

/** How the gateway proves itself to a target. Which kind of target takes which: see target-matrix.ts. */
const outboundAuth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({
    type: z.literal('gateway_role'),
    /** SigV4 service and Region that the gateway signs for, e.g. execute-api. */
    service: z
      .string()
      .regex(/^[a-zA-Z0-9._-]{1,64}$/)
      .optional(),
    region: z
      .string()
      .regex(/^[a-zA-Z0-9-]{1,32}$/)
      .optional(),
  }),
  z.strictObject({
    type: z.literal('api_key'),
    providerArn,
    parameterName: z.string().min(1).max(64).optional(),
    prefix: z.string().min(1).max(64).optional(),
    location: z.enum(['HEADER', 'QUERY_PARAMETER']).optional(),
  }),
  z.strictObject({
    type: z.literal('oauth'),
    providerArn,
    scopes: z.array(z.string().min(1)).max(100).default([]),
    grantType: z.enum(['CLIENT_CREDENTIALS', 'AUTHORIZATION_CODE', 'TOKEN_EXCHANGE']).default('CLIENT_CREDENTIALS'),
    returnUrl: z.string().min(1).max(2048).optional(),
  }),
  z.strictObject({ type: z.literal('caller_iam') }),
  z.strictObject({ type: z.literal('token_passthrough') }),
]);

const common = { name: z.string(), description: z.string().min(1).max(180).optional(), auth: outboundAuth.optional() };

/** A file of this checkout, or an object in S3 that the gateway's role may read. */
const schemaSource = z.union([
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({
    s3Uri: z.string().regex(/^s3:\/\/.{1,2043}$/, 'must be s3://bucket/key'),
    bucketOwnerAccountId: z
      .string()
      .regex(/^\d{12}$/)
      .optional(),
  }),
]);

const restMethod = z.enum(['GET', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'PUT', 'POST']);

/** A target beside the tools of this checkout. */
export const furtherTarget = z.discriminatedUnion('type', [
  z.strictObject({
    ...common,
    type: z.literal('mcp-server'),
    endpoint: z.string().regex(/^https:\/\/.+$/, 'must start with https://'),
    listingMode: z.enum(['DEFAULT', 'DYNAMIC']).optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal('api-gateway'),
    restApiId: z.string().min(1),
    stage: z.string().min(1),
    toolFilters: z.array(z.strictObject({ filterPath: z.string().min(1), methods: z.array(restMethod).min(1) })).min(1),
    toolOverrides: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          description: z.string().min(1).optional(),
          path: z.string().min(1),
          method: restMethod,
        }),
      )
      .optional(),
  }),
  z.strictObject({ ...common, type: z.literal('open-api-schema'), schema: schemaSource }),
  z.strictObject({ ...common, type: z.literal('smithy-model'), schema: schemaSource }),
  z.strictObject({
    ...common,
    type: z.literal('lambda'),
    functionArn: z.string(),
    /** A JSON array of `{name, description, inputSchema}`. */
    toolsFile: z.string().min(1),
  }),
]);

/** Tokens of an OpenID provider of your own; without it CUSTOM_JWT makes a Cognito user pool. */
const jwt = z.strictObject({
  discoveryUrl: z.string(),
  allowedClients: z.array(z.string().min(1)).min(1).optional(),
  allowedScopes: z.array(z.string().min(1)).min(1).optional(),
  allowedAudience: z.array(z.string().min(1)).min(1).optional(),
});

/**
 * The `gateway` section of central-ops.json. Names and lengths are not judged here but by lint.ts, which says the AWS rule
 * and its fix and holds for the flags too.
 */
export const gatewaySection = z.strictObject({
  name: z.string().default('central-ops'),
  authorizer: z.enum(['AWS_IAM', 'CUSTOM_JWT', 'NONE']).default('AWS_IAM'),
  /** The gateway's service role. Default: the role `central-ops-gateway` of the account. */
  roleArn: z.string().optional(),
  jwt: jwt.optional(),
  /** Semantic search over the tools; at creation only. */
  search: z.boolean().default(false),
  /** Errors say their cause (exceptionLevel DEBUG). */
  debug: z.boolean().default(false),
  /** Default: all that are known. */
  protocolVersions: z.array(z.string()).optional(),
  /** What the gateway tells each client about its tools. */
  instructions: z.string().optional(),
  /** Put before each target name, with a hyphen. */
  targetPrefix: z.string().optional(),
  targets: z.array(furtherTarget).default([]),
});

export type GatewaySection = z.output<typeof gatewaySection>;
export type FurtherTarget = z.output<typeof furtherTarget>;
export type OutboundAuth = z.output<typeof outboundAuth>;
export type JwtSection = z.output<typeof jwt>;
