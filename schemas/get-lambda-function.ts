import * as z from 'zod';
import { defineTool, objectOf } from './define-tool.ts';
import { fields, tags, targets, time } from './fields.ts';

/** A name or an ARN, each perhaps with a version or alias at its end: partition, Region, account, name, qualifier. */
export const FUNCTION_NAME =
  /^(?:arn:(aws[a-z-]*):lambda:([a-z0-9-]+):(\d{12}):function:)?([A-Za-z0-9_-]{1,64})(?::(\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;

const QUALIFIER = /^(\$LATEST|[A-Za-z0-9_-]{1,128})$/;

export const getLambdaFunction = defineTool({
  name: 'get_lambda_function',
  toolset: 'compute',
  description:
    'One Lambda function: configuration, names of its environment variables, who may invoke it, URL auth type, concurrency, tags. null: not configured; Unavailable: could not be read.',
  input: z.strictObject({
    ...targets,
    function_name: z
      .string()
      .refine((name) => FUNCTION_NAME.test(name), 'must be a function name or ARN')
      .describe('Name or ARN.'),
    qualifier: z
      .string()
      .refine((qualifier) => QUALIFIER.test(qualifier), 'must be a version or an alias')
      .optional()
      .describe('Version or alias.'),
    ...fields(),
  }),
  output: objectOf('function', 'functions', {
    FunctionName: z.string(),
    FunctionArn: z.string(),
    Version: z.string(),
    Description: z.string(),
    Runtime: z.string(),
    Handler: z.string(),
    PackageType: z.string(),
    Architectures: z.array(z.string()),
    MemorySize: z.number(),
    EphemeralStorage: z.strictObject({ Size: z.number() }),
    Timeout: z.number(),
    CodeSize: z.number(),
    LastModified: time,
    State: z.string(),
    StateReason: z.string(),
    LastUpdateStatus: z.string(),
    LastUpdateStatusReason: z.string(),
    Role: z.string(),
    KMSKeyArn: z.string().nullable(),
    EnvironmentVariableNames: z.array(z.string()),
    Layers: z.array(z.string()),
    VpcConfig: z
      .strictObject({
        VpcId: z.string(),
        SubnetIds: z.array(z.string()).optional(),
        SecurityGroupIds: z.array(z.string()).optional(),
      })
      .nullable(),
    DeadLetterConfig: z.strictObject({ TargetArn: z.string() }).nullable(),
    TracingConfig: z.strictObject({ Mode: z.string() }),
    LoggingConfig: z.strictObject({ LogFormat: z.string().optional(), LogGroup: z.string().optional() }),
    ReservedConcurrentExecutions: z.number().nullable(),
    FunctionUrlConfigs: z.array(z.strictObject({ AuthType: z.string(), Qualifier: z.string().optional() })).nullable(),
    PolicyIsPublic: z.boolean().nullable(),
    Policy: z
      .array(
        z.strictObject({
          Sid: z.string().optional(),
          Effect: z.string(),
          Principal: z.array(z.string()),
          Action: z.array(z.string()),
          SourceArn: z.array(z.string()).optional(),
          SourceAccount: z.array(z.string()).optional(),
          PrincipalOrgID: z.array(z.string()).optional(),
          OtherConditions: z.array(z.string()).optional(),
          Public: z.boolean(),
        }),
      )
      .nullable(),
    Tags: tags.nullable(),
    Unavailable: z.record(z.string(), z.string()),
  }),
  iam: [
    'lambda:GetFunction',
    // GetFunction gives the tags only to those who may also list them.
    'lambda:ListTags',
    'lambda:GetFunctionConcurrency',
    'lambda:GetPolicy',
    'lambda:ListFunctionUrlConfigs',
  ],
  example: {
    input: { account_id: '111111111111', region: 'us-east-1', function_name: 'checkout-authorize' },
    output: {
      account_id: '111111111111',
      region: 'us-east-1',
      function: {
        FunctionName: 'checkout-authorize',
        FunctionArn: 'arn:aws:lambda:us-east-1:111111111111:function:checkout-authorize',
        Version: '$LATEST',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        PackageType: 'Zip',
        Architectures: ['arm64'],
        MemorySize: 1024,
        EphemeralStorage: { Size: 512 },
        Timeout: 30,
        CodeSize: 48213,
        LastModified: '2026-03-14T09:26:53.000Z',
        State: 'Active',
        LastUpdateStatus: 'Successful',
        Role: 'arn:aws:iam::111111111111:role/lambda-execution',
        KMSKeyArn: null,
        EnvironmentVariableNames: ['DATABASE_PASSWORD', 'TABLE_NAME'],
        Layers: [],
        VpcConfig: null,
        DeadLetterConfig: null,
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON', LogGroup: '/aws/lambda/checkout-authorize' },
        ReservedConcurrentExecutions: 200,
        FunctionUrlConfigs: null,
        PolicyIsPublic: false,
        Policy: [
          {
            Sid: 'checkout-api',
            Effect: 'Allow',
            Principal: ['apigateway.amazonaws.com'],
            Action: ['lambda:InvokeFunction'],
            SourceArn: ['arn:aws:execute-api:us-east-1:111111111111:a1b2c3/*'],
            Public: false,
          },
        ],
        Tags: { Environment: 'prod' },
      },
    },
  },
});
