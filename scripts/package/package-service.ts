import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { catalog } from '../../schemas/catalog.ts';
import type { ConfigurationFile } from '../../schemas/configuration-file.ts';
import { type Bundle, buildFunctions } from '../build.ts';
import type { Template } from './cloudformation.ts';
import { type Deployment, type DeploymentOptions, type FunctionEntry, toDeployment } from './deployment.ts';
import { oslsPackage, PACKAGE_FOLDER, STACK_TEMPLATE } from './osls.ts';
import { zipFile } from './zip.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
/** The stack's template, once packaged. */
export const TEMPLATE_PATH = join(ROOT, PACKAGE_FOLDER, STACK_TEMPLATE);
export const TARGET_ROLE_PATH = join(ROOT, 'generated', 'target-role.yml');

/** What dist/deployment.json will hold. */
export async function prepareDeployment(
  configuration: ConfigurationFile,
  options: DeploymentOptions = {},
): Promise<Deployment> {
  const functions = parse(await readFile(join(ROOT, 'generated', 'functions.yml'), 'utf8')) as Record<
    string,
    FunctionEntry
  >;
  return toDeployment(configuration, catalog, functions, options);
}

/** Bundles the functions of a deployment into dist/<name>.zip. Gives the sizes of the zips in bytes, by name. */
export async function zipFunctions({ functions }: Deployment): Promise<Map<string, number>> {
  await rm(join(ROOT, 'dist'), { recursive: true, force: true });
  const bundles = await buildFunctions({ only: Object.keys(functions) });
  const zip = async ({ name, file }: Bundle) => [name, await zipFile(file, join(ROOT, 'dist', `${name}.zip`))] as const;
  return new Map(await Promise.all(bundles.map(zip)));
}

/** Writes dist/deployment.json and runs osls. The folder holds serverless.yml, resources/ and the functions' zips. */
export async function packageTemplate(deployment: Deployment, serviceFolder = ROOT): Promise<Template> {
  await mkdir(join(serviceFolder, 'dist'), { recursive: true });
  await writeFile(join(serviceFolder, 'dist', 'deployment.json'), `${JSON.stringify(deployment, null, 2)}\n`);
  await oslsPackage(serviceFolder);
  return JSON.parse(await readFile(join(serviceFolder, PACKAGE_FOLDER, STACK_TEMPLATE), 'utf8')) as Template;
}
