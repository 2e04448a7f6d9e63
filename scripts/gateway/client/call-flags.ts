import type { Tool } from '@modelcontextprotocol/client';
import { Command, Option } from 'commander';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Reads `--name value` flags by the schema that the gateway gives for the tool: what it serves is what counts. */
export function parseToolFlags(tool: Tool, flags: readonly string[]): Record<string, unknown> {
  const command = new Command(`call ${tool.name}`).description(tool.description ?? '');
  const { properties = {} } = tool.inputSchema as Schema;
  for (const [name, schema] of Object.entries(properties)) {
    const flag = `--${name}${schema.type === 'boolean' ? ' [value]' : ' <value>'}`;
    command.addOption(new Option(flag, schema.description).argParser(parserOf(command, name, schema)));
  }
  command.option('--args <json>', 'all arguments as one JSON object; flags win');
  const { args: given, ...values } = command.parse([...flags], { from: 'user' }).opts<Record<string, unknown>>();
  const all = typeof given === 'string' ? (fromJson(command, 'args', given) as object) : {};
  // A boolean flag without a value comes as true past the parser.
  return { ...all, ...values };
}

function parserOf(command: Command, name: string, schema: Schema): (text: string, before: unknown) => unknown {
  switch (schema.type) {
    case 'boolean':
      return (text) => text !== 'false';
    case 'integer':
    case 'number':
      // What is no number goes on as it is: the gateway names it better.
      return (text) => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text));
    case 'string':
      return (text) => text;
    case 'array':
      if (schema.items?.type === 'string') {
        return (text, before) => [...(Array.isArray(before) ? before : []), ...text.split(',')];
      }
      return (text) => fromJson(command, name, text);
    default:
      return (text) => fromJson(command, name, text);
  }
}

function fromJson(command: Command, name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return command.error(`--${name} takes JSON.`);
  }
}
