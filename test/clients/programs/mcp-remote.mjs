import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { answerIn, listIn, options, report, url } from './report.mjs';

// As a desktop client starts it, over stdio. The SDK is the desktop client's part.
const command = join(import.meta.dirname, '../node_modules/.bin/mcp-remote');
const { HOME, PATH } = process.env;
const client = new Client({ name: 'desktop', version: '1.0.0' });
await client.connect(new StdioClientTransport({ command, args: [url.href, ...options], env: { HOME, PATH } }));
await report({
  list: async (cursor) => listIn(await client.listTools({ cursor })),
  call: async (name, args) => answerIn(await client.callTool({ name, arguments: args })),
});
await client.close();
