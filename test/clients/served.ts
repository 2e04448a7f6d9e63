import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Tool } from '../../schemas/define-tool.ts';
import { describeEc2Instances } from '../../schemas/describe-ec2-instances.ts';
import { type Invoke, runHandler } from '../../scripts/local/functions.ts';
import type { Authorizer } from '../../scripts/local/gateway/authorizer.ts';
import { type Gateway, startGateway } from '../../scripts/local/gateway/gateway.ts';
import { header } from '../../scripts/local/gateway/http.ts';
import { serveTools } from '../../scripts/local/gateway/served-tools.ts';
import type { Handler } from '../../shared/tool-handler.ts';
import { fakeTool } from '../support/gateway-tools.ts';

const working = describeEc2Instances as unknown as Tool;
const failing = fakeTool('fail_always');
/** More than the 30 of one page. */
const tools = [working, failing, ...Array.from({ length: 33 }, (_, index) => fakeTool(`list_kind_${index}`))];

/** What clients see. */
export const names = [...serveTools(tools).keys()];
const [works = '', fails = ''] = names;

/** A call that is answered, one whose function throws, and one without its required argument. */
export const calls = [
  { name: works, args: { account_id: '111111111111' } },
  { name: fails, args: {} },
  { name: works, args: {} },
];
export const answer = working.example.output;

const invoke: Invoke = (tool, event, options) =>
  runHandler(async () => (async () => answered(tool)) as Handler, tool, event, options);

function answered(tool: Tool): unknown {
  if (tool.name === failing.name) throw new Error('It always fails.');
  return tool.example.output;
}

/** A request that was let in. */
export interface Seen {
  readonly method: string;
  /** The protocol version that it says it speaks. */
  readonly version: string | undefined;
}

export interface Served {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Method, path and status of every HTTP request, those included that came to no authorizer. */
  readonly exchanges: ReadonlySet<string>;
  /** How many requests asked for a stream of events. */
  readonly streams: () => number;
  stop(): Promise<void>;
}

/** Node's own account of the answers of all servers in this process: diagnostics_channel, "HTTP". */
const ANSWERED = 'http.server.response.finish';

/** A gateway that writes down what it is asked. */
export async function serve(authorizer: Authorizer): Promise<Served> {
  const seen: Seen[] = [];
  const recording: Authorizer = {
    ...authorizer,
    async authorize(request) {
      const refusal = await authorizer.authorize(request);
      if (refusal !== undefined) return refusal;
      const { method, params } = JSON.parse(request.body.toString());
      const modern = params?._meta?.['io.modelcontextprotocol/protocolVersion'];
      seen.push({ method, version: modern ?? header(request, 'mcp-protocol-version') ?? params?.protocolVersion });
      return undefined;
    },
  };
  const gateway: Gateway = await startGateway({ tools, invoke, authorizer: recording });
  const exchanges = new Set<string>();
  let streams = 0;
  const answered = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (request.socket.localPort !== gateway.port) return;
    exchanges.add(`${request.method} ${request.url} ${response.statusCode}`);
    if (request.method === 'GET' && request.url === '/mcp') streams++;
  };
  subscribe(ANSWERED, answered);
  return {
    url: gateway.url,
    seen,
    exchanges,
    streams: () => streams,
    stop: async () => {
      unsubscribe(ANSWERED, answered);
      await gateway.stop();
    },
  };
}
