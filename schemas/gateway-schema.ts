import * as z from 'zod';
import type { Tool } from './define-tool.ts';

/** The five keywords of the Gateway's SchemaDefinition (bedrock-agentcore-control 2023-06-05). */
export interface GatewaySchema {
  type: 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array';
  description?: string;
  properties?: Record<string, GatewaySchema>;
  required?: string[];
  items?: GatewaySchema;
}

export interface GatewayTool {
  name: string;
  description: string;
  inputSchema: GatewaySchema;
}

type JsonSchema = Record<string, unknown>;

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array']);
const KNOWN = new Set([
  ...['$schema', 'type', 'description', 'properties', 'required', 'items', 'enum', 'default'],
  ...['minimum', 'maximum', 'minItems', 'maxItems', 'minLength', 'maxLength', 'additionalProperties'],
]);

/** The Gateway's tool definition for a declaration. Throws on what its five keywords and words cannot say. */
export function toGatewayTool(tool: Tool): GatewayTool {
  const schema = z.toJSONSchema(tool.input, { io: 'input', unrepresentable: 'throw' }) as JsonSchema;
  return { name: tool.name, description: tool.description, inputSchema: toGatewaySchema(schema, tool.name) };
}

/** A JSON Schema of plain types in the Gateway's keywords, the rest in words. `path` names it in what is thrown. */
export function toGatewaySchema(schema: JsonSchema, path: string): GatewaySchema {
  for (const keyword of Object.keys(schema)) {
    if (!KNOWN.has(keyword)) throw new Error(`${path}: the Gateway's schema cannot say "${keyword}".`);
  }
  const { type } = schema;
  if (typeof type !== 'string' || !TYPES.has(type)) {
    throw new Error(`${path}: the Gateway's schema needs one plain type, not ${JSON.stringify(type)}.`);
  }
  // Strict objects say additionalProperties: false, which the handler's own parse holds. An object of any content says
  // {} and needs no more than its type; a map of a certain type has no form.
  const open = JSON.stringify(schema.additionalProperties) === '{}';
  if (schema.additionalProperties !== undefined && schema.additionalProperties !== false && !open) {
    throw new Error(`${path}: the Gateway's schema cannot say a map (additionalProperties).`);
  }
  const narrowed: GatewaySchema = { type: type as GatewaySchema['type'] };
  const description = spoken(schema);
  if (description !== '') narrowed.description = description;
  if (type === 'object' && !open) {
    const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
    narrowed.properties = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, toGatewaySchema(value, `${path}.${key}`)]),
    );
    if (Array.isArray(schema.required) && schema.required.length > 0) narrowed.required = schema.required as string[];
  }
  if (type === 'array') {
    if (schema.items === undefined) throw new Error(`${path}: an array needs items.`);
    narrowed.items = toGatewaySchema(schema.items as JsonSchema, `${path}[]`);
  }
  return narrowed;
}

/** The description, with what the keywords cannot say put in words: allowed values, bounds, default. */
function spoken(schema: JsonSchema): string {
  const words: string[] = [];
  if (typeof schema.description === 'string') words.push(schema.description);
  if (Array.isArray(schema.enum)) words.push(`One of: ${schema.enum.join(', ')}.`);
  const bounds = range(schema.minimum, schema.maximum) ?? range(schema.minLength, schema.maxLength, 'characters');
  if (bounds !== undefined) words.push(bounds);
  const count = range(schema.minItems, schema.maxItems, 'items');
  if (count !== undefined) words.push(count);
  if (schema.default !== undefined) words.push(`Default: ${JSON.stringify(schema.default).replaceAll('"', '')}.`);
  return words.join(' ');
}

function range(low: unknown, high: unknown, unit?: string): string | undefined {
  // z.int() without bounds says the safe integers, which no reader needs; "at least 1 character" goes without saying.
  const min =
    typeof low === 'number' && low > Number.MIN_SAFE_INTEGER && !(unit !== undefined && low <= 1) ? low : undefined;
  const max = typeof high === 'number' && high < Number.MAX_SAFE_INTEGER ? high : undefined;
  const suffix = unit === undefined ? '' : ` ${unit}`;
  if (min !== undefined && max !== undefined) return `${min}–${max}${suffix}.`;
  if (max !== undefined) return `At most ${max}${suffix}.`;
  if (min !== undefined) return `At least ${min}${suffix}.`;
  return undefined;
}
