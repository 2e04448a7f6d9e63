import { Command } from 'commander';
import { ConfigurationError } from '../configuration-file.ts';
import { addChangeCommands } from './commands/change.ts';
import { addDiscoverCommand } from './commands/discover.ts';
import { addLookCommands } from './commands/look.ts';
import { addTalkCommands } from './commands/talk.ts';
import { errorText, GatewayError } from './problem.ts';

const program = new Command('npm run gateway --')
  .description('Registers the tools behind Amazon Bedrock AgentCore Gateway, and operates it.')
  .showHelpAfterError('(--help shows the options)');
addChangeCommands(program);
addDiscoverCommand(program);
addLookCommands(program);
addTalkCommands(program);

/** Errors that say what to do need no stack; AWS's own have a name that says enough. */
function words(error: unknown): string {
  if (error instanceof ConfigurationError || error instanceof GatewayError) return error.message;
  if (error instanceof Error && error.name === 'CredentialsProviderError') {
    return `${error.message}\n    Fix: Sign in to AWS: set AWS_PROFILE, or the AWS_* variables.`;
  }
  if (error instanceof Error && '$metadata' in error) return errorText(error);
  return error instanceof Error ? String(error.stack) : String(error);
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${words(error)}\n`);
  process.exitCode = 1;
}
// Kept-alive sockets of the SDK would hold the process for seconds.
process.exit();
