import { existsSync, writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { catalog } from '../schemas/catalog.ts';
import type { ConfigurationFile } from '../schemas/configuration-file.ts';
import { TOOLSETS, type Toolset } from '../schemas/define-tool.ts';
import { CONFIGURATION_PATH, ConfigurationError, readConfigurationFile } from './configuration-file.ts';
import { targetRoleTemplate } from './generate/target-role.ts';
import { selectedTools } from './package/deployment.ts';
import { stackSetCommands } from './target-role/stack-set-commands.ts';

interface Options {
  toolsets?: Toolset[];
  out?: string;
}

const GENERATED = 'generated/target-role.yml';

function toolsets(text: string): Toolset[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !TOOLSETS.includes(name as Toolset));
  if (unknown.length > 0) throw new InvalidArgumentError(`There is no ${unknown.join(', ')}: ${TOOLSETS.join(', ')}.`);
  return names as Toolset[];
}

/** What is known of the organization; a checkout without central-ops.json has placeholders in the commands. */
function readKnown(): Partial<ConfigurationFile> {
  if (!existsSync(CONFIGURATION_PATH)) return {};
  return readConfigurationFile();
}

function main(): void {
  const known = readKnown();
  const template = known.toolsets === undefined ? GENERATED : 'target-role.yml';
  const { toolsets: chosen = known.toolsets, out } = new Command('npm run target-role --')
    .description(
      "Prints the CloudFormation template of the role that the tools assume in a member account, with exactly the toolsets' actions. Default: the toolsets of central-ops.json, else all, which is generated/target-role.yml.",
    )
    .option('--toolsets <names>', `only what these need: ${TOOLSETS.join(', ')}`, toolsets)
    .option('--out <file>', 'write it to a file')
    .addHelpText(
      'after',
      () =>
        `\n${template === GENERATED ? '' : `# The template for the configured toolsets:\nnpm run --silent target-role -- --out ${template}\n\n`}${stackSetCommands(template, known)}`,
    )
    .parse()
    .opts<Options>();
  const text = targetRoleTemplate(selectedTools(catalog, { toolsets: chosen }));
  if (out === undefined) process.stdout.write(text);
  else {
    writeFileSync(out, text);
    console.log(`${out}: the role for ${chosen?.join(', ') ?? 'all toolsets'}.`);
  }
}

try {
  main();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
