import type { Rule } from './rules.ts';
import { actionsOf, hasCondition, type Located, listOf, resourcesOf, statementsOf } from './statements.ts';

/** All that a policy of ours may do beyond reading: names in full, because none of them may creep in. */
const WRITES = ['sts:AssumeRole', 'lambda:InvokeFunction', 's3:PutObject', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const READS = /^[a-z0-9-]+:(Get|List|Describe|BatchGet|Lookup|Search)[A-Za-z0-9]*$|^apigateway:GET$/;
/** Reads of what people keep in AWS rather than of how it is set up. The context store is ours. */
const CONTENTS =
  /^(s3:GetObject|dynamodb:(Get|BatchGet)Item|secretsmanager:GetSecretValue|ssm:GetParameters?(ByPath|History)?|logs:(Get|Filter)LogEvents|kinesis:GetRecords|lambda:GetLayerVersion|sqs:ReceiveMessage)$/;
/** Actions that are only ever meant for resources of our own. */
const OWN =
  /^(lambda:InvokeFunction|s3:(PutObject|GetObject|ListBucket)|logs:(CreateLogStream|PutLogEvents)|sts:AssumeRole)$/;

export const permissionRules: readonly Rule[] = [
  {
    name: 'no-wildcard-action',
    why: 'a new action of AWS must not become ours by itself',
    find: (template) =>
      allowing(template).flatMap(({ resource, statement }) =>
        actionsOf(statement)
          .filter((action) => /[*?]/.test(action))
          .map((action) => `${resource} allows ${action}`),
      ),
  },
  {
    name: 'no-negative-grant',
    why: 'NotAction, NotResource and NotPrincipal allow what nobody listed',
    find: (template) =>
      allowing(template).flatMap(({ resource, statement }) =>
        ['NotAction', 'NotResource', 'NotPrincipal']
          .filter((key) => Object.hasOwn(statement, key))
          .map((key) => `${resource} allows by ${key}`),
      ),
  },
  {
    name: 'reads-only',
    why: 'the tools change nothing, and the few exceptions are named',
    find: (template) =>
      allowing(template, 'identity').flatMap(({ resource, statement }) =>
        actionsOf(statement)
          .filter((action) => !READS.test(action) && !WRITES.includes(action))
          .map((action) => `${resource} allows ${action}`),
      ),
  },
  {
    name: 'no-contents',
    why: 'how things are set up is asked for, never what people keep in them',
    find: (template) =>
      allowing(template, 'identity').flatMap(({ resource, statement }) =>
        actionsOf(statement)
          .filter((action) => CONTENTS.test(action) && !(action === 's3:GetObject' && isScoped(statement.Resource)))
          .map((action) => `${resource} allows ${action}`),
      ),
  },
  {
    name: 'own-resources-only',
    why: 'what is done with our own resources must not reach those of others',
    find: (template) =>
      allowing(template, 'identity')
        .filter(({ statement }) => !isScoped(statement.Resource))
        .flatMap(({ resource, statement }) =>
          actionsOf(statement)
            .filter((action) => OWN.test(action))
            .map((action) => `${resource} allows ${action} on every resource`),
        ),
  },
  {
    name: 'assume-in-our-accounts',
    why: 'a role of that name in a stranger’s account would be assumed as well',
    find: (template) =>
      allowing(template, 'identity')
        .filter(({ statement }) => actionsOf(statement).includes('sts:AssumeRole'))
        .filter(
          ({ statement }) =>
            !hasCondition(statement, 'aws:ResourceOrgID') && !hasCondition(statement, 'aws:ResourceAccount'),
        )
        .map(({ resource }) => `${resource} allows sts:AssumeRole in any account of AWS`),
  },
  {
    name: 'no-foreign-policy',
    why: "AWS's managed policies grow without asking",
    find: (template) =>
      resourcesOf(template, 'AWS::IAM::Role').flatMap(([id, { Properties }]) =>
        listOf(Properties.ManagedPolicyArns)
          .filter((arn) => !isReferenceTo(arn, Object.keys(template.Resources)))
          .map((arn) => `${id} has the managed policy ${JSON.stringify(arn)}`),
      ),
  },
];

function allowing(template: Parameters<typeof statementsOf>[0], kind?: Located['kind']): Located[] {
  return statementsOf(template).filter(
    (each) => each.statement.Effect === 'Allow' && (kind === undefined || each.kind === kind),
  );
}

/** Whether each resource is an ARN that says more than its type. */
function isScoped(resource: unknown): boolean {
  const texts = listOf(resource).map((each) =>
    String((each as { 'Fn::Sub'?: unknown })['Fn::Sub'] ?? each).replace(/\$\{[^}]*\}/g, 'x'),
  );
  return (
    texts.length > 0 &&
    texts.every((text) => text !== '*' && !/^([a-z-]+[:/])?\*/.test(text.split(':').slice(5).join(':')))
  );
}

function isReferenceTo(value: unknown, ids: readonly string[]): boolean {
  const reference = (value as { Ref?: unknown } | null)?.Ref;
  return typeof reference === 'string' && ids.includes(reference);
}
