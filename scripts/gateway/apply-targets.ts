import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateGatewayTargetCommand,
  DeleteGatewayTargetCommand,
  type GetGatewayTargetResponse,
  UpdateGatewayTargetCommand,
  type UpdateGatewayTargetRequest,
} from '@aws-sdk/client-bedrock-agentcore-control';
import type { Bench } from './apply.ts';
import { iso } from './apply-gateway.ts';
import { isError, listTargets, readTarget } from './control.ts';
import { type DesiredTarget, visibleNames } from './desired.ts';
import { schemaHash, targetChange } from './plan.ts';
import { GatewayError } from './problem.ts';
import { untilGone, untilReady, untilSettled } from './wait.ts';

const CONFLICT_TRIES = 5;

/** Makes the target and waits until it is ready. One that appears in between under the name is taken over. */
export async function createTarget(desired: DesiredTarget, gatewayId: string, bench: Bench): Promise<void> {
  const { control, report } = bench;
  report(`target ${desired.name}: creating`);
  const { name, description, targetConfiguration, credentialProviderConfigurations } = desired;
  const request = {
    gatewayIdentifier: gatewayId,
    name,
    description,
    targetConfiguration,
    ...(credentialProviderConfigurations === undefined ? {} : { credentialProviderConfigurations }),
  };
  await throughConflicts(bench, async () => {
    try {
      const created = await control.send(new CreateGatewayTargetCommand(request));
      saveTarget(bench, desired, created);
      await ready(desired, gatewayId, created.targetId ?? '', bench);
    } catch (error) {
      if (!isError(error, 'ConflictException')) throw error;
      const existing = (await listTargets(control, gatewayId)).find((target) => target.name === name);
      if (existing === undefined) throw error;
      await updateTarget(desired, gatewayId, existing.targetId ?? '', bench);
    }
  });
}

/** Updates the target to the desired state; one that failed when it was made is made anew. */
export async function updateTarget(
  desired: DesiredTarget,
  gatewayId: string,
  targetId: string,
  bench: Bench,
): Promise<void> {
  const { control, report } = bench;
  const where = `target ${desired.name}`;
  const current = await untilSettled(where, () => present(desired.name, gatewayId, targetId, bench), bench.pace);
  if (current.status === 'FAILED') {
    await deleteTarget(desired.name, gatewayId, targetId, bench);
    return createTarget(desired, gatewayId, bench);
  }
  if (targetChange(desired, current).action === 'unchanged') return saveTarget(bench, desired, current);
  report(`${where}: updating`);
  await throughConflicts(bench, () =>
    control.send(new UpdateGatewayTargetCommand(mergeTarget(desired, current, gatewayId))),
  );
  await ready(desired, gatewayId, targetId, bench);
}

/** UpdateGatewayTarget takes the place of everything, so what others set on the target is given back. */
export function mergeTarget(
  desired: DesiredTarget,
  { targetId, metadataConfiguration, privateEndpoint }: GetGatewayTargetResponse,
  gatewayIdentifier: string,
): UpdateGatewayTargetRequest {
  const { name, description, targetConfiguration, credentialProviderConfigurations } = desired;
  return {
    gatewayIdentifier,
    targetId,
    // Optional in the newest model, required by the older ones that are still in use.
    name,
    description,
    targetConfiguration,
    ...(credentialProviderConfigurations === undefined ? {} : { credentialProviderConfigurations }),
    ...(metadataConfiguration === undefined ? {} : { metadataConfiguration }),
    ...(privateEndpoint === undefined ? {} : { privateEndpoint }),
  };
}

/** Deletes the target, if it is still there, and waits until it is gone. */
export async function deleteTarget(name: string, gatewayId: string, targetId: string, bench: Bench): Promise<void> {
  const { control, report, state, region, pace } = bench;
  report(`target ${name}: deleting`);
  await throughConflicts(bench, () =>
    control.send(new DeleteGatewayTargetCommand({ gatewayIdentifier: gatewayId, targetId })).catch((error: unknown) => {
      if (!isError(error, 'ResourceNotFoundException')) throw error;
    }),
  );
  const isThere = async () => (await readTarget(control, gatewayId, targetId)) !== undefined;
  await untilGone(`target ${name}`, isThere, pace);
  state.update(region, (file) => {
    delete file.targets[name];
  });
}

/** Writes what AWS says of the target into the state file. */
export function saveTarget(
  { state, region }: Bench,
  desired: DesiredTarget,
  actual: Partial<GetGatewayTargetResponse>,
): void {
  state.update(region, (file) => {
    file.targets[desired.name] = {
      id: actual.targetId ?? '',
      type: desired.type,
      status: actual.status ?? '',
      ...(desired.functionArn === undefined ? {} : { functionArn: desired.functionArn }),
      tools: visibleNames(desired),
      schemaHash: schemaHash(desired.targetConfiguration),
      updatedAt: iso(actual.updatedAt),
    };
  });
}

async function ready(desired: DesiredTarget, gatewayId: string, targetId: string, bench: Bench): Promise<void> {
  const read = async () => {
    const target = await present(desired.name, gatewayId, targetId, bench);
    saveTarget(bench, desired, target);
    return target;
  };
  await untilReady(`target ${desired.name}`, read, bench.pace);
  bench.report(`target ${desired.name}: ready`);
}

async function present(
  name: string,
  gatewayId: string,
  targetId: string,
  { control }: Bench,
): Promise<GetGatewayTargetResponse> {
  const target = await readTarget(control, gatewayId, targetId);
  if (target !== undefined) return target;
  const problem = { where: `target ${name}`, what: `${targetId} is gone`, fix: 'Somebody deleted it; apply again.' };
  throw new GatewayError('A target disappeared.', [problem]);
}

/** AWS answers a conflict while another operation on the resource is under way: the same call passes once that has ended. */
async function throughConflicts<T>({ pace }: Bench, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!isError(error, 'ConflictException') || attempt === CONFLICT_TRIES) throw error;
      await sleep(pace.intervalMs * attempt);
    }
  }
}
