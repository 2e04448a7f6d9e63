import { Command } from 'commander';
import { Listr } from 'listr2';
import { ConfigurationError } from './configuration-file.ts';
import { GatewayError } from './gateway/problem.ts';
import { openBridges } from './local/bridges.ts';
import { type LocalEnvironment, openEnvironment } from './local/environment.ts';
import type { CallRecord } from './local/gateway/call-record.ts';
import { type Gateway, startGateway } from './local/gateway/gateway.ts';
import type { ServedBridge } from './local/gateway/served-tools.ts';
import { startStdio } from './local/gateway/stdio.ts';
import { announceRunning, withdrawRunning } from './local/running.ts';
import { SimulatorUnavailable } from './local/simulator/moto-runtime.ts';

interface Options {
  aws?: boolean;
  stdio?: boolean;
  port: number;
  scale: number;
  bridges?: string;
  search?: boolean;
  debug?: boolean;
}

const options = new Command('npm start --')
  .description('Runs the tools behind a local gateway, against a simulated AWS organization or real AWS.')
  .option('--aws', 'real AWS, with your credentials and central-ops.json')
  .option('--stdio', 'serve MCP over stdin and stdout instead of HTTP, for desktop clients')
  .option('--port <number>', 'port of the gateway', Number, 8787)
  .option('--scale <number>', 'multiply the resources of the demo organization', Number, 1)
  .option('--bridges <file>', 'serve the stdio MCP servers of an mcp-servers.json too')
  .option('--search', "serve the gateway's search tool")
  .option('--debug', "say the reason of internal errors, as the Gateway's debug level does")
  .parse()
  .opts<Options>();

/** stdout belongs to the protocol when it is served there. */
const say = (text: string) => (options.stdio ? process.stderr : process.stdout).write(`${text}\n`);

interface Started {
  bridges?: ServedBridge[];
  gateway?: Gateway;
  environment?: LocalEnvironment;
  announced?: boolean;
}

const started: Started = {};

async function start(): Promise<void> {
  const tasks = new Listr<Started>(
    [
      {
        title: `MCP servers of ${options.bridges}`,
        enabled: options.bridges !== undefined,
        task: async () => {
          started.bridges = await openBridges(options.bridges ?? '');
        },
      },
      {
        // First, because a port that is taken should be known before the organization is made.
        title: 'Local gateway',
        task: async () => {
          // Functions that invoke others find them here, also when the client is served over stdio.
          started.gateway = await startGateway({
            port: options.stdio ? 0 : options.port,
            search: options.search === true,
            debug: options.debug === true,
            bridges: started.bridges ?? [],
            onAuditLine: () => {},
            onCall: logCall,
          });
          process.env.CENTRAL_OPS_INVOKE_ENDPOINT = new URL(started.gateway.url).origin;
        },
      },
      {
        title: options.aws ? 'AWS: your credentials and central-ops.json' : 'Simulated AWS organization',
        task: async (_, task) => {
          const onProgress = (message: string) => {
            task.output = message;
          };
          started.environment = await openEnvironment({ aws: options.aws === true, scale: options.scale, onProgress });
          Object.assign(process.env, started.environment.variables);
        },
      },
    ],
    // Progress with cursor movements only where a person watches.
    { renderer: 'default', fallbackRenderer: 'simple', silentRendererCondition: options.stdio === true },
  );
  await tasks.run();
  const { environment, gateway } = started;
  // A stdio session is its client's own; another may run beside it.
  if (environment?.estate !== undefined && !options.stdio) {
    const variables = {
      ...environment.variables,
      CENTRAL_OPS_INVOKE_ENDPOINT: process.env.CENTRAL_OPS_INVOKE_ENDPOINT ?? '',
    };
    await announceRunning({ variables, estate: environment.estate });
    started.announced = true;
  }
  if (options.stdio) {
    const stdio = startStdio({
      search: options.search === true,
      debug: options.debug === true,
      bridges: started.bridges ?? [],
      onAuditLine: () => {},
      onCall: logCall,
    });
    await stdio.closed;
    await stop();
  } else if (gateway !== undefined) {
    say(welcome(gateway.url));
  }
}

function logCall({ tool, account_id = '', region = '', outcome, milliseconds }: CallRecord): void {
  say(
    `${new Date().toISOString().slice(11, 19)}  ${outcome.padEnd(14)} ${String(milliseconds).padStart(6)} ms  ${tool} ${account_id} ${region}`,
  );
}

function welcome(url: string): string {
  return `
The tools are served at ${url}

Connect a client:
  Claude Code     claude mcp add --transport http central-ops ${url}
  MCP Inspector   npx @modelcontextprotocol/inspector --cli ${url} --transport http --method tools/list
  Any MCP SDK     streamable HTTP, ${url}, no authentication

Try in another terminal:
  npm run invoke -- list_accounts --check_access
  npm run invoke -- describe_ec2_instances --account_id all --region all
  npm run invoke -- aggregate_results --tool describe_ec2_instances --account_id all --region all --group_by State,InstanceType

Ctrl-C stops everything. Calls:
`;
}

let stopping: Promise<void> | undefined;

function stop(): Promise<void> {
  stopping ??= (async () => {
    if (started.announced) await withdrawRunning();
    await started.gateway?.stop();
    await started.environment?.stop();
  })();
  return stopping;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => void stop().then(() => process.exit(0)));
}

try {
  await start();
} catch (error) {
  await stop();
  const known = [ConfigurationError, GatewayError, SimulatorUnavailable].some((type) => error instanceof type);
  const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  say(
    taken
      ? `Port ${options.port} is taken: npm start -- --port <another>`
      : known
        ? (error as Error).message
        : String((error as Error).stack),
  );
  process.exitCode = 1;
}
