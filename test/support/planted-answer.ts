import { deref, members, type Schema } from '../../scripts/local/simulator/operations.ts';

const MAX_DEPTH = 8;

/** Before the path of what AWS's model calls sensitive. */
export const SENSITIVE = '!';

/**
 * A whole answer of AWS by the SDK's own shape, in which every text, map keys too, says where it stands:
 * `CANARY<!Configuration.Environment.Variables.value>`. Numbers are 7, booleans true, times the epoch.
 */
export function plantedAnswer(schema: Schema, place = '', depth = 0): unknown {
  const shape = deref(schema);
  // A member with traits is a pair of schema and traits.
  if (Array.isArray(shape) && typeof shape[0] !== 'number')
    return plantedAnswer(shape[0], marked(place, shape[1]), depth);
  const [kind, ...rest] = Array.isArray(shape) ? shape : [shape];
  const path = marked(place, rest[2]);
  if (depth > MAX_DEPTH) return undefined;
  // As a number, 4 is a time.
  if (Array.isArray(shape) && (kind === 3 || kind === 4)) {
    return Object.fromEntries(
      members(shape).map(({ name, schema: member }) => [
        name,
        plantedAnswer(member, path === '' ? name : `${path}.${name}`, depth + 1),
      ]),
    );
  }
  // [1, namespace, name, traits, item] and [2, namespace, name, traits, key, value], or a number for lists and maps of
  // simple values.
  if (kind === 1 && rest.length > 0) return [plantedAnswer(rest[3], path, depth + 1)];
  if (kind === 2 && rest.length > 0)
    return { [canary(`${path}.key`)]: plantedAnswer(rest[4], `${path}.value`, depth + 1) };
  // [0, namespace, name, traits, simple schema]
  if (kind === 0 && rest.length > 0) return plantedAnswer(rest[3], path, depth);
  if (kind >= 128) return { [canary(`${path}.key`)]: plantedAnswer(kind - 128, `${path}.value`, depth + 1) };
  if (kind >= 64) return [plantedAnswer(kind - 64, path, depth + 1)];
  if (kind === 0) return canary(path);
  if (kind === 1 || kind === 17 || kind === 19) return 7;
  if (kind === 2) return true;
  if (kind >= 4 && kind <= 7) return new Date(0);
  return undefined;
}

/** The SDK writes the trait `sensitive` as the fourth bit of a number, or by its name where there are others that have values. */
function marked(path: string, traits: unknown): string {
  const isSensitive = typeof traits === 'number' ? (traits & 8) !== 0 : Object.hasOwn(Object(traits), 'sensitive');
  return isSensitive && !path.startsWith(SENSITIVE) ? `${SENSITIVE}${path}` : path;
}

function canary(path: string): string {
  return `CANARY<${path}>`;
}

/** A copy in which each text, map keys too, is another. */
export function mapTexts(value: unknown, text: (planted: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, text));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    // Only a planted key is a text: the others are names of members.
    Object.entries(value).map(([key, each]) => [key.startsWith('CANARY<') ? text(key) : key, mapTexts(each, text)]),
  );
}

/** Where the planted texts in an answer, a log or anything else came from. */
export function plantedPathsIn(value: unknown): string[] {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return [...new Set([...text.matchAll(/CANARY<([^>]*)>/g)].map(([, path = '']) => path))].sort();
}
