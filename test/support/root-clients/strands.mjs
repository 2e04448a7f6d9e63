import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpClient } from '@strands-agents/sdk';
import { listIn, report, url } from '../../clients/programs/report.mjs';

const client = new McpClient({
  transport: new StreamableHTTPClientTransport(url),
  disableMcpInstrumentation: true,
});
const tools = await client.listTools();
await report({
  list: async () => listIn({ tools }),
  call: async (name, input) => {
    const tool = tools.find((each) => each.name === name);
    // What an agent is given: the value that the tool's stream returns.
    const { value } = await tool.stream({ toolUse: { toolUseId: '1', name, input } }).next();
    return { text: value.content.map(({ text }) => text).join('\n'), isError: value.status === 'error', thrown: false };
  },
});
await client.disconnect();
