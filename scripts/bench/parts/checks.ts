import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { catalog } from '../../../schemas/catalog.ts';
import type { Tool } from '../../../schemas/define-tool.ts';
import { type Demo, startDemo } from '../../local/demo.ts';
import { HUB_ROLE_NAME } from '../../local/estate/roles.ts';
import { invokeFunction, onLogLine } from '../../local/functions.ts';
import { openMotoAccounts } from '../../local/simulator/moto-account.ts';
import type { Section } from '../report.ts';

const ACCOUNTS = 20;
const LATENCY_MS = 50;
const EVENT = { account_id: 'all', region: 'us-east-1,eu-west-1', store_in_context: false };

/** The two checks over 20 accounts × 2 Regions of the simulated organization, against the same calls one after another. */
export async function checks(): Promise<Section> {
  const demo = await startDemo();
  try {
    Object.assign(process.env, demo.environment, { CENTRAL_OPS_ACCOUNTS: (await accountsOf(demo)).join() });
    onLogLine(() => {});
    const rows = [];
    for (const name of ['CheckStorageEncryption', 'CheckNetworkSecurity']) rows.push(await measure(name, demo));
    return {
      title: `Checks over ${ACCOUNTS} accounts × 2 Regions of the simulated organization, ${LATENCY_MS} ms added to each call`,
      columns: ['check', 'ms', 'calls', 'calls × latency ms', 'ratio'],
      rows: rows.map(({ name, ms, calls }) => [name, ms, calls, calls * LATENCY_MS, ms / (calls * LATENCY_MS)]),
      goals: rows.map(({ name, ms, calls }) => ({
        what: `${name} ÷ its calls one after another`,
        measured: ms / (calls * LATENCY_MS),
        atMost: 0.1,
      })),
      notes: [
        "The calls one after another would take moto's own time too; only the added latency is counted for them.",
      ],
    };
  } finally {
    await demo.stop();
  }
}

/** The readable accounts of the demo organization, and empty ones with the same role. */
async function accountsOf({ estate, motoUrl }: Demo): Promise<string[]> {
  const readable = estate.accounts.filter(({ reachable }) => reachable).map(({ id }) => id);
  const empty = Array.from({ length: ACCOUNTS - readable.length }, (_, index) => String(400_000_000_000 + index));
  const principal = `arn:aws:iam::${estate.hubAccountId}:role/${HUB_ROLE_NAME}`;
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: principal } };
  const moto = openMotoAccounts(motoUrl);
  for (const id of empty) {
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
    await new IAMClient(moto.as(id)).send(
      new CreateRoleCommand({ RoleName: estate.roleName, AssumeRolePolicyDocument }),
    );
  }
  moto.close();
  return [...readable, ...empty];
}

async function measure(name: string, { proxy }: Demo): Promise<{ name: string; ms: number; calls: number }> {
  const tool = catalog.find((each) => each.name === name) as Tool;
  // Once without latency: loading the clients and moto's first touch of an account are not what is compared.
  await invokeFunction(tool, EVENT);
  const remove = proxy.rules.add({ match: {}, latencyMs: LATENCY_MS });
  proxy.clearCalls();
  const started = performance.now();
  const { payload } = await invokeFunction(tool, EVENT);
  const ms = performance.now() - started;
  remove();
  if ((payload as { complete?: boolean }).complete !== true) throw new Error(`${name} gave no complete answer.`);
  return { name, ms, calls: proxy.calls.length };
}
