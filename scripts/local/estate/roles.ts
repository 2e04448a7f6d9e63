import { CreateAccountAliasCommand, CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { type EstateAccount, HUB_ACCOUNT } from './organization.ts';
import type { Seeder } from './seeder.ts';

export const HUB_ROLE_NAME = 'central-ops-tools';
export const TARGET_ROLE_NAME = 'CentralOpsTargetRole';
export const EXTERNAL_ID = 'central-ops-demo';

export type PolicyDocument = Record<string, unknown>;

/** Wide enough for every tool, without the reads that give away contents (objects, items, secrets, log events). */
const READ_ACTIONS: Record<string, string[]> = {
  'access-analyzer': ['List*'],
  account: ['ListRegions'],
  apigateway: ['GET'],
  cloudfront: ['Get*', 'List*'],
  cloudwatch: ['Describe*', 'Get*', 'List*'],
  dynamodb: ['DescribeContinuousBackups', 'DescribeTable', 'ListTables'],
  ec2: ['Describe*', 'GetEbs*', 'GetSnapshotBlockPublicAccessState'],
  ecs: ['Describe*', 'List*'],
  eks: ['Describe*', 'List*'],
  elasticache: ['Describe*'],
  elasticfilesystem: ['Describe*'],
  elasticloadbalancing: ['Describe*'],
  guardduty: ['Get*', 'List*'],
  iam: ['ListAccountAliases'],
  inspector2: ['BatchGet*', 'List*'],
  kms: ['DescribeKey', 'ListAliases', 'ListKeys'],
  lambda: ['GetFunction*', 'GetPolicy', 'List*'],
  logs: ['DescribeLogGroups'],
  macie2: ['Get*', 'List*'],
  organizations: ['Describe*', 'List*'],
  rds: ['Describe*', 'ListTagsForResource'],
  'resource-explorer-2': ['List*', 'Get*'],
  s3: [
    'GetAccountPublicAccessBlock',
    'GetBucket*',
    'GetEncryptionConfiguration',
    'GetLifecycleConfiguration',
    'ListAllMyBuckets',
  ],
  securityhub: ['Describe*', 'Get*', 'List*'],
  support: ['DescribeTrustedAdvisor*'],
  tag: ['GetResources'],
  trustedadvisor: ['Get*', 'List*'],
};

const READ_ONLY = allow(
  Object.entries(READ_ACTIONS).flatMap(([service, actions]) => actions.map((action) => `${service}:${action}`)),
  '*',
);

/**
 * The hub's role, which the tools run as, and the target role in every account that they read; the acquired account
 * has none. `targetRolePolicy` replaces the demo's wide one, for tests of a narrower or a generated policy.
 */
export async function seedRoles(
  seeder: Seeder,
  accounts: EstateAccount[],
  targetRolePolicy: PolicyDocument = READ_ONLY,
): Promise<void> {
  const hubRoleArn = `arn:aws:iam::${seeder.accountId(HUB_ACCOUNT)}:role/${HUB_ROLE_NAME}`;
  await putRole(
    seeder.in(HUB_ACCOUNT, 'us-east-1').client(IAMClient),
    HUB_ROLE_NAME,
    trust({ Service: 'lambda.amazonaws.com' }),
    allow(['sts:AssumeRole'], `arn:aws:iam::*:role/${TARGET_ROLE_NAME}`),
  );
  seeder.made('iam:role');
  for (const { name, reachable } of accounts) {
    const iam = seeder.in(name, 'us-east-1').client(IAMClient);
    await iam.send(new CreateAccountAliasCommand({ AccountAlias: `exampleco-${name}` }));
    if (!reachable) continue;
    const trustHub = trust({ AWS: hubRoleArn }, { StringEquals: { 'sts:ExternalId': EXTERNAL_ID } });
    await putRole(iam, TARGET_ROLE_NAME, trustHub, targetRolePolicy);
    seeder.made('iam:role');
  }
}

/** A role that a service of AWS assumes, in one account. Its ARN. */
export async function serviceRole(iam: IAMClient, name: string, service: string): Promise<string> {
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify(trust({ Service: `${service}.amazonaws.com` })),
    }),
  );
  return Role?.Arn ?? '';
}

async function putRole(iam: IAMClient, name: string, trustPolicy: PolicyDocument, policy: PolicyDocument) {
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trustPolicy) }));
  await iam.send(
    new PutRolePolicyCommand({ RoleName: name, PolicyName: 'central-ops', PolicyDocument: JSON.stringify(policy) }),
  );
}

function trust(principal: Record<string, string>, condition?: PolicyDocument): PolicyDocument {
  const statement = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' };
  return { Version: '2012-10-17', Statement: [condition ? { ...statement, Condition: condition } : statement] };
}

function allow(actions: string[], resource: string): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }] };
}
