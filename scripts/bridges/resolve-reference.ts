import { CannotSay } from './cannot-say.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Reads a local reference (`#/$defs/Name`) in its document; throws CannotSay for one that leads elsewhere or nowhere. */
export function resolveReference(document: JsonSchema, reference: unknown, path: string): JsonSchema {
  if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference)) {
    throw new CannotSay(path, 'it refers to another document');
  }
  let found: unknown = document;
  for (const part of reference.split('/').slice(1)) {
    const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
    // Own members only: a reference such as #/constructor must not reach what every object has.
    found = isObject(found) && Object.hasOwn(found, key) ? (found as JsonSchema)[key] : undefined;
  }
  if (!isObject(found)) throw new CannotSay(path, 'it refers to what is not there');
  return found as JsonSchema;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
