import type { Resource, Template } from '../../scripts/package/cloudformation.ts';

type Values = Readonly<Record<string, string | readonly string[]>>;

export const HUB_ACCOUNT = '999999999999';

/** A template's resources as CloudFormation makes them: parameters, references and conditions filled in. */
export function resolvedResources(template: Template, values: Values = {}): Record<string, Resource> {
  const { Parameters = {}, Resources } = template;
  const { Conditions = {} } = template as { Conditions?: Record<string, { 'Fn::Equals': unknown[] }> };
  const defaults = Object.entries(Parameters).flatMap(([name, { Default }]) =>
    Default === undefined ? [] : [[name, Default] as const],
  );
  const known: Values = {
    'AWS::Partition': 'aws',
    'AWS::Region': 'us-east-1',
    'AWS::AccountId': HUB_ACCOUNT,
    ...Object.fromEntries(defaults),
    ...values,
  };
  const resolve = (value: unknown): unknown => resolveValue(value, Resources, known);
  const holds = ({ Condition }: Resource) => {
    if (Condition === undefined) return true;
    const [left, right] = (resolve(Conditions[Condition]?.['Fn::Equals']) ?? []) as unknown[];
    return left === right;
  };
  const kept = Object.entries(Resources).filter(([, resource]) => holds(resource));
  return Object.fromEntries(kept.map(([id, resource]) => [id, resolve(resource) as Resource]));
}

function resolveValue(value: unknown, resources: Template['Resources'], known: Values): unknown {
  const again = (inner: unknown) => resolveValue(inner, resources, known);
  if (Array.isArray(value)) return value.map(again);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[name, argument] = ['', undefined]] = entries;
  if (entries.length === 1) {
    if (name === 'Ref') return known[argument] ?? argument;
    if (name === 'Fn::GetAtt') return attributeOf(argument, resources, known);
    if (name === 'Fn::Join') return (again(argument[1]) as string[]).join(argument[0]);
    if (name === 'Fn::Sub') {
      return argument.replace(/\$\{([\w:]+)(?:\.(\w+))?\}/g, (_: string, id: string, attribute?: string) =>
        attribute === undefined ? (known[id] ?? id) : attributeOf([id, attribute], resources, known),
      );
    }
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, again(inner)]));
}

/** ARNs are all that our templates ask of their resources. */
function attributeOf([id, attribute]: readonly [string, string], resources: Template['Resources'], known: Values) {
  const { Type, Properties = {} } = resources[id] ?? { Type: 'absent' };
  if (attribute !== 'Arn') throw new Error(`${id}.${attribute} is not resolved here.`);
  if (Type === 'AWS::IAM::Role') return `arn:aws:iam::${known['AWS::AccountId']}:role/${Properties.RoleName}`;
  if (Type === 'AWS::S3::Bucket') return `arn:aws:s3:::${Properties.BucketName ?? id}`;
  throw new Error(`The ARN of ${Type} is not resolved here.`);
}
