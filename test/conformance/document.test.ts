import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodeClients, pythonClients } from '../clients/known-clients.ts';
import { PASSES } from './passes.ts';
import { listed, type Revision } from './suite.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const document = read('docs/conformance.md');

const outside = JSON.parse(read('test/clients/package.json')).dependencies;
const own = JSON.parse(read('package.json'));
const root = { ...own.dependencies, ...own.devDependencies };
const pinned = (file: string, name: string) =>
  new RegExp(`^${name}==(.+)$`, 'm').exec(read(`test/clients/${file}`))?.[1];

/** By the first part of a client's name. */
const versions: Readonly<Record<string, string | undefined>> = {
  'MCP Inspector': outside['@modelcontextprotocol/inspector'],
  'TypeScript SDK v1': root['@modelcontextprotocol/sdk'],
  'TypeScript SDK v2': root['@modelcontextprotocol/client'],
  'Strands Agents': root['@strands-agents/sdk'],
  LangChain: outside['@langchain/mcp-adapters'],
  'AI SDK': outside['@ai-sdk/mcp'],
  'OpenAI Agents': outside['@openai/agents'],
  'mcp-remote': outside['mcp-remote'],
  'Python SDK': pinned('requirements-sdk.txt', 'mcp'),
  'mcp-proxy-for-aws': pinned('requirements-proxy.txt', 'mcp-proxy-for-aws'),
};

it('docs/conformance.md has the table of the clients that are run', () => {
  const rows = [...nodeClients, ...pythonClients].map((client) => [
    client.name,
    versions[client.name.split(',')[0] ?? ''] ?? 'none',
    client.protocol,
    client.readsOnePage ? 'one' : 'all',
    client.throws ? 'throws' : '`isError`',
    client.refuses === undefined ? 'the gateway' : 'the client',
    client.asksForStream ? 'yes' : 'no',
  ]);
  const table = rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
  const [, written = ''] = /<!-- clients -->\n(?:.+\n){2}([\s\S]*?)\n?<!-- \/clients -->/.exec(document) ?? [];
  expect(written).toBe(table);
});

it.each(Object.keys(PASSES) as Revision[])('docs/conformance.md counts for %s what is held', (revision) => {
  const { scenarios, checks } = PASSES[revision];
  const row = document.split('\n').find((line) => line.startsWith(`| ${revision} |`)) ?? '';
  const [, , first = '', second = ''] = row.split('|').map((cell) => cell.trim());
  expect(first).toMatch(new RegExp(`^${scenarios.length} of \\d+: `));
  expect(first.match(/`[^`]+`/g)?.sort()).toEqual(scenarios.map((scenario) => `\`${scenario}\``));
  expect(Number.parseInt(second, 10)).toBe(checks);
});

it('docs/conformance.md counts the entries of the baselines', () => {
  const [, groups = ''] = /\| Group \|.*\n.*\n([\s\S]*?)\n\n/.exec(document) ?? [];
  const cells = groups.split('\n').map((line) => line.split('|').map((cell) => Number(cell)));
  const sum = (column: number) => cells.reduce((total, row) => total + (row[column] ?? 0), 0);
  expect([sum(2), sum(3)]).toEqual([listed('2025-11-25').length, listed('2026-07-28').length]);
});

it("no registry's address stands in the clients' lockfile", () => {
  expect(read('test/clients/package-lock.json')).not.toMatch(/"resolved"/);
  for (const version of Object.values(outside)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});
