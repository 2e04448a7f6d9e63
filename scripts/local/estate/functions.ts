import { IAMClient } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  type Architecture,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  type Runtime,
  type VpcConfig,
} from '@aws-sdk/client-lambda';
import { type Application, tagMap } from './applications.ts';
import { type Networks, vpcNamed } from './network.ts';
import type { AccountName, EstateRegion } from './organization.ts';
import { serviceRole } from './roles.ts';
import { groupNamed, type SecurityGroups } from './security-groups.ts';
import { repeated, type Seeder } from './seeder.ts';

interface FunctionPlan {
  name: string;
  account: AccountName;
  region: EstateRegion;
  application: Application;
  runtime: Runtime;
  memory: number;
  timeout: number;
  architecture: Architecture;
  environment: Record<string, string>;
  traced: boolean;
  /** Where it runs inside a VPC, and which security group it has. */
  inside?: { vpc: string; group: string };
}

/** Marked values that stand for secrets: no answer, log line or error may ever hold one. */
export const CANARY_PREFIX = 'CANARY-';

const SECRETS = {
  DATABASE_PASSWORD: `${CANARY_PREFIX}database-password-7f3a`,
  ACQUIRER_API_KEY: `${CANARY_PREFIX}acquirer-api-key-91bc`,
};

const FUNCTIONS: readonly FunctionPlan[] = [
  ...functions('payments-prod', 'us-east-1', 'checkout', 'nodejs22.x', ['checkout-authorize', 'checkout-capture'], {
    memory: 1024,
    environment: { TABLE_NAME: 'checkout-carts', ...SECRETS },
  }),
  ...functions('payments-prod', 'us-east-1', 'checkout', 'nodejs22.x', ['checkout-refund', 'checkout-webhook']),
  ...functions('payments-prod', 'us-east-1', 'checkout', 'nodejs16.x', ['receipt-renderer'], { memory: 2048 }),
  ...functions('payments-prod', 'us-east-1', 'ledger', 'java21', ['ledger-post', 'ledger-balance'], {
    memory: 2048,
    inside: { vpc: 'payments-main', group: 'ledger-worker' },
  }),
  ...functions('payments-prod', 'us-east-1', 'ledger', 'python3.8', ['ledger-monthly-close'], { timeout: 900 }),
  ...functions('payments-prod', 'us-east-1', 'fraud-scoring', 'python3.13', ['fraud-features', 'fraud-rules']),
  ...functions('payments-prod', 'eu-west-1', 'payouts', 'python3.13', ['payout-file', 'payout-status'], {
    environment: { BUCKET: 'exampleco-payouts-settlement', SFTP_PASSWORD: `${CANARY_PREFIX}sftp-password-22de` },
  }),
  ...functions('payments-prod', 'eu-west-1', 'checkout', 'nodejs22.x', ['checkout-authorize', 'checkout-capture']),
  ...functions('payments-dev', 'us-east-1', 'checkout', 'nodejs24.x', ['dev-authorize', 'dev-capture', 'dev-preview']),
  ...functions('payments-dev', 'us-east-1', 'checkout', 'nodejs14.x', ['dev-old-mailer']),
  ...functions('payments-dev', 'us-east-1', 'ledger', 'python3.12', ['dev-fixture-loader'], { timeout: 300 }),
  ...functions('data-platform', 'us-east-1', 'warehouse', 'python3.12', ['lake-catalog', 'lake-compaction'], {
    memory: 3008,
    timeout: 900,
  }),
  ...functions('data-platform', 'us-east-1', 'notebooks', 'python3.8', ['notebook-idle-stop']),
  ...functions('data-platform', 'eu-central-1', 'clickstream', 'provided.al2023', ['click-enrich', 'click-dedupe']),
  ...functions('data-platform', 'eu-central-1', 'clickstream', 'go1.x', ['click-geo']),
  ...functions('acquired-shop', 'eu-west-1', 'storefront', 'nodejs12.x', ['shop-image-resize']),
  ...functions('log-archive', 'us-east-1', 'audit-logs', 'python3.13', ['log-rotation']),
  ...functions('security-tooling', 'us-east-1', 'siem', 'python3.13', ['finding-router', 'siem-ingest', 'siem-export']),
  ...functions('management', 'us-east-1', 'landing-zone', 'python3.13', ['account-factory']),
];

