import { ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server';
import { type CallSettings, callTool } from './call-tool.ts';
import { page } from './list-pages.ts';
import { SEARCH_TOOL, type ToolSearch } from './search.ts';
import type { ServedTool } from './served-tools.ts';

export interface McpSettings extends CallSettings {
  readonly tools: ReadonlyMap<string, ServedTool>;
  /** Pages of 30 in tools/list; false is the Gateway's disableMcpListToolsPagination. */
  readonly paging: boolean;
  readonly search: ToolSearch | undefined;
}

/**
 * The protocol's server for one request or one connection. The low-level class, because it passes schemas untouched and
 * leaves checks and error texts to us.
 */
export function mcpServer(settings: McpSettings, supportedProtocolVersions: readonly string[]): Server {
  const { tools, search } = settings;
  const definitions = [...tools.values()].map(({ definition }) => definition);
  // The guide: with search, its tool is listed first.
  const listed = search === undefined ? definitions : [SEARCH_TOOL, ...definitions];
  const server = new Server(
    // Name and version are those of the guide's sample: an assumption about the real Gateway.
    { name: 'agentcore-gateway', version: '1.0.0' },
    { capabilities: { tools: {} }, supportedProtocolVersions: [...supportedProtocolVersions] },
  );
  server.setRequestHandler('tools/list', ({ params }) => {
    const { items, nextCursor } = settings.paging ? page(listed, params?.cursor) : { items: listed };
    return { tools: items as never[], ...(nextCursor === undefined ? {} : { nextCursor }) };
  });
  server.setRequestHandler('tools/call', ({ params }, { mcpReq }) => {
    const args = params.arguments ?? {};
    if (search !== undefined && params.name === SEARCH_TOOL.name) return search(args);
    const served = tools.get(params.name);
    // Assumption about the real Gateway: the guide says 404 ResourceNotFoundError, and no body.
    if (served === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name}`);
    return callTool(served, args, mcpReq.id, settings);
  });
  return server;
}
