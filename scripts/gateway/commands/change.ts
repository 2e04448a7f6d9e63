import type { Command } from 'commander';
import { Listr } from 'listr2';
import { type Drift, driftOf, driftText } from '../../bridges/drift.ts';
import { CONFIGURATION_PATH } from '../../configuration-file.ts';
import { apply, planFor } from '../apply.ts';
import { connectTo } from '../client/connection.ts';
import { gatewayUrl, inboundFor, withIssuer } from '../client/inbound.ts';
import { destroyCognito, ensureCognito } from '../cognito.ts';
import { visibleNames } from '../desired.ts';
import { destroy, observeForDestroy } from '../destroy.ts';
import {
  type CommonOptions,
  listingContext,
  openWorkspace,
  usesCognito,
  type Wanted,
  type Workspace,
  wantedState,
} from '../open.ts';
import { isEmpty, type Plan } from '../plan.ts';
import { planText } from '../plan-text.ts';
import { GatewayError } from '../problem.ts';
import { checkServed } from '../served.ts';
import { confirm, say, sayJson, withGateway } from './options.ts';

interface ChangeOptions extends CommonOptions {
  yes?: boolean;
  dryRun?: boolean;
  check?: boolean;
  keepUserPool?: boolean;
  discover?: boolean;
}

type Progress = { line: (text: string) => void };

const NO_DISCOVER = ['--no-discover', "do not ask the bridges' servers whether their tools have changed"] as const;

/** plan, apply and destroy: what changes the gateway. */
export function addChangeCommands(program: Command): void {
  withGateway(program.command('plan'))
    .description('What apply would change, and whether AWS would allow it. Calls nothing that writes.')
    .option(...NO_DISCOVER)
    .action((options: ChangeOptions) => plan(options));
  withGateway(program.command('apply'))
    .description('Makes the gateway and its targets what the configuration says. Applied again, it changes nothing.')
    .option('--dry-run', 'the plan only: calls nothing that writes')
    .option('--yes', 'delete targets without asking')
    .option(...NO_DISCOVER)
    .option('--no-check', 'do not ask the gateway afterwards whether it serves every tool')
    .action((options: ChangeOptions) => applyAll(options));
  withGateway(program.command('destroy'))
    .description('Deletes the targets, then the gateway, and the user pool that apply made for it.')
    .option('--dry-run', 'say what would go: calls nothing that writes')
    .option('--yes', 'do not ask')
    .option('--keep-user-pool', 'leave the Cognito user pool')
    .action((options: ChangeOptions) => destroyAll(options));
}

async function plan(options: ChangeOptions): Promise<void> {
  const workspace = await openWorkspace(options, () => {});
  const wanted = await wantedState(workspace);
  const [{ plan: made }, drifts] = await Promise.all([planned(workspace, wanted), drift(workspace, wanted, options)]);
  show(made, drifts, options.json);
  if (made.problems.length > 0) process.exitCode = 1;
}

async function applyAll(options: ChangeOptions): Promise<void> {
  if (options.dryRun === true) return plan(options);
  const progress: Progress = { line: () => {} };
  const workspace = await openWorkspace(options, (line) => progress.line(line));
  let wanted = await wantedState(workspace);
  const [{ plan: before }, drifts] = await Promise.all([planned(workspace, wanted), drift(workspace, wanted, options)]);
  if (options.json !== true) show(before, drifts);
  if (before.problems.length > 0)
    throw new GatewayError('AWS does not allow this change. Nothing was changed.', before.problems);
  const deletes = before.targets.filter(({ action }) => action === 'delete').map(({ name }) => name);
  if (deletes.length > 0 && options.yes !== true && !(await confirm(`Delete ${deletes.join(', ')}?`))) {
    const fix = 'Answer y, or pass --yes.';
    throw new GatewayError('Nothing was changed.', [
      { where: 'apply', what: `${deletes.length} targets would go`, fix },
    ]);
  }
  const { bench, settings } = workspace;
  await new Listr(
    [
      {
        title: 'Cognito user pool, domain, scope and client',
        enabled: usesCognito(settings),
        task: step(progress, async () => {
          const made = await ensureCognito(workspace.cognito, workspace.cognitoSettings, bench.pace, bench.report);
          bench.state.update(bench.region, (file) => {
            file.cognito = made;
          });
          wanted = await wantedState(workspace, made);
        }),
      },
      {
        title: `Gateway ${settings.gateway.name} and ${before.targets.length} targets`,
        task: step(progress, async () => {
          await apply(wanted.desired, bench, { explicitVersions: settings.gateway.protocolVersions !== undefined });
        }),
      },
      {
        title: 'Every tool is served',
        enabled: options.check !== false,
        task: step(progress, () => checkTools(workspace, wanted, options.configFile)),
      },
    ],
    // Standard output is for the answer; without a terminal listr2 prints plain lines.
    { renderer: options.json === true ? 'silent' : 'default', fallbackRenderer: 'simple' },
  ).run();
  const state = bench.state.read();
  if (options.json === true) return sayJson({ plan: before, state });
  say(isEmpty(before) ? `\nNothing to change: ${state?.gateway?.url}` : `\nDone: ${state?.gateway?.url}`);
}

