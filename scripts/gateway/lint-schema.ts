import type { DesiredTarget } from './desired.ts';
import type { Problem } from './problem.ts';

/** All that the Gateway's SchemaDefinition knows. The SDK drops every other keyword without a word. */
const KEYWORDS = new Set(['type', 'properties', 'required', 'items', 'description']);
const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array']);
const MAX_TOOL_NAME = 256;
const MAX_TOOLS = 1_000;
/** Quota "inline schema size", in bytes. */
const MAX_INLINE_BYTES = 1_000_000;

/** What of a target's tool schemas AWS would refuse or drop. */
export function lintTools(where: string, { tools, targetConfiguration }: DesiredTarget): Problem[] {
  const problems: Problem[] = [];
  const inline = inlineSchema(targetConfiguration.mcp);
  const bytes =
    inline === undefined ? 0 : Buffer.byteLength(typeof inline === 'string' ? inline : JSON.stringify(inline));
  if (bytes > MAX_INLINE_BYTES) {
    const fix = 'Put the schema into S3, or shorten it.';
    problems.push({ where, what: `its inline schema has ${bytes} bytes; the limit is ${MAX_INLINE_BYTES}`, fix });
  }
  if (tools.length > MAX_TOOLS) {
    problems.push({ where, what: `${tools.length} tools; the limit is ${MAX_TOOLS}`, fix: 'Split the target.' });
  }
  const names = tools.map(({ name }) => name ?? '');
  for (const [index, name] of names.entries()) {
    if (name === '' || name.length > MAX_TOOL_NAME) {
      problems.push({ where, what: `"${name}" is no tool name`, fix: `Use 1 to ${MAX_TOOL_NAME} characters.` });
    }
    if (names.indexOf(name) !== index) {
      problems.push({ where, what: `two tools are named ${name}`, fix: 'Rename one of them.' });
    }
  }
  for (const { name, description, inputSchema, outputSchema } of tools) {
    if (description === undefined || description === '') {
      problems.push({ where, what: `tool ${name} has no description`, fix: 'Models choose tools by it: add one.' });
    }
    problems.push(...lintSchema(where, `${name} inputSchema`, inputSchema));
    if (inputSchema?.type !== 'object') {
      const what = `${name} inputSchema: its type is not object`;
      problems.push({ where, what, fix: 'Wrap it: {"type": "object", "properties": {…}}.' });
    }
    if (outputSchema !== undefined) problems.push(...lintSchema(where, `${name} outputSchema`, outputSchema));
  }
  return problems;
}

function lintSchema(where: string, at: string, schema: unknown): Problem[] {
  if (typeof schema !== 'object' || schema === null) {
    return [{ where, what: `${at} is no schema`, fix: 'Give an object with a type.' }];
  }
  const { type, properties = {}, required = [], items } = schema as Record<string, unknown>;
  const problems: Problem[] = Object.keys(schema)
    .filter((keyword) => !KEYWORDS.has(keyword))
    .map((keyword) => ({
      where,
      what: `${at}: the Gateway does not know "${keyword}" and would drop it`,
      fix: `Say it in the description; only ${[...KEYWORDS].join(', ')} are known.`,
    }));
  if (!TYPES.has(type as string)) {
    problems.push({ where, what: `${at}: type ${JSON.stringify(type)}`, fix: `Use one of ${[...TYPES].join(', ')}.` });
  }
  if (type === 'array' && items === undefined) {
    problems.push({ where, what: `${at}: an array without items`, fix: 'Say what its items are.' });
  }
  for (const name of required as string[]) {
    if (!(name in (properties as object))) {
      const what = `${at}: requires "${name}", which it does not describe`;
      problems.push({ where, what, fix: 'Add the property, or take the name out of required.' });
    }
  }
  if (items !== undefined) problems.push(...lintSchema(where, `${at}[]`, items));
  for (const [name, value] of Object.entries(properties as object)) {
    problems.push(...lintSchema(where, `${at}.${name}`, value));
  }
  return problems;
}

function inlineSchema(mcp: DesiredTarget['targetConfiguration']['mcp']): unknown {
  const schema = mcp.lambda?.toolSchema ?? mcp.openApiSchema ?? mcp.smithyModel;
  return schema?.inlinePayload;
}
