import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Command } from 'commander';
import { Option } from 'commander';
import { toTable } from '../../answer-table.ts';
import { type ClientOptions, gatewayUrl, inboundFor, withIssuer } from '../client/inbound.ts';
import { readSettings } from '../configuration.ts';
import { observe } from '../control.ts';
import { type Diagnosis, diagnose } from '../doctor/checks.ts';
import { gatherControl, gatherGateway } from '../doctor/gather.ts';
import { isNamed, ownFunctions } from '../functions.ts';
import { durationMs, functionLogGroup, gatewayLogGroup, readLogs } from '../logs.ts';
import { readMetrics } from '../metrics.ts';
import { type CommonOptions, openWorkspace } from '../open.ts';
import { schemaHash } from '../plan.ts';
import { errorText, GatewayError } from '../problem.ts';
import { StateFile } from '../state-file.ts';
import { say, sayJson, width, withClient, withFiles } from './options.ts';

interface LookOptions extends CommonOptions, ClientOptions {
  since?: number;
  filter?: string;
  limit?: number;
}

/** status, doctor, logs and metrics: what only looks. */
export function addLookCommands(program: Command): void {
  withFiles(program.command('status'))
    .description('The gateway and its targets as AWS has them.')
    .option('--name <name>', 'name of the gateway')
    .action((options: LookOptions) => status(options));
  withClient(program.command('doctor'))
    .description('Looks for the known failures and says how to mend each.')
    .option('--name <name>', 'name of the gateway')
    .action((options: LookOptions) => doctor(options));
  withTime(withFiles(program.command('logs')))
    .description('Log lines of the functions of tools and bridges, and of the gateway, oldest first.')
    .argument('[tool]', 'only this tool or bridge')
    .option('--filter <pattern>', 'CloudWatch Logs filter pattern, e.g. ERROR')
    .option('--limit <number>', 'most lines', Number, 200)
    .action((tool: string | undefined, options: LookOptions) => logs(tool, options));
  withTime(withFiles(program.command('metrics')))
    .description('Calls, errors and latency (p50, p90, p99) of the gateway and the functions.')
    .action((options: LookOptions) => metrics(options));
}

function withTime(command: Command): Command {
  const since = new Option('--since <duration>', 'how far back, e.g. 30m, 2h, 1d').default(durationMs('1h'), '1h');
  return command.addOption(
    since.argParser((text) => {
      const value = durationMs(text);
      return value ?? command.error(`--since takes a number with s, m, h or d, e.g. 30m, not "${text}".`);
    }),
  );
}

async function status(options: LookOptions): Promise<void> {
  const { bench, settings } = await openWorkspace(options, () => {});
  const { gateway, targets } = await observe(bench.control, settings.gateway.name);
  if (gateway === undefined) {
    const where = `gateway ${settings.gateway.name}`;
    const what = `there is none in ${bench.region}`;
    throw new GatewayError('No gateway.', [{ where, what, fix: 'Run npm run gateway -- apply.' }]);
  }
  const rows = targets.map(
    ({ name, targetId, status: state, statusReasons = [], targetConfiguration, authorizationData }) => ({
      name,
      id: targetId,
      status: [state, ...statusReasons].join(': '),
      kind: Object.keys(targetConfiguration?.mcp ?? {})[0],
      schema: schemaHash(targetConfiguration),
      ...(authorizationData === undefined ? {} : { authorize_at: authorizationData.oauth2?.authorizationUrl }),
    }),
  );
  const shown = {
    gateway: gateway.name,
    id: gateway.gatewayId,
    url: gateway.gatewayUrl,
    status: [gateway.status, ...(gateway.statusReasons ?? [])].join(': '),
    authorizer: gateway.authorizerType,
    versions: gateway.protocolConfiguration?.mcp?.supportedVersions?.join(', '),
    search: gateway.protocolConfiguration?.mcp?.searchType ?? 'off',
    debug: gateway.exceptionLevel ?? 'off',
    targets: rows,
  };
  if (options.json === true) sayJson(shown);
  else say(toTable(shown, width()));
}

async function doctor(options: LookOptions): Promise<void> {
  const workspace = await openWorkspace(options, () => {});
  const control = await gatherControl(workspace).catch((error: unknown) => {
    process.stderr.write(`The control plane could not be asked: ${errorText(error)}\n`);
    return {};
  });
  const state = new StateFile(options.stateFile).read();
  const known = 'observed' in control ? control.observed?.gateway?.gatewayUrl : undefined;
  const url = options.url ?? known ?? state?.gateway?.url;
  const talked =
    url === undefined
      ? {}
      : await gatherGateway(gatewayUrl({ url }, state), inboundFor(url, withIssuer(options), state));
  const found = diagnose({ region: workspace.region, now: new Date(), ...control, ...talked });
  if (options.json === true) sayJson(found);
  else say(diagnosisText(found));
  if (found.some((each) => each.state === 'fail')) process.exitCode = 1;
}

const SIGNS = { pass: 'ok  ', fail: 'FAIL', unknown: '?   ', skip: '-   ' } as const;

/** One line per check, and the fix under each that failed. */
export function diagnosisText(found: readonly Diagnosis[]): string {
  const lines = found.flatMap(({ state, title, detail, fix }) => [
    `${SIGNS[state]}  ${title}: ${detail}`,
    ...(fix === undefined ? [] : [`      Fix: ${fix}`]),
  ]);
  const failed = found.filter(({ state }) => state === 'fail').length;
  return [
    ...lines,
    '',
    failed === 0 ? 'Nothing is wrong that doctor knows of.' : `${failed} of ${found.length} checks failed.`,
  ].join('\n');
}

async function logs(name: string | undefined, options: LookOptions): Promise<void> {
  const settings = readSettings(options.configFile);
  const functions = ownFunctions(settings);
  const chosen = functions.filter((each) => name === undefined || isNamed(each, name));
  if (chosen.length === 0) {
    const fix = `There are ${functions.map((each) => each.name).join(', ')}.`;
    throw new GatewayError('No such tool.', [{ where: String(name), what: 'it is no tool and no bridge', fix }]);
  }
  const id = new StateFile(options.stateFile).read()?.gateway?.id;
  const own = name === undefined && id !== undefined ? [gatewayLogGroup(id)] : [];
  const groups = [...own, ...chosen.map(({ functionName }) => functionLogGroup(functionName))];
  const { since = 0, filter, limit = 200 } = options;
  const found = await readLogs(new CloudWatchLogsClient({ region: settings.homeRegion }), {
    groups,
    since: Date.now() - since,
    filter,
    limit,
  });
  if (options.json === true) return sayJson(found);
  for (const { at, group, message } of found.lines) say(`${at.toISOString()}  ${group.split('/').at(-1)}  ${message}`);
  if (found.lines.length === 0) say('No lines in this time. Look further back with --since.');
  const silent = found.missing.filter((group) => own.includes(group));
  if (silent.length > 0) say(`${silent.join()} is not there: log delivery of the gateway is not set up.`);
}

async function metrics(options: LookOptions): Promise<void> {
  const settings = readSettings(options.configFile);
  const region = settings.homeRegion;
  const gatewayArn = new StateFile(options.stateFile).read()?.gateway?.arn;
  const until = Date.now();
  const rows = await readMetrics(new CloudWatchClient({ region }), {
    gatewayArn,
    functions: ownFunctions(settings).map(({ functionName }) => functionName),
    since: until - (options.since ?? 0),
    until,
  });
  if (options.json === true) return sayJson(rows);
  say(toTable({ region, latency: 'milliseconds', metrics: rows }, width()));
}
