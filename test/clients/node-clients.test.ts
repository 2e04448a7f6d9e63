import { join } from 'node:path';
import { type OutsideClient, testClient } from './outside-client.ts';

type Row = Omit<OutsideClient, 'command'>;

const outside = (program: string) => join(import.meta.dirname, 'programs', `${program}.mjs`);
/** With libraries of the project's own lockfile; in test/clients/ the others' versions would be found. */
const root = (program: string) => join(import.meta.dirname, '../support/root-clients', `${program}.mjs`);

const clients: readonly Row[] = [
  { name: 'MCP Inspector', program: outside('inspector'), protocol: '2025-11-25' },
  {
    name: 'MCP Inspector, modern',
    program: outside('inspector'),
    options: ['--protocol-era', 'modern'],
    protocol: '2026-07-28',
  },
  { name: 'TypeScript SDK v1', program: root('sdk-v1'), protocol: '2025-11-25', readsOnePage: true },
  { name: 'TypeScript SDK v2', program: root('sdk-v2'), protocol: '2025-11-25' },
  { name: 'TypeScript SDK v2, auto', program: root('sdk-v2'), options: ['auto'], protocol: '2026-07-28' },
  { name: 'Strands Agents', program: root('strands'), protocol: '2025-11-25' },
  {
    name: 'LangChain',
    program: outside('langchain'),
    protocol: '2025-11-25',
    throws: true,
    refuses: /did not match expected schema/,
  },
  { name: 'AI SDK', program: outside('ai-sdk'), protocol: '2026-07-28' },
  {
    name: 'OpenAI Agents',
    program: outside('openai-agents'),
    // Or it would send traces to its maker.
    environment: { OPENAI_AGENTS_DISABLE_TRACING: '1' },
    protocol: '2026-07-28',
  },
  { name: 'mcp-remote', program: outside('mcp-remote'), protocol: '2025-11-25', readsOnePage: true },
  {
    name: 'mcp-remote, auto',
    program: outside('mcp-remote'),
    options: ['--protocol', 'auto'],
    protocol: '2026-07-28',
    readsOnePage: true,
  },
];

for (const client of clients) testClient({ command: process.execPath, ...client });
