import { dirname, resolve } from 'node:path';
import type { ConfigurationFile } from '../../schemas/configuration-file.ts';
import { CONFIGURATION_PATH, readConfigurationFile } from '../configuration-file.ts';

/** central-ops.json, and the folder that its paths are relative to. */
export type Settings = ConfigurationFile & { readonly folder: string };

/** What the command line may say in place of the file; absent fields leave the file's value. */
export interface Overrides {
  name?: string;
  authorizer?: string;
  roleArn?: string;
  search?: boolean;
  debug?: boolean;
  protocolVersions?: string[];
  toolsets?: string[];
  targetPrefix?: string;
}

/** Reads and checks the file with the flags over it. Throws ConfigurationError, one line per wrong field. */
export function readSettings(path = CONFIGURATION_PATH, { toolsets, ...gateway }: Overrides = {}): Settings {
  const file = readConfigurationFile(path, (raw) => ({
    ...raw,
    ...defined({ toolsets }),
    gateway: { ...(raw.gateway as object | undefined), ...defined(gateway) },
  }));
  return { ...file, folder: dirname(resolve(path)) };
}

function defined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
