import { MultiServerMCPClient } from '@langchain/mcp-adapters';
import { listIn, report, url } from './report.mjs';

const client = new MultiServerMCPClient({ mcpServers: { 'central-ops': { transport: 'http', url: url.href } } });
const tools = await client.getTools();
await report({
  list: async () => listIn({ tools }),
  call: async (name, args) => {
    const text = await tools.find((tool) => tool.name === name).invoke(args);
    return { text, isError: false, thrown: false };
  },
});
await client.close();
