import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type {
  ApiSchemaConfiguration,
  CredentialProviderConfiguration,
  McpTargetConfiguration,
  ToolDefinition,
} from '@aws-sdk/client-bedrock-agentcore-control';
import type { FurtherTarget, OutboundAuth } from '../../schemas/gateway-section.ts';
import { ConfigurationError } from '../configuration-file.ts';
import type { Settings } from './configuration.ts';
import { describe } from './descriptions.ts';
import type { DesiredTarget } from './desired.ts';
import { defaultAuth } from './target-matrix.ts';

/** The targets of the configuration file beside the catalog's tools. Throws ConfigurationError for files it cannot read. */
export function furtherTargets({ gateway, folder }: Settings): DesiredTarget[] {
  return gateway.targets.map((target) => {
    const tools = target.type === 'lambda' ? readTools(resolve(folder, target.toolsFile)) : [];
    const credentials = credentialsOf(target.auth ?? defaultAuth(target.type));
    return {
      name: target.name,
      type: target.type,
      description: describe(target.description ?? `${target.type} target ${target.name}`),
      targetConfiguration: { mcp: configurationOf(target, folder, tools) },
      ...(credentials === undefined ? {} : { credentialProviderConfigurations: [credentials] }),
      ...(target.type === 'lambda' ? { functionArn: target.functionArn } : {}),
      tools,
    };
  });
}

function configurationOf(target: FurtherTarget, folder: string, tools: ToolDefinition[]): McpTargetConfiguration {
  switch (target.type) {
    case 'mcp-server': {
      const { endpoint, listingMode } = target;
      return { mcpServer: { endpoint, ...(listingMode === undefined ? {} : { listingMode }) } };
    }
    case 'api-gateway': {
      const { restApiId, stage, toolFilters, toolOverrides } = target;
      const apiGatewayToolConfiguration = { toolFilters, ...(toolOverrides === undefined ? {} : { toolOverrides }) };
      return { apiGateway: { restApiId, stage, apiGatewayToolConfiguration } };
    }
    case 'open-api-schema':
      return { openApiSchema: schemaOf(target.schema, folder) };
    case 'smithy-model':
      return { smithyModel: schemaOf(target.schema, folder) };
    case 'lambda':
      return { lambda: { lambdaArn: target.functionArn, toolSchema: { inlinePayload: tools } } };
  }
}

function schemaOf(
  source: Extract<FurtherTarget, { type: 'open-api-schema' }>['schema'],
  folder: string,
): ApiSchemaConfiguration {
  if ('file' in source) return { inlinePayload: read(resolve(folder, source.file)) };
  const { s3Uri: uri, bucketOwnerAccountId } = source;
  return { s3: { uri, ...(bucketOwnerAccountId === undefined ? {} : { bucketOwnerAccountId }) } };
}

/** The API's form of an authentication; undefined for none. The kinds that no target here takes never come so far. */
function credentialsOf(auth: OutboundAuth): CredentialProviderConfiguration | undefined {
  switch (auth.type) {
    case 'gateway_role': {
      const { service, region } = auth;
      if (service === undefined) return { credentialProviderType: 'GATEWAY_IAM_ROLE' };
      const iamCredentialProvider = { service, ...(region === undefined ? {} : { region }) };
      return { credentialProviderType: 'GATEWAY_IAM_ROLE', credentialProvider: { iamCredentialProvider } };
    }
    case 'api_key': {
      const { providerArn, parameterName, prefix, location } = auth;
      const apiKeyCredentialProvider = {
        providerArn,
        ...(parameterName === undefined ? {} : { credentialParameterName: parameterName }),
        ...(prefix === undefined ? {} : { credentialPrefix: prefix }),
        ...(location === undefined ? {} : { credentialLocation: location }),
      };
      return { credentialProviderType: 'API_KEY', credentialProvider: { apiKeyCredentialProvider } };
    }
    case 'oauth': {
      const { providerArn, scopes, grantType, returnUrl } = auth;
      const more = returnUrl === undefined ? {} : { defaultReturnUrl: returnUrl };
      const oauthCredentialProvider = { providerArn, scopes, grantType, ...more };
      return { credentialProviderType: 'OAUTH', credentialProvider: { oauthCredentialProvider } };
    }
    default:
      return undefined;
  }
}

function readTools(path: string): ToolDefinition[] {
  let value: unknown;
  try {
    value = JSON.parse(read(path));
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new ConfigurationError(`${path} is not JSON: ${(error as Error).message}`);
  }
  const isTool = (each: unknown) =>
    typeof (each as ToolDefinition)?.name === 'string' && typeof (each as ToolDefinition).inputSchema === 'object';
  if (!Array.isArray(value) || value.length === 0 || !value.every(isTool)) {
    throw new ConfigurationError(`${path} must be a JSON array of {name, description, inputSchema}, at least one.`);
  }
  return value as ToolDefinition[];
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ConfigurationError(`${path} cannot be read; gateway.targets names it.`);
  }
}
