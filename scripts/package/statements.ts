import type { Resource, Statement, Template } from './cloudformation.ts';

/** A policy statement of a template and where it stands. */
export interface Located {
  readonly resource: string;
  readonly statement: Statement;
  /** Of a role's trust policy or a bucket's policy, which name principals; others belong to a role. */
  readonly kind: 'trust' | 'resource' | 'identity';
}

/** Every statement of every policy in a template, wherever CloudFormation lets one stand. */
export function statementsOf({ Resources }: Template): Located[] {
  return Object.entries(Resources).flatMap(([resource, { Type, Properties = {} }]) => {
    const { AssumeRolePolicyDocument, ...others } = Properties;
    const kind = Type.startsWith('AWS::IAM::') ? 'identity' : 'resource';
    return [
      ...find(AssumeRolePolicyDocument).map((statement) => ({ resource, statement, kind: 'trust' as const })),
      ...find(others).map((statement) => ({ resource, statement, kind: kind as Located['kind'] })),
    ];
  });
}

function find(value: unknown): Statement[] {
  if (Array.isArray(value)) return value.flatMap(find);
  if (typeof value !== 'object' || value === null) return [];
  if (Object.hasOwn(value, 'Effect')) return [value as Statement];
  return Object.values(value).flatMap(find);
}

/** Policies write one value bare and several as a list. */
export function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

export function actionsOf({ Action }: Statement): string[] {
  return listOf(Action).map(String);
}

/** Whether a condition of the statement is about this key, whatever its case and operator. */
export function hasCondition({ Condition = {} }: Statement, key: string): boolean {
  return Object.values(Condition).some((keys) =>
    Object.keys(keys).some((name) => name.toLowerCase() === key.toLowerCase()),
  );
}

/** The resources of one type by their logical IDs. */
export function resourcesOf({ Resources }: Template, type: string): [string, Resource & { Properties: Properties }][] {
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, resource]) => [id, { ...resource, Properties: (resource.Properties ?? {}) as Properties }]);
}

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties have no common type.
export type Properties = Readonly<Record<string, any>>;
