import type { CallToolResult } from '@modelcontextprotocol/server';
import MiniSearch from 'minisearch';
import type { GatewayTool } from '../../../schemas/gateway-schema.ts';
import type { ServedTool } from './served-tools.ts';
import { validateArguments } from './validate-arguments.ts';

export type ToolSearch = (args: Readonly<Record<string, unknown>>) => CallToolResult;

/** The Gateway's search tool, in its own words. Source: awslabs samples, 03-search-tools/01-gateway-search.ipynb. */
export const SEARCH_TOOL: GatewayTool = {
  name: 'x_amz_bedrock_agentcore_search',
  description:
    'A special tool that returns a trimmed down list of tools given a context. Use this tool only when there are many tools available and you want to get a subset that matches the provided context.',
  inputSchema: {
    type: 'object',
    properties: { query: { type: 'string', description: 'search query to use for finding tools' } },
    required: ['query'],
  },
};

/** The guide: "the ten most relevant tools". */
const MOST_RELEVANT = 10;

const STOP_WORDS = new Set(
  'a all an and any are as at be by can do find for from get give has have how i in is it list me my of on or our show that the them there these they this to was we what when where which who will with you your'.split(
    ' ',
  ),
);

/**
 * The search tool over these tools. Lexical where the real Gateway's is semantic: it finds words and their forms, so a
 * question in other words than the descriptions' finds less here.
 */
export function toolSearch(tools: ReadonlyMap<string, ServedTool>): ToolSearch {
  const index = new MiniSearch<{ id: string; name: string; description: string; parameters: string }>({
    fields: ['name', 'description', 'parameters'],
    tokenize: (text) => text.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/),
    processTerm: (term) => (STOP_WORDS.has(term.toLowerCase()) ? null : stem(term.toLowerCase())),
    searchOptions: { boost: { name: 2 }, prefix: true, fuzzy: (term) => (term.length > 4 ? 0.2 : false) },
  });
  index.addAll(
    [...tools.values()].map(({ tool, visibleName, definition: { description, inputSchema } }) => ({
      id: visibleName,
      name: tool.name,
      description,
      parameters: Object.values(inputSchema.properties ?? {})
        .map((property) => property.description)
        .join(' '),
    })),
  );
  return (args) => {
    const fault = validateArguments(SEARCH_TOOL.inputSchema, args);
    if (fault !== undefined) return { content: [{ type: 'text', text: fault }], isError: true };
    const found = index.search(String(args.query)).slice(0, MOST_RELEVANT);
    const answer = { tools: found.map(({ id }) => tools.get(id)?.definition) };
    return { isError: false, content: [{ type: 'text', text: JSON.stringify(answer) }], structuredContent: answer };
  };
}

function stem(term: string): string {
  return term.replace(/(?<=[a-z]{3})(ies|es|s|ing|ed)$/, '');
}
