import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Command } from 'commander';
import { answerOf } from '../scripts/gateway/client/connection.ts';
import { explain } from '../scripts/gateway/client/explain.ts';
import { gatewayFetch, LOCAL_GATEWAY } from './gateway-fetch.ts';

interface Options {
  url: string;
  sign?: true;
  tool: string;
  args: string;
}

const options = new Command('node examples/mcp-client.ts')
  .description('Lists the tools of a gateway and asks one of them.')
  .option('--url <url>', 'the gateway', LOCAL_GATEWAY)
  .option('--sign', 'sign the requests also on this machine')
  .option('--tool <name>', 'the tool to ask, without its target', 'list_accounts')
  .option('--args <json>', 'its arguments', '{}')
  .parse()
  .opts<Options>();

const url = new URL(options.url);
const client = new Client({ name: 'example', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
try {
  await client.connect(new StreamableHTTPClientTransport(url, { fetch: gatewayFetch(url, options.sign) }));
  const { tools } = await client.listTools();
  console.log(`${tools.length} tools: ${tools.map(({ name }) => name).join(', ')}\n`);

  // A gateway puts the target before the name: list-accounts___list_accounts.
  const name = tools.find((tool) => tool.name.endsWith(`___${options.tool}`))?.name ?? options.tool;
  const answer = answerOf(await client.callTool({ name, arguments: JSON.parse(options.args) }));
  console.log(JSON.stringify(answer, null, 2));
} catch (error) {
  console.error(String(explain(error, options.url)));
  process.exitCode = 1;
} finally {
  await client.close();
}
