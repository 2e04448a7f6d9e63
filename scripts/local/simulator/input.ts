import type { Call } from './call.ts';
import { clientModel, members, type Schema } from './operations.ts';

type Json = Record<string, unknown>;

/**
 * The input of a call as data. JSON and REST services: the SDK's input shape (bodies of XML are not read).
 * Query services: the form by its wire names, e.g. `{ Filter: [{ Name, Value: [...] }] }`, every value a string.
 */
export async function readInput(call: Call): Promise<Json> {
  const { protocol } = call.service;
  if (protocol === 'ec2' || protocol === 'query') return unflatten(call.params);
  const model = clientModel(call.service);
  const schema = model?.operations.get(call.operation)?.input;
  const query = members(schema).flatMap(({ name, traits, schema: type }) =>
    traits.httpQuery !== undefined && call.params.has(traits.httpQuery)
      ? [[name, queryValue(call.params.getAll(traits.httpQuery), type)]]
      : [],
  );
  const { body } = call.request;
  const isJson = protocol === 'json' || protocol === 'rest-json';
  const hasShape = isJson && body.length > 0 && Array.isArray(schema);
  const read = hasShape ? await model?.codec?.createDeserializer().read(schema, body) : {};
  return { ...(read as Json), ...Object.fromEntries(query), ...call.labels };
}

// Simple schemas are numbers: 0 string, 1 number, 2 boolean, 64 and above a list.
function queryValue(values: string[], schema: Schema): unknown {
  if (schema === 1) return Number(values[0]);
  if (schema === 2) return values[0] === 'true';
  const list =
    (typeof schema === 'number' && schema >= 64 && schema < 128) || (Array.isArray(schema) && schema[0] === 1);
  return list ? values : values[0];
}

// Filter.1.Value.2=x, and Subnets.member.1=x of the older services.
function unflatten(params: URLSearchParams): Json {
  const root: Json = Object.create(null);
  for (const [key, value] of params) {
    if (key === 'Action' || key === 'Version') continue;
    const path = key.split('.').filter((part) => part !== 'member');
    let node = root;
    for (const part of path.slice(0, -1)) {
      node[part] ??= Object.create(null);
      node = node[part] as Json;
    }
    node[path.at(-1) ?? key] = value;
  }
  return toLists(root) as Json;
}

function toLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, toLists(item)] as const);
  const isList = entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key));
  return isList ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}
