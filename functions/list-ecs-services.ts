import { ECSClient, ListServicesCommand, type Service, type ServiceEvent } from '@aws-sdk/client-ecs';
import { listEcsServices } from '../schemas/list-ecs-services.ts';
import { afterNamed, describeServices, refuseOtherFailures, requireOwnEcs, tellUnknown } from '../shared/aws/ecs.ts';
import { tagMap } from '../shared/aws/tags.ts';
import { listHandler } from '../shared/list-handler.ts';

/** ListServices gives 1 to 100 (ECS API reference). */
export const handler = listHandler(
  listEcsServices,
  ECSClient,
  async (input, ecs, { token, size }) => {
    const { cluster, service_names } = input;
    if (service_names !== undefined) {
      tellUnknown(token, service_names);
      const { services, failures } = await describeServices(ecs, cluster, service_names);
      return { items: services.map(toService), next: afterNamed(service_names, services, failures) };
    }
    const { serviceArns = [], nextToken } = await ecs.send(
      new ListServicesCommand({ cluster, nextToken: token, maxResults: Math.min(size, 100) }),
    );
    const { services, failures } = await describeServices(ecs, cluster, serviceArns);
    refuseOtherFailures(failures);
    return { items: services.map(toService), next: nextToken };
  },
  {
    check: (input, call) => {
      requireOwnEcs('cluster', [input.cluster], input, call);
      requireOwnEcs('service_names', input.service_names, input, call);
    },
  },
);

function toService(service: Service) {
  const { awsvpcConfiguration } = service.networkConfiguration ?? {};
  return {
    ...service,
    taskDefinition: shortName(service.taskDefinition),
    deployments: service.deployments?.map((deployment) => ({
      ...deployment,
      // Said only where it differs from the service's, as while a new revision rolls out.
      taskDefinition:
        deployment.taskDefinition === service.taskDefinition ? undefined : shortName(deployment.taskDefinition),
    })),
    events: service.events?.toSorted(newestFirst).slice(0, 3),
    ...awsvpcConfiguration,
    Tags: tagMap(service.tags),
  };
}

/** Family and revision: the rest of the ARN is the service's own account and Region. */
function shortName(taskDefinition: string | undefined): string | undefined {
  return taskDefinition?.split('/').at(-1);
}

function newestFirst(one: ServiceEvent, other: ServiceEvent): number {
  return (other.createdAt?.getTime() ?? 0) - (one.createdAt?.getTime() ?? 0);
}
