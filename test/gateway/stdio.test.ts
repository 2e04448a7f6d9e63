import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Client, type VersionNegotiationMode } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, it, onTestFinished } from 'vitest';
import { textOf } from '../support/gateway-fixture.ts';

const program = fileURLToPath(new URL('../support/stdio-gateway.ts', import.meta.url));
const name = 'get-thing___get_thing';
const args = { account_id: '111111111111' };

function transport(...versions: string[]) {
  return new StdioClientTransport({ command: process.execPath, args: [program, ...versions], stderr: 'pipe' });
}

async function connect(mode: VersionNegotiationMode, ...versions: string[]) {
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } });
  const child = transport(...versions);
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  await client.connect(child);
  onTestFinished(() => client.close());
  return { client, log: () => log };
}

it.each([
  ['legacy', '2025-11-25'],
  ['auto', '2026-07-28'],
  [{ pin: '2026-07-28' }, '2026-07-28'],
] as const)('serves a client in mode %j', async (mode, version) => {
  const { client, log } = await connect(mode);
  expect(client.getNegotiatedProtocolVersion()).toBe(version);
  expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual([name]);
  for (let count = 0; count < 3; count++) {
    const { event } = JSON.parse(textOf(await client.callTool({ name, arguments: args })));
    expect(event).toEqual(args);
  }
  // What handlers print is not lost, and never between the protocol's lines.
  await expect.poll(log, { timeout: 15_000 }).toContain('noise within a call');
  await expect.poll(log, { timeout: 15_000 }).toContain('"outcome":"ok"');
});

it('serves the older library', async () => {
  const client = new OldClient({ name: 'old', version: '1.0.0' });
  const child = new OldTransport({ command: process.execPath, args: [program], stderr: 'ignore' });
  await client.connect(child as unknown as Parameters<typeof client.connect>[0]);
  onTestFinished(() => client.close());
  expect(JSON.parse(textOf(await client.callTool({ name, arguments: args }))).event).toEqual(args);
});

it('keeps to its supported versions', async () => {
  const { client } = await connect('auto', '2025-06-18');
  expect(client.getNegotiatedProtocolVersion()).toBe('2025-06-18');
  await expect(connect('legacy', '2026-07-28')).rejects.toThrow();
});

it('writes nothing but the protocol, and ends with its client', async () => {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'ignore'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  const exited = new Promise((resolve) => child.on('exit', resolve));
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const clientInfo = { name: 'raw', version: '1' };
  send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
  send({ method: 'notifications/initialized' });
  send({ id: 2, method: 'tools/call', params: { name, arguments: args } });
  await expect.poll(() => out.split('\n').length, { timeout: 15_000 }).toBe(3);
  child.stdin.end();
  expect(await exited).toBe(0);
  const lines = out.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).id)).toEqual([1, 2]);
});
