import type { ConfigurationFile } from '../../schemas/configuration-file.ts';
import { GatewayError } from '../gateway/problem.ts';
import { packageName } from '../local/functions.ts';
import { sub } from '../package/cloudformation.ts';
import type { FunctionEntry } from '../package/deployment.ts';
import { type ConfiguredBridge, configuredBridges } from './configured-bridges.ts';
import { type Discovered, readDiscovered } from './discovered-file.ts';
import { nodeServer } from './node-server.ts';
import { pythonServer } from './python-server.ts';

/** A bridge with what was discovered of it, and its function as serverless.yml takes it. */
export interface BridgeFunction {
  /** The function's key: its name without `central-ops-`. */
  readonly key: string;
  readonly bridge: ConfiguredBridge;
  readonly discovered: Discovered;
  /** Absent while the image of a Python server is still to be built. */
  readonly entry: FunctionEntry | undefined;
}

/** A server beside the function is another Node or Python process of some 70 MB, and memory is also its share of CPU. */
const STDIO_MEMORY_MB = 1_024;
const AWS_MCP_MEMORY_MB = 512;
const TIMEOUT_SECONDS = 60;
/** With a tag, osls would ask ECR which image is meant; and what is deployed would change without a deployment. */
const IMAGE = /^[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$/;

/** The functions of the configured bridges. Throws for a bridge that was not discovered or whose server cannot be packaged. */
export async function bridgeFunctions(
  configuration: Pick<ConfigurationFile, 'bridges' | 'toolsets'>,
  folder: string,
): Promise<BridgeFunction[]> {
  const all = configuredBridges(configuration, folder).map(async (bridge): Promise<BridgeFunction> => {
    const discovered = await readDiscovered(bridge);
    return { key: packageName(bridge.functionName), bridge, discovered, entry: entryOf(bridge, discovered) };
  });
  return (await Promise.all(all)).filter(({ discovered }) => discovered.tools.length > 0);
}

function entryOf(bridge: ConfiguredBridge, { server }: Discovered): FunctionEntry | undefined {
  const key = packageName(bridge.functionName);
  const common = {
    name: bridge.functionName,
    description: `The MCP server ${server.name} ${server.version}.`.slice(0, 256),
    role: sub(`\${ToolsRole.Arn}`),
    memorySize: bridge.kind === 'stdio' ? STDIO_MEMORY_MB : AWS_MCP_MEMORY_MB,
    timeout: TIMEOUT_SECONDS,
  };
  const zipped = { ...common, handler: 'index.handler', package: { artifact: `dist/${key}.zip` } };
  if (bridge.kind === 'aws-mcp' || nodeServer(bridge) !== undefined || pythonServer(bridge) === undefined)
    return zipped;
  const { imageUri } = bridge.entry;
  if (imageUri === undefined) return undefined;
  if (!IMAGE.test(imageUri)) {
    const fix = 'Give it by its digest: <account>.dkr.ecr.<Region>.amazonaws.com/<repository>@sha256:<digest>.';
    throw new GatewayError(`${bridge.name} cannot be packaged.`, [
      { where: `${bridge.name}.imageUri`, what: 'it does not name one image for good', fix },
    ]);
  }
  return { ...common, image: { uri: imageUri } };
}
