import type { GatewaySchema } from '../../../schemas/gateway-schema.ts';

/**
 * What is wrong with a call's arguments by the Gateway's schema, as the text of its tool result; `undefined` when nothing.
 * The texts were seen on gateways with MCP-server and OpenAPI targets. Assumptions about the real Gateway: Lambda targets
 * have the same ones, nested fields are named by their path, and unknown keys pass, because the schema cannot forbid them.
 */
export function validateArguments(schema: GatewaySchema, args: unknown): string | undefined {
  const faults: Faults = { missing: [], types: [] };
  check(schema, args, '', faults);
  const lines = [
    ...(faults.missing.length > 0 ? [`- Missing required field(s): ${faults.missing.map(quoted).join(', ')}`] : []),
    ...faults.types.map(
      ({ path, found, expected }) =>
        `- Field ${quoted(path)} has invalid type: ${location(path)}: ${found} found, ${expected} expected`,
    ),
  ];
  if (lines.length === 0) return undefined;
  return ['JsonSchemaException - Parameter validation failed: Invalid request parameters:', ...lines].join('\n');
}

interface Faults {
  readonly missing: string[];
  readonly types: { path: string; found: string; expected: string }[];
}

function check(schema: GatewaySchema, value: unknown, path: string, faults: Faults): void {
  const found = typeOf(value);
  if (found !== schema.type && !(schema.type === 'number' && found === 'integer')) {
    faults.types.push({ path, found, expected: schema.type });
    return;
  }
  if (schema.type === 'object') checkObject(schema, value as Record<string, unknown>, path, faults);
  if (schema.type === 'array' && schema.items !== undefined) {
    for (const [index, item] of (value as unknown[]).entries()) check(schema.items, item, `${path}[${index}]`, faults);
  }
}

function checkObject(schema: GatewaySchema, value: Record<string, unknown>, path: string, faults: Faults): void {
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  for (const key of schema.required ?? []) if (!Object.hasOwn(value, key)) faults.missing.push(at(key));
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    if (Object.hasOwn(value, key)) check(property, value[key], at(key), faults);
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function quoted(path: string): string {
  return `'${path}'`;
}

function location(path: string): string {
  return path === '' || path.startsWith('[') ? `$${path}` : `$.${path}`;
}
