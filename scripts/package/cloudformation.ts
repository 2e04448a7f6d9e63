/** The parts of a CloudFormation template that are made and judged here. */
export interface Template {
  readonly Description?: string;
  readonly Parameters?: Readonly<Record<string, Parameter>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface Parameter {
  readonly Type: string;
  readonly Default?: string;
  readonly NoEcho?: boolean;
}

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: string | Readonly<Record<string, unknown>>;
  readonly Action?: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export function allow(sid: string, actions: readonly string[], resource: unknown): Statement {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: resource };
}

export function sub(text: string): { readonly 'Fn::Sub': string } {
  return { 'Fn::Sub': text };
}
