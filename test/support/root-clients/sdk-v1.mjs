import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { answerIn, listIn, report, url } from '../../clients/programs/report.mjs';

const client = new Client({ name: 'sdk-v1', version: '1.0.0' });
await client.connect(new StreamableHTTPClientTransport(url));
await report({
  list: async (cursor) => listIn(await client.listTools({ cursor })),
  call: async (name, args) => answerIn(await client.callTool({ name, arguments: args })),
});
await client.close();
