import { dirname, join, resolve } from 'node:path';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { Listr } from 'listr2';
import { type BridgeFunction, bridgeFunctions } from './bridges/bridge-functions.ts';
import { CONFIGURATION_PATH, ConfigurationError, readConfigurationFile } from './configuration-file.ts';
import { GatewayError } from './gateway/problem.ts';
import { cfnLint, type LintResult } from './package/cfn-lint.ts';
import type { Template } from './package/cloudformation.ts';
import type { Deployment } from './package/deployment.ts';
import { PACKAGE_FOLDER, PackagingError } from './package/osls.ts';
import {
  IMAGES_FOLDER,
  packageTemplate,
  prepareDeployment,
  TARGET_ROLE_PATH,
  TEMPLATE_PATH,
  zipFunctions,
} from './package/package-service.ts';
import { readTemplate } from './package/read-template.ts';
import { violations } from './package/rules.ts';

interface Options {
  config: string;
  reservedConcurrency?: number;
  logRetentionDays?: number;
  stopped?: boolean;
}

interface Packed {
  sizes: Map<string, number>;
  template: Template;
  lint: LintResult;
}

/** The external ID that central-ops.example.json comes with. */
const EXAMPLE_EXTERNAL_ID = 'replace-with-a-random-value';

const options = new Command('npm run package --')
  .description('Builds what a deployment uploads, into dist/: needs no AWS account and calls nobody.')
  .option('--config <file>', 'the configuration', CONFIGURATION_PATH)
  .option('--reserved-concurrency <n>', 'calls of each function at once; 0 stops all tools', count)
  .option('--stopped', 'every tool refuses by name, before anything is called')
  .option('--log-retention-days <days>', 'how long logs are kept (default: 90)', count)
  .parse()
  .opts<Options>();

function count(text: string): number {
  if (!/^[0-9]+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

async function main({ config, ...settings }: Options): Promise<void> {
  const configuration = readConfigurationFile(config);
  const bridges = await bridgeFunctions(configuration, dirname(resolve(config)));
  const entries = bridges.flatMap(({ key, entry }) => (entry === undefined ? [] : [[key, entry] as const]));
  const deployment = await prepareDeployment(configuration, { ...settings, bridges: Object.fromEntries(entries) });
  const packed = await tasks(deployment, bridges).run();
  report(deployment, packed, configuration.externalId === EXAMPLE_EXTERNAL_ID);
  for (const bridge of bridges) sayImage(bridge);
}

function tasks(deployment: Deployment, bridges: readonly BridgeFunction[]): Listr<Packed> {
  return new Listr<Packed>(
    [
      {
        title: 'Bundles and zips',
        task: async (packed) => {
          packed.sizes = await zipFunctions(deployment, bridges).catch((error: unknown) => {
            throw error instanceof GatewayError ? new PackagingError(error.message) : error;
          });
        },
      },
      {
        title: 'CloudFormation template, by osls',
        task: async (packed) => {
          packed.template = await packageTemplate(deployment);
        },
      },
      { title: "The project's rules for templates", task: ({ template }) => judge(template) },
      {
        title: 'cfn-lint',
        task: (packed, task) => {
          packed.lint = cfnLint([TEMPLATE_PATH, TARGET_ROLE_PATH]);
          if (packed.lint.version === undefined) task.skip('cfn-lint: skipped, python3 has no module cfnlint');
          if (packed.lint.complaints !== '') throw new PackagingError(packed.lint.complaints);
        },
      },
    ],
    { fallbackRenderer: 'simple', ctx: {} as Packed },
  );
}

async function judge(template: Template): Promise<void> {
  const found = [...violations(template), ...violations(await readTemplate(TARGET_ROLE_PATH))];
  if (found.length > 0) throw new PackagingError(found.map(({ rule, what }) => `${rule}: ${what}`).join('\n'));
}

function report(deployment: Deployment, { sizes, lint }: Packed, exampleId: boolean): void {
  const table = new Table({
    head: ['function', 'role', 'MB', 's', 'zip KB'],
    colAligns: ['left', 'left', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const [name, { role, memorySize, timeout, image }] of Object.entries(deployment.functions)) {
    const kilobytes = image === undefined ? ((sizes.get(name) ?? 0) / 1_000).toFixed(1) : 'image';
    table.push([name, role['Fn::Sub'].slice(2, -'.Arn}'.length), memorySize, timeout, kilobytes]);
  }
  console.log(table.toString());
  console.log(
    `${Object.keys(deployment.functions).length} functions in ${join(PACKAGE_FOLDER)}, for ${deployment.region}.`,
  );
  if (lint.version === undefined) console.warn('cfn-lint was skipped: pip install cfn-lint, and package again.');
  if (exampleId) console.warn("externalId is still the example's: put a random value in its place before you deploy.");
  console.log(`Deploy:  npx osls deploy --package ${PACKAGE_FOLDER}`);
}

/** A Python server runs in an image that only its owner can build and keep. */
function sayImage({ bridge, entry }: BridgeFunction): void {
  if (entry !== undefined) return;
  console.warn(`${bridge.name} is left out until its image is built and imageUri names it:`);
  console.warn(`  docker build --platform linux/arm64 --provenance=false ${join(IMAGES_FOLDER, bridge.name)}`);
  console.warn('  Push it to your ECR, and put <repository>@sha256:<digest> into imageUri.');
}

try {
  await main(options);
} catch (error) {
  // The list of tasks has already shown a PackagingError.
  if (error instanceof ConfigurationError || error instanceof GatewayError) process.stderr.write(`${error.message}\n`);
  else if (!(error instanceof PackagingError)) process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
}
