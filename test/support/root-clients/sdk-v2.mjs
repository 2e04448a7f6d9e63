import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { answerIn, listIn, options, report, url } from '../../clients/programs/report.mjs';

const [mode = 'legacy'] = options;
const client = new Client({ name: 'sdk-v2', version: '1.0.0' }, { versionNegotiation: { mode } });
await client.connect(new StreamableHTTPClientTransport(url));
await report({
  list: async () => listIn(await client.listTools()),
  call: async (name, args) => answerIn(await client.callTool({ name, arguments: args })),
});
await client.close();
