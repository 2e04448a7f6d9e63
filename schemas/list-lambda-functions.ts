import * as z from 'zod';
import { defineTool, listOf } from './define-tool.ts';
import { fields, paging, targets, time } from './fields.ts';

/** ListFunctions does not give it: one GetFunction for each function. */
const onRequest = { State: z.string() };

export const listLambdaFunctions = defineTool({
  name: 'list_lambda_functions',
  toolset: 'compute',
  description:
    'Lambda functions with runtime, memory, timeout and last change. For one in full, with its environment, access and tags, use get_lambda_function.',
  input: z.strictObject({
    ...targets,
    runtime: z.string().min(1).optional().describe('Only this runtime, e.g. python3.8.'),
    name_prefix: z.string().min(1).optional().describe('Only names that begin so.'),
    ...fields(Object.keys(onRequest)),
    ...paging,
  }),
  output: listOf(
    'function',
    'functions',
    {
      FunctionName: z.string(),
      Runtime: z.string(),
      Handler: z.string(),
      MemorySize: z.number(),
      Timeout: z.number(),
      CodeSize: z.number(),
      LastModified: time,
      Architectures: z.array(z.string()),
      PackageType: z.string(),
    },
    onRequest,
  ),
  iam: ['lambda:ListFunctions', 'lambda:GetFunction'],
  example: {
    input: { account_id: '111111111111', region: 'us-east-1', runtime: 'python3.8' },
    output: {
      account_id: '111111111111',
      region: 'us-east-1',
      function_count: 1,
      functions: [
        {
          FunctionName: 'ledger-monthly-close',
          Runtime: 'python3.8',
          Handler: 'app.handler',
          MemorySize: 512,
          Timeout: 900,
          CodeSize: 48213,
          LastModified: '2026-03-14T09:26:53.000Z',
          Architectures: ['x86_64'],
          PackageType: 'Zip',
        },
      ],
    },
  },
});
