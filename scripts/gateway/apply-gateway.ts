import {
  CreateGatewayCommand,
  type GetGatewayResponse,
  UpdateGatewayCommand,
  type UpdateGatewayRequest,
} from '@aws-sdk/client-bedrock-agentcore-control';
import type { Bench } from './apply.ts';
import { isError, observe, readGateway } from './control.ts';
import type { DesiredGateway } from './desired.ts';
import { GatewayError } from './problem.ts';
import type { AgentState } from './state-file.ts';
import { untilReady, untilSettled } from './wait.ts';

/** Makes the gateway and waits until it is ready. One that appears in between under the name is taken over. */
export async function createGateway(desired: DesiredGateway, bench: Bench): Promise<GetGatewayResponse> {
  const { control, report } = bench;
  report(`gateway ${desired.name}: creating`);
  let created: GetGatewayResponse;
  try {
    // No clientToken of ours: the SDK gives each request one for its own retries. One that stayed the same would make AWS
    // ignore a create that follows a delete.
    created = await control.send(new CreateGatewayCommand({ ...desired }));
  } catch (error) {
    if (!isError(error, 'ConflictException')) throw error;
    const { gateway } = await observe(control, desired.name);
    if (gateway === undefined) throw error;
    return updateGateway(desired, gateway, bench);
  }
  saveGateway(bench, created);
  return ready(desired.name, created.gatewayId ?? '', bench);
}

/** Updates the gateway to the desired state: a full replacement, so that what others set on it is read and kept. */
export async function updateGateway(
  desired: DesiredGateway,
  existing: GetGatewayResponse,
  bench: Bench,
): Promise<GetGatewayResponse> {
  const id = existing.gatewayId ?? '';
  bench.report(`gateway ${desired.name}: updating`);
  const current = await settledGateway(desired.name, id, bench);
  if (current.status === 'FAILED') {
    const what = ['FAILED', ...(current.statusReasons ?? [])].join(': ');
    const fix = 'Run npm run gateway -- destroy, mend what AWS names here, then apply.';
    throw new GatewayError('The gateway could not be made.', [{ where: `gateway ${desired.name}`, what, fix }]);
  }
  await bench.control.send(new UpdateGatewayCommand(mergeGateway(desired, current)));
  return ready(desired.name, id, bench);
}

/** UpdateGateway takes the place of everything: a field left out is taken away. `exceptionLevel` is turned off that way. */
export function mergeGateway(desired: DesiredGateway, current: GetGatewayResponse): UpdateGatewayRequest {
  const { kmsKeyArn, customTransformConfiguration, interceptorConfigurations } = current;
  const { policyEngineConfiguration, wafConfiguration } = current;
  const { instructions: _instructions, ...mcp } = current.protocolConfiguration?.mcp ?? {};
  const {
    discoveryUrl: _url,
    allowedAudience,
    allowedClients,
    allowedScopes,
    ...claims
  } = current.authorizerConfiguration?.customJWTAuthorizer ?? {};
  const jwt = desired.authorizerConfiguration?.customJWTAuthorizer;
  return {
    ...defined({
      kmsKeyArn,
      customTransformConfiguration,
      interceptorConfigurations,
      policyEngineConfiguration,
      wafConfiguration,
    }),
    ...desired,
    gatewayIdentifier: current.gatewayId,
    protocolConfiguration: { mcp: { ...mcp, ...desired.protocolConfiguration.mcp } },
    ...(jwt === undefined ? {} : { authorizerConfiguration: { customJWTAuthorizer: { ...claims, ...jwt } } }),
  };
}

/** The gateway once it no longer moves, for one that an interrupted apply left on its way. */
export async function settledGateway(name: string, id: string, bench: Bench): Promise<GetGatewayResponse> {
  return untilSettled(`gateway ${name}`, () => present(name, id, bench), bench.pace);
}

async function ready(name: string, id: string, bench: Bench): Promise<GetGatewayResponse> {
  const read = async () => {
    const gateway = await present(name, id, bench);
    saveGateway(bench, gateway);
    return gateway;
  };
  const gateway = await untilReady(`gateway ${name}`, read, bench.pace);
  bench.report(`gateway ${name}: ready`);
  return gateway;
}

async function present(name: string, id: string, { control }: Bench): Promise<GetGatewayResponse> {
  const gateway = await readGateway(control, id);
  if (gateway !== undefined) return gateway;
  const problem = { where: `gateway ${name}`, what: `${id} is gone`, fix: 'Somebody deleted it; apply again.' };
  throw new GatewayError('The gateway disappeared.', [problem]);
}

/** Writes what AWS says of the gateway into the state file. */
export function saveGateway({ state, region }: Bench, gateway: GetGatewayResponse): void {
  state.update(region, (file: AgentState) => {
    // A gateway of another ID has none of the targets on file.
    if (file.gateway?.id !== gateway.gatewayId) file.targets = {};
    file.gateway = {
      id: gateway.gatewayId ?? '',
      arn: gateway.gatewayArn ?? '',
      name: gateway.name ?? '',
      url: gateway.gatewayUrl ?? '',
      status: gateway.status ?? '',
      authorizerType: gateway.authorizerType ?? '',
      roleArn: gateway.roleArn ?? '',
      createdAt: iso(gateway.createdAt),
      updatedAt: iso(gateway.updatedAt),
    };
  });
}

export function iso(date: Date | undefined): string {
  return date?.toISOString() ?? '';
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
