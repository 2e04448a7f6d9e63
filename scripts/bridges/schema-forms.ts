import { CannotSay } from './cannot-say.ts';
import type { JsonSchema } from './resolve-reference.ts';
import { isObject } from './resolve-reference.ts';

/**
 * One form of a union of plain schemas. Whatever fits it fits the union, so the server takes it: equal types become one,
 * whole numbers give way to numbers, a value gives way to a list of it, and other simple types to text.
 */
export function chosenOf(forms: readonly JsonSchema[], path: string): JsonSchema {
  const [first, ...others] = forms;
  if (first === undefined) throw new CannotSay(path, 'it may only be null');
  const types = [...new Set(forms.map(({ type }) => type))];
  if (others.every((form) => JSON.stringify(form) === JSON.stringify(first))) return first;
  if (types.length === 1) {
    if (types[0] === 'object') throw new CannotSay(path, 'it is one of several kinds of object');
    if (types[0] === 'array' && !sameItems(forms)) throw new CannotSay(path, 'it is one of several kinds of list');
    return joined(forms);
  }
  if (types.every((type) => type === 'integer' || type === 'number')) return { ...joined(forms), type: 'number' };
  const list = forms.find(({ type }) => type === 'array');
  const simple = forms.filter(({ type }) => type !== 'array');
  if (list !== undefined && isObject(list.items)) {
    const { type: item } = list.items;
    if (simple.every(({ type }) => type === item)) return list;
  }
  const text = forms.find(({ type }) => type === 'string');
  if (text !== undefined && forms.every(({ type }) => type !== 'object' && type !== 'array')) return text;
  throw new CannotSay(path, `it is one of several types: ${types.join(', ')}`);
}

function sameItems(forms: readonly JsonSchema[]): boolean {
  return new Set(forms.map(({ items }) => JSON.stringify((items as JsonSchema | undefined)?.type))).size === 1;
}

/** Forms of one type: what each says of itself, with "or" between; bounds of single forms would bind the others too. */
function joined(forms: readonly JsonSchema[]): JsonSchema {
  const { type, items } = forms[0] as JsonSchema;
  const words = [...new Set(forms.map(({ description }) => description).filter((each) => typeof each === 'string'))];
  return {
    type,
    ...(items === undefined ? {} : { items }),
    ...(words.length === 0 ? {} : { description: words.join(' Or: ') }),
  };
}

/** All parts at once: objects put together, or one part with what stands beside it. */
export function mergedAll(schema: JsonSchema, parts: readonly JsonSchema[], path: string): JsonSchema {
  const { allOf: _all, ...beside } = schema;
  const [only] = parts;
  const hasOwnForm = ['type', 'properties', 'anyOf', 'oneOf', 'enum'].some((keyword) => Object.hasOwn(beside, keyword));
  if (only !== undefined && parts.length === 1 && !hasOwnForm) {
    const words = [beside.description, only.description].filter((each) => typeof each === 'string');
    return { ...only, ...beside, ...(words.length === 0 ? {} : { description: words.join(' ') }) };
  }
  if (parts.some(({ type }) => type !== 'object')) throw new CannotSay(path, 'it must fit several schemas at once');
  const all = [...parts, { properties: beside.properties ?? {}, required: beside.required ?? [] }] as JsonSchema[];
  const entries = all.flatMap(({ properties }) => Object.entries((properties ?? {}) as JsonSchema));
  const required = [...new Set(all.flatMap((part) => (Array.isArray(part.required) ? part.required : [])))];
  return { ...beside, type: 'object', properties: Object.fromEntries(entries), required };
}
