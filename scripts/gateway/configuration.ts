import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type ConfigurationFile, configurationFile } from '../../schemas/configuration.ts';
import { TOOLSETS, type Toolset } from '../../schemas/define-tool.ts';
import { CONFIGURATION_PATH, ConfigurationError } from '../configuration-file.ts';
import { type GatewaySection, gatewaySection } from './gateway-section.ts';

/** central-ops.json with the gateway section in full. */
export type Settings = Omit<ConfigurationFile, 'gateway'> & {
  readonly gateway: GatewaySection;
  /** Folder that the paths of the file are relative to. */
  readonly folder: string;
};

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

/** Reads and checks the file, with the flags over it. Throws ConfigurationError, one line per wrong field. */
export function readSettings(path = CONFIGURATION_PATH, overrides: Overrides = {}): Settings {
  const raw = parseObject(path);
  const { toolsets, ...forGateway } = overrides;
  const gateway = gatewaySection.safeParse({ ...(raw.gateway as object | undefined), ...defined(forGateway) });
  // The rest of the file knows the section only in part, so each side judges its own.
  const rest = configurationFile.safeParse({ ...raw, gateway: undefined });
  const issues = [
    ...(rest.success ? [] : rest.error.issues.map(({ path: at, message }) => ({ at, message }))),
    ...(gateway.success
      ? []
      : gateway.error.issues.map(({ path: at, message }) => ({ at: ['gateway', ...at], message }))),
  ];
  if (!rest.success || !gateway.success) {
    const lines = issues.map(({ at, message }) => `  ${at.join('.') || '(file)'}: ${message}`);
    throw new ConfigurationError(`${path} is not valid:\n${lines.join('\n')}`);
  }
  const chosen = toolsets === undefined ? {} : { toolsets: toolsets.map(asToolset) };
  return { ...rest.data, ...chosen, gateway: gateway.data, folder: dirname(resolve(path)) };
}

function asToolset(name: string): Toolset {
  const known = TOOLSETS.find((each) => each === name);
  if (known === undefined) throw new ConfigurationError(`--toolsets: "${name}" is none of ${TOOLSETS.join(', ')}.`);
  return known;
}

function defined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function parseObject(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new ConfigurationError(`${path} cannot be read. Copy central-ops.example.json to it and fill it in.`);
  }
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new ConfigurationError(`${path} is not JSON: ${(error as Error).message}`);
  }
  throw new ConfigurationError(`${path} is not a JSON object.`);
}
