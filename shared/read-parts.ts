import { operationOf } from './aws-clients.ts';
import { FatalError, toToolError } from './errors.ts';

type Parts = Record<string, () => Promise<unknown>>;
type PartValues<P extends Parts> = { [K in keyof P]?: Awaited<ReturnType<P[K]>> | null };

/**
 * Reads the parts of one thing side by side, so that one denied part does not spoil the others: null for what is not
 * set (an error named in `notSet`), an entry in `unavailable` with its code for what could not be read.
 */
export async function readParts<P extends Parts>(
  actions: readonly string[],
  parts: P,
  notSet: ReadonlySet<string> = new Set(),
): Promise<{ values: PartValues<P>; unavailable: Record<string, string> | undefined }> {
  const values: Record<string, unknown> = {};
  const unavailable: Record<string, string> = {};
  await Promise.all(
    Object.entries(parts).map(async ([name, read]) => {
      try {
        values[name] = await read();
      } catch (error) {
        if (error instanceof FatalError) throw error;
        if (error instanceof Error && notSet.has(error.name)) values[name] = null;
        else unavailable[name] = toToolError(error, { operation: operationOf(error), actions }).code;
      }
    }),
  );
  return {
    values: values as PartValues<P>,
    unavailable: Object.keys(unavailable).length > 0 ? unavailable : undefined,
  };
}
