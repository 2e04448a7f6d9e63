import {
  type Api,
  ApiGatewayV2Client,
  type Stage as AwsStage,
  GetApisCommand,
  GetRoutesCommand,
  GetStagesCommand,
  type Route,
} from '@aws-sdk/client-apigatewayv2';
import { allPages } from '../../all-pages.ts';
import { type Part, type Resource, Unread } from '../control.ts';
import { eachOf, type Reading } from '../reading.ts';
import { arnOf } from './rest-apis.ts';

/** The most that these lists give at once; the API takes it as text. */
const MaxResults = '500';

/** An HTTP or a WebSocket API. */
export interface HttpApi extends Resource {
  readonly ProtocolType: string | undefined;
  readonly Routes: Part<readonly Route[]>;
}

export interface HttpStage extends Resource {
  readonly ProtocolType: string | undefined;
  readonly AccessLogDestination: Part<string | null>;
  /** WebSocket APIs only: HTTP APIs have no execution log. */
  readonly LoggingLevel: Part<string>;
}

/** HTTP and WebSocket APIs, each followed by its stages. */
export async function readHttpApis(cell: Reading): Promise<(HttpApi | HttpStage)[]> {
  const gateway = await cell.client(ApiGatewayV2Client);
  const apis = await allPages(async (NextToken) => {
    const page = await gateway.send(new GetApisCommand({ MaxResults, NextToken }));
    return { items: page.Items, next: page.NextToken };
  });
  const read = await eachOf(apis, async (api) => {
    const { ApiId = '', Name, ProtocolType } = api;
    const [Routes, stages] = await Promise.all([
      cell.part(() => listRoutes(gateway, ApiId)),
      cell.part(() => listStages(gateway, ApiId)),
    ]);
    const arn = arnOf(cell, `apis/${ApiId}`);
    return [
      { type: 'AWS::ApiGatewayV2::Api', id: ApiId, name: Name, arn, ProtocolType, Routes },
      ...(stages instanceof Unread ? [unreadStage(api, stages)] : stages.map((stage) => toStage(cell, api, stage))),
    ];
  });
  return read.flat();
}

function listRoutes(gateway: ApiGatewayV2Client, ApiId: string): Promise<Route[]> {
  return allPages(async (NextToken) => {
    const page = await gateway.send(new GetRoutesCommand({ ApiId, MaxResults, NextToken }));
    return { items: page.Items, next: page.NextToken };
  });
}

function listStages(gateway: ApiGatewayV2Client, ApiId: string): Promise<AwsStage[]> {
  return allPages(async (NextToken) => {
    const page = await gateway.send(new GetStagesCommand({ ApiId, MaxResults, NextToken }));
    return { items: page.Items, next: page.NextToken };
  });
}

function toStage(cell: Reading, { ApiId, Name, ProtocolType }: Api, stage: AwsStage): HttpStage {
  return {
    type: 'AWS::ApiGatewayV2::Stage',
    id: `${ApiId}/${stage.StageName}`,
    name: Name,
    arn: arnOf(cell, `apis/${ApiId}/stages/${stage.StageName}`),
    ProtocolType,
    AccessLogDestination: stage.AccessLogSettings?.DestinationArn ?? null,
    LoggingLevel: stage.DefaultRouteSettings?.LoggingLevel ?? 'OFF',
  };
}

/** `*` stands for the stages of an API that could not be listed. */
function unreadStage({ ApiId, Name, ProtocolType }: Api, unread: Unread): HttpStage {
  return {
    type: 'AWS::ApiGatewayV2::Stage',
    id: `${ApiId}/*`,
    name: Name,
    ProtocolType,
    AccessLogDestination: unread,
    LoggingLevel: unread,
  };
}
