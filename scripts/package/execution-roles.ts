import type { RuntimeConfiguration } from '../../schemas/configuration.ts';
import { kebabCase, type Tool } from '../../schemas/define-tool.ts';
import { allow, type Resource, type Statement, sub } from './cloudformation.ts';

/** An execution role of the functions. One per need, so that few ARNs stand in the trust of each member account. */
export interface ExecutionRole {
  readonly name: string;
  readonly logicalId: string;
  /** Whether a tool with these actions of its own runs as this role; the first role that does is taken. */
  readonly serves: (actions: readonly string[]) => boolean;
  readonly description: string;
}

const all = (pattern: RegExp) => (actions: readonly string[]) => actions.every((action) => pattern.test(action));

const ROLES: readonly ExecutionRole[] = [
  {
    name: 'central-ops-tools',
    logicalId: 'ToolsRole',
    serves: (actions) => actions.length === 0,
    description: 'Tools that only read member accounts.',
  },
  {
    name: 'central-ops-organization',
    logicalId: 'OrganizationRole',
    serves: all(/^organizations:/),
    description: 'Tools that read the organization.',
  },
  {
    name: 'central-ops-aggregation',
    logicalId: 'AggregationRole',
    serves: all(/^lambda:InvokeFunction$/),
    description: 'Tools that run other tools.',
  },
  {
    name: 'central-ops-context-writer',
    logicalId: 'ContextWriterRole',
    serves: all(/^s3:PutObject$/),
    description: 'Security tools that keep their results.',
  },
  {
    name: 'central-ops-context-reader',
    logicalId: 'ContextReaderRole',
    serves: all(/^s3:(GetObject|ListBucket)$/),
    description: 'Security tools that read kept results.',
  },
];

/** The role that a tool's function runs as. */
export function roleOf({ name, ownIam = [] }: Pick<Tool, 'name' | 'ownIam'>): ExecutionRole {
  const role = ROLES.find(({ serves }) => serves(ownIam));
  if (role === undefined) {
    throw new Error(`No execution role serves ${name} (${ownIam.join(', ')}): see scripts/package/execution-roles.ts.`);
  }
  return role;
}

/** The roles of these tools, in a fixed order. */
export function rolesOf(tools: readonly Tool[]): ExecutionRole[] {
  const used = new Set(tools.map(roleOf));
  return ROLES.filter((role) => used.has(role));
}

/** The execution roles as CloudFormation resources: what every tool needs in one policy, and each role's own need. */
export function executionRoles(
  tools: readonly Tool[],
  configuration: RuntimeConfiguration,
  wanted: readonly ExecutionRole[] = rolesOf(tools),
): Record<string, Resource> {
  const roles = wanted.map((role) => {
    const served = tools.filter((tool) => roleOf(tool) === role);
    return [role.logicalId, executionRole(role, ownStatements(served, tools, configuration))] as const;
  });
  return {
    ToolsPolicy: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        ManagedPolicyName: 'central-ops-tools',
        Description: 'What every function of Central Ops Tools does with its own role.',
        PolicyDocument: { Version: '2012-10-17', Statement: commonStatements(configuration) },
      },
    },
    ...Object.fromEntries(roles),
  };
}

function executionRole({ name, description }: ExecutionRole, statements: readonly Statement[]): Resource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: name,
      Description: description,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      ManagedPolicyArns: [{ Ref: 'ToolsPolicy' }],
      ...(statements.length === 0
        ? {}
        : { Policies: [{ PolicyName: name, PolicyDocument: { Version: '2012-10-17', Statement: statements } }] }),
    },
  };
}

function commonStatements(configuration: RuntimeConfiguration): Statement[] {
  const { accounts, managementAccountId, targetRoleName } = configuration;
  return [
    allow(
      'Logs',
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      sub(`arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/central-ops-*:*`),
    ),
    {
      ...allow('TargetRole', ['sts:AssumeRole'], sub(`arn:\${AWS::Partition}:iam::*:role/${targetRoleName}`)),
      Condition: { StringEquals: targetOwners(configuration) },
    },
    ...(accounts === 'organization' && managementAccountId === undefined
      ? [allow('Discovery', ['organizations:ListAccounts'], '*')]
      : []),
  ];
}

/** Whose roles may be assumed. Without this a role of that name in a stranger's account would do. */
function targetOwners({ accounts, managementAccountId, organizationId }: RuntimeConfiguration) {
  const listed =
    accounts === 'organization' ? [] : [...accounts, ...(managementAccountId ? [managementAccountId] : [])];
  return {
    ...(organizationId === undefined ? {} : { 'aws:ResourceOrgID': organizationId }),
    ...(listed.length === 0 ? {} : { 'aws:ResourceAccount': [...new Set(listed)] }),
  };
}

/** What the served tools do beyond reading member accounts, each on its own resources. */
function ownStatements(
  served: readonly Tool[],
  deployed: readonly Tool[],
  { managementAccountId, contextStore }: RuntimeConfiguration,
): Statement[] {
  const actions = [...new Set(served.flatMap(({ ownIam = [] }) => ownIam))].sort();
  const of = (service: string) => actions.filter((action) => action.startsWith(`${service}:`));
  const statements: Statement[] = [];
  // With a management account the organization is read through the target role there.
  if (of('organizations').length > 0 && managementAccountId === undefined) {
    statements.push(allow('Organization', of('organizations'), '*'));
  }
  if (of('lambda').length > 0) {
    statements.push(
      allow(
        'Tools',
        of('lambda'),
        deployed.filter((tool) => !served.includes(tool)).map(({ name }) => functionArn(kebabCase(name))),
      ),
    );
  }
  if (of('s3').length > 0 && contextStore !== undefined) statements.push(...contextStatements(of('s3'), contextStore));
  return statements;
}

/** The prefix under which shared/security/context-store.ts keeps its objects. */
const CONTEXT_PREFIX = 'v1/';

function contextStatements(actions: readonly string[], { bucket }: { bucket: string }): Statement[] {
  const arn = `arn:\${AWS::Partition}:s3:::${bucket}`;
  const objects = actions.filter((action) => action !== 's3:ListBucket');
  return [
    ...(objects.length > 0 ? [allow('Context', objects, sub(`${arn}/${CONTEXT_PREFIX}*`))] : []),
    ...(actions.includes('s3:ListBucket')
      ? [
          {
            ...allow('ContextList', ['s3:ListBucket'], sub(arn)),
            Condition: { StringLike: { 's3:prefix': `${CONTEXT_PREFIX}*` } },
          },
        ]
      : []),
  ];
}

/** The ARN of a function by its kebab-case name; exact, so that nothing else named alike can be run. */
export function functionArn(name: string) {
  return sub(`arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:central-ops-${name}`);
}
