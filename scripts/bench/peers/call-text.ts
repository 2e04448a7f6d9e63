import type { Client } from '@modelcontextprotocol/client';

const CALL_LIMIT_MS = 120_000;

/** Calls a tool and gives the text that a model is shown; rejects with the text of an error. */
export async function callText(client: Client, name: string, parameters: Record<string, unknown>): Promise<string> {
  const { content, isError } = await client.callTool({ name, arguments: parameters }, { timeout: CALL_LIMIT_MS });
  const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
  if (isError) throw new Error(text);
  return text;
}
