import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteGatewayCommand } from '@aws-sdk/client-bedrock-agentcore-control';
import pLimit from 'p-limit';
import type { Bench } from './apply.ts';
import { deleteTarget } from './apply-targets.ts';
import { AT_ONCE, isError, listTargets, observe, readGateway } from './control.ts';
import type { Observed } from './plan.ts';
import { errorText, GatewayError } from './problem.ts';
import { untilGone } from './wait.ts';

const CONFLICT_TRIES = 10;

/** What destroy would delete; the foreign targets too, because a gateway goes only without any. */
export async function observeForDestroy(name: string, { control, region, state }: Bench): Promise<Observed> {
  const file = state.read();
  const id = file?.region === region && file.gateway?.name === name ? file.gateway.id : undefined;
  return observe(control, name, id);
}

/** Deletes the targets, waits until they are gone, then the gateway. Safe to repeat after an interruption. */
export async function destroy(name: string, { gateway, targets }: Observed, bench: Bench): Promise<void> {
  const { control, report, state, region, pace } = bench;
  if (gateway !== undefined) {
    const id = gateway.gatewayId ?? '';
    await deleteTargets(id, targets, bench);
    // AWS refuses to delete a gateway whose targets are still going. moto would delete it with its targets.
    await untilGone(`the targets of ${name}`, async () => (await listTargets(control, id)).length > 0, pace);
    report(`gateway ${name}: deleting`);
    await deleteGateway(id, bench);
    await untilGone(`gateway ${name}`, async () => (await readGateway(control, id)) !== undefined, pace);
  }
  state.update(region, (file) => {
    delete file.gateway;
    file.targets = {};
  });
  report(`gateway ${name}: gone`);
}

async function deleteTargets(id: string, targets: Observed['targets'], bench: Bench): Promise<void> {
  const limit = pLimit(AT_ONCE);
  const failures: { name: string; error: unknown }[] = [];
  await Promise.all(
    targets.map(({ name = '', targetId = '' }) =>
      limit(() =>
        deleteTarget(name, id, targetId, bench).catch((error: unknown) => {
          failures.push({ name, error });
        }),
      ),
    ),
  );
  if (failures.length === 0) return;
  throw new GatewayError(
    `${failures.length} of ${targets.length} targets could not be deleted; the gateway stays. Run destroy again to finish.`,
    failures.map(({ name, error }) => ({
      where: `target ${name}`,
      what: errorText(error),
      fix: 'Mend what AWS names here, then destroy again.',
    })),
  );
}

async function deleteGateway(gatewayIdentifier: string, { control, pace }: Bench): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await control.send(new DeleteGatewayCommand({ gatewayIdentifier }));
      return;
    } catch (error) {
      if (isError(error, 'ResourceNotFoundException')) return;
      // Targets leave the list a moment before AWS lets the gateway go.
      if (!isError(error, 'ConflictException') || attempt === CONFLICT_TRIES) throw error;
      await sleep(pace.intervalMs);
    }
  }
}
