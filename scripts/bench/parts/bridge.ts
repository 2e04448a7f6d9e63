import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { BridgesFile } from '../../../schemas/bridge-specification.ts';
import type { Handler } from '../../../shared/tool-handler.ts';
import { accountIds, functionEnvironment } from '../environment.ts';
import type { Section } from '../report.ts';
import type { Setting } from '../setting.ts';
import { interleave, median, percentile } from '../statistics.ts';

const SERVER = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));
const event = { message: 'hello' };
const CALLS_PER_ROUND = 10;

interface Way {
  readonly name: string;
  /** Makes so many calls and gives the milliseconds of each. */
  readonly call: () => Promise<number[]>;
  readonly stop: () => Promise<void>;
}

/** One call of a stdio server that others wrote: through the bridge, straight to it, and with a start of it for each call. */
export async function bridge({ quick, bundles }: Pick<Setting, 'quick' | 'bundles'>): Promise<Section> {
  const rounds = quick ? 5 : 20;
  const ways = [await throughBridge(bundles), await straight(), eachCallStarts()] as const;
  try {
    const results = await interleave(ways, rounds, (way) => way.call());
    const times = (way: Way) => [...results].find(([each]) => each === way)?.[1].flat() ?? [];
    const [bridged, own, started] = ways.map((way) => median(times(way))) as [number, number, number];
    return {
      title: `A call of server-everything's echo: ${rounds} interleaved rounds`,
      columns: ['way', 'calls', 'p50 ms', 'p99 ms'],
      rows: ways.map((way) => [way.name, times(way).length, median(times(way)), percentile(times(way), 0.99)]),
      goals: [
        { what: "warm call through mcp-bridge, over the server's own time (ms)", measured: bridged - own, atMost: 10 },
        {
          what: 'warm call through mcp-bridge ÷ a start of the server on each call',
          measured: bridged / started,
          atMost: 1 / 20,
        },
      ],
      notes: [
        `A start on each call takes ${(started / bridged).toFixed(0)} times as long as a warm call through the bridge.`,
      ],
    };
  } finally {
    await Promise.all(ways.map((way) => way.stop()));
  }
}

async function throughBridge(bundles: Setting['bundles']): Promise<Way> {
  const folder = await mkdtemp(join(tmpdir(), 'central-ops-bridge-'));
  const tools = { echo: { repeatable: true } };
  const specification = { kind: 'stdio' as const, command: 'node', args: [SERVER], env: {}, tools };
  await writeFile(
    join(folder, 'bridges.json'),
    JSON.stringify({ bridges: { everything: specification } } satisfies BridgesFile),
  );
  const file = bundles.find(({ name }) => name === 'mcp-bridge')?.file;
  if (file === undefined) throw new Error('There is no bundle of mcp-bridge.');
  const environment = {
    ...functionEnvironment('http://127.0.0.1:9', accountIds(1)),
    CENTRAL_OPS_BRIDGES: join(folder, 'bridges.json'),
  };
  Object.assign(process.env, environment, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });
  const { handler } = (await import(file)) as { handler: Handler };
  const call = async () => {
    const ends = Date.now() + 60_000;
    const answer = await handler(event, {
      awsRequestId: crypto.randomUUID(),
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:999999999999:function:central-ops-mcp-everything',
      getRemainingTimeInMillis: () => ends - Date.now(),
      clientContext: { custom: { bedrockAgentCoreToolName: 'everything___echo' } },
    } as unknown as Parameters<Handler>[1]);
    if ((answer as { result?: unknown }).result !== 'Echo: hello')
      throw new Error(`The bridge failed: ${JSON.stringify(answer)}`);
  };
  return {
    name: 'warm, through mcp-bridge',
    call: () => timed(call, CALLS_PER_ROUND),
    // The server's process ends with this one.
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

async function straight(): Promise<Way> {
  const client = await connected();
  return {
    name: "warm, the server's own time",
    call: () => timed(() => client.callTool({ name: 'echo', arguments: event }), CALLS_PER_ROUND),
    stop: () => client.close(),
  };
}

function eachCallStarts(): Way {
  const call = async () => {
    const client = await connected();
    await client.callTool({ name: 'echo', arguments: event });
    await client.close();
  };
  return { name: 'a start of the server on each call', call: () => timed(call, 1), stop: async () => {} };
}

async function connected(): Promise<Client> {
  const client = new Client({ name: 'central-ops-bench', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [SERVER], stderr: 'ignore' }));
  return client;
}

async function timed(call: () => Promise<unknown>, times: number): Promise<number[]> {
  const taken = [];
  for (let count = 0; count < times; count++) {
    const started = performance.now();
    await call();
    taken.push(performance.now() - started);
  }
  return taken;
}
