import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect, gatewayFor, textOf } from '../support/gateway-fixture.ts';
import { echo, fakeTool, getThing } from '../support/gateway-tools.ts';

const many = Array.from({ length: 70 }, (_, index) => fakeTool(`list_kind_${index}`));
const visible = many.map(({ name }) => `${name.replaceAll('_', '-')}___${name}`);

describe.each([
  { mode: 'legacy', version: '2025-11-25' },
  { mode: 'auto', version: '2026-07-28' },
  { mode: { pin: '2026-07-28' }, version: '2026-07-28' },
] as const)('a client in mode $mode', ({ mode, version }) => {
  it(`speaks ${version}, lists 70 tools over three pages and calls the last one`, async () => {
    const client = await connect(await gatewayFor({ tools: many }), mode);
    expect(client.getNegotiatedProtocolVersion()).toBe(version);
    const sizes: number[] = [];
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.request({
        method: 'tools/list',
        ...(cursor === undefined ? {} : { params: { cursor } }),
      });
      sizes.push(page.tools.length);
      names.push(...page.tools.map(({ name }) => name));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(sizes).toEqual([30, 30, 10]);
    expect(names).toEqual(visible);
    const result = await client.callTool({ name: visible[69] ?? '', arguments: {} });
    expect(JSON.parse(textOf(result))).toMatchObject({ tool: 'list_kind_69', event: {} });
  });
});

it('the older library lists over pages and calls', async () => {
  const { url } = await gatewayFor({ tools: many });
  const client = new OldClient({ name: 'old', version: '1.0.0' });
  // The older library's own types do not agree under exactOptionalPropertyTypes.
  await client.connect(new OldTransport(new URL(url)) as unknown as Parameters<typeof client.connect>[0]);
  onTestFinished(() => client.close());
  const first = await client.listTools();
  const second = await client.listTools({ cursor: first.nextCursor });
  expect([first.tools.length, second.tools.length]).toEqual([30, 30]);
  const result = await client.callTool({ name: visible[3] ?? '', arguments: {} });
  expect(JSON.parse(textOf(result))).toMatchObject({ tool: 'list_kind_3' });
});

it('lists everything at once when paging is off', async () => {
  const client = await connect(await gatewayFor({ tools: many, paging: false }));
  const { tools, nextCursor } = await client.request({ method: 'tools/list' });
  expect(tools).toHaveLength(70);
  expect(nextCursor).toBeUndefined();
});

it.each(['x', Buffer.from('page:3100000').toString('base64url'), Buffer.from('page:-1').toString('base64url'), ''])(
  'refuses the foreign cursor %j',
  async (cursor) => {
    const client = await connect(await gatewayFor({ tools: many }));
    await expect(client.request({ method: 'tools/list', params: { cursor } })).rejects.toMatchObject({ code: -32602 });
  },
);

it('lists the schema of the declaration, in the five keywords, and nothing else', async () => {
  const client = await connect(await gatewayFor());
  const { tools } = await client.listTools();
  expect(tools).toHaveLength(1);
  expect(Object.keys(tools[0] ?? {}).sort()).toEqual(['description', 'inputSchema', 'name']);
  expect(tools[0]?.inputSchema).toMatchObject({
    type: 'object',
    required: ['account_id'],
    properties: { filters: { type: 'array', items: { type: 'object', required: ['Name', 'Values'] } } },
  });
});

it('gives the function the arguments alone, and six keys of client context', async () => {
  const client = await connect(await gatewayFor({ gatewayId: 'central-ops-abcdefghij', timeoutMs: 5_000 }));
  const args = { account_id: '111111111111', unknown_key: 1 };
  const { event, options } = JSON.parse(
    textOf(await client.callTool({ name: 'get-thing___get_thing', arguments: args })),
  );
  expect(event).toEqual(args);
  expect(options.timeoutMs).toBe(5_000);
  expect(options.clientContext).toEqual({
    custom: {
      bedrockAgentCoreMessageVersion: '1.0',
      bedrockAgentCoreAwsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      bedrockAgentCoreMcpMessageId: expect.stringMatching(/^\d+$/),
      bedrockAgentCoreGatewayId: 'central-ops-abcdefghij',
      bedrockAgentCoreTargetId: expect.stringMatching(/^[0-9A-Z]{10}$/),
      bedrockAgentCoreToolName: 'get-thing___get_thing',
    },
  });
});

it('takes 50 calls at once, each with its own answer', async () => {
  const client = await connect(await gatewayFor({ tools: [getThing], invoke: echo }), 'auto');
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const args = { account_id: String(index) };
      return JSON.parse(textOf(await client.callTool({ name: 'get-thing___get_thing', arguments: args }))).event;
    }),
  );
  expect(answers).toEqual(Array.from({ length: 50 }, (_, index) => ({ account_id: String(index) })));
});
