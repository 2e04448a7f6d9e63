import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mcpBridge } from '../../schemas/mcp-bridge.ts';
import { callBridge, STDIO_SERVERS, withBridges } from '../support/bridges.ts';
import { useMockedAws } from '../support/mock-aws.ts';

const everything = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));
const filesystem = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-filesystem/dist/index.js'));
const once = { repeatable: false };
const nodeServer = (...args: string[]) => ({ kind: 'stdio' as const, command: 'node', args, env: {} });

useMockedAws();

describe('mcp_bridge', () => {
  it('answers the documented example, by a server that others wrote', async () => {
    withBridges({ everything: { ...nodeServer(everything), tools: { echo: once } } });
    const { input, output } = mcpBridge.example;
    expect(await callBridge(mcpBridge, 'everything___echo', input)).toEqual({ ...output, result: 'Echo: hello' });
  });

  it('passes on what another server reads, and its error as data', async () => {
    const folder = withBridges({
      files: { ...nodeServer(filesystem, STDIO_SERVERS), tools: { list_directory: once, read_text_file: once } },
    });
    const listed = await callBridge(mcpBridge, 'files___list_directory', { path: STDIO_SERVERS });
    expect(JSON.stringify(listed.result)).toContain('[FILE] misbehaving.mjs');
    const outside = await callBridge(mcpBridge, 'files___read_text_file', { path: `${folder}/bridges.json` });
    expect(outside).toMatchObject({ server: 'files', tool: 'read_text_file', is_error: true });
    expect(outside.result).toContain('Access denied');
  });

  it('finds its bridge behind a prefix that the gateway puts before its targets', async () => {
    withBridges({ everything: { ...nodeServer(everything), tools: { echo: once } } });
    const answer = await callBridge(mcpBridge, 'ops-everything___echo', { message: 'hi' });
    expect(answer.result).toBe('Echo: hi');
  });

  it.each([
    ['a tool that is not on the allow-list', 'everything___get-env'],
    ['a tool named as a property of every object', 'everything___constructor'],
    ['another bridge', 'files___echo'],
    ['a call that came through no gateway', ''],
    ['a name without a target', 'echo'],
  ])('refuses %s, and starts nothing', async (_, visibleName) => {
    withBridges({ everything: { ...nodeServer('there is no such file'), tools: { echo: once } } });
    expect((await callBridge(mcpBridge, visibleName)).error?.code).toBe('invalid_input');
  });

  it('is not configured without its file of bridges, or with a wrong one', async () => {
    withBridges({ everything: { ...nodeServer(everything), tools: { echo: once }, extra: 1 } as never });
    expect((await callBridge(mcpBridge, 'everything___echo')).error?.code).toBe('not_configured');
  });
});
