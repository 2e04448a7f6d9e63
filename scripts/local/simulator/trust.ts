import { asList, matchesPattern, type Policy, type Statement } from './policy.ts';
import type { Session } from './sessions.ts';

/** An AssumeRole call as a role's trust policy sees it. */
export type AssumeRoleRequest = {
  caller: Pick<Session, 'account' | 'roleArn' | 'principalArn'>;
  /** Organization of the caller's account. */
  organizationId?: string;
  externalId?: string;
  sourceIdentity?: string;
  sessionName?: string;
};

/**
 * Whether a trust policy lets the caller in: AWS principals (account, account root, role, session or `*`) and the
 * conditions a cross-account trust uses. What it does not know, it refuses.
 */
export function trustAllows(policy: Policy, request: AssumeRoleRequest): boolean {
  const applies = (effect: Statement['Effect']) =>
    asList(policy.Statement).some((statement) => statement.Effect === effect && covers(statement, request));
  return applies('Allow') && !applies('Deny');
}

function covers(statement: Statement, request: AssumeRoleRequest): boolean {
  return (
    asList(statement.Action).some((pattern) => matchesPattern(pattern.toLowerCase(), 'sts:assumerole')) &&
    principalMatches(statement, request.caller) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) =>
        conditionHolds(operator, asList(values), contextValue(key, request)),
      ),
    )
  );
}

function principalMatches({ Principal }: Statement, caller: AssumeRoleRequest['caller']): boolean {
  if (Principal === undefined) return false;
  const names = Principal === '*' ? ['*'] : asList(Principal.AWS);
  const root = `:iam::${caller.account}:root`;
  return names.some(
    (name) =>
      name === '*' ||
      name === caller.account ||
      name.endsWith(root) ||
      name === caller.roleArn ||
      name === caller.principalArn,
  );
}

function contextValue(key: string, request: AssumeRoleRequest): string | undefined {
  return {
    'sts:externalid': request.externalId,
    'sts:sourceidentity': request.sourceIdentity,
    'sts:rolesessionname': request.sessionName,
    'aws:principalorgid': request.organizationId,
    'aws:principalarn': request.caller.roleArn,
    'aws:principalaccount': request.caller.account,
  }[key.toLowerCase()];
}

function conditionHolds(operator: string, values: string[], actual: string | undefined): boolean {
  if (operator === 'Null') return values.includes(String(actual === undefined));
  if (actual === undefined) return false;
  switch (operator) {
    case 'StringEquals':
      return values.includes(actual);
    case 'StringLike':
    case 'ArnLike':
    case 'ArnEquals':
      return values.some((pattern) => matchesPattern(pattern, actual));
    default:
      return false;
  }
}
