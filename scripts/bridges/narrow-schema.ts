import { type GatewaySchema, toGatewaySchema } from '../../schemas/gateway-schema.ts';
import { neutralise } from '../../shared/untrusted-text.ts';
import { CannotSay } from './cannot-say.ts';
import { isObject, type JsonSchema, resolveReference } from './resolve-reference.ts';
import { chosenOf, mergedAll } from './schema-forms.ts';
import { wordsOf } from './schema-words.ts';

/** Deeper, no model fills it in; and a hostile schema must not reach the end of the stack. */
const MAX_DEPTH = 12;
/** References multiply: a schema of a few lines can stand for more nodes than memory holds. */
const MAX_NODES = 1_000;
const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array'];
/** They forbid by what else is given, which one plain type and words cannot make a model keep to. */
const CONDITIONS = [
  ...['not', 'if', 'dependentSchemas', 'dependentRequired', 'dependencies', 'contains', 'propertyNames'],
  ...['$dynamicRef', '$recursiveRef'],
];

interface Walk {
  readonly document: JsonSchema;
  /** References that are being read: one of them again is a recursion. */
  readonly references: readonly unknown[];
  readonly depth: number;
  readonly count: { nodes: number };
}

/** A tool's JSON Schema, written by strangers, in the Gateway's five keywords. Throws CannotSay, which names the argument. */
export function narrowSchema(document: unknown): GatewaySchema {
  if (!isObject(document)) throw new CannotSay('(arguments)', 'there is no schema');
  const plain = plainSchema(document, '(arguments)', { document, references: [], depth: 0, count: { nodes: 0 } });
  if (plain.type !== 'object') throw new CannotSay('(arguments)', 'they are no object');
  const { additionalProperties: _open, ...closed } = plain;
  return toGatewaySchema({ properties: {}, ...closed }, '(arguments)');
}

/** The schema in one plain type, properties and items, the rest said in words: what toGatewaySchema takes. */
function plainSchema(given: unknown, path: string, walk: Walk): JsonSchema {
  walk.count.nodes += 1;
  if (walk.depth > MAX_DEPTH) throw new CannotSay(path, `it is nested more than ${MAX_DEPTH} deep`);
  if (walk.count.nodes > MAX_NODES) throw new CannotSay(path, `the schema has more than ${MAX_NODES} parts`);
  if (!isObject(given)) throw new CannotSay(path, 'it may be anything');
  const { schema, walk: inner } = withoutReferences(given, path, walk);
  const condition = CONDITIONS.find((keyword) => Object.hasOwn(schema, keyword));
  if (condition !== undefined) throw new CannotSay(path, `"${condition}" has no form in the Gateway's schema`);
  if (Array.isArray(schema.allOf)) {
    const parts = schema.allOf.map((part) => plainSchema(part, path, deeper(inner)));
    return plainSchema(mergedAll(schema, parts, path), path, deeper(inner));
  }
  const variants = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(variants) && !describesByItself(schema)) {
    const given = variants.filter((variant) => !(isObject(variant) && variant.type === 'null'));
    const values = valuesOf(given);
    if (values !== undefined) {
      const { anyOf: _any, oneOf: _one, ...beside } = schema;
      return plainOf({ ...beside, enum: values }, path, inner);
    }
    const forms = given.map((variant) => plainSchema(variant, path, deeper(inner)));
    return described(chosenOf(forms, path), schema);
  }
  return plainOf(schema, path, inner);
}

/** The values of a union of constants and lists of values; undefined when it holds anything else. */
function valuesOf(variants: readonly unknown[]): unknown[] | undefined {
  const values = variants.map((variant) =>
    isObject(variant) && 'const' in variant ? [variant.const] : isObject(variant) ? variant.enum : undefined,
  );
  return values.length > 0 && values.every((each) => Array.isArray(each)) ? values.flat() : undefined;
}

/** anyOf beside properties only says which of them go together. */
function describesByItself({ type, properties }: JsonSchema): boolean {
  return type === 'object' && isObject(properties);
}

function withoutReferences(given: JsonSchema, path: string, walk: Walk): { schema: JsonSchema; walk: Walk } {
  let [schema, references] = [given, walk.references];
  while (Object.hasOwn(schema, '$ref')) {
    const { $ref, ...beside } = schema;
    if (references.includes($ref) || $ref === '#') throw new CannotSay(path, 'it refers to itself');
    references = [...references, $ref];
    schema = { ...resolveReference(walk.document, $ref, path), ...beside };
  }
  return { schema, walk: { ...walk, references } };
}

function deeper(walk: Walk): Walk {
  return { ...walk, depth: walk.depth + 1 };
}

