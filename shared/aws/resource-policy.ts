/** One statement of a resource's policy, as far as it says who gets what. */
export interface PolicyStatement {
  readonly Sid: string | undefined;
  readonly Effect: string;
  readonly Principal: readonly string[];
  readonly Action: readonly string[];
  readonly SourceArn: readonly string[] | undefined;
  readonly SourceAccount: readonly string[] | undefined;
  readonly PrincipalOrgID: readonly string[] | undefined;
  /** Operator and key of every other condition. Never its values: some are secrets, such as an event source token. */
  readonly OtherConditions: readonly string[] | undefined;
  /** Anyone is allowed, and no condition narrows it to known callers. */
  readonly Public: boolean;
}

type Values = string | readonly string[];
type Principals = Values | Readonly<Record<string, Values>>;

interface Statement {
  Sid?: string;
  Effect?: string;
  Principal?: Principals;
  NotPrincipal?: Principals;
  Action?: Values;
  NotAction?: Values;
  Condition?: Record<string, Record<string, Values>>;
}

interface Condition {
  readonly operator: string;
  /** As written, and in the lower case in which keys are compared. */
  readonly name: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Conditions whose values are shown. Their keys are compared without case, as IAM does. */
const SHOWN = { SourceArn: 'aws:sourcearn', SourceAccount: 'aws:sourceaccount', PrincipalOrgID: 'aws:principalorgid' };

/** Operators that demand a value; negations, Null and the IfExists forms let unknown callers through. */
const DEMANDS_VALUE = /^(ForAnyValue:)?(String(Equals|EqualsIgnoreCase|Like)|Arn(Equals|Like)|IpAddress)$/;

/** Keys that tell a known caller or network: S3 User Guide, "The meaning of public", and IAM's global condition keys. */
const NARROWING = new Set([
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceowner',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:userid',
  'aws:sourceip',
  'aws:sourcevpc',
  'aws:sourcevpce',
]);

/** The statements of a policy document; null when there is none. Throws SyntaxError when the text is no JSON. */
export function policyStatements(document: string | undefined): PolicyStatement[] | null {
  if (document === undefined || document === '') return null;
  const { Statement = [] } = JSON.parse(document) as { Statement?: Statement | Statement[] };
  return (Array.isArray(Statement) ? Statement : [Statement]).map(toPolicyStatement);
}

function toPolicyStatement(statement: Statement): PolicyStatement {
  const { Sid, Effect = 'Allow' } = statement;
  const principals = principalsOf(statement.Principal);
  const conditions = conditionsOf(statement);
  const shown = (key: string) => conditions.filter((each) => each.key === key && DEMANDS_VALUE.test(each.operator));
  const valuesOf = (key: string) => nonEmpty(shown(key).flatMap(({ values }) => values));
  const others = conditions.filter(({ key, operator }) => !isShown(key) || !DEMANDS_VALUE.test(operator));
  // Allow for all but the named ones is Allow for all the world.
  const everyone = principals.includes('*') || statement.NotPrincipal !== undefined;
  return {
    Sid,
    Effect,
    Principal: [...principals, ...principalsOf(statement.NotPrincipal).map((each) => `not ${each}`)],
    Action: [...list(statement.Action), ...list(statement.NotAction).map((each) => `not ${each}`)],
    SourceArn: valuesOf(SHOWN.SourceArn),
    SourceAccount: valuesOf(SHOWN.SourceAccount),
    PrincipalOrgID: valuesOf(SHOWN.PrincipalOrgID),
    OtherConditions: nonEmpty(others.map(({ operator, name }) => `${operator} ${name}`)),
    Public: Effect === 'Allow' && everyone && !conditions.some(narrows),
  };
}

/** `*`, or a map from the kind of principal (AWS, Service, Federated …) to its names. */
function principalsOf(principal: Principals | undefined): readonly string[] {
  if (typeof principal !== 'object' || Array.isArray(principal)) return list(principal as Values | undefined);
  return Object.values(principal).flatMap(list);
}

function conditionsOf({ Condition = {} }: Statement): Condition[] {
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([name, values]) => ({ operator, name, key: name.toLowerCase(), values: list(values) })),
  );
}

function narrows({ operator, key, values }: Condition): boolean {
  return NARROWING.has(key) && DEMANDS_VALUE.test(operator) && values.length > 0 && values.every(isFixed);
}

/** A value that names somebody: without wildcards, or an ARN of a stated account; not a network of all addresses. */
function isFixed(value: string): boolean {
  if (/\/0$/.test(value)) return false;
  return !/[*?]/.test(value) || /^arn:[^:*?]+:[^:*?]+:[^:]*:\d{12}:/.test(value);
}

function isShown(key: string): boolean {
  return Object.values(SHOWN).includes(key);
}

function list(values: Values | undefined): readonly string[] {
  if (values === undefined) return [];
  return typeof values === 'string' ? [values] : values;
}

function nonEmpty<T>(values: readonly T[]): readonly T[] | undefined {
  return values.length > 0 ? values : undefined;
}
