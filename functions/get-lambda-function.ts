import {
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetPolicyCommand,
  LambdaClient,
  paginateListFunctionUrlConfigs,
} from '@aws-sdk/client-lambda';
import { FUNCTION_NAME, getLambdaFunction } from '../schemas/get-lambda-function.ts';
import { requireOwnArn } from '../shared/aws/arn.ts';
import { toFunction } from '../shared/aws/lambda.ts';
import { policyStatements } from '../shared/aws/resource-policy.ts';
import { ToolError } from '../shared/errors.ts';
import { objectHandler } from '../shared/object-handler.ts';
import { readParts } from '../shared/read-parts.ts';

/** GetPolicy's answer for a function without a policy. A function that does not exist fails in GetFunction. */
const NOT_SET = new Set(['ResourceNotFoundException']);

export const handler = objectHandler(
  getLambdaFunction,
  LambdaClient,
  async (input, lambda) => {
    const { FunctionName, Qualifier } = parseName(input);
    const found = lambda.send(new GetFunctionCommand({ FunctionName, Qualifier }));
    const parts = readParts(
      getLambdaFunction.iam,
      {
        EnvironmentVariableNames: async () => {
          const { Variables, Error: denied } = (await found).Configuration?.Environment ?? {};
          return Object.keys(readable(Variables, denied) ?? {});
        },
        ReservedConcurrentExecutions: async () =>
          (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions ?? null,
        FunctionUrlConfigs: () => urlConfigs(lambda, FunctionName),
        Policy: async () =>
          // $LATEST has no policy of its own.
          policyStatements(
            (
              await lambda.send(
                new GetPolicyCommand({ FunctionName, Qualifier: Qualifier === '$LATEST' ? undefined : Qualifier }),
              )
            ).Policy,
          ),
        Tags: async () => readable((await found).Tags, (await found).TagsError) ?? null,
      },
      NOT_SET,
    );
    const [{ Configuration = {} }, { values, unavailable }] = await Promise.all([found, parts]);
    return {
      ...toFunction(Configuration),
      ...values,
      PolicyIsPublic: values.Policy?.some(({ Public }) => Public) ?? values.Policy,
      Unavailable: unavailable,
    };
  },
);
