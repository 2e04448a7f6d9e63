import type { Tool } from '@modelcontextprotocol/client';
import { Command } from 'commander';
import { addToolFlags, type FlagSchema, fromJson } from '../../flags.ts';

/** Reads `--name value` flags by the schema that the gateway gives for the tool: what it serves is what counts. */
export function parseToolFlags(tool: Tool, flags: readonly string[]): Record<string, unknown> {
  const command = new Command(`call ${tool.name}`).description(tool.description ?? '');
  addToolFlags(command, tool.inputSchema as FlagSchema);
  command.option('--args <json>', 'all arguments as one JSON object; flags win');
  const { args: given, ...values } = command.parse([...flags], { from: 'user' }).opts<Record<string, unknown>>();
  const all = typeof given === 'string' ? (fromJson(command, 'args', given, { type: 'object' }) as object) : {};
  return { ...all, ...values };
}
