import {
  APIGatewayClient,
  type Stage as AwsStage,
  GetDomainNamesCommand,
  GetRestApisCommand,
  GetStagesCommand,
  type MethodSetting,
} from '@aws-sdk/client-api-gateway';
import { allPages } from '../../all-pages.ts';
import { type Part, type Resource, Unread } from '../control.ts';
import { eachOf, type Reading } from '../reading.ts';

/** The most that the lists of APIs and of domain names give at once. */
const PAGE_SIZE = 500;

export interface RestApi extends Resource {
  /** null: the API is of the time before its policy could be chosen. */
  readonly SecurityPolicy: Part<string | null>;
  readonly DisableExecuteApiEndpoint: boolean | undefined;
}

export interface RestStage extends Resource {
  /** Of the stage as a whole; OFF also where a single method turns it off. */
  readonly LoggingLevel: Part<string>;
  readonly ClientCertificateId: Part<string | null>;
  readonly WebAclArn: Part<string | null>;
  readonly CacheClusterEnabled: Part<boolean>;
  readonly MethodSettings: Part<readonly MethodSetting[]>;
}

export interface DomainName extends Resource {
  readonly SecurityPolicy: string | undefined;
}

/** REST APIs, each followed by its stages. */
export async function readRestApis(cell: Reading): Promise<(RestApi | RestStage)[]> {
  const gateway = await cell.client(APIGatewayClient);
  const apis = await allPages(async (position) => {
    const page = await gateway.send(new GetRestApisCommand({ limit: PAGE_SIZE, position }));
    return { items: page.items, next: page.position };
  });
  const read = await eachOf(apis, async ({ id = '', name, securityPolicy, disableExecuteApiEndpoint }) => {
    const stages = await cell.part(
      async () => (await gateway.send(new GetStagesCommand({ restApiId: id }))).item ?? [],
    );
    const api = {
      type: 'AWS::ApiGateway::RestApi',
      id,
      name,
      arn: arnOf(cell, `restapis/${id}`),
      SecurityPolicy: securityPolicy ?? null,
      DisableExecuteApiEndpoint: disableExecuteApiEndpoint,
    };
    if (stages instanceof Unread) return [api, unreadStage(api, stages)];
    return [api, ...stages.map((stage) => toStage(cell, api, stage))];
  });
  return read.flat();
}

/** API Gateway leaves out of a stage what is not set. */
function toStage(cell: Reading, { id, name }: Resource, stage: AwsStage): RestStage {
  const settings = stage.methodSettings ?? {};
  const { loggingLevel = 'OFF' } = settings['*/*'] ?? {};
  const isOffSomewhere = Object.values(settings).some((setting) => (setting.loggingLevel ?? 'OFF') === 'OFF');
  return {
    type: 'AWS::ApiGateway::Stage',
    id: `${id}/${stage.stageName}`,
    name,
    arn: arnOf(cell, `restapis/${id}/stages/${stage.stageName}`),
    LoggingLevel: isOffSomewhere ? 'OFF' : loggingLevel,
    ClientCertificateId: stage.clientCertificateId ?? null,
    WebAclArn: stage.webAclArn ?? null,
    CacheClusterEnabled: stage.cacheClusterEnabled ?? false,
    MethodSettings: Object.values(settings),
  };
}

/** `*` stands for the stages of an API that could not be listed. */
function unreadStage({ id, name }: Resource, unread: Unread): RestStage {
  return {
    type: 'AWS::ApiGateway::Stage',
    id: `${id}/*`,
    name,
    LoggingLevel: unread,
    ClientCertificateId: unread,
    WebAclArn: unread,
    CacheClusterEnabled: unread,
    MethodSettings: unread,
  };
}

/** Custom domain names of all kinds of API: version 2 of the service serves the same ones. */
export async function readDomainNames(cell: Reading): Promise<DomainName[]> {
  const gateway = await cell.client(APIGatewayClient);
  const names = await allPages(async (position) => {
    const page = await gateway.send(new GetDomainNamesCommand({ limit: PAGE_SIZE, position }));
    return { items: page.items, next: page.position };
  });
  return names.map(({ domainName = '', domainNameArn, securityPolicy }) => ({
    type: 'AWS::ApiGateway::DomainName',
    id: domainName,
    arn: domainNameArn ?? arnOf(cell, `domainnames/${domainName}`),
    SecurityPolicy: securityPolicy,
  }));
}

/** API Gateway's ARNs have no account. */
export function arnOf({ call, region }: Reading, path: string): string {
  return `arn:${call.self.partition}:apigateway:${region}::/${path}`;
}
