import type { Dimension } from '@aws-sdk/client-cloudwatch';

/** CloudWatch's list of dimensions as a map. */
export function dimensionMap(dimensions: readonly Dimension[] | undefined): Record<string, string> | undefined {
  if (dimensions === undefined || dimensions.length === 0) return undefined;
  return Object.fromEntries(dimensions.map(({ Name, Value }) => [Name ?? '', Value ?? '']));
}
