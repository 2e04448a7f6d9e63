import {
  type FunctionConfiguration,
  type FunctionUrlConfig,
  GetFunctionUrlConfigCommand,
  LambdaClient,
  LambdaServiceException,
  ListFunctionsCommand,
  type ListFunctionsCommandInput,
  type ListFunctionsCommandOutput,
  type ListFunctionUrlConfigsCommandInput,
  type ListFunctionUrlConfigsCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Stub, StubRequest } from './stub.ts';
import { AwsError } from './wire.ts';

/** The most that ListFunctions gives at once, and what it gives when nothing is asked for. */
const largestPage = 50;

export function lambdaStubs(): Record<string, Stub> {
  return { ListFunctions: listFunctions, ListFunctionUrlConfigs: listFunctionUrlConfigs };
}

// moto gives all functions at once, with the fields that AWS gives in GetFunction only.
async function listFunctions({ input, moto }: StubRequest<ListFunctionsCommandInput>) {
  const { Functions = [] } = await new LambdaClient(moto).send(
    new ListFunctionsCommand(input.FunctionVersion === undefined ? {} : { FunctionVersion: input.FunctionVersion }),
  );
  const sorted = Functions.sort((one, other) => ((one.FunctionName ?? '') < (other.FunctionName ?? '') ? -1 : 1));
  const start = input.Marker === undefined ? 0 : Number(Buffer.from(input.Marker, 'base64url').toString('utf8'));
  const end = start + Math.min(input.MaxItems ?? largestPage, largestPage);
  return {
    Functions: sorted.slice(start, end).map(asListed),
    ...(end < sorted.length ? { NextMarker: Buffer.from(String(end)).toString('base64url') } : {}),
  } satisfies Omit<ListFunctionsCommandOutput, '$metadata'>;
}

function asListed({
  State: _state,
  StateReason: _stateReason,
  StateReasonCode: _stateReasonCode,
  LastUpdateStatus: _lastUpdateStatus,
  LastUpdateStatusReason: _lastUpdateStatusReason,
  LastUpdateStatusReasonCode: _lastUpdateStatusReasonCode,
  RuntimeVersionConfig: _runtimeVersionConfig,
  ...listed
}: FunctionConfiguration): FunctionConfiguration {
  return listed;
}

// moto keeps one URL for a function and lists none.
async function listFunctionUrlConfigs({ input, moto }: StubRequest<ListFunctionUrlConfigsCommandInput>) {
  return {
    FunctionUrlConfigs: await new LambdaClient(moto)
      .send(new GetFunctionUrlConfigCommand({ FunctionName: input.FunctionName }))
      .then(({ $metadata, ...url }): FunctionUrlConfig[] => [url])
      .catch((error: unknown) => {
        if (!(error instanceof LambdaServiceException)) throw error;
        if (error.name === 'ResourceNotFoundException') return [];
        throw new AwsError(error.name, error.message, error.$metadata.httpStatusCode);
      }),
  } satisfies Omit<ListFunctionUrlConfigsCommandOutput, '$metadata'>;
}
