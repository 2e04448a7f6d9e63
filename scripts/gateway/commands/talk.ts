import type { Command } from 'commander';
import { toTable } from '../../answer-table.ts';
import { parseToolFlags } from '../client/call-flags.ts';
import { answerOf, type Connection, connectTo, findTool, type Protocol } from '../client/connection.ts';
import { explain } from '../client/explain.ts';
import { type ClientOptions, gatewayUrl, inboundFor, withIssuer } from '../client/inbound.ts';
import { findPlace, testTools } from '../client/test-tools.ts';
import type { CommonOptions } from '../open.ts';
import { StateFile } from '../state-file.ts';
import { say, sayJson, width, withClient } from './options.ts';

interface TalkOptions extends CommonOptions, ClientOptions {
  table?: boolean;
  account?: string;
  region?: string;
}

/** tools, call and test: what speaks MCP to the gateway. */
export function addTalkCommands(program: Command): void {
  withClient(program.command('tools'))
    .description('The tools that the gateway serves, over all pages.')
    .action((options: TalkOptions) => talk(options, (connection) => tools(connection, options)));
  withClient(program.command('call'))
    .description(
      'Calls one tool: its arguments are flags, e.g. call describe_ec2_instances --account_id all. --help after the tool lists them.',
    )
    .argument('<tool>', 'name of the tool, with or without its target')
    .argument('[flags...]', "the tool's arguments")
    .option('--table', 'the answer as a table (default in a terminal)')
    .allowUnknownOption()
    .helpOption(false)
    .action((name: string, flags: string[], options: TalkOptions, command: Command) => {
      // After a tool, --help is about the tool, so the command has no help option of its own.
      if (name === '--help' || name === '-h') return command.help();
      return talk(options, (connection) => call(connection, name, flags, options));
    });
  withClient(program.command('test'))
    .description('Lists the tools and makes one harmless call to each.')
    .option('--account <id>', 'account to ask about (default: the first that list_accounts gives)')
    .option('--region <region>', 'Region to ask about (default: the home Region)')
    .action((options: TalkOptions) => talk(options, (connection) => test(connection, options)));
}

async function talk(options: TalkOptions, work: (connection: Connection) => Promise<void>): Promise<void> {
  const state = new StateFile(options.stateFile).read();
  const url = gatewayUrl(options, state);
  let connection: Connection | undefined;
  try {
    connection = await connectTo(url, inboundFor(url, withIssuer(options), state), options.protocol as Protocol);
    await work(connection);
  } catch (error) {
    throw explain(error, url);
  } finally {
    await connection?.close();
  }
}

async function tools(connection: Connection, { json }: TalkOptions): Promise<void> {
  const served = await connection.tools();
  if (json === true) return sayJson(served);
  const rows = served.map(({ name, description = '' }) => ({ name, description }));
  say(toTable({ protocol: connection.version, count: rows.length, tools: rows }, width()));
}

async function call(connection: Connection, name: string, flags: string[], options: TalkOptions): Promise<void> {
  const tool = findTool(await connection.tools(), name);
  const result = await connection.call(tool.name, parseToolFlags(tool, flags));
  const answer = answerOf(result);
  const readable = options.table ?? (options.json === undefined && process.stdout.isTTY === true);
  if (readable && typeof answer === 'object') say(toTable(answer, width()));
  else if (typeof answer === 'string') say(answer);
  else sayJson(answer);
  const failed = typeof answer === 'object' && answer !== null && 'error' in answer;
  if (result.isError === true || failed) process.exitCode = 1;
}

async function test(connection: Connection, { account, region, json }: TalkOptions): Promise<void> {
  const progress = process.stderr.isTTY ? (text: string) => process.stderr.write(`\r\x1b[K${text}`) : () => {};
  const served = await connection.tools();
  const found = account === undefined || region === undefined ? await findPlace(connection, served) : {};
  const place = { account: account ?? found.account, region: region ?? found.region };
  const rows = await testTools(connection, served, place, ({ tool, state }) => progress(`${tool} ${state}`));
  progress('');
  const failed = rows.filter(({ state }) => state === 'failed').length;
  if (json === true) sayJson(rows);
  else say(toTable({ protocol: connection.version, tools: rows.length, failed, calls: rows }, width()));
  if (failed > 0) process.exitCode = 1;
}
