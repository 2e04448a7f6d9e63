import type { BedrockAgentCoreControlClient, GetGatewayResponse } from '@aws-sdk/client-bedrock-agentcore-control';
import pLimit from 'p-limit';
import { createGateway, saveGateway, settledGateway, updateGateway } from './apply-gateway.ts';
import { createTarget, deleteTarget, saveTarget, updateTarget } from './apply-targets.ts';
import { AT_ONCE, observe } from './control.ts';
import type { Desired } from './desired.ts';
import { type Change, keepVersions, makePlan, type Observed, type Plan } from './plan.ts';
import { errorText, GatewayError } from './problem.ts';
import type { StateFile } from './state-file.ts';
import type { Pace } from './wait.ts';

/** What changing a gateway needs. */
export interface Bench {
  readonly control: BedrockAgentCoreControlClient;
  readonly region: string;
  readonly state: StateFile;
  readonly pace: Pace;
  /** One line of progress. */
  readonly report: (line: string) => void;
}

export interface ApplyOptions {
  /** The configuration names the protocol versions; else those of the gateway stay. */
  readonly explicitVersions?: boolean;
}

export interface Applied {
  readonly plan: Plan;
  readonly gateway: GetGatewayResponse;
}

/** Reads what AWS has and says what applying would change. Calls nothing that writes. */
export async function planFor(
  desired: Desired,
  { control, region, state }: Pick<Bench, 'control' | 'region' | 'state'>,
  { explicitVersions = false }: ApplyOptions = {},
): Promise<{ plan: Plan; observed: Observed; desired: Desired }> {
  const file = state.read();
  const known = file?.region === region && file.gateway?.name === desired.gateway.name ? file : undefined;
  const observed = await observe(control, desired.gateway.name, known?.gateway?.id);
  const kept = explicitVersions ? desired : keepVersions(desired, observed);
  // Targets on file are ours only on the gateway on file.
  const ours = known?.gateway?.id === observed.gateway?.gatewayId ? Object.keys(known?.targets ?? {}) : [];
  return { plan: makePlan(kept, observed, ours), observed, desired: kept };
}

/**
 * Makes the gateway and its targets what they should be. Applied again it changes nothing; interrupted, it takes up where
 * it stopped. The state file says at each moment what AWS has taken.
 *
 * @throws GatewayError for changes AWS does not allow, before any call that writes; and for what failed, after everything
 *   else was done
 */
export async function apply(wanted: Desired, bench: Bench, options: ApplyOptions = {}): Promise<Applied> {
  const { plan, observed, desired } = await planFor(wanted, bench, options);
  if (plan.problems.length > 0)
    throw new GatewayError('AWS does not allow this change. Nothing was changed.', plan.problems);
  const gateway = await applyGateway(desired, plan, observed, bench);
  const gatewayId = gateway.gatewayId ?? '';
  const limit = pLimit(AT_ONCE);
  const failures: { change: Change; error: unknown }[] = [];
  const each = (changes: readonly Change[]) =>
    Promise.all(
      changes.map((change) =>
        limit(() =>
          applyTarget(change, gatewayId, desired, observed, bench).catch((error: unknown) => {
            failures.push({ change, error });
          }),
        ),
      ),
    );
  // Deletes first: they make room under the quota of targets.
  await each(plan.targets.filter(({ action }) => action === 'delete'));
  await each(plan.targets.filter(({ action }) => action !== 'delete'));
  if (failures.length > 0) throw unfinished(failures, plan);
  return { plan, gateway };
}

async function applyGateway(
  { gateway }: Desired,
  plan: Plan,
  observed: Observed,
  bench: Bench,
): Promise<GetGatewayResponse> {
  if (observed.gateway === undefined) return createGateway(gateway, bench);
  if (plan.gateway.action === 'update') return updateGateway(gateway, observed.gateway, bench);
  const current = await settledGateway(gateway.name, observed.gateway.gatewayId ?? '', bench);
  saveGateway(bench, current);
  return current;
}

async function applyTarget(
  { action, name, id = '' }: Change,
  gatewayId: string,
  { targets }: Desired,
  observed: Observed,
  bench: Bench,
): Promise<void> {
  if (action === 'foreign') return;
  if (action === 'delete') return deleteTarget(name, gatewayId, id, bench);
  const desired = targets.find((target) => target.name === name);
  if (desired === undefined) return;
  if (action === 'create') return createTarget(desired, gatewayId, bench);
  const current = observed.targets.find(({ targetId }) => targetId === id);
  // One that an interrupted apply left on its way is awaited like an update.
  if (action === 'update' || current?.status !== 'READY') return updateTarget(desired, gatewayId, id, bench);
  saveTarget(bench, desired, current);
}

function unfinished(failures: readonly { change: Change; error: unknown }[], { targets }: Plan): GatewayError {
  const title = `${failures.length} of ${targets.length} targets could not be applied; the others are done. Apply again to finish.`;
  return new GatewayError(
    title,
    failures.flatMap(({ change, error }) =>
      error instanceof GatewayError && error.problems.length > 0
        ? error.problems
        : [{ where: `target ${change.name}`, what: `${change.action}: ${errorText(error)}`, fix: fixOf(error) }],
    ),
  );
}

function fixOf(error: unknown): string {
  switch (error instanceof Error ? error.name : '') {
    case 'AccessDeniedException':
      return 'Allow your identity this action (bedrock-agentcore:*GatewayTarget*), then apply again.';
    case 'ThrottlingException':
      return 'Wait a minute, then apply again.';
    case 'ServiceQuotaExceededException':
      return 'Raise the quota "Targets per gateway", or choose toolsets, then apply again.';
    case 'ConflictException':
      return 'Another operation on this target is under way: apply again when it has ended.';
    default:
      return 'Mend what AWS names here, then apply again.';
  }
}
