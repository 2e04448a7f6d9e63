import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { tokensOf } from '../../tokens.ts';
import { callText } from './call-text.ts';
import { peerVenv } from './install.ts';

const VERSION = '1.5.6';
export const AWS_API = `aws-api-mcp-server ${VERSION}`;
const CONNECT_LIMIT_MS = 60_000;

/** AWS Labs' API server, installed and ready to be started. */
export interface AwsApi {
  readonly python: string;
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A running server. */
export interface AwsApiServer {
  readonly pid: number;
  /** Tokens of what it answers to `tools/list`. */
  toolListTokens(): Promise<number>;
  /** Runs one CLI command, or several in a batch, and gives the text that a model is shown. */
  call(command: string | readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Installs it, and gives it the settings of a careful user: it may only read, and asks nobody for a newer version. */
export async function installAwsApi(environment: Readonly<Record<string, string>>): Promise<AwsApi> {
  const venv = await peerVenv('aws-api', [`awslabs.aws-api-mcp-server==${VERSION}`]);
  return {
    python: venv.python,
    command: venv.program('awslabs.aws-api-mcp-server'),
    environment: {
      ...environment,
      READ_OPERATIONS_ONLY: 'true',
      AWS_API_MCP_TELEMETRY: 'false',
      FASTMCP_LOG_LEVEL: 'ERROR',
      FASTMCP_CHECK_FOR_UPDATES: 'off',
      FASTMCP_SHOW_SERVER_BANNER: 'false',
      TMPDIR: environment.HOME ?? '',
    },
  };
}

/** Starts a process of it and connects. `onPid` hears its process ID before the handshake. */
export async function startAwsApi(
  { command, environment }: AwsApi,
  onPid: (pid: number) => void = () => {},
): Promise<AwsApiServer> {
  const client = new Client({ name: 'central-ops-bench', version: '1.0.0' });
  const transport = new StdioClientTransport({ command, env: { ...environment }, stderr: 'ignore' });
  const connected = client.connect(transport, { timeout: CONNECT_LIMIT_MS });
  if (transport.pid !== null) onPid(transport.pid);
  await connected;
  const pid = transport.pid ?? 0;
  onPid(pid);
  return {
    pid,
    toolListTokens: async () => tokensOf((await client.listTools()).tools),
    call: (cli_command) => callText(client, 'call_aws', { cli_command }),
    stop: () => client.close(),
  };
}
