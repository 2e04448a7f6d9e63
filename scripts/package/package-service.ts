import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { catalog } from '../../schemas/catalog.ts';
import type { ConfigurationFile } from '../../schemas/configuration-file.ts';
import type { BridgeFunction } from '../bridges/bridge-functions.ts';
import { handlerOf, packageBridge } from '../bridges/package-bridge.ts';
import { type Bundle, buildFunctions } from '../build.ts';
import type { Template } from './cloudformation.ts';
import { type Deployment, type DeploymentOptions, type FunctionEntry, toDeployment } from './deployment.ts';
import { oslsPackage, PACKAGE_FOLDER, STACK_TEMPLATE } from './osls.ts';
import { zipFile, zipFiles } from './zip.ts';

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

/** Where the images of Python servers are built from, below the project. */
export const IMAGES_FOLDER = 'dist/images';

/**
 * Bundles the functions of a deployment into dist/<name>.zip, and what images are built from into dist/images/. Gives the
 * sizes of the zips in bytes, by name.
 */
export async function zipFunctions(
  { functions }: Deployment,
  bridges: readonly BridgeFunction[] = [],
): Promise<Map<string, number>> {
  await rm(join(ROOT, 'dist'), { recursive: true, force: true });
  const keys = bridges.map(({ key }) => key);
  const own = Object.keys(functions).filter((name) => !keys.includes(name));
  const handlers = new Set(bridges.map(({ bridge }) => handlerOf(bridge)));
  const bundles = await buildFunctions({ only: [...own, ...handlers] });
  const zip = async ({ name, file }: Bundle) => [name, await zipFile(file, join(ROOT, 'dist', `${name}.zip`))] as const;
  const sizes = await Promise.all(bundles.filter(({ name }) => own.includes(name)).map(zip));
  const bridged = await Promise.all(bridges.map((each) => writeBridge(each, bundles)));
  return new Map([...sizes, ...bridged.flat()]);
}

/** The zip of a bridge's function, or the folder of its image. */
async function writeBridge(
  { key, bridge, discovered }: BridgeFunction,
  bundles: readonly Bundle[],
): Promise<[string, number][]> {
  const bundle = bundles.find(({ name }) => name === handlerOf(bridge));
  const handler = await readFile(bundle?.file ?? '');
  const { form, files } = await packageBridge(bridge, discovered, handler);
  if (form === 'zip') return [[key, await zipFiles(files, join(ROOT, 'dist', `${key}.zip`))]];
  const folder = join(ROOT, IMAGES_FOLDER, bridge.name);
  await mkdir(folder, { recursive: true });
  await Promise.all([...files].map(([path, bytes]) => writeFile(join(folder, path), bytes)));
  return [];
}

/** Writes dist/deployment.json and runs osls. The folder holds serverless.yml, resources/ and the functions' zips. */
export async function packageTemplate(deployment: Deployment, serviceFolder = ROOT): Promise<Template> {
  await mkdir(join(serviceFolder, 'dist'), { recursive: true });
  await writeFile(join(serviceFolder, 'dist', 'deployment.json'), `${JSON.stringify(deployment, null, 2)}\n`);
  await oslsPackage(serviceFolder);
  return JSON.parse(await readFile(join(serviceFolder, PACKAGE_FOLDER, STACK_TEMPLATE), 'utf8')) as Template;
}