function functions(
  account: AccountName,
  region: EstateRegion,
  application: Application,
  runtime: Runtime,
  names: readonly string[],
  options: {
    memory?: number;
    timeout?: number;
    environment?: Record<string, string>;
    inside?: FunctionPlan['inside'];
  } = {},
): FunctionPlan[] {
  const { memory = 512, timeout = 30, environment = { LOG_LEVEL: 'info' } } = options;
  const architecture = /^(nodejs2|python3\.1|provided)/.test(runtime) ? 'arm64' : 'x86_64';
  const traced = account === 'payments-prod';
  return names.map((name) => ({
    name,
    account,
    region,
    application,
    runtime,
    memory,
    timeout,
    architecture,
    environment,
    traced,
    ...(options.inside ? { inside: options.inside } : {}),
  }));
}

/** Functions that anyone may invoke: by their policy, by a URL without authentication. Planted faults. */
const PUBLIC_BY_POLICY = 'checkout-webhook';
const PUBLIC_BY_URL = 'dev-preview';
/** A function with everything: who may invoke it, reserved concurrency, an alias and a URL that asks who calls. */
const IN_FULL = 'checkout-authorize';

/** Lambda functions; moto keeps their configuration and never runs them. */
export async function seedFunctions(seeder: Seeder, networks: Networks, groups: SecurityGroups): Promise<void> {
  const roles = new Map<AccountName, string>();
  for (const plan of FUNCTIONS) {
    const { account } = plan;
    const iam = seeder.in(account, 'us-east-1').client(IAMClient);
    const role = roles.get(account) ?? (await serviceRole(iam, 'lambda-execution', 'lambda'));
    if (!roles.has(account)) seeder.made('iam:role');
    roles.set(account, role);
    const vpcConfig = plan.inside && {
      SubnetIds: vpcNamed(networks, plan.inside.vpc).subnets.private ?? [],
      SecurityGroupIds: [groupNamed(groups, plan.inside.group)],
    };
    for (const name of repeated(plan.name, seeder.scale)) await seedFunction(seeder, plan, name, role, vpcConfig);
  }
  await seedInvokers(seeder);
  await seedInFull(seeder);
}

async function seedFunction(
  seeder: Seeder,
  plan: FunctionPlan,
  FunctionName: string,
  Role: string,
  vpcConfig?: VpcConfig,
): Promise<void> {
  const { account, region, application } = plan;
  await seeder
    .in(account, region)
    .client(LambdaClient)
    .send(
      new CreateFunctionCommand({
        FunctionName,
        Role,
        Runtime: plan.runtime,
        Handler: plan.runtime.startsWith('python') ? 'app.handler' : 'index.handler',
        Code: { ZipFile: Buffer.from('not run') },
        Description: `${application}: ${plan.name}`,
        MemorySize: plan.memory,
        Timeout: plan.timeout,
        Architectures: [plan.architecture],
        Environment: { Variables: plan.environment },
        TracingConfig: { Mode: plan.traced ? 'Active' : 'PassThrough' },
        ...(vpcConfig
          ? {
              VpcConfig: vpcConfig,
              DeadLetterConfig: {
                TargetArn: `arn:aws:sqs:${region}:${seeder.accountId(account)}:${application}-failed`,
              },
            }
          : {}),
        Tags: tagMap(application, account),
      }),
    );
  seeder.made('lambda:function');
}

async function seedInvokers(seeder: Seeder): Promise<void> {
  const prod = seeder.in('payments-prod', 'us-east-1').client(LambdaClient);
  await prod.send(
    new AddPermissionCommand({
      FunctionName: PUBLIC_BY_POLICY,
      StatementId: 'everyone',
      Action: 'lambda:InvokeFunction',
      Principal: '*',
    }),
  );
  await prod.send(
    new AddPermissionCommand({
      FunctionName: IN_FULL,
      StatementId: 'checkout-api',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: `arn:aws:execute-api:us-east-1:${seeder.accountId('payments-prod')}:*/*`,
    }),
  );
  await prod.send(new PutFunctionConcurrencyCommand({ FunctionName: IN_FULL, ReservedConcurrentExecutions: 200 }));
  await seeder
    .in('payments-dev', 'us-east-1')
    .client(LambdaClient)
    .send(new CreateFunctionUrlConfigCommand({ FunctionName: PUBLIC_BY_URL, AuthType: 'NONE' }));
}

async function seedInFull(seeder: Seeder): Promise<void> {
  const lambda = seeder.in('payments-prod', 'us-east-1').client(LambdaClient);
  const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: IN_FULL }));
  await lambda.send(new CreateAliasCommand({ FunctionName: IN_FULL, Name: 'live', FunctionVersion: Version }));
  await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: IN_FULL, AuthType: 'AWS_IAM' }));
}
