import { MCPServerStreamableHttp } from '@openai/agents';
import { answerIn, listIn, report, url } from './report.mjs';

const server = new MCPServerStreamableHttp({ name: 'central-ops', url: url.href });
await server.connect();
await report({
  list: async () => listIn({ tools: await server.listTools() }),
  call: async (name, args) => answerIn(await server.callToolResult(name, args)),
});
await server.close();
