import { bridges as bridgeHandlers } from '../../schemas/catalog.ts';
import type { ConfigurationFile } from '../../schemas/configuration-file.ts';
import { kebabCase, type Tool } from '../../schemas/define-tool.ts';
import { toEnvironment } from '../../shared/config.ts';
import { ConfigurationError } from '../configuration-file.ts';
import { type Resource, sub } from './cloudformation.ts';
import { type ExecutionRole, executionRoles, functionArn, rolesOf } from './execution-roles.ts';

export interface DeploymentOptions {
  /** Of each function: at most so many calls at once; 0 stops all tools. Absent: what the account has unreserved. */
  readonly reservedConcurrency?: number;
  /** Default: 90. */
  readonly logRetentionDays?: number;
  /** Every function refuses by name, before anything is called. */
  readonly stopped?: boolean;
  /** The functions of bridges, by their names without `central-ops-`. */
  readonly bridges?: Readonly<Record<string, FunctionEntry>>;
}

/** A function as generated/functions.yml has it. */
export interface FunctionEntry {
  readonly name: string;
  readonly role: { readonly 'Fn::Sub': string };
  readonly memorySize: number;
  readonly timeout: number;
  readonly reservedConcurrency?: number;
  /** Of a function that is a container image and no zip. */
  readonly image?: { readonly uri: string };
}

/** What serverless.yml takes from central-ops.json, as dist/deployment.json. */
export interface Deployment {
  readonly region: string;
  readonly environment: Readonly<Record<string, unknown>>;
  readonly logRetentionDays: number;
  readonly functions: Readonly<Record<string, FunctionEntry>>;
  readonly roles: Readonly<Record<string, Resource>>;
  readonly outputs: Readonly<Record<string, { Value: unknown }>>;
  readonly functionArns: readonly unknown[];
  readonly gatewayName: string;
  /** The part of resources/context-store.yml that is deployed. */
  readonly contextStore: 'bucket' | 'none';
  readonly contextBucket: string;
  readonly contextExpirationDays: number;
}

/** A sealed cursor can be read by nobody who holds only the source: Secrets Manager makes the value in the account. */
const CURSOR_SECRET = sub(`{{resolve:secretsmanager:\${CursorSecret}:SecretString}}`);

/** Lambda's limit for all variables of a function together, names included. */
const MAX_ENVIRONMENT_BYTES = 4_096;
/** What the secret takes of it once CloudFormation has put it in. */
const SECRET_CHARACTERS = 64;

/** The tools of the configured toolsets. */
export function selectedTools(tools: readonly Tool[], { toolsets }: Pick<ConfigurationFile, 'toolsets'>): Tool[] {
  return tools.filter(({ toolset }) => toolsets?.includes(toolset) ?? true);
}

/**
 * What a configuration deploys, from the functions of generated/functions.yml. Throws ConfigurationError for a
 * configuration that the tools could run with, but not in Lambda or not with the member role.
 */
export function toDeployment(
  configuration: ConfigurationFile,
  catalog: readonly Tool[],
  functions: Readonly<Record<string, FunctionEntry>>,
  { reservedConcurrency, logRetentionDays = 90, stopped = false, bridges = {} }: DeploymentOptions = {},
): Deployment {
  checkDeployable(configuration);
  const { gateway, bridges: _bridges, $schema: _schema, ...runtime } = configuration;
  const tools = selectedTools(catalog, configuration);
  const own = tools.map(({ name }) => kebabCase(name));
  const entries = { ...Object.fromEntries(own.map((name) => [name, entryOf(functions, name)])), ...bridges };
  const names = Object.keys(entries);
  // Bridges read member accounts only, as most tools do.
  const served = names.length > own.length ? [...tools, ...bridgeHandlers] : tools;
  const limit = reservedConcurrency === undefined ? {} : { reservedConcurrency };
  return {
    region: runtime.homeRegion,
    environment: environmentOf(runtime, stopped),
    logRetentionDays,
    functions: Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, { ...entry, ...limit }])),
    roles: executionRoles(tools, runtime, rolesOf(served)),
    outputs: outputsOf(names, rolesOf(served)),
    functionArns: names.map(functionArn),
    gatewayName: gateway.name,
    contextStore: runtime.contextStore === undefined ? 'none' : 'bucket',
    contextBucket: runtime.contextStore?.bucket ?? '',
    // S3 counts whole days; the reader of a result judges its age by the hour.
    contextExpirationDays: Math.ceil((runtime.contextStore?.ttlHours ?? 24) / 24),
  };
}

function entryOf(functions: Readonly<Record<string, FunctionEntry>>, name: string): FunctionEntry {
  const entry = functions[name];
  if (entry === undefined) throw new Error(`generated/functions.yml has no ${name}. Run: npm run generate`);
  return entry;
}

function checkDeployable({ externalId, organizationId, accounts }: ConfigurationFile): void {
  const missing = [
    ...(externalId === undefined ? ['  externalId: is missing; the member role asks for it.'] : []),
    ...(organizationId === undefined && accounts === 'organization'
      ? ['  organizationId: is missing; without it the tools could assume a role of that name in any account of AWS.']
      : []),
  ];
  if (missing.length > 0) throw new ConfigurationError(`central-ops.json cannot be deployed:\n${missing.join('\n')}`);
}

function environmentOf(configuration: Parameters<typeof toEnvironment>[0], stopped: boolean): Record<string, unknown> {
  const variables = {
    ...toEnvironment(configuration, 'x'.repeat(SECRET_CHARACTERS)),
    ...(stopped ? { CENTRAL_OPS_STOPPED: 'yes' } : {}),
  };
  const bytes = Buffer.byteLength(Object.entries(variables).flat().join(''));
  if (bytes > MAX_ENVIRONMENT_BYTES) {
    throw new ConfigurationError(
      `central-ops.json cannot be deployed:\n  accounts: a function's variables would take ${bytes} bytes of the 4,096 that Lambda has. Use "organization" in place of a long list.`,
    );
  }
  return { ...variables, CENTRAL_OPS_CURSOR_SECRET: CURSOR_SECRET };
}

/** What registration and the member roles need to know. CloudFormation's output keys are letters and digits only. */
function outputsOf(names: readonly string[], roles: readonly ExecutionRole[]): Record<string, { Value: unknown }> {
  const arns = names.map((name) => [`Function${pascalCase(name)}`, name] as const);
  const roleArns = roles.map(({ logicalId }) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] }));
  return {
    ToolRoleArns: { Value: { 'Fn::Join': [',', roleArns] } },
    ...Object.fromEntries(arns.map(([key, name]) => [key, { Value: functionArn(name) }])),
  };
}

function pascalCase(kebab: string): string {
  return kebab.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
