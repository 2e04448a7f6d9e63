import type { GetGatewayResponse, GetGatewayTargetResponse } from '@aws-sdk/client-bedrock-agentcore-control';
import { expect, it } from 'vitest';
import { mergeGateway } from '../../../scripts/gateway/apply-gateway.ts';
import { mergeTarget } from '../../../scripts/gateway/apply-targets.ts';
import { keepVersions, makePlan } from '../../../scripts/gateway/plan.ts';
import { desiredFor } from './desired-fixture.ts';

const jwt = { discoveryUrl: 'https://idp.example.com/.well-known/openid-configuration', allowedClients: ['a'] };

it('an update of the gateway keeps what others set on it, and takes away what is ours and no longer wanted', () => {
  const { desired } = desiredFor({ authorizer: 'CUSTOM_JWT', jwt });
  const interceptorConfigurations = [{ interceptionPoints: ['REQUEST'], interceptor: { lambda: { arn: 'arn' } } }];
  const current = {
    gatewayId: 'g-abcdefghij',
    kmsKeyArn: 'arn:key',
    interceptorConfigurations,
    policyEngineConfiguration: { arn: 'arn:policy', mode: 'ENFORCE' },
    exceptionLevel: 'DEBUG',
    protocolConfiguration: { mcp: { instructions: 'old', sessionConfiguration: { sessionTimeoutInSeconds: 900 } } },
    authorizerConfiguration: { customJWTAuthorizer: { ...jwt, allowedAudience: ['x'], customClaims: [] } },
  } as unknown as GetGatewayResponse;
  const request = mergeGateway(desired.gateway, current);
  expect(request).toMatchObject({
    gatewayIdentifier: 'g-abcdefghij',
    kmsKeyArn: 'arn:key',
    interceptorConfigurations,
    policyEngineConfiguration: { arn: 'arn:policy', mode: 'ENFORCE' },
    authorizerConfiguration: { customJWTAuthorizer: { ...jwt, customClaims: [] } },
  });
  expect(request).not.toHaveProperty('exceptionLevel');
  expect(request.protocolConfiguration?.mcp).toEqual({
    ...desired.gateway.protocolConfiguration.mcp,
    sessionConfiguration: { sessionTimeoutInSeconds: 900 },
  });
  expect(request.authorizerConfiguration?.customJWTAuthorizer).not.toHaveProperty('allowedAudience');
});

it('an update of a target keeps its headers and its private endpoint', () => {
  const [target] = desiredFor().desired.targets;
  if (target === undefined) throw new Error('The catalog is empty.');
  const metadataConfiguration = { allowedRequestHeaders: ['x-tenant'] };
  const current = { targetId: 'ABCDEFGHIJ', metadataConfiguration } as GetGatewayTargetResponse;
  const request = mergeTarget(target, current, 'g-abcdefghij');
  expect(request).toMatchObject({ name: target.name, targetId: 'ABCDEFGHIJ', metadataConfiguration });
  expect(request).not.toHaveProperty('privateEndpoint');
});

it('the order of keys and of required is no difference, and fields that AWS adds are none', () => {
  const { desired } = desiredFor();
  const reversed = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(reversed)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, each]) => [key, key === 'required' ? [...(each as string[])].reverse() : reversed(each)]),
          )
        : value;
  const gateway = { ...desired.gateway, gatewayId: 'g', status: 'READY', workloadIdentityDetails: {} };
  const targets = desired.targets.map((target) => ({
    ...(reversed(target) as object),
    targetId: 'T',
    status: 'READY',
  }));
  const plan = makePlan(desired, { gateway, targets } as unknown as Parameters<typeof makePlan>[1]);
  expect([plan.gateway, ...plan.targets].filter(({ action }) => action !== 'unchanged')).toEqual([]);
});

it('without versions in the configuration, those of the gateway stay', () => {
  const { desired } = desiredFor();
  const gateway = { ...desired.gateway, protocolConfiguration: { mcp: { supportedVersions: ['2025-06-18'] } } };
  const observed = { gateway, targets: [] } as unknown as Parameters<typeof makePlan>[1];
  expect(makePlan(desired, observed).problems).toHaveLength(1);
  expect(makePlan(keepVersions(desired, observed), observed).problems).toEqual([]);
});
