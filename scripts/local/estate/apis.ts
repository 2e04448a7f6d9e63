import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateStageCommand as CreateHttpStageCommand,
  CreateRouteCommand,
} from '@aws-sdk/client-apigatewayv2';
import { type Application, tagMap } from './applications.ts';
import type { AccountName, EstateRegion } from './organization.ts';
import type { Seeder } from './seeder.ts';

interface ApiPlan {
  name: string;
  kind: 'REST' | 'HTTP';
  account: AccountName;
  region: EstateRegion;
  application: Application;
  stages: readonly string[];
  logging: boolean;
  /** Whether callers are authenticated. */
  authorized: boolean;
}

const APIS: readonly ApiPlan[] = [
  api('checkout-api', 'REST', 'payments-prod', 'us-east-1', 'checkout', ['live', 'canary']),
  api('payouts-api', 'REST', 'payments-prod', 'eu-west-1', 'payouts', ['live']),
  api('ledger-api', 'HTTP', 'payments-prod', 'us-east-1', 'ledger', ['live']),
  { ...api('dev-checkout-api', 'REST', 'payments-dev', 'us-east-1', 'checkout', ['test']), logging: false },
  { ...api('webhooks', 'HTTP', 'payments-dev', 'us-east-1', 'checkout', ['test']), logging: false, authorized: false },
  api('events', 'HTTP', 'data-platform', 'eu-central-1', 'clickstream', ['live']),
];

function api(
  name: string,
  kind: ApiPlan['kind'],
  account: AccountName,
  region: EstateRegion,
  application: Application,
  stages: readonly string[],
): ApiPlan {
  return { name, kind, account, region, application, stages, logging: true, authorized: true };
}

/** REST and HTTP APIs with their stages. */
export async function seedApis(seeder: Seeder): Promise<void> {
  for (const plan of APIS) {
    await (plan.kind === 'REST' ? seedRestApi(seeder, plan) : seedHttpApi(seeder, plan));
    seeder.made('apigateway:api');
    seeder.made('apigateway:stage', plan.stages.length);
  }
}

async function seedRestApi(seeder: Seeder, plan: ApiPlan): Promise<void> {
  const gateway = seeder.in(plan.account, plan.region).client(APIGatewayClient);
  const tags = tagMap(plan.application, plan.account);
  const { id: restApiId } = await gateway.send(
    new CreateRestApiCommand({ name: plan.name, endpointConfiguration: { types: ['REGIONAL'] }, tags }),
  );
  const { items = [] } = await gateway.send(new GetResourcesCommand({ restApiId }));
  const method = { restApiId, resourceId: items[0]?.id, httpMethod: 'ANY' };
  await gateway.send(new PutMethodCommand({ ...method, authorizationType: plan.authorized ? 'AWS_IAM' : 'NONE' }));
  await gateway.send(new PutIntegrationCommand({ ...method, type: 'MOCK' }));
  const { id: deploymentId } = await gateway.send(new CreateDeploymentCommand({ restApiId }));
  for (const stageName of plan.stages) {
    await gateway.send(
      new CreateStageCommand({ restApiId, stageName, deploymentId, tracingEnabled: plan.logging, tags }),
    );
    if (!plan.logging) continue;
    await gateway.send(
      new UpdateStageCommand({
        restApiId,
        stageName,
        patchOperations: [
          { op: 'replace', path: '/accessLogSettings/destinationArn', value: logGroupArn(seeder, plan, stageName) },
          { op: 'replace', path: '/accessLogSettings/format', value: '$context.requestId' },
          { op: 'replace', path: '/*/*/logging/loglevel', value: 'INFO' },
        ],
      }),
    );
  }
}

async function seedHttpApi(seeder: Seeder, plan: ApiPlan): Promise<void> {
  const gateway = seeder.in(plan.account, plan.region).client(ApiGatewayV2Client);
  const tags = tagMap(plan.application, plan.account);
  const { ApiId } = await gateway.send(new CreateApiCommand({ Name: plan.name, ProtocolType: 'HTTP', Tags: tags }));
  await gateway.send(
    new CreateRouteCommand({
      ApiId,
      RouteKey: '$default',
      AuthorizationType: plan.authorized ? 'AWS_IAM' : 'NONE',
    }),
  );
  for (const StageName of plan.stages) {
    await gateway.send(
      new CreateHttpStageCommand({
        ApiId,
        StageName,
        AutoDeploy: true,
        Tags: tags,
        ...(plan.logging
          ? {
              AccessLogSettings: {
                DestinationArn: logGroupArn(seeder, plan, StageName),
                Format: '$context.requestId',
              },
            }
          : {}),
      }),
    );
  }
}

function logGroupArn(seeder: Seeder, { name, account, region }: ApiPlan, stage: string): string {
  return `arn:aws:logs:${region}:${seeder.accountId(account)}:log-group:/api/${name}/${stage}`;
}
