import type {
  AuthorizerConfiguration,
  CredentialProviderConfiguration,
  GatewayProtocolConfiguration,
  TargetConfiguration,
  ToolDefinition,
} from '@aws-sdk/client-bedrock-agentcore-control';
import { kebabCase, type Tool } from '../../schemas/define-tool.ts';
import { type GatewayTool, toGatewayTool } from '../../schemas/gateway-schema.ts';
import type { FurtherTarget, JwtSection } from '../../schemas/gateway-section.ts';
import { visibleNameOf } from '../../schemas/visible-name.ts';
import { PROTOCOL_VERSIONS } from '../local/gateway/protocol-versions.ts';
import type { Settings } from './configuration.ts';
import { describe } from './descriptions.ts';
import { furtherTargets } from './further-targets.ts';

/** A gateway as it should be: the fields of CreateGateway that we own. */
export interface DesiredGateway {
  readonly name: string;
  readonly description: string;
  readonly roleArn: string;
  readonly protocolType: 'MCP';
  readonly protocolConfiguration: GatewayProtocolConfiguration.McpMember;
  readonly authorizerType: 'AWS_IAM' | 'CUSTOM_JWT' | 'NONE';
  readonly authorizerConfiguration?: AuthorizerConfiguration.CustomJWTAuthorizerMember;
  readonly exceptionLevel?: 'DEBUG';
}

/** A target as it should be: the fields of CreateGatewayTarget that we own. */
export interface DesiredTarget {
  readonly name: string;
  readonly type: FurtherTarget['type'];
  readonly description: string;
  readonly targetConfiguration: TargetConfiguration.McpMember;
  /** Absent where the gateway sends no credentials. */
  readonly credentialProviderConfigurations?: CredentialProviderConfiguration[];
  readonly functionArn?: string;
  /** Tools that it will serve, without the target's name; empty where only the target knows them. */
  readonly tools: readonly ToolDefinition[];
}

export interface Desired {
  readonly gateway: DesiredGateway;
  readonly targets: readonly DesiredTarget[];
}

export interface DesiredContext {
  /** Account and partition of the gateway. */
  readonly account: string;
  readonly partition: string;
  /** ARN of a tool's function; undefined when it is not deployed. */
  readonly functionArn: (tool: Tool) => string | undefined;
  /** The token issuer, for CUSTOM_JWT. */
  readonly jwt?: JwtSection | undefined;
  readonly bridges?: readonly BridgeTarget[];
}

/** A bridge's function and the tools that were discovered behind it. */
export interface BridgeTarget {
  readonly name: string;
  readonly description: string;
  /** Undefined when it is not deployed. */
  readonly functionArn: string | undefined;
  readonly tools: readonly GatewayTool[];
}

export const DEFAULT_ROLE_NAME = 'central-ops-gateway';

/** What the catalog and the configuration ask for. Throws ConfigurationError for schema files that cannot be read. */
export function desiredState(tools: readonly Tool[], settings: Settings, context: DesiredContext): Desired {
  const chosen = tools.filter(({ toolset }) => settings.toolsets === undefined || settings.toolsets.includes(toolset));
  const own = chosen.map((tool) => ({
    name: kebabCase(tool.name),
    description: tool.description,
    functionArn: context.functionArn(tool),
    tools: [toGatewayTool(tool)],
  }));
  const { targetPrefix } = settings.gateway;
  const lambdas = [...own, ...(context.bridges ?? [])].map((each) => lambdaTarget(each, targetPrefix));
  return { gateway: desiredGateway(settings, context), targets: [...lambdas, ...furtherTargets(settings)] };
}

function desiredGateway({ gateway }: Settings, { account, partition, jwt }: DesiredContext): DesiredGateway {
  const { name, authorizer, search, debug, instructions } = gateway;
  return {
    name,
    description: describe('read-only AWS operations tools for agents.'),
    roleArn: gateway.roleArn ?? `arn:${partition}:iam::${account}:role/${DEFAULT_ROLE_NAME}`,
    protocolType: 'MCP',
    protocolConfiguration: {
      mcp: {
        // Always said: they are fixed at creation, and AWS's default is not documented.
        supportedVersions: [...(gateway.protocolVersions ?? PROTOCOL_VERSIONS)],
        ...(search ? { searchType: 'SEMANTIC' as const } : {}),
        ...(instructions === undefined ? {} : { instructions }),
      },
    },
    authorizerType: authorizer,
    ...(authorizer === 'CUSTOM_JWT' && jwt !== undefined
      ? { authorizerConfiguration: { customJWTAuthorizer: { ...jwt } } }
      : {}),
    ...(debug ? { exceptionLevel: 'DEBUG' as const } : {}),
  };
}

function lambdaTarget({ name, description, functionArn = '', tools }: BridgeTarget, prefix?: string): DesiredTarget {
  return {
    name: prefix === undefined ? name : `${prefix}-${name}`,
    type: 'lambda',
    description: describe(description),
    targetConfiguration: { mcp: { lambda: { lambdaArn: functionArn, toolSchema: { inlinePayload: [...tools] } } } },
    // Optional in the API's model, and without it CreateGatewayTarget fails for Lambda targets (starter-toolkit#56).
    credentialProviderConfigurations: [{ credentialProviderType: 'GATEWAY_IAM_ROLE' }],
    functionArn,
    tools,
  };
}

/** The names that clients see: `<target>___<tool>`. */
export function visibleNames({ name, tools }: Pick<DesiredTarget, 'name' | 'tools'>): string[] {
  return tools.map((tool) => visibleNameOf(name, String(tool.name)));
}
