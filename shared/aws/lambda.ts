import { type FunctionConfiguration, GetFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** A function's configuration in the form of the tools' answers. Of the environment, the names only. */
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
