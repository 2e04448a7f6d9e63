import {
  type FunctionConfiguration,
  GetFunctionCommand,
  type LambdaClient,
  ListFunctionUrlConfigsCommand,
} from '@aws-sdk/client-lambda';
import { allPages } from '../all-pages.ts';

/** A function's configuration in the form of the tools' answers. */
export function toFunction(configuration: FunctionConfiguration) {
  const { LastModified, VpcConfig, Layers = [] } = configuration;
  return {
    ...configuration,
    // Lambda writes 2026-03-14T09:26:53.000+0000, whose zone not every reader of ISO 8601 takes.
    LastModified: LastModified === undefined ? undefined : new Date(LastModified),
    KMSKeyArn: configuration.KMSKeyArn ?? null,
    Layers: Layers.map(({ Arn }) => Arn),
    // Lambda answers an empty VpcId for a function outside any VPC.
    VpcConfig: VpcConfig?.VpcId ? VpcConfig : null,
    DeadLetterConfig: configuration.DeadLetterConfig?.TargetArn ? configuration.DeadLetterConfig : null,
  };
}

/** A listed function with its state; undefined when it was deleted since it was listed. */
export async function withState(
  lambda: LambdaClient,
  listed: FunctionConfiguration,
): Promise<FunctionConfiguration | undefined> {
  try {
    // GetFunction may be called 100 times a second; GetFunctionConfiguration shares 15 with the rest of the control
    // plane (Lambda quotas).
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: listed.FunctionName }));
    return { ...listed, State: Configuration?.State };
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/**
 * A part of GetFunction's answer beside which AWS may give an error in its place.
 *
 * @throws an Error named as AWS's code
 */
export function unlessFailed<T>(part: T, failed: { ErrorCode?: string | undefined } | undefined): T {
  if (failed?.ErrorCode === undefined) return part;
  throw Object.assign(new Error('GetFunction left out this part.'), { name: failed.ErrorCode });
}

/** Every URL of a function, the URLs of its aliases included: whoever may call one of them may call the function. */
export async function functionUrls(lambda: LambdaClient, FunctionName: string) {
  const urls = await allPages(async (Marker) => {
    const page = await lambda.send(new ListFunctionUrlConfigsCommand({ FunctionName, Marker }));
    return { items: page.FunctionUrlConfigs, next: page.NextMarker };
  });
  if (urls.length === 0) return null;
  // arn:aws:lambda:us-east-1:111111111111:function:name:alias
  return urls.map(({ AuthType, FunctionArn }) => ({ AuthType, Qualifier: FunctionArn?.split(':')[7] }));
}
