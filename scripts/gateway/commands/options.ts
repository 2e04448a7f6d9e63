import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { Option } from 'commander';
import { PROTOCOLS } from '../client/connection.ts';
import { AUTHS } from '../client/inbound.ts';

const list = (text: string) => text.split(',').map((each) => each.trim());

/** Options of commands that read the files. */
export function withFiles(command: Command): Command {
  return command
    .option('--config-file <file>', 'configuration file (default: central-ops.json)')
    .option('--state-file <file>', 'state file (default: agent-state.json)')
    .option('--json', 'machine-readable output');
}

/** Options over the `gateway` section of the configuration file. */
export function withGateway(command: Command): Command {
  return withFiles(command)
    .option('--name <name>', 'name of the gateway, 48 characters at most')
    .addOption(
      new Option('--authorizer <type>', 'who may call; fixed at creation').choices(['AWS_IAM', 'CUSTOM_JWT', 'NONE']),
    )
    .option('--role-arn <arn>', 'service role of the gateway')
    .option('--search', 'semantic search over the tools; fixed at creation')
    .option('--no-search', 'no semantic search')
    .option('--debug', 'errors say their cause')
    .option('--no-debug', 'errors do not say their cause')
    .option('--protocol-versions <list>', 'MCP versions, with commas; later they can only be taken away', list)
    .option('--toolsets <list>', 'only the tools of these toolsets, with commas', list)
    .option('--target-prefix <prefix>', 'put before each target name');
}

/** Options of commands that speak MCP. */
export function withClient(command: Command): Command {
  return withFiles(command)
    .option('--url <url>', 'gateway to talk to (default: the deployed one); npm start serves http://127.0.0.1:8787/mcp')
    .addOption(new Option('--auth <how>', 'how to prove oneself (default: as the gateway wants)').choices([...AUTHS]))
    .addOption(new Option('--protocol <version>', 'MCP version').choices([...PROTOCOLS]).default('auto'))
    .option('--discovery-url <url>', 'token issuer, for --auth jwt')
    .option('--client-id <id>', 'client, for --auth jwt; its secret is read from CENTRAL_OPS_CLIENT_SECRET')
    .option('--scope <scope>', 'scope to ask for, for --auth jwt');
}

/** Asks on the terminal; false without one. */
export async function confirm(question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function sayJson(value: unknown): void {
  say(JSON.stringify(value, null, 2));
}

/** Rows as a table that fits the terminal, or as JSON. */
export function width(): number {
  return process.stdout.columns ?? 160;
}
