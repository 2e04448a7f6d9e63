import { type Command, Option } from 'commander';

/** The part of a tool's JSON Schema that flags are made from. */
export interface FlagSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, FlagSchema>>;
  readonly items?: FlagSchema;
}

/**
 * Adds `--name <value>` for each argument of a tool, read by its schema: numbers, lists at commas or by repeating the
 * flag, everything deeper as JSON. What has the wrong form goes on as it is, for the tool to name.
 */
export function addToolFlags(command: Command, { properties = {} }: FlagSchema): void {
  for (const [name, schema] of Object.entries(properties)) {
    const flag = `--${name} ${schema.type === 'boolean' ? '[true|false]' : '<value>'}`;
    command.addOption(new Option(flag, schema.description).argParser(parserOf(command, name, schema)));
  }
}

function parserOf(command: Command, name: string, schema: FlagSchema): (text: string, before: unknown) => unknown {
  switch (schema.type) {
    case 'boolean':
      return (text) => text !== 'false';
    case 'integer':
    case 'number':
      return (text) => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text));
    case 'string':
      return (text) => text;
    default:
      if (schema.type === 'array' && schema.items?.type === 'string') {
        return (text, before) => [...(Array.isArray(before) ? before : []), ...text.split(',')];
      }
      return (text) => fromJson(command, name, text, schema);
  }
}

/** A flag's text as JSON; ends the command with an example of the form otherwise. */
export function fromJson(command: Command, name: string, text: string, schema: FlagSchema): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return command.error(`--${name} takes JSON, e.g. '${JSON.stringify(example(schema))}'`);
  }
}

function example({ type, items = { type: 'string' }, properties = {} }: FlagSchema): unknown {
  if (type === 'array') return [example(items)];
  if (type === 'object')
    return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, example(value)]));
  return type === 'string' ? '…' : 1;
}
