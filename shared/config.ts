import type * as z from 'zod';
import { type RuntimeConfiguration, runtimeConfiguration } from '../schemas/configuration.ts';
import { ToolError } from './errors.ts';

export interface Configuration extends RuntimeConfiguration {
  /** Seals the cursors; made at deployment. */
  readonly cursorSecret: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'CENTRAL_OPS_';
/** Shorter secrets could be guessed; deployment makes 32 random bytes. */
const MIN_SECRET_CHARACTERS = 32;

/** The configuration as a Lambda's environment variables; `readConfiguration` is its inverse. */
export function toEnvironment(configuration: RuntimeConfiguration, cursorSecret: string): Record<string, string> {
  const {
    homeRegion,
    regions,
    targetRoleName,
    externalId,
    organizationId,
    managementAccountId,
    accounts,
    contextStore,
    toolsets,
  } = configuration;
  const values: Record<string, string | undefined> = {
    HOME_REGION: homeRegion,
    REGIONS: regions.join(),
    TARGET_ROLE_NAME: targetRoleName,
    EXTERNAL_ID: externalId,
    ORGANIZATION_ID: organizationId,
    MANAGEMENT_ACCOUNT_ID: managementAccountId,
    ACCOUNTS: accounts === 'organization' ? accounts : accounts.join(),
    CONTEXT_BUCKET: contextStore?.bucket,
    CONTEXT_TTL_HOURS: contextStore?.ttlHours.toString(),
    TOOLSETS: toolsets?.join(),
    CURSOR_SECRET: cursorSecret,
  };
  const set = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(set.map(([name, value]) => [PREFIX + name, value]));
}

/**
 * Reads the environment, or throws `not_configured` naming each variable that is missing or wrong: every tool then
 * refuses. So it does when CENTRAL_OPS_STOPPED is set, to whatever: the switch that stops everything.
 */
export function readConfiguration(environment: Environment = process.env): Configuration {
  const read = (name: string) => environment[PREFIX + name] || undefined;
  const list = (name: string) =>
    read(name)
      ?.split(',')
      .map((each) => each.trim());
  if (read('STOPPED') !== undefined) {
    throw new ToolError(
      'not_configured',
      'The tools are stopped by their owner (CENTRAL_OPS_STOPPED). Nothing was called.',
      {
        variables: [`${PREFIX}STOPPED`],
      },
    );
  }
  const bucket = read('CONTEXT_BUCKET');
  const parsed = runtimeConfiguration.safeParse({
    homeRegion: read('HOME_REGION'),
    regions: list('REGIONS'),
    targetRoleName: read('TARGET_ROLE_NAME'),
    externalId: read('EXTERNAL_ID'),
    organizationId: read('ORGANIZATION_ID'),
    managementAccountId: read('MANAGEMENT_ACCOUNT_ID'),
    accounts: read('ACCOUNTS') === 'organization' ? 'organization' : list('ACCOUNTS'),
    contextStore: bucket === undefined ? undefined : { bucket, ttlHours: number(read('CONTEXT_TTL_HOURS')) },
    toolsets: list('TOOLSETS'),
  });
  if (!parsed.success) throw misconfigured(parsed.error.issues.map(variable));
  const cursorSecret = read('CURSOR_SECRET');
  if (cursorSecret === undefined || cursorSecret.length < MIN_SECRET_CHARACTERS) throw misconfigured(['CURSOR_SECRET']);
  if (!parsed.data.regions.includes(parsed.data.homeRegion)) throw misconfigured(['HOME_REGION', 'REGIONS']);
  return { ...parsed.data, cursorSecret };
}

function number(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function variable(issue: z.core.$ZodIssue): string {
  const [field, part] = issue.path;
  if (field === 'contextStore') return part === 'ttlHours' ? 'CONTEXT_TTL_HOURS' : 'CONTEXT_BUCKET';
  return String(field)
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase();
}

function misconfigured(names: readonly string[]): ToolError {
  const variables = [...new Set(names)].map((name) => PREFIX + name);
  return new ToolError(
    'not_configured',
    `The function is not configured: ${variables.join(', ')} is missing or wrong. Nothing was called.`,
    { variables },
  );
}
