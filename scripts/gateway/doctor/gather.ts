import { splitVisibleName } from '../../../schemas/visible-name.ts';
import { planFor } from '../apply.ts';
import { answerOf, type Connection, connectTo, type Inbound } from '../client/connection.ts';
import { ownFunctions, packageDigests, sourcesChangedAt } from '../functions.ts';
import { type Workspace, wantedState } from '../open.ts';
import { GatewayError } from '../problem.ts';
import type { AccountFact, Facts } from './facts.ts';
import { probeGateway } from './probe.ts';

type Part = Partial<Facts>;

/** What the control plane and Lambda say, and what this checkout has. Calls nothing that writes. */
export async function gatherControl(workspace: Workspace): Promise<Part> {
  const { bench, settings } = workspace;
  const names = ownFunctions(settings).map(({ functionName }) => functionName);
  const local = { packages: await packageDigests(names), ...optional('sourceChangedAt', await sourcesChangedAt()) };
  try {
    const { desired, functions } = await wantedState(workspace);
    const explicitVersions = settings.gateway.protocolVersions !== undefined;
    const { plan, observed } = await planFor(desired, bench, { explicitVersions });
    const authorizer = observed.gateway?.authorizerType;
    return {
      ...local,
      plan,
      observed,
      functions,
      desiredTargets: desired.targets,
      ...optional('authorizer', authorizer),
    };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    // Values that AWS would refuse: they are the finding, and what exists is still looked at.
    const { observed } = await planFor({ gateway: { name: settings.gateway.name } as never, targets: [] }, bench);
    const plan = {
      gateway: { kind: 'gateway' as const, name: '', action: 'unchanged' as const, differences: [] },
      targets: [],
      problems: error.problems,
    };
    return { ...local, plan, observed, ...optional('authorizer', observed.gateway?.authorizerType) };
  }
}

/** What the gateway itself answers: one plain request, the list, one harmless call, and the members' roles. */
export async function gatherGateway(url: string, inbound: Inbound): Promise<Part> {
  const probed = await probeGateway(url, inbound);
  if (probed.probe?.status !== 200) return probed;
  let connection: Connection | undefined;
  try {
    connection = await connectTo(url, inbound);
    const served = (await connection.tools()).map(({ name }) => name);
    return { ...probed, served, ...(await askAccounts(connection, served)) };
  } catch {
    // The probe's finding says what there is to say.
    return probed;
  } finally {
    await connection?.close();
  }
}

async function askAccounts(connection: Connection, served: readonly string[]): Promise<Part> {
  const name = served.find((each) => splitVisibleName(each).tool === 'list_accounts');
  if (name === undefined) return {};
  const accounts: AccountFact[] = [];
  let token: string | undefined;
  do {
    const result = await connection.call(name, {
      check_access: true,
      ...(token === undefined ? {} : { next_token: token }),
    });
    const answer = answerOf(result) as
      | { accounts?: AccountFact[]; next_token?: string; error?: { message?: string } }
      | string;
    if (result.isError === true || typeof answer === 'string') return { toolError: String(answer) };
    if (answer.error !== undefined) return {};
    accounts.push(...(answer.accounts ?? []));
    token = answer.next_token;
  } while (token !== undefined);
  return { accounts };
}

function optional<K extends keyof Facts>(key: K, value: Facts[K] | undefined): Part {
  return value === undefined ? {} : { [key]: value };
}
