import { createMCPClient } from '@ai-sdk/mcp';
import { answerIn, report, url } from './report.mjs';

const client = await createMCPClient({ transport: { type: 'http', url: url.href } });
const tools = await client.tools();
await report({
  list: async () => ({ names: Object.keys(tools) }),
  call: async (name, args) => answerIn(await tools[name].execute(args, { toolCallId: '1', messages: [] })),
});
await client.close();
