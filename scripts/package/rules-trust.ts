import type { Statement, Template } from './cloudformation.ts';
import type { Rule } from './rules.ts';
import { hasCondition, type Located, listOf, resourcesOf, statementsOf } from './statements.ts';

export const trustRules: readonly Rule[] = [
  {
    name: 'no-wildcard-principal',
    why: 'everybody is never who was meant',
    find: (template) =>
      granting(template)
        .filter(({ statement }) => principals(statement).some((each) => each === '*' || String(each).endsWith(':root')))
        .map(({ resource }) => `${resource} trusts a whole account or everybody`),
  },
  {
    name: 'service-in-our-account',
    why: 'without them the service could be made to act for a stranger (confused deputy)',
    find: (template) =>
      granting(template)
        .filter(({ statement }) => services(statement).some((name) => name !== 'lambda.amazonaws.com'))
        .flatMap(({ resource, statement }) => missing(resource, statement, ['aws:SourceAccount', 'aws:SourceArn'])),
  },
  {
    name: 'member-trust-conditions',
    why: 'the exact role, the organization and the external ID must all be right',
    find: (template) =>
      granting(template)
        .filter(({ kind, statement }) => kind === 'trust' && accounts(statement).length > 0)
        .flatMap(({ resource, statement }) => missing(resource, statement, ['aws:PrincipalOrgID', 'sts:ExternalId'])),
  },
  {
    name: 'exact-conditions',
    why: 'with a pattern or …IfExists a missing or similar value passes',
    find: (template) =>
      granting(template).flatMap(({ resource, statement }) =>
        Object.entries(statement.Condition ?? {})
          .filter(([operator, keys]) => operator !== 'StringEquals' && isIdentity(keys))
          .map(([operator]) => `${resource} compares by ${operator}`),
      ),
  },
  {
    name: 'short-sessions',
    why: 'a session that was opened by a session lasts an hour at most',
    find: (template) =>
      resourcesOf(template, 'AWS::IAM::Role')
        .filter(([, { Properties }]) => Number(Properties.MaxSessionDuration ?? 3_600) > 3_600)
        .map(([id]) => `${id} allows sessions of more than an hour`),
  },
  {
    name: 'no-public-function',
    why: 'only the gateway and our own roles run the functions',
    find: (template) => [
      ...resourcesOf(template, 'AWS::Lambda::Url').map(([id]) => `${id} gives a function an address of its own`),
      ...resourcesOf(template, 'AWS::Lambda::Permission')
        .filter(
          ([
            ,
            {
              Properties: { Principal, SourceAccount, SourceArn },
            },
          ]) => Principal === '*' || (isService(Principal) && (SourceAccount === undefined || SourceArn === undefined)),
        )
        .map(([id]) => `${id} lets others run a function`),
    ],
  },
];

function granting(template: Template): Located[] {
  return statementsOf(template).filter(({ kind, statement }) => kind !== 'identity' && statement.Effect === 'Allow');
}

function principals({ Principal }: Statement): unknown[] {
  return typeof Principal === 'object' ? Object.values(Principal).flatMap(listOf) : listOf(Principal);
}

function services({ Principal }: Statement): string[] {
  return typeof Principal === 'object' ? listOf(Principal.Service).map(String) : [];
}

function accounts({ Principal }: Statement): unknown[] {
  return typeof Principal === 'object' ? listOf(Principal.AWS) : listOf(Principal);
}

function missing(resource: string, statement: Statement, keys: readonly string[]): string[] {
  return keys.filter((key) => !hasCondition(statement, key)).map((key) => `${resource} trusts without ${key}`);
}

function isIdentity(keys: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(keys).some((key) => /^(sts:ExternalId|aws:PrincipalOrgID|aws:SourceAccount)$/i.test(key));
}

function isService(principal: unknown): boolean {
  return typeof principal === 'string' && principal.endsWith('.amazonaws.com');
}
