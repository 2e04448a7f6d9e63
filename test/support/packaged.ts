import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { type ConfigurationFile, configurationFile } from '../../schemas/configuration-file.ts';
import type { Template } from '../../scripts/package/cloudformation.ts';
import type { DeploymentOptions } from '../../scripts/package/deployment.ts';
import { PACKAGE_FOLDER, STACK_TEMPLATE } from '../../scripts/package/osls.ts';
import { packageTemplate, prepareDeployment, ROOT } from '../../scripts/package/package-service.ts';

/** A configuration that can be deployed: discovery through the management account, and a context store. */
export const deployable: ConfigurationFile = configurationFile.parse({
  regions: ['us-east-1', 'eu-west-1'],
  externalId: 'the-external-id',
  organizationId: 'o-a1b2c3d4e5',
  managementAccountId: '111122223333',
  accounts: 'organization',
  contextStore: { bucket: 'central-ops-context' },
});

export interface Packaged {
  readonly template: Template;
  /** The template as a file; removed when the tests end. */
  readonly path: string;
}

const made = new Map<string, Promise<Packaged>>();

/** What osls makes of the project's serverless.yml for a configuration. The functions' zips are empty ones. */
export function packaged(configuration = deployable, options: DeploymentOptions = {}): Promise<Packaged> {
  const key = JSON.stringify([configuration, options]);
  const before = made.get(key) ?? runOsls(configuration, options);
  made.set(key, before);
  return before;
}

async function runOsls(configuration: ConfigurationFile, options: DeploymentOptions): Promise<Packaged> {
  const folder = mkdtempSync(join(tmpdir(), 'central-ops-package-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const part of ['serverless.yml', 'resources']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  const deployment = await prepareDeployment(configuration, options);
  mkdirSync(join(folder, 'dist'));
  for (const name of Object.keys(deployment.functions)) writeFileSync(join(folder, 'dist', `${name}.zip`), zipSync({}));
  return { template: await packageTemplate(deployment, folder), path: join(folder, PACKAGE_FOLDER, STACK_TEMPLATE) };
}
