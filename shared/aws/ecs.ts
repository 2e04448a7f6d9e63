import { DescribeServicesCommand, type ECSClient, type Failure } from '@aws-sdk/client-ecs';
import type { Call } from '../call.ts';
import { ToolError } from '../errors.ts';
import { quote, type TargetInput } from '../targets.ts';
import { placeOf, requireOwnArn } from './arn.ts';

/** Announces the page that tells of unknown names, by their places among those asked for. */
const UNKNOWN = 'unknown ';

/**
 * ECS answers unknown names beside those that it found. Gives the token of a page after them which fails with
 * `not_found`, so that both are told; throws at once when nothing was found. Other reasons fail the whole page.
 */
export function afterNamed(
  names: readonly string[],
  found: readonly unknown[],
  failures: readonly Failure[] = [],
): string | undefined {
  refuseOtherFailures(failures);
  const unknown = [...names.keys()].filter((place) =>
    failures.some(({ arn }) => lastPart(arn) === lastPart(names[place])),
  );
  const token = unknown.length === 0 && failures.length === 0 ? undefined : UNKNOWN + unknown.join();
  if (found.length === 0) tellUnknown(token, names);
  return token;
}

/** The page that `afterNamed` announces. */
export function tellUnknown(token: string | undefined, names: readonly string[]): void {
  if (token?.startsWith(UNKNOWN) !== true) return;
  const unknown = token
    .slice(UNKNOWN.length)
    .split(',')
    .flatMap((place) => names[Number(place || Number.NaN)] ?? []);
  const which = unknown.slice(0, 10).map(quote).join(', ');
  throw new ToolError('not_found', `ECS knows no ${which || 'such name'} in this account and Region.`);
}

/** What was listed a moment ago and is MISSING now has been deleted. Any other reason would hide something. */
export function refuseOtherFailures(failures: readonly Failure[] = []): void {
  if (failures.some(({ reason }) => reason !== 'MISSING'))
    throw new ToolError('unavailable', 'ECS could not describe all that it listed. Ask again later.');
}

/** Several services of ECS take a name or an ARN; both end in the name. */
function lastPart(name: string | undefined): string | undefined {
  return name?.split('/').at(-1);
}

/** The most that DescribeServices takes at once (ECS API reference). */
const DESCRIBED_AT_ONCE = 10;

/** Describes services of a cluster, ten at a time, side by side. */
export async function describeServices(ecs: ECSClient, cluster: string, names: readonly string[]) {
  const groups = Array.from({ length: Math.ceil(names.length / DESCRIBED_AT_ONCE) }, (_, index) =>
    names.slice(index * DESCRIBED_AT_ONCE, (index + 1) * DESCRIBED_AT_ONCE),
  );
  const answers = await Promise.all(
    groups.map((services) => ecs.send(new DescribeServicesCommand({ cluster, services, include: ['TAGS'] }))),
  );
  return {
    services: answers.flatMap(({ services = [] }) => services),
    failures: answers.flatMap(({ failures = [] }) => failures),
  };
}

/** A name of ECS: AWS allows letters, digits, hyphens and underscores (ECS API reference, CreateCluster, CreateService). */
const NAME = /^[A-Za-z0-9_-]{1,255}$/;
const ARN = /^arn:[a-z-]{3,20}:ecs:[a-z0-9-]{1,40}:[0-9]{12}:(?:cluster|service)\/[A-Za-z0-9_/-]{1,512}$/;

/** Refuses what is neither a name nor an ARN of the account and Region asked for, before anything is called. */
export function requireOwnEcs(field: string, names: readonly string[] | undefined, asked: TargetInput, call: Call) {
  for (const name of names ?? []) {
    if (!NAME.test(name) && !ARN.test(name))
      throw new ToolError('invalid_input', `${field}: ${quote(name)} is neither a name nor an ARN of ECS.`, { field });
    requireOwnArn(field, placeOf(name), asked, call);
  }
}
