import { join } from 'node:path';
import { awsIam } from '../../scripts/local/gateway/aws-iam.ts';
import type { OutsideClient } from './outside-client.ts';

/** A program for a Python that has its packages. */
export type PythonClient = Omit<OutsideClient, 'command'> & { readonly venv: 'sdk' | 'proxy' };

const outside = (program: string) => join(import.meta.dirname, 'programs', program);
/** With libraries of the project's own lockfile; in test/clients/ the others' versions would be found. */
const root = (program: string) => join(import.meta.dirname, '../support/root-clients', program);

const region = 'eu-west-1';
const key = { accessKeyId: 'AKIDCLIENTS', secretAccessKey: 'clients-secret', sessionToken: 'clients-token' };
const signed = {
  authorizer: awsIam({ regions: [region], keys: [key] }),
  environment: {
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_SESSION_TOKEN: key.sessionToken,
    // The proxy reads the first; its library, through boto3, the second.
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
  },
};

const old = { protocol: '2025-11-25' } as const;
const modern = { protocol: '2026-07-28' } as const;
/** What the older SDK does after it has connected. */
const oldWithStream = { ...old, asksForStream: true } as const;

export const nodeClients: readonly Omit<OutsideClient, 'command'>[] = [
  { name: 'MCP Inspector', program: outside('inspector.mjs'), ...oldWithStream },
  {
    name: 'MCP Inspector, modern',
    program: outside('inspector.mjs'),
    options: ['--protocol-era', 'modern'],
    ...modern,
  },
  { name: 'TypeScript SDK v1', program: root('sdk-v1.mjs'), ...oldWithStream, readsOnePage: true },
  { name: 'TypeScript SDK v2', program: root('sdk-v2.mjs'), ...oldWithStream },
  { name: 'TypeScript SDK v2, auto', program: root('sdk-v2.mjs'), options: ['auto'], ...modern },
  { name: 'Strands Agents', program: root('strands.mjs'), ...oldWithStream },
  {
    name: 'LangChain',
    program: outside('langchain.mjs'),
    ...oldWithStream,
    throws: true,
    refuses: /did not match expected schema/,
  },
  { name: 'AI SDK', program: outside('ai-sdk.mjs'), ...modern },
  {
    name: 'OpenAI Agents',
    program: outside('openai-agents.mjs'),
    // Or it would send traces to its maker.
    environment: { OPENAI_AGENTS_DISABLE_TRACING: '1' },
    ...modern,
  },
  { name: 'mcp-remote', program: outside('mcp-remote.mjs'), ...oldWithStream, readsOnePage: true },
  {
    name: 'mcp-remote, auto',
    program: outside('mcp-remote.mjs'),
    options: ['--protocol', 'auto'],
    ...modern,
    readsOnePage: true,
    asksForStream: true,
  },
];

export const pythonClients: readonly PythonClient[] = [
  { name: 'Python SDK', venv: 'sdk', program: outside('python-sdk.py'), ...modern, readsOnePage: true },
  { name: 'mcp-proxy-for-aws, stdio', venv: 'proxy', program: outside('proxy-stdio.py'), ...signed, ...old },
  {
    name: 'mcp-proxy-for-aws, library',
    venv: 'proxy',
    program: outside('proxy-library.py'),
    ...signed,
    ...old,
    readsOnePage: true,
  },
];
