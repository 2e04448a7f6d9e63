import {
  type Cluster,
  DescribeClustersCommand,
  type DescribeClustersCommandInput,
  type DescribeClustersCommandOutput,
  DescribeServicesCommand,
  type DescribeServicesCommandInput,
  type DescribeServicesCommandOutput,
  ECSClient,
  ECSServiceException,
  ListClustersCommand,
  type ListClustersCommandInput,
  type ListClustersCommandOutput,
  ListServicesCommand,
  type ListServicesCommandInput,
  type ListServicesCommandOutput,
  type Service,
} from '@aws-sdk/client-ecs';
import type { Stub, StubRequest } from './stub.ts';
import { AwsError } from './wire.ts';

// moto pages no list of ECS, describes any number of services at once, counts none in their cluster and has no events.
export function ecsStubs(): Record<string, Stub> {
  return {
    ListClusters: listClusters,
    DescribeClusters: describeClusters,
    ListServices: listServices,
    DescribeServices: describeServices,
  };
}

async function listClusters({ input, moto }: StubRequest<ListClustersCommandInput>) {
  const { clusterArns = [] } = await asAws(new ECSClient(moto).send(new ListClustersCommand({})));
  const { page, nextToken } = pageOf(clusterArns, input.nextToken, input.maxResults ?? 100);
  return { clusterArns: page, ...nextToken } satisfies Omit<ListClustersCommandOutput, '$metadata'>;
}

async function describeClusters({ input, moto }: StubRequest<DescribeClustersCommandInput>) {
  if ((input.clusters ?? []).length > 100)
    throw new AwsError('InvalidParameterException', 'Cannot describe more than 100 clusters at once.');
  const ecs = new ECSClient(moto);
  const { clusters = [], failures = [] } = await asAws(ecs.send(new DescribeClustersCommand(input)));
  return {
    clusters: await Promise.all(clusters.map((cluster) => withCounts(ecs, cluster))),
    failures,
  } satisfies Omit<DescribeClustersCommandOutput, '$metadata'>;
}

async function withCounts(ecs: ECSClient, cluster: Cluster): Promise<Cluster> {
  const asked = { cluster: cluster.clusterArn };
  const { serviceArns = [] } = await asAws(ecs.send(new ListServicesCommand(asked)));
  const { services = [] } = await asAws(ecs.send(new DescribeServicesCommand({ ...asked, services: serviceArns })));
  const total = (of: (service: Service) => number | undefined) =>
    services.reduce((sum, service) => sum + (of(service) ?? 0), 0);
  return {
    ...cluster,
    activeServicesCount: services.length,
    runningTasksCount: total(({ runningCount }) => runningCount),
    pendingTasksCount: total(({ pendingCount }) => pendingCount),
  };
}

async function listServices({ input, moto }: StubRequest<ListServicesCommandInput>) {
  const { nextToken: token, maxResults = 10, ...asked } = input;
  const { serviceArns = [] } = await asAws(new ECSClient(moto).send(new ListServicesCommand(asked)));
  const { page, nextToken } = pageOf(serviceArns, token, maxResults);
  return { serviceArns: page, ...nextToken } satisfies Omit<ListServicesCommandOutput, '$metadata'>;
}

async function describeServices({ input, moto }: StubRequest<DescribeServicesCommandInput>) {
  if ((input.services ?? []).length > 10)
    throw new AwsError('InvalidParameterException', 'Cannot describe more than 10 services at once.');
  const { services = [], failures = [] } = await asAws(new ECSClient(moto).send(new DescribeServicesCommand(input)));
  return {
    services: services.map((service) => ({ ...service, events: eventsOf(service) })),
    failures,
  } satisfies Omit<DescribeServicesCommandOutput, '$metadata'>;
}

/** What ECS would have said lately: that a service is steady, or why its tasks do not start. */
function eventsOf({ serviceName, desiredCount = 0, runningCount = 0, createdAt = new Date(0) }: Service) {
  const steady = runningCount >= desiredCount;
  const message = steady
    ? `(service ${serviceName}) has reached a steady state.`
    : `(service ${serviceName}) failed to launch a task: CannotPullContainerError: the image was not found.`;
  return Array.from({ length: steady ? 1 : 5 }, (_, index) => ({
    id: `${serviceName}-${index}`,
    createdAt: new Date(createdAt.getTime() + (5 - index) * 60_000),
    message,
  }));
}

function pageOf(all: readonly string[], token: string | undefined, most: number) {
  if (most < 1 || most > 100) throw new AwsError('InvalidParameterException', 'maxResults must be 1 to 100.');
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString('utf8'));
  const end = start + most;
  return {
    page: all.slice(start, end),
    nextToken: end < all.length ? { nextToken: Buffer.from(String(end)).toString('base64url') } : {},
  };
}

function asAws<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    if (!(error instanceof ECSServiceException)) throw error;
    throw new AwsError(error.name, error.message, error.$metadata.httpStatusCode);
  });
}
