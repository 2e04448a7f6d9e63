import { existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { awsMcp } from '../schemas/aws-mcp.ts';
import { catalog } from '../schemas/catalog.ts';
import type { ConfigurationFile } from '../schemas/configuration-file.ts';
import { TOOLSETS, type Tool, type Toolset } from '../schemas/define-tool.ts';
import { configuredBridges } from './bridges/configured-bridges.ts';
import { memberActions } from './bridges/member-actions.ts';
import { CONFIGURATION_PATH, ConfigurationError, readConfigurationFile } from './configuration-file.ts';
import { targetRole, targetRoleTemplate } from './generate/target-role.ts';
import { selectedTools } from './package/deployment.ts';
import { violations } from './package/rules.ts';
import { stackSetCommands } from './target-role/stack-set-commands.ts';

interface Options {
  toolsets?: Toolset[];
  out?: string;
  config: string;
}

const GENERATED = 'generated/target-role.yml';

function toolsets(text: string): Toolset[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !TOOLSETS.includes(name as Toolset));
  if (unknown.length > 0) throw new InvalidArgumentError(`There is no ${unknown.join(', ')}: ${TOOLSETS.join(', ')}.`);
  return names as Toolset[];
}

/** What is known of the organization; a checkout without central-ops.json has placeholders in the commands. */
function readKnown(path: string): Partial<ConfigurationFile> {
  if (path === CONFIGURATION_PATH && !existsSync(path)) return {};
  return readConfigurationFile(path);
}

/** The tools whose actions the role gets: the chosen ones, and the configured bridges as one more. */
function toolsOf(chosen: readonly Toolset[] | undefined, { bridges = {} }: Partial<ConfigurationFile>, config: string) {
  const tools = selectedTools(catalog, { toolsets: chosen as Toolset[] | undefined });
  const configured = configuredBridges(
    { bridges, toolsets: chosen as Toolset[] | undefined },
    dirname(resolve(config)),
  );
  const known = tools.flatMap(({ iam }) => iam);
  const { exact, refused } = memberActions(configured, known);
  for (const { bridge, action } of refused) {
    process.stderr.write(
      `${bridge}: ${action} is not put into the role, which names exact actions. Write out those that the bridge needs.\n`,
    );
  }
  const all: readonly Tool[] = exact.length === 0 ? tools : [...tools, { ...(awsMcp as unknown as Tool), iam: exact }];
  const wrong = exact.length === 0 ? [] : violations(targetRole(all));
  if (wrong.length > 0) throw new ConfigurationError(wrong.map(({ rule, what }) => `${rule}: ${what}`).join('\n'));
  return all;
}

function main(): void {
  const command = new Command('npm run target-role --')
    .description(
      "Prints the CloudFormation template of the role that the tools assume in a member account, with exactly the toolsets' actions and those of the configured bridges. Default: the toolsets of central-ops.json, else all, which is generated/target-role.yml.",
    )
    .option('--toolsets <names>', `only what these need: ${TOOLSETS.join(', ')}`, toolsets)
    .option('--config <file>', 'the configuration', CONFIGURATION_PATH)
    .option('--out <file>', 'write it to a file')
    .addHelpText('after', () => {
      const known = readKnown(command.opts<Options>().config);
      const template = known.toolsets === undefined && !hasBridges(known) ? GENERATED : 'target-role.yml';
      const first = `# The template for this configuration:\nnpm run --silent target-role -- --out ${template}\n\n`;
      return `\n${template === GENERATED ? '' : first}${stackSetCommands(template, known)}`;
    });
  command.parse();
  const { config, out, ...options } = command.opts<Options>();
  const known = readKnown(config);
  const { toolsets: chosen = known.toolsets } = options;
  const text = targetRoleTemplate(toolsOf(chosen, known, config));
  if (out === undefined) process.stdout.write(text);
  else {
    writeFileSync(out, text);
    console.log(`${out}: the role for ${chosen?.join(', ') ?? 'all toolsets'}.`);
  }
}

function hasBridges({ bridges = {} }: Partial<ConfigurationFile>): boolean {
  return bridges.awsMcp !== undefined || bridges.servers !== undefined;
}

try {
  main();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
