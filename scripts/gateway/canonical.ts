import { createHash } from 'node:crypto';

/** The value with sorted keys and without undefined fields; `required` lists sorted, because their order says nothing. */
export function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  entries.sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, each]) => [key, key === 'required' && Array.isArray(each) ? [...each].sort() : canonical(each)]),
  );
}

/** Short digest of a value, the same whatever the order of its keys: 16 hexadecimal digits of its SHA-256. */
export function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(value)))
    .digest('hex')
    .slice(0, 16);
}

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));
}

/** Whether `actual` says everything that `wanted` says; AWS may add fields of its own. */
export function covers(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted) || typeof wanted !== 'object' || wanted === null) return same(actual, wanted);
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(wanted).every(
    ([key, value]) => value === undefined || covers((actual as Record<string, unknown>)[key], value),
  );
}