function plainOf(schema: JsonSchema, path: string, walk: Walk): JsonSchema {
  const type = typeOf(schema, path);
  const words = [wordsOf(schema)];
  const plain: Record<string, unknown> = { type };
  for (const bound of ['minimum', 'maximum', 'minItems', 'maxItems', 'minLength', 'maxLength']) {
    if (typeof schema[bound] === 'number') plain[bound] = schema[bound];
  }
  if (type === 'object') Object.assign(plain, objectParts(schema, path, walk, words));
  if (type === 'array') plain.items = itemsOf(schema, path, walk, words);
  const description = words.filter((part) => part !== '').join(' ');
  return { ...plain, ...(description === '' ? {} : { description }), ...defaultOf(schema) };
}

/** Objects as defaults are long, and null says no more than that the argument may be left out. */
function defaultOf({ default: value }: JsonSchema): object {
  if (typeof value === 'string' && value !== '') return { default: neutralise(value) };
  const simple = typeof value === 'number' || typeof value === 'boolean' || JSON.stringify(value) === '[]';
  return simple ? { default: value } : {};
}

function typeOf(schema: JsonSchema, path: string): string {
  const given = [schema.type].flat().filter((type) => type !== 'null' && type !== undefined);
  const types = given.length > 0 ? given : impliedTypes(schema);
  if (types.some((type) => !TYPES.includes(type as string))) throw new CannotSay(path, 'its type is unknown');
  if (types.length === 0) throw new CannotSay(path, 'it may be anything');
  return String(
    chosenOf(
      types.map((type) => ({ type })),
      path,
    ).type,
  );
}

function impliedTypes(schema: JsonSchema): string[] {
  if (isObject(schema.properties)) return ['object'];
  if (schema.items !== undefined || schema.prefixItems !== undefined) return ['array'];
  const values = Array.isArray(schema.enum) ? schema.enum : 'const' in schema ? [schema.const] : [];
  return [
    ...new Set(values.filter((value) => value !== null).map((value) => (isObject(value) ? 'object' : typeof value))),
  ];
}

function objectParts(schema: JsonSchema, path: string, walk: Walk, words: string[]): object {
  const given = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  const properties = given
    // `false` is a property that nobody may give.
    .filter(([, value]) => value !== false)
    .map(([key, value]) => [key, plainSchema(value, argumentPath(path, key), deeper(walk))] as const);
  const others =
    schema.additionalProperties ?? (isObject(schema.patternProperties) ? firstOf(schema.patternProperties) : undefined);
  if (isObject(others) && Object.keys(others).length > 0) {
    const { type, description } = plainSchema(others, `${path}.*`, deeper(walk));
    words.push(
      `${given.length > 0 ? 'Further keys' : 'Keys'} of your choice, each value: ${type}.`,
      String(description ?? ''),
    );
  }
  const required = (Array.isArray(schema.required) ? schema.required : []).map(String);
  const names = properties.map(([key]) => key);
  const missing = required.find((key) => !names.includes(key));
  if (missing !== undefined)
    throw new CannotSay(path, `it requires ${neutralise(missing)}, which it does not describe`);
  // The Gateway knows no map: an object without described properties takes any.
  if (properties.length === 0) return others === false ? { properties: {} } : { additionalProperties: {} };
  return { properties: Object.fromEntries(properties), ...(required.length > 0 ? { required } : {}) };
}

function firstOf(patterns: JsonSchema): unknown {
  return Object.values(patterns)[0];
}

function itemsOf(schema: JsonSchema, path: string, walk: Walk, words: string[]): JsonSchema {
  const tuple = Array.isArray(schema.prefixItems) ? schema.prefixItems : schema.items;
  if (!Array.isArray(tuple)) return plainSchema(schema.items ?? true, `${path}[]`, deeper(walk));
  const places = tuple.map((item, index) => plainSchema(item, `${path}[${index}]`, deeper(walk)));
  const said = places.map(
    ({ type, description }, index) => `${index + 1}. ${[type, description].filter(Boolean).join(', ')}`,
  );
  words.push(`In this order: ${said.join('; ')}.`);
  const { type } = chosenOf(
    places.map((place) => ({ type: place.type })),
    `${path}[]`,
  );
  if (type === 'object' || type === 'array') throw new CannotSay(path, 'it is a list whose places hold structures');
  return { type };
}

/** What a union says of itself stands before what its chosen form says. */
function described(form: JsonSchema, schema: JsonSchema): JsonSchema {
  const { anyOf: _any, oneOf: _one, ...beside } = schema;
  const words = [wordsOf(beside), form.description].filter(Boolean).join(' ');
  return { ...form, ...(words === '' ? {} : { description: words }), ...defaultOf(beside) };
}

function argumentPath(path: string, key: string): string {
  const shown = neutralise(key);
  if (shown !== key || key.length > 64 || key === '__proto__') {
    // A model has to write the name back exactly, and no program should have to keep such a one apart.
    throw new CannotSay(`${path}.${shown.slice(0, 100)}`, 'its name cannot be written safely');
  }
  return path === '(arguments)' ? key : `${path}.${key}`;
}
