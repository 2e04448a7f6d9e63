import type { Client, Tool } from '@modelcontextprotocol/client';

/** Against a server that never comes to an end. */
const MAX_PAGES = 100;

/** Every tool of a server. By hand, because the library's own listing stops after a number of pages without a word. */
export async function allTools(client: Client): Promise<Tool[]> {
  const found: Tool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { params: { cursor } };
    const { tools, nextCursor } = await client.request({ method: 'tools/list', ...params });
    found.push(...tools);
    if (nextCursor === undefined) return found;
    cursor = nextCursor;
  }
  throw new Error(`its list has more than ${MAX_PAGES} pages`);
}
