import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfigurationFile, configurationFile } from '../schemas/configuration.ts';

export const CONFIGURATION_PATH = join(import.meta.dirname, '..', 'central-ops.json');

/** A configuration that cannot be used; its message says what to mend, one line per field. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Reads and checks `central-ops.json`; throws ConfigurationError naming each field that is missing or wrong. */
export function readConfigurationFile(path = CONFIGURATION_PATH): ConfigurationFile {
  const parsed = configurationFile.safeParse(parseJson(path));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(file)'}: ${issue.message}`);
  throw new ConfigurationError(`${path} is not valid:\n${lines.join('\n')}`);
}

function parseJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new ConfigurationError(`${path} cannot be read. Copy central-ops.example.json to it and fill it in.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigurationError(`${path} is not JSON: ${(error as Error).message}`);
  }
}
