import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfigurationFile, configurationFile } from '../schemas/configuration-file.ts';

export const CONFIGURATION_PATH = join(import.meta.dirname, '..', 'central-ops.json');

/** A configuration that cannot be used; its message says what to mend, one line per field. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

type Raw = Record<string, unknown>;

/**
 * Reads and checks `central-ops.json`; throws ConfigurationError naming each field that is missing or wrong. `change`
 * puts what a command line says in place of the file's values.
 */
export function readConfigurationFile(path = CONFIGURATION_PATH, change = (raw: Raw): Raw => raw): ConfigurationFile {
  const parsed = configurationFile.safeParse(change(parseObject(path)));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(file)'}: ${issue.message}`);
  throw new ConfigurationError(`${path} is not valid:\n${lines.join('\n')}`);
}

function parseObject(path: string): Raw {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new ConfigurationError(`${path} cannot be read. Copy central-ops.example.json to it and fill it in.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigurationError(`${path} is not JSON: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Raw;
  throw new ConfigurationError(`${path} is not a JSON object.`);
}