async function destroyAll(options: ChangeOptions): Promise<void> {
  const progress: Progress = { line: () => {} };
  const workspace = await openWorkspace(options, (line) => progress.line(line));
  const { bench, settings } = workspace;
  const { name } = settings.gateway;
  const observed = await observeForDestroy(name, bench);
  const what = {
    gateway: observed.gateway?.gatewayId,
    targets: observed.targets.map((target) => target.name),
    userPool: options.keepUserPool !== true && usesCognito(settings),
  };
  if (options.json === true && options.dryRun === true) return sayJson(what);
  if (options.json !== true)
    say(`gateway ${name}: ${what.gateway ?? 'not there'}\ntargets: ${what.targets.join(', ') || 'none'}`);
  if (options.dryRun === true) return;
  if (options.yes !== true && !(await confirm(`Delete the gateway ${name} and its ${what.targets.length} targets?`))) {
    throw new GatewayError('Nothing was deleted.', [
      { where: 'destroy', what: 'it was not confirmed', fix: 'Answer y, or pass --yes.' },
    ]);
  }
  await new Listr(
    [
      { title: `Targets and gateway ${name}`, task: step(progress, () => destroy(name, observed, bench)) },
      {
        title: 'Cognito user pool',
        enabled: what.userPool,
        task: step(progress, async () => {
          await destroyCognito(workspace.cognito, name, bench.report);
          bench.state.update(bench.region, (file) => {
            delete file.cognito;
          });
        }),
      },
    ],
    { renderer: options.json === true ? 'silent' : 'default', fallbackRenderer: 'simple' },
  ).run();
  if (options.json === true) sayJson(what);
}

/** A task whose progress lines stand under its title. */
function step(progress: Progress, work: () => Promise<void>) {
  return async (_: unknown, task: { output: string }): Promise<void> => {
    progress.line = (text) => {
      task.output = text;
    };
    await work();
  };
}

function planned({ bench, settings }: Workspace, { desired }: Wanted) {
  return planFor(desired, bench, { explicitVersions: settings.gateway.protocolVersions !== undefined });
}

/** How the bridges' servers differ from what was discovered; the gateway is given what was discovered. */
async function drift({ settings }: Workspace, { bridges }: Wanted, { discover }: ChangeOptions): Promise<Drift[]> {
  if (discover === false) return [];
  const [context, prefix] = [listingContext(settings), settings.gateway.targetPrefix];
  return Promise.all(bridges.map(({ bridge, discovered }) => driftOf(bridge, discovered, context, prefix)));
}

function show(made: Plan, drifts: readonly Drift[], json = false): void {
  if (json) sayJson(drifts.length === 0 ? made : { ...made, drift: drifts });
  else say(planText(made, driftText(drifts)));
}

async function checkTools({ bench }: Workspace, { desired }: Wanted, configFile = CONFIGURATION_PATH): Promise<void> {
  const state = bench.state.read();
  const url = gatewayUrl({}, state);
  const inbound = inboundFor(url, withIssuer({ configFile }), state);
  await checkServed(desired.targets.flatMap(visibleNames), {
    report: bench.report,
    list: async () => {
      const connection = await connectTo(url, inbound);
      try {
        return (await connection.tools()).map(({ name }) => name);
      } finally {
        await connection.close();
      }
    },
  });
}
