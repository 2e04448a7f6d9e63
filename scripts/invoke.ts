import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { catalog } from '../schemas/catalog.ts';
import type { Tool } from '../schemas/define-tool.ts';
import { toGatewayTool } from '../schemas/gateway-schema.ts';
import { toTable } from './answer-table.ts';
import { ConfigurationError } from './configuration-file.ts';
import { addToolFlags } from './flags.ts';
import { borrowEnvironment } from './local/environment.ts';
import { demoEvent } from './local/estate/demo-events.ts';
import { invokeFunction, onLogLine } from './local/functions.ts';
import { SimulatorUnavailable } from './local/simulator/moto-runtime.ts';

interface Options {
  aws?: boolean;
  event?: string;
  json?: boolean;
  table?: boolean;
  audit?: boolean;
}

const program = new Command('npm run invoke --')
  .description(
    'Runs one tool on this machine. Without arguments for the tool, with a call that shows something in the demo organization.',
  )
  .showHelpAfterError('(--help shows the arguments)');

for (const tool of catalog) {
  const command = program.command(tool.name).description(tool.description);
  addToolFlags(command, toGatewayTool(tool).inputSchema);
  command
    .option('--event <file>', 'read the arguments from a JSON file; flags win')
    .option('--aws', 'real AWS, with your credentials and central-ops.json')
    .option('--json', 'the answer as JSON (default when the output is not a terminal)')
    .option('--table', 'the answer as a table (default in a terminal)')
    .option('--audit', 'also print the audit line, on stderr')
    .action((flags: Options & Record<string, unknown>) => run(tool, flags));
}

async function run(
  tool: Tool,
  { aws, event: file, json, table, audit, ...flags }: Options & Record<string, unknown>,
): Promise<void> {
  const progress = process.stderr.isTTY ? (text: string) => process.stderr.write(`\r\x1b[K${text}`) : () => {};
  const environment = await borrowEnvironment({ aws: aws === true, onProgress: progress });
  progress('');
  try {
    Object.assign(process.env, environment.variables);
    onLogLine((line) => audit && process.stderr.write(`${line}\n`));
    const given = { ...(file === undefined ? {} : JSON.parse(readFileSync(file, 'utf8'))), ...flags };
    const event =
      Object.keys(given).length > 0 || environment.estate === undefined ? given : demoEvent(tool, environment.estate);
    if (event !== given) process.stderr.write(`${tool.name} ${JSON.stringify(event)}\n`);
    const { payload, errorMessage } = await invokeFunction(tool, event);
    if (errorMessage !== undefined) throw new Error(errorMessage);
    const readable = table ?? (json === undefined && process.stdout.isTTY === true);
    process.stdout.write(
      `${readable ? toTable(payload, process.stdout.columns ?? 160) : JSON.stringify(payload, null, 2)}\n`,
    );
    if ((payload as { error?: unknown }).error !== undefined) process.exitCode = 1;
  } finally {
    await environment.stop();
  }
}

try {
  await program.parseAsync();
} catch (error) {
  const known =
    error instanceof ConfigurationError || error instanceof SimulatorUnavailable || error instanceof SyntaxError;
  process.stderr.write(`${known ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
// Kept-alive sockets of the SDK would hold the process for seconds.
process.exit();
