import type { GetGatewayResponse, GetGatewayTargetResponse } from '@aws-sdk/client-bedrock-agentcore-control';
import { covers, digest, same } from './canonical.ts';
import { isOurs } from './descriptions.ts';
import type { Desired, DesiredGateway, DesiredTarget } from './desired.ts';
import type { Problem } from './problem.ts';

/** What AWS has under the gateway's name. */
export interface Observed {
  readonly gateway?: GetGatewayResponse;
  readonly targets: readonly GetGatewayTargetResponse[];
}

/** `foreign` is a target that somebody else made: it is named and left alone. */
export type Action = 'create' | 'update' | 'delete' | 'unchanged' | 'foreign';

export interface Difference {
  readonly field: string;
  readonly from?: string;
  readonly to?: string;
}

export interface Change {
  readonly kind: 'gateway' | 'target';
  readonly name: string;
  readonly action: Action;
  /** AWS's ID of what exists. */
  readonly id?: string;
  readonly differences: readonly Difference[];
}

export interface Plan {
  readonly gateway: Change;
  readonly targets: readonly Change[];
  /** Changes that AWS does not allow: nothing is applied while there is one. */
  readonly problems: readonly Problem[];
}

/** `ourTargets` are names that the state file lists as ours; without it, a target is known by its description. */
export function makePlan(desired: Desired, observed: Observed, ourTargets: readonly string[] = []): Plan {
  const { gateway } = observed;
  const wanted = new Set(desired.targets.map(({ name }) => name));
  const byName = new Map(observed.targets.map((target) => [target.name ?? '', target]));
  const surplus = observed.targets.filter(({ name = '' }) => !wanted.has(name));
  return {
    gateway: gatewayChange(desired.gateway, gateway),
    targets: [
      ...desired.targets.map((target) => targetChange(target, byName.get(target.name))),
      ...surplus.map(({ name = '', targetId = '', description }): Change => {
        const ours = ourTargets.includes(name) || isOurs(description);
        return { kind: 'target', name, id: targetId, action: ours ? 'delete' : 'foreign', differences: [] };
      }),
    ],
    problems: gateway === undefined ? [] : immutable(desired.gateway, gateway),
  };
}

/**
 * The desired state with the protocol versions that the gateway has, for a configuration that names none: a newer checkout
 * knows more versions, and AWS would not add them.
 */
export function keepVersions(desired: Desired, { gateway }: Observed): Desired {
  const supportedVersions = gateway?.protocolConfiguration?.mcp?.supportedVersions;
  if (supportedVersions === undefined) return desired;
  const protocolConfiguration = { mcp: { ...desired.gateway.protocolConfiguration.mcp, supportedVersions } };
  return { ...desired, gateway: { ...desired.gateway, protocolConfiguration } };
}

/** Whether applying the plan would call nothing that writes. */
export function isEmpty({ gateway, targets }: Plan): boolean {
  return [gateway, ...targets].every(({ action }) => action === 'unchanged' || action === 'foreign');
}

function gatewayChange(desired: DesiredGateway, actual: GetGatewayResponse | undefined): Change {
  const { name } = desired;
  if (actual === undefined) return { kind: 'gateway', name, action: 'create', differences: [] };
  const { supportedVersions, instructions } = desired.protocolConfiguration.mcp;
  const mcp = actual.protocolConfiguration?.mcp;
  const wantedJwt = desired.authorizerConfiguration?.customJWTAuthorizer;
  const actualJwt = actual.authorizerConfiguration?.customJWTAuthorizer;
  const differences = [
    difference('description', actual.description, desired.description),
    difference('roleArn', actual.roleArn, desired.roleArn),
    difference('exceptionLevel', actual.exceptionLevel, desired.exceptionLevel),
    difference('supportedVersions', sorted(mcp?.supportedVersions), sorted(supportedVersions)),
    difference('instructions', mcp?.instructions, instructions),
    ...(['discoveryUrl', 'allowedClients', 'allowedScopes', 'allowedAudience'] as const).map((field) =>
      difference(field, sorted(actualJwt?.[field]), sorted(wantedJwt?.[field])),
    ),
    unfinished(actual),
  ].filter((each) => each !== undefined);
  const action = differences.length > 0 ? 'update' : 'unchanged';
  return { kind: 'gateway', name, id: actual.gatewayId ?? '', action, differences };
}

