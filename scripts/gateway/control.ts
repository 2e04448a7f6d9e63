import {
  type BedrockAgentCoreControlClient,
  type GatewaySummary,
  GetGatewayCommand,
  type GetGatewayResponse,
  GetGatewayTargetCommand,
  type GetGatewayTargetResponse,
  paginateListGateways,
  paginateListGatewayTargets,
  type TargetSummary,
} from '@aws-sdk/client-bedrock-agentcore-control';
import pLimit from 'p-limit';
import type { Observed } from './plan.ts';
import { GatewayError } from './problem.ts';

/** Quota "concurrent target operations on the same gateway"; reading keeps to it as well, well below 10 a second. */
export const AT_ONCE = 5;

/** An AWS error by its name. */
export function isError(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/**
 * The gateway of the name and its targets. `id`, from the state file, is tried first and trusted only when it still bears
 * the name; otherwise every page of the list is read.
 */
export async function observe(client: BedrockAgentCoreControlClient, name: string, id?: string): Promise<Observed> {
  const gateway = (await readKnown(client, name, id)) ?? (await findByName(client, name));
  if (gateway === undefined) return { targets: [] };
  return { gateway, targets: await readTargets(client, gateway.gatewayId ?? '') };
}

async function readKnown(
  client: BedrockAgentCoreControlClient,
  name: string,
  id: string | undefined,
): Promise<GetGatewayResponse | undefined> {
  if (id === undefined) return undefined;
  const gateway = await readGateway(client, id);
  return gateway?.name === name ? gateway : undefined;
}

async function findByName(
  client: BedrockAgentCoreControlClient,
  name: string,
): Promise<GetGatewayResponse | undefined> {
  const found: GatewaySummary[] = [];
  for await (const page of paginateListGateways({ client }, {})) {
    found.push(...(page.items ?? []).filter((each) => each.name === name && each.status !== 'DELETING'));
  }
  if (found.length > 1) {
    // AWS keeps names unique; should it not, guessing would change somebody's gateway.
    const what = `the gateways ${found.map(({ gatewayId }) => gatewayId).join(', ')} all have this name`;
    throw new GatewayError('It is not clear which gateway is meant.', [
      { where: `gateway ${name}`, what, fix: 'Delete those that are not in use, or choose another name (--name).' },
    ]);
  }
  return found[0] && readGateway(client, found[0].gatewayId ?? '');
}

/** The gateway, or undefined when there is none of the ID. */
export async function readGateway(
  client: BedrockAgentCoreControlClient,
  gatewayIdentifier: string,
): Promise<GetGatewayResponse | undefined> {
  return client.send(new GetGatewayCommand({ gatewayIdentifier })).catch(absent);
}

/** The targets of the gateway; none when there is no gateway of the ID. */
export async function listTargets(
  client: BedrockAgentCoreControlClient,
  gatewayIdentifier: string,
): Promise<TargetSummary[]> {
  const found: TargetSummary[] = [];
  try {
    for await (const page of paginateListGatewayTargets({ client }, { gatewayIdentifier })) {
      found.push(...(page.items ?? []));
    }
  } catch (error) {
    return absent(error) ?? [];
  }
  return found;
}

export async function readTarget(
  client: BedrockAgentCoreControlClient,
  gatewayIdentifier: string,
  targetId: string,
): Promise<GetGatewayTargetResponse | undefined> {
  return client.send(new GetGatewayTargetCommand({ gatewayIdentifier, targetId })).catch(absent);
}

async function readTargets(client: BedrockAgentCoreControlClient, gatewayId: string) {
  const limit = pLimit(AT_ONCE);
  const summaries = await listTargets(client, gatewayId);
  const targets = await Promise.all(
    summaries.map(({ targetId = '' }) => limit(() => readTarget(client, gatewayId, targetId))),
  );
  return targets.filter((target) => target !== undefined);
}

function absent(error: unknown): undefined {
  if (!isError(error, 'ResourceNotFoundException')) throw error;
}
