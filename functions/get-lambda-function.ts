import {
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetPolicyCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { FUNCTION_NAME, getLambdaFunction } from '../schemas/get-lambda-function.ts';
import { requireOwnArn } from '../shared/aws/arn.ts';
import { functionUrls, toFunction, unlessFailed } from '../shared/aws/lambda.ts';
import { policyStatements } from '../shared/aws/resource-policy.ts';
import { ToolError } from '../shared/errors.ts';
import { objectHandler } from '../shared/object-handler.ts';
import { readParts } from '../shared/read-parts.ts';

/** GetPolicy says so of a function without a policy. A function that does not exist fails in GetFunction. */
const NOT_SET = new Set(['ResourceNotFoundException']);

/** GetFunction and the parts that it does not hold, side by side. */
export const handler = objectHandler(
  getLambdaFunction,
  LambdaClient,
  async (input, lambda) => {
    const { FunctionName, Qualifier } = readName(input);
    const given = lambda.send(new GetFunctionCommand({ FunctionName, Qualifier }));
    const parts = {
      EnvironmentVariableNames: async () => {
        const { Environment } = (await given).Configuration ?? {};
        return Object.keys(unlessFailed(Environment?.Variables ?? {}, Environment?.Error));
      },
      ReservedConcurrentExecutions: async () =>
        (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions ?? null,
      FunctionUrlConfigs: () => functionUrls(lambda, FunctionName),
      Policy: async () => {
        // The policy of $LATEST is that of the function.
        const of = Qualifier === '$LATEST' ? { FunctionName } : { FunctionName, Qualifier };
        return policyStatements((await lambda.send(new GetPolicyCommand(of))).Policy);
      },
      Tags: async () => unlessFailed((await given).Tags ?? null, (await given).TagsError),
    };
    const [{ Configuration = {} }, { values, unavailable }] = await Promise.all([
      given,
      readParts(getLambdaFunction.iam, parts, NOT_SET),
    ]);
    const { Policy } = values;
    // null: there is no policy; undefined: it could not be read.
    const PolicyIsPublic = Policy ? Policy.some(({ Public }) => Public) : (Policy as null | undefined);
    return { ...toFunction(Configuration), ...values, PolicyIsPublic, Unavailable: unavailable };
  },
  { check: (input, call) => requireOwnArn('function_name', readName(input).place, input, call) },
);

function readName({ function_name, qualifier }: { function_name: string; qualifier?: string | undefined }) {
  const [, partition, region, account, FunctionName = '', inName] = FUNCTION_NAME.exec(function_name) ?? [];
  if (qualifier !== undefined && inName !== undefined && qualifier !== inName)
    throw new ToolError('invalid_input', 'qualifier: function_name names another one.', { field: 'qualifier' });
  const place = partition && region && account ? { partition, region, account } : undefined;
  return { FunctionName, Qualifier: qualifier ?? inName, place };
}