/** The difference between a target as wanted and as it is. */
export function targetChange(desired: DesiredTarget, actual: GetGatewayTargetResponse | undefined): Change {
  const { name } = desired;
  if (actual === undefined) return { kind: 'target', name, action: 'create', differences: [] };
  const wantedLambda = desired.targetConfiguration.mcp.lambda;
  const actualLambda = actual.targetConfiguration?.mcp?.lambda;
  const configuration =
    wantedLambda !== undefined && actualLambda !== undefined
      ? [
          difference('functionArn', actualLambda.lambdaArn, wantedLambda.lambdaArn),
          difference('schema', schemaHash(actual.targetConfiguration), schemaHash(desired.targetConfiguration)),
        ]
      : [
          covers(actual.targetConfiguration, desired.targetConfiguration)
            ? undefined
            : difference('configuration', digest(actual.targetConfiguration), digest(desired.targetConfiguration)),
        ];
  const differences = [
    difference('description', actual.description, desired.description),
    ...configuration,
    credentialsDifference(desired, actual),
    unfinished(actual),
  ].filter((each) => each !== undefined);
  const action = differences.length > 0 ? 'update' : 'unchanged';
  return { kind: 'target', name, id: actual.targetId ?? '', action, differences };
}

/** Digest of what a target serves: its tool schema where it has one, else its configuration. */
export function schemaHash(configuration: GetGatewayTargetResponse['targetConfiguration']): string {
  return digest(configuration?.mcp?.lambda?.toolSchema ?? configuration);
}

function credentialsDifference(desired: DesiredTarget, actual: GetGatewayTargetResponse): Difference | undefined {
  const [wanted, found] = [
    desired.credentialProviderConfigurations ?? [],
    actual.credentialProviderConfigurations ?? [],
  ];
  const agree = wanted.length === found.length && wanted.every((each, index) => covers(found[index], each));
  if (agree) return undefined;
  const words = (list: typeof wanted) => list.map((each) => each.credentialProviderType).join() || 'none';
  const [from, to] = [words(found), words(wanted)];
  return from === to
    ? { field: 'credentials', from: digest(found), to: digest(wanted) }
    : { field: 'credentials', from, to };
}

const FAILED = ['FAILED', 'UPDATE_UNSUCCESSFUL', 'SYNCHRONIZE_UNSUCCESSFUL'];

/** A resource that failed is applied again, whatever it says of its fields. */
function unfinished({
  status,
  statusReasons = [],
}: {
  status?: string | undefined;
  statusReasons?: string[] | undefined;
}) {
  if (status === undefined || !FAILED.includes(status)) return undefined;
  return { field: 'status', from: [status, ...statusReasons].join(': '), to: 'READY' };
}

/** What cannot be changed once a gateway is made. */
function immutable(desired: DesiredGateway, actual: GetGatewayResponse): Problem[] {
  const problems: Problem[] = [];
  const anew = 'or make the gateway anew: npm run gateway -- destroy, then apply. Its URL changes with it.';
  // Source: aws-cloudformation/cloudformation-coverage-roadmap#2578.
  if (actual.authorizerType !== desired.authorizerType) {
    const what = `AWS does not change an authorizer: it is ${actual.authorizerType}, wanted is ${desired.authorizerType}`;
    problems.push({ where: 'gateway.authorizer', what, fix: `Go back to ${actual.authorizerType}, ${anew}` });
  }
  const mcp = actual.protocolConfiguration?.mcp;
  const wanted = desired.protocolConfiguration.mcp;
  if (mcp?.searchType !== wanted.searchType) {
    const [now, fix] = wanted.searchType === undefined ? ['on', 'Set search: true'] : ['off', 'Set search: false'];
    const what = `semantic search is chosen at creation, and it is ${now}`;
    problems.push({ where: 'gateway.search', what, fix: `${fix}, ${anew}` });
  }
  // Source: aws/aws-cli#10346. Versions can be taken away and never added.
  const added = (wanted.supportedVersions ?? []).filter((version) => !mcp?.supportedVersions?.includes(version));
  if (mcp?.supportedVersions !== undefined && added.length > 0) {
    const what = `AWS adds no protocol versions to a gateway: ${added.join(', ')}`;
    const keep = `Set protocolVersions to ${JSON.stringify(mcp.supportedVersions)}`;
    problems.push({ where: 'gateway.protocolVersions', what, fix: `${keep}, ${anew}` });
  }
  return problems;
}

function difference(field: string, from: unknown, to: unknown): Difference | undefined {
  if (same(from ?? null, to ?? null)) return undefined;
  return {
    field,
    ...(from === undefined ? {} : { from: words(from) }),
    ...(to === undefined ? {} : { to: words(to) }),
  };
}

function words(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function sorted<T>(value: T): T {
  return (Array.isArray(value) ? [...value].sort() : value) as T;
}
