import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { listLambdaFunctions } from '../schemas/list-lambda-functions.ts';
import { toFunction, withState } from '../shared/aws/lambda.ts';
import { listHandler } from '../shared/list-handler.ts';

/** The most that ListFunctions gives at once, whatever is asked for (Lambda API reference). */
const PAGE_SIZE = 50;

export const handler = listHandler(listLambdaFunctions, LambdaClient, async (input, lambda, { token, size }) => {
  const { runtime, name_prefix = '', fields } = input;
  // The API has no filters: what is filtered here is read in full pages.
  const filtered = runtime !== undefined || name_prefix !== '';
  const { Functions = [], NextMarker } = await lambda.send(
    new ListFunctionsCommand({ Marker: token, MaxItems: filtered ? PAGE_SIZE : Math.min(size, PAGE_SIZE) }),
  );
  const listed = Functions.filter(
    ({ Runtime, FunctionName = '' }) =>
      (runtime === undefined || Runtime === runtime) && FunctionName.startsWith(name_prefix),
  );
  const items = fields?.includes('State') ? await Promise.all(listed.map((each) => withState(lambda, each))) : listed;
  return { items: items.filter((each) => each !== undefined).map(toFunction), next: NextMarker };
});
