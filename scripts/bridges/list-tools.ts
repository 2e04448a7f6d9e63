import {
  Client,
  SdkHttpError,
  StreamableHTTPClientTransport,
  type Tool,
  type Transport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { ownVariable } from '../../schemas/bridge-specification.ts';
import { type AwsCredentials, regionOfAwsMcp, signingFetch } from '../../shared/bridge/signing-fetch.ts';
import { neutralise } from '../../shared/untrusted-text.ts';
import { allTools } from '../gateway/client/all-tools.ts';
import { errorText, GatewayError } from '../gateway/problem.ts';
import type { ConfiguredBridge } from './configured-bridges.ts';
import { startOf } from './start-command.ts';

/** What a server said of itself and offers, over all pages. */
export interface Listed {
  readonly server: { readonly name: string; readonly version: string };
  readonly protocol: string;
  readonly tools: readonly Tool[];
}

export interface ListingContext {
  readonly region: string;
  readonly credentials: () => Promise<AwsCredentials>;
}

/** uvx may download a server at its first start. */
const CONNECT_TIMEOUT_MS = 120_000;
/** The AWS MCP Server takes 3 requests a second (its limits page): a second later there is room again. */
const THROTTLE_PAUSES_MS = [1_000, 2_000];
/** A longer wait that a server asks for is not kept: the command ends and says so. */
const MAX_PAUSE_MS = 5_000;

/** Connects to a bridge's server and lists every tool. Throws GatewayError when it cannot, or when the list is empty. */
export async function listTools(bridge: ConfiguredBridge, context: ListingContext): Promise<Listed> {
  const opened = bridge.kind === 'aws-mcp' ? openHttp(bridge.endpoint, context) : openStdio(bridge, context.region);
  // A probe for the newest revision confuses older servers, and the function asks in the same way.
  const client = new Client({ name: 'central-ops', version: '1.0.0' }, { versionNegotiation: { mode: 'legacy' } });
  try {
    await client.connect(opened.transport, { timeout: CONNECT_TIMEOUT_MS });
    const tools = await allTools(client);
    if (tools.length === 0) throw new Error('it offers no tool');
    const { name = '', version = '' } = client.getServerVersion() ?? {};
    return {
      server: { name: neutralise(name), version: neutralise(version) },
      protocol: client.getNegotiatedProtocolVersion() ?? 'unknown',
      tools,
    };
  } catch (error) {
    throw new GatewayError(`${bridge.name}: the tools cannot be listed.`, [
      { where: bridge.name, what: opened.blame(error), fix: opened.fix },
    ]);
  } finally {
    await client.close().catch(() => {});
  }
}

interface Opened {
  readonly transport: Transport;
  readonly blame: (error: unknown) => string;
  readonly fix: string;
}

function openHttp(endpoint: string, { region, credentials }: ListingContext): Opened {
  const url = new URL(endpoint);
  const signed = signingFetch({ credentials, region: regionOfAwsMcp(url) ?? region, service: 'aws-mcp' });
  let throttled = false;
  const patient: typeof signed = async (input, init) => {
    for (const pause of THROTTLE_PAUSES_MS) {
      const answer = await signed(input, init);
      if (answer.status !== 429) return answer;
      throttled = true;
      await answer.body?.cancel();
      const asked = Number(answer.headers.get('retry-after') ?? Number.NaN) * 1_000;
      await new Promise((resolve) => setTimeout(resolve, asked <= MAX_PAUSE_MS ? asked : pause));
    }
    return signed(input, init);
  };
  return {
    transport: new StreamableHTTPClientTransport(url, { fetch: patient }),
    // Throttled proxies were seen to give an empty list in place of an error (mcp-proxy-for-aws#287).
    blame: (error) => (throttled ? `it throttled the calls (HTTP 429), then: ${blameOf(error)}` : blameOf(error)),
    fix: 'Sign in with credentials that may use the AWS MCP Server; when it throttles, wait a minute and discover again.',
  };
}

function openStdio(bridge: Extract<ConfiguredBridge, { kind: 'stdio' }>, region: string): Opened {
  const { command, args } = startOf(bridge);
  // As the function starts it, but for credentials: a list of tools needs none.
  const aws = bridge.iam === undefined ? {} : { AWS_REGION: region, AWS_DEFAULT_REGION: region };
  const env = { ...variablesOf(bridge), ...aws };
  const transport = new StdioClientTransport({ command, args: [...args], env, cwd: bridge.folder, stderr: 'pipe' });
  let said = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-1_000);
  });
  return {
    transport,
    blame: (error) => [blameOf(error), neutralise(said.trim())].filter(Boolean).join('; it said: '),
    fix: `Start it by hand: ${[command, ...args].join(' ')}`,
  };
}

/** The variables that an entry names: written out, or this shell's own. */
function variablesOf({ name, entry }: Extract<ConfiguredBridge, { kind: 'stdio' }>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entry.env).map(([variable, value]) => {
      const own = ownVariable(value);
      const found = own === undefined ? value : process.env[own];
      if (found === undefined) {
        const what = `the variable ${own} is not set`;
        throw new GatewayError(`${name} cannot be started.`, [{ where: name, what, fix: `Set ${own} in this shell.` }]);
      }
      return [variable, found];
    }),
  );
}

function blameOf(error: unknown): string {
  if (error instanceof SdkHttpError) return `HTTP ${error.status}`;
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return neutralise(errorText(error) + cause);
}
